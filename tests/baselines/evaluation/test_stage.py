from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.baselines import (
    train_release,
)
from toolkit.cli import main
from toolkit.project import Workspace
from toolkit.release import Release


@pytest.mark.slow
def test_a_model_is_judged_on_a_later_release_and_against_another_model(
    tmp_path: Path,
    make_release: Callable[..., Release],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = Workspace.create(tmp_path / "project", title="Two releases")
    first = make_release(project.path("releases"))
    make_release(project.path("releases"), "2.0.0", articles=60, relabelled=40, previous=first)
    for name in ("words-lr", "majority"):
        train_release(first.path, tmp_path, baseline=name, name=name)
    line = [
        "evaluate",
        str(tmp_path / "words-lr"),
        "2.0.0",
        "--since",
        "1.0.0",
        "--against",
        str(tmp_path / "majority"),
    ]

    def run(*more: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*line, "--project", str(project.root), *more])
        assert ended.value.code == 0
        return capsys.readouterr().out

    found = json.loads(run("--json"))
    causes = {move["cause"]: move["rows"] for move in found["moves"]}
    parts = {item["value"]: item["rows"] for item in found["slices"] if item["column"] == "since"}
    assert causes == {"before": 20, "rows removed": 0, "labels changed": parts["relabelled"], "rows added": 10}
    assert found["against"]["model"] == "majority"
    assert found["against"]["difference"]["value"] > 0.5
    short, full = run(), run("--full")
    bounded = r"^label, with 95 % intervals +precision +recall +AP +calibration error\n─.*\n\w+ +\d\.\d\d \(\d\.\d\d to"
    assert re.search(bounded, full, flags=re.MULTILINE)
    assert not re.search(bounded, short, flags=re.MULTILINE)
    assert "evaluate    30 rows · 6 stories   [up to date]" in short
    assert "words-lr less majority: +0.9" in short
    assert "words that decided" not in short
    assert "words that decided" in full
    with project.path("reports/errors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["sentence_id"], row["label"]) for row in rows] == [(e["id"], e["label"]) for e in found["errors"]]
    assert rows[0]["words"].startswith(found["errors"][0]["words"][0][0])
    line[2], line[4] = (str(project.path("releases", version)) for version in ("2.0.0", "1.0.0"))
    monkeypatch.chdir(tmp_path)  # outside of any project it is the same
    with pytest.raises(SystemExit) as ended:
        main([*line, "--json"])
    alone, other = json.loads(capsys.readouterr().out), {"against", "model"}
    assert (ended.value.code, alone["since"]) == (0, "1.0.0")
    assert {name: found[name] for name in alone if name not in other} == {k: alone[k] for k in alone if k not in other}
    assert alone["against"]["difference"] == found["against"]["difference"]


@pytest.mark.slow
def test_a_release_that_was_changed_afterwards_is_not_up_to_date(
    tmp_path: Path, make_release: Callable[..., Release], capsys: pytest.CaptureFixture[str]
) -> None:
    project = Workspace.create(tmp_path / "project", title="Tampered")
    release = make_release(project.path("releases"))
    line = ["--project", str(project.root)]
    for command in (["train", "1.0.0", "--baseline", "majority"], ["evaluate"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, *line])
        assert ended.value.code == 0
    tampered = release.path / release.manifest["tables"]["default"]["test"]["file"]
    tampered.write_bytes(tampered.read_bytes()[:-1] + b"!")
    for command in (["train", "1.0.0", "--baseline", "majority"], ["evaluate"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, *line])
        assert ended.value.code == 3
        assert "is damaged: data/test-00000-of-00001.parquet has been changed" in capsys.readouterr().err
