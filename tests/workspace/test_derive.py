"""A stage runs again exactly when its inputs, its parameters or its outputs have changed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import Made, derive


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
