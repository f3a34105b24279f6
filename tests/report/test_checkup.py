"""The doctor names what stands in the way of work and what mends it, and never a token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.report.test_project_status import run
from toolkit.project import Workspace
from toolkit.report import checkup


@pytest.mark.slow
def test_the_doctor_never_prints_a_token(project: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "not-to-be-seen-1")
    monkeypatch.setenv("HF_TOKEN", "not-to-be-seen-2")
    done = run(project.root, "doctor", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert said["ok"]
    assert "not-to-be-seen" not in done.stdout + done.stderr
    assert {check["name"]: check["said"] for check in said["checks"]}["Hub token"] == "present"


@pytest.mark.slow
def test_the_doctor_names_what_is_wrong(project: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    with project.lock():
        done = run(project.root, "doctor")
    assert done.returncode == 1
    assert "http://127.0.0.1:9 can't be reached" in done.stdout
    assert "is at work on this project" in done.stdout
    assert "LABEL_STUDIO_API_KEY is not set" in done.stdout


@pytest.mark.slow
def test_the_doctor_works_outside_and_in_a_broken_project(tmp_path: Path) -> None:
    assert run(tmp_path, "doctor").returncode == 0
    (tmp_path / "toolkit.yaml").write_text("schemma: x\n")
    faults = [check for check in checkup(tmp_path) if check.state == "fault"]
    assert [check.name for check in faults] == ["project"]
    assert "schemma" in faults[0].said
