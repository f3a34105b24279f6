"""Work that takes long shows how far it is on a terminal, and nothing elsewhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import Task, TaskID

from toolkit.cli.progress_bar import Pace
from toolkit.ingest import stage as ingest_stage
from toolkit.project import Workspace
from toolkit.segment import stage as segment_stage


@pytest.mark.parametrize(
    ("total", "completed", "shown"),
    [(None, 0, ""), (1000, 0, "0/1,000"), (1000, 400, "400/1,000  20.0/s  0:00:30 left")],
)
def test_the_rate_is_that_of_the_whole_work(total: int | None, completed: int, shown: str) -> None:
    task = Task(TaskID(0), "push", total, completed, _get_time=lambda: 20.0)
    task.start_time = 0.0
    assert Pace().render(task).plain == shown


def test_stages_tell_how_far_they_are(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path, schema="claims")
    for number in range(3):
        (tmp_path / "pages" / f"{number}.txt").write_text(
            f"Title {number}\n\nBridge {number} is shut. Nobody was hurt.\n"
        )
    told: list[tuple[int, int]] = []
    ingest_stage.ingest(workspace, progress=lambda *at: told.append(at))
    segment_stage.segment(workspace, progress=lambda *at: told.append(at))
    assert told == [(3, 3), (3, 3)]


@pytest.mark.slow
def test_a_terminal_shows_a_bar_and_a_pipe_does_not(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path, schema="claims")
    (tmp_path / "pages" / "a.txt").write_text("Title\n\nThe bridge is shut.\n")
    command = [sys.executable, "-m", "toolkit", "ingest"]
    outer, inner = os.openpty()
    shown = subprocess.Popen(command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=inner)
    os.close(inner)
    with shown, io.FileIO(outer) as terminal:
        seen = b""
        try:
            while part := terminal.read(4096):
                seen += part
        except OSError:  # how Linux says that the other side has closed
            pass
        assert shown.stdout is not None
        assert shown.stdout.read().startswith(b"ingest      1 page ")
    assert "━".encode() in seen
    piped = subprocess.run(command, cwd=workspace.root, capture_output=True, check=True)
    assert "━".encode() not in piped.stderr
