"""kill -9 of push and of pull at 20 of their steps; each time the next run ends as an undisturbed one does.

The steps are drawn with a seed. TOOLKIT_KILL_POINTS=1000 tries every step, which takes minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toolkit.labelstudio import Server, pull, push, replay
from toolkit.labelstudio import project as projects
from toolkit.labelstudio.studio import Studio
from toolkit.samples import Recorded
from toolkit.workspace import Workspace

pytestmark = [pytest.mark.studio, pytest.mark.slow]

TEXT = "\n".join(f"The ferry left pier {number}." for number in range(9))
POINTS = int(os.environ.get("TOOLKIT_KILL_POINTS", "20"))
RUNNER = Path(__file__).with_name("killed.py")


def run(studio: Studio, verb: str, project: Path, fatal: int) -> int:
    """Return the number of steps, -1 when it was killed."""
    environment = os.environ | {"LABEL_STUDIO_API_KEY": str(studio.token)}
    command = [sys.executable, str(RUNNER), verb, str(project), studio.url, str(fatal)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == -9:
        return -1
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def points(steps: int) -> list[int]:
    """Return where to kill, in order."""
    return sorted(random.Random(0).sample(range(1, steps + 1), min(POINTS, steps)))


def test_push(studio: Studio, server: Server, make_project: Callable[..., Workspace]) -> None:
    steps = run(studio, "push", make_project([TEXT], name="undisturbed").root, 0)
    assert steps > 20

    def disturbed(fatal: int) -> None:
        workspace = make_project([TEXT], name=f"killed-{fatal}")
        assert run(studio, "push", workspace.root, fatal) == -1
        push(workspace, server=server)
        tasks = server.tasks(projects.of_workspace(server, workspace)[0].id, include="id,data")
        held = [task["data"]["sentence_id"] for task in tasks]
        assert sorted(held) == sorted(sentence.sentence_id for sentence in workspace.sentences()), fatal
        assert push(workspace, server=server).up_to_date, fatal

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disturbed, points(steps)))


def test_pull(studio: Studio, server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([TEXT], name="source")
    push(workspace, server=server)
    answers = [
        Recorded(annotator=name, text=text, labels=("claim",), lead_time=1.0)
        for name in ("ada", "ben")
        for text in TEXT.split("\n")
    ]
    replay(workspace, answers, server=server)
    first = _copy(workspace, "first")
    pull(first, server=server)
    shutil.copytree(first.path(".secrets"), workspace.path(".secrets"))
    undisturbed = _copy(workspace, "undisturbed")
    steps = run(studio, "pull", undisturbed.root, 0)
    log = undisturbed.annotations.path.read_bytes()
    assert steps > 20
    assert log.count(b"\n") == 18

    def disturbed(fatal: int) -> None:
        mine = _copy(workspace, f"killed-{fatal}")
        assert run(studio, "pull", mine.root, fatal) == -1
        pull(mine, server=server)
        assert mine.annotations.path.read_bytes() == log, fatal
        assert pull(mine, server=server).up_to_date, fatal

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disturbed, points(steps)))


def _copy(workspace: Workspace, name: str) -> Workspace:
    root = workspace.root.with_name(name)
    shutil.copytree(workspace.root, root)
    return Workspace(root)
