"""A stage runs again exactly when its inputs, its parameters or its outputs have changed."""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import Made, derive
from toolkit.project.stage import Provenance, ReportOutcome, derive_report, out_of_date
from toolkit.records import digest
from toolkit.version import __version__


class Stage:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = 0

    def __call__(self, **changes: object) -> bool:
        """Run it and tell whether it was up to date."""
        settings: dict = {"inputs": {"in": "1"}, "parameters": {"p": 1}} | changes
        return derive(self.root, "stage", make=self._make, **settings).up_to_date

    def _make(self) -> Made:
        self.runs += 1
        return Made(files={"out.txt": b"made"}, counts={"lines": 1})


def test_it_runs_only_when_something_changed(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert [stage(), stage()] == [False, True]
    assert not stage(inputs={"in": "2"})
    assert not stage(parameters={"p": 2})
    assert stage(parameters={"p": 2})
    (tmp_path / "out.txt").write_text("changed by hand")
    assert not stage(parameters={"p": 2})
    assert (tmp_path / "out.txt").read_text() == "made"
    assert stage.runs == 4
    derive(tmp_path, "stage", inputs={"in": "1"}, parameters={"p": 2}, make=stage._make, again=True)
    assert stage.runs == 5
    assert stage(parameters={"p": 2})


def test_another_toolkit_makes_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    assert not stage()
    monkeypatch.setattr(import_module("toolkit.project.stage"), "__version__", "99.0.0")
    assert [stage(), stage()] == [False, True]


def test_a_failed_stage_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> Made:
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        derive(tmp_path, "stage", inputs={}, parameters={}, make=fail)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "toolkit.lock").write_text("{")
    with pytest.raises(InvalidInput, match="is damaged; delete it"):
        Stage(tmp_path)()


def test_an_answer_from_hashes_is_exact_and_says_every_reason(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("as it was")
    (tmp_path / "edited").write_text("by hand")
    made = Provenance(
        toolkit="0.0.1",
        inputs={"a": "1", "b": "2", "c": None, "d": None},
        parameters={"seed": 0, "old": 1},
        outputs={"kept": digest(b"as it was"), "edited": digest(b"as it was"), "lost": "3"},
    )
    assert out_of_date(tmp_path, made, inputs={"a": "9", "c": "3", "d": None}, parameters={"seed": 1}) == (
        "lost is gone",
        "edited was changed",
        "b is gone",
        "a changed",
        "c is new",
        "made by toolkit 0.0.1",
        "another old",
        "another seed",
    )


def test_a_quick_answer_reads_only_files_that_changed_since(tmp_path: Path) -> None:
    def because(**parameters: object) -> tuple[str, ...]:
        return out_of_date(
            tmp_path, made, there=["in", "models/m/new", "releases/2.0.0/manifest.json"], parameters=parameters
        )

    (tmp_path / "models" / "m").mkdir(parents=True)
    (tmp_path / "models" / "m" / "config.json").write_text("{}")
    (tmp_path / "in").write_text("1")
    time.sleep(0.02)  # the clock of files ticks in hundredths
    (tmp_path / "out").write_text("made")
    inputs = {"in": digest(b"something that was never hashed"), "m/config.json": digest(b"{}"), "s3://far/away": "1"}
    made = Provenance(__version__, inputs, {"seed": 0, "flag": 1}, {"out": digest(b"never hashed")})
    new = ("models/m/new is new", "release 2.0.0 is new")
    assert because(seed=0) == new
    time.sleep(0.02)
    (tmp_path / "in").write_text("1")
    assert because(seed=1) == ("in changed", *new, "another seed")
    (tmp_path / "out").unlink()
    assert because()[0] == "out is gone"


def test_a_report_is_the_same_made_now_or_read_from_its_file(tmp_path: Path) -> None:
    made = []

    def make() -> tuple[Made, dict[str, object]]:
        made.append(1)
        return Made({"more.txt": b"more"}, {"rows": 2}), {"α": 0.5, "rows": [1, None]}

    def stage() -> ReportOutcome:
        return derive_report(tmp_path, "stage", "reports/a.json", inputs={"in": "1"}, parameters={}, make=make)

    first, second = stage(), stage()
    assert (first.up_to_date, second.up_to_date, len(made)) == (False, True, 1)
    assert first.report == second.report == {"α": 0.5, "rows": [1, None]}
    assert first.counts == second.counts == {"rows": 2}
    assert (tmp_path / "reports/a.json").read_text().startswith('{\n  "α": 0.5,')
    assert (tmp_path / "more.txt").read_bytes() == b"more"
