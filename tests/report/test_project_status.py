"""Where a project stands, and what the doctor finds, told from its files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders import write_corpus

from tests.report.conftest import texts
from toolkit.ingest import stage as ingest_stage
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Ledger
from toolkit.report import project_status
from toolkit.segment import stage as segment_stage
from toolkit.version import __version__


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "toolkit", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def states(workspace: Workspace) -> dict[str, str]:
    return {stage.stage: stage.state for stage in project_status(workspace).stages}


def test_an_empty_project_starts_with_pages(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "empty")
    found = project_status(workspace)
    assert {stage.state for stage in found.stages} == {"not yet"}
    assert found.next_stage is not None
    assert found.next_stage.command == "copy raw pages into pages/"


def test_what_changed_is_out_of_date(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    workspace.write("pages/a.txt", "A title\n\nThe mayor said that the bridge is open again. It had been closed.\n")
    ingest_stage.ingest(workspace)
    segment_stage.segment(workspace)
    assert states(workspace) | {"ingest": "done", "segment": "done", "push": "not yet"} == states(workspace)
    workspace.write("pages/b.txt", "Another\n\nThe river rose by two metres, the mayor said.\n")
    assert states(workspace)["ingest"] == "out of date"
    ingest_stage.ingest(workspace)
    assert (states(workspace)["ingest"], states(workspace)["segment"]) == ("done", "out of date")
    following = project_status(workspace).next_stage
    assert following is not None
    assert (following.command, following.because) == ("toolkit segment", ("articles.parquet changed",))
    segment_stage.segment(workspace)
    workspace.path("sentences.parquet").unlink()
    assert states(workspace)["segment"] == "out of date"


def test_a_touched_file_is_still_the_same(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    write_corpus(workspace, texts(2))
    segment_stage.segment(workspace)
    workspace.write("articles.parquet", workspace.path("articles.parquet").read_bytes())
    assert states(workspace)["segment"] == "done"


def test_only_sentences_that_the_server_confirmed_count_as_sent(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project", title="News")
    workspace.write("pages/a.txt", "A title\n\nThe mayor said that the bridge is open again. It had been closed.\n")
    ingest_stage.ingest(workspace)
    segment_stage.segment(workspace)
    keys = [(sentence.sentence_id, "0" * 64) for sentence in workspace.sentences()]

    def push() -> tuple[str, dict[str, int]]:
        (found,) = (stage for stage in project_status(workspace).stages if stage.stage == "push")
        return found.state, dict(found.counts)

    quiz = Ledger(workspace, "the quiz", "News (calibration)")
    quiz.sending([(f"quiz-{number}", "0" * 64) for number in range(9)])
    quiz.acknowledged()
    assert push() == ("not yet", {})
    ledger = Ledger(workspace, "the work", "News")
    ledger.sending(keys[:1])
    ledger.acknowledged()
    ledger.sending(keys[1:])
    assert push() == ("out of date", {"sentences sent": 1})
    ledger.acknowledged()
    assert push() == ("done", {"sentences sent": len(keys)})


@pytest.mark.slow
def test_new_and_lost_inputs_are_told(project: Workspace) -> None:
    def because(name: str) -> tuple[str, ...]:
        return next(stage.because for stage in project_status(project).stages if stage.stage == name)

    project.write("takedowns.yaml", "{}")
    assert because("build") == ("takedowns.yaml is new",)
    for number in range(3):
        project.write(f"pages/{number}.txt", f"Page {number} tells of the ferry.")
    ingest_stage.ingest(project)
    for number in range(3, 7):
        project.write(f"pages/{number}.txt", f"Page {number} tells of the ferry.")
    project.path("pages/1.txt").unlink()
    assert because("ingest") == ("pages/1.txt is gone", "pages/3.txt and 3 more files are new")


@pytest.mark.slow
def test_a_release_is_out_of_date_when_answers_came(project: Workspace) -> None:
    assert states(project)["build"] == "done"
    project.annotations.append([{"event": "tombstone", "annotation_id": "gone", "reason": "test"}])
    after = states(project)
    assert (after["agreement"], after["adjudicate"], after["build"]) == ("out of date",) * 3


@pytest.mark.slow
def test_a_stage_that_would_be_done_otherwise_is_out_of_date(project: Workspace, monkeypatch: Any) -> None:
    def because(workspace: Workspace, *names: str) -> set[tuple[str, ...]]:
        return {stage.because for stage in project_status(workspace).stages if stage.stage in names}

    assert because(project, "agreement", "adjudicate") == {()}
    with monkeypatch.context() as newer:
        newer.setattr("toolkit.agreement.stage.REVISION", 10_000)
        assert because(project, "agreement") == {("an earlier toolkit measured it",)}
    with monkeypatch.context() as newer:
        newer.setattr("toolkit.project.stage.__version__", "99.0.0")
        assert because(project, "agreement", "adjudicate") == {(f"made by toolkit {__version__}",)}
    config = project.path("toolkit.yaml")
    config.write_text(config.read_text() + "\naggregation: majority\n")
    assert because(Workspace(project.root), "agreement", "adjudicate") == {(), ("the aggregation changed",)}
    done = run(project.root, "build", "--bump", "auto")
    assert done.returncode == 3, done.stderr
    assert "gold.parquet: is out of date (the aggregation changed); run `toolkit adjudicate` and build" in done.stderr


@pytest.mark.slow
def test_the_command_alone_shows_it_and_outside_what_to_do(project: Workspace, tmp_path: Path) -> None:
    done = run(project.root)
    assert done.returncode == 0, done.stderr
    assert "96 answers · 2 annotators" in done.stdout
    assert "next: copy raw pages into pages/" in done.stdout
    outside = run(tmp_path)
    assert outside.returncode == 2
    assert "toolkit init my-project --from FOLDER" in outside.stdout


@pytest.mark.slow
def test_report_prints_the_path(project: Workspace) -> None:
    done = run(project.root, "report", "--output", "page.html")
    assert done.returncode == 0, done.stderr
    assert Path(project.root, done.stdout.strip()).read_text(encoding="utf-8").startswith("<!doctype html>")
