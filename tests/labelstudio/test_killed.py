"""kill -9 of push and of pulls at some of their steps; each time the next run ends as an undisturbed one does.

The steps are drawn with a seed: 20 of a push, 20 of three kinds of pull together. TOOLKIT_KILL_POINTS=1000 tries every
step, which takes minutes.
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

from toolkit.labelstudio import Server, replay
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace
from toolkit.samples import Recorded

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


def points(steps: int, share: int = 1) -> list[int]:
    """Return where to kill, in order: a part of the points."""
    return sorted(random.Random(0).sample(range(1, steps + 1), min(-(-POINTS // share), steps)))


def test_push(studio: Studio, server: Server, make_project: Callable[..., Workspace]) -> None:
    steps = run(studio, "push", make_project([TEXT], name="undisturbed").root, 0)
    assert steps > 20

    def disturbed(fatal: int) -> None:
        workspace = make_project([TEXT], name=f"killed-{fatal}")
        assert run(studio, "push", workspace.root, fatal) == -1
        push(workspace, server=server)
        tasks = server.tasks(server_project.work_projects(server, workspace)[0].id, include="id,data")
        held = [task["data"]["sentence_id"] for task in tasks]
        assert sorted(held) == sorted(sentence.sentence_id for sentence in workspace.sentences()), fatal
        assert push(workspace, server=server).up_to_date, fatal

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disturbed, points(steps)))


def test_pull(studio: Studio, server: Server, make_project: Callable[..., Workspace]) -> None:
    """The first pull, one of what changed since, and one that compares everything because a task is gone."""
    workspace = make_project([TEXT], name="source")
    push(workspace, server=server)
    answers = [
        Recorded(annotator=name, text=text, labels=("claim",), lead_time=1.0)
        for name in ("ada", "ben")
        for text in TEXT.split("\n")
    ]
    replay(workspace, answers, server=server)
    project_pseudonyms(workspace)  # one secret for every copy
    project = server_project.work_projects(server, workspace)[0]
    first = _killed_and_repeated(studio, server, workspace, "first")
    assert first.annotations.path.read_bytes().count(b"\n") == 18

    tasks = list(server.tasks(project.id, fields="all"))
    edited, deleted = (task["annotations"][0] for task in tasks[:2])
    server.patch(f"/api/annotations/{edited['id']}/", {"result": [], "was_cancelled": True})
    server.delete(f"/api/annotations/{deleted['id']}/")
    server.post(f"/api/tasks/{tasks[2]['id']}/annotations/", {"result": edited["result"], "lead_time": 2.0})
    changed = _killed_and_repeated(studio, server, first, "changed")
    assert changed.annotations.path.read_bytes().count(b"\n") == 21

    server.delete(f"/api/tasks/{tasks[4]['id']}/")
    compared = _killed_and_repeated(studio, server, changed, "compared")
    assert compared.annotations.path.read_bytes().count(b"\n") == 23
    assert server.get(f"/api/projects/{project.id}/exports/") == []
    assert server.get("/api/dm/views/", project=project.id) == []


def _killed_and_repeated(studio: Studio, server: Server, workspace: Workspace, name: str) -> Workspace:
    """Kill pulls of copies of a project; hold each one's next pull against an undisturbed one, which is returned."""
    undisturbed = _copy(workspace, name)
    steps = run(studio, "pull", undisturbed.root, 0)
    log = undisturbed.annotations.path.read_bytes()
    assert log.startswith(workspace.annotations.path.read_bytes() if workspace.annotations.path.exists() else b"")

    def disturbed(fatal: int) -> None:
        mine = _copy(workspace, f"{name}-killed-{fatal}")
        assert run(studio, "pull", mine.root, fatal) == -1
        pull(mine, server=server)
        assert mine.annotations.path.read_bytes() == log, (name, fatal)
        assert pull(mine, server=server).up_to_date, (name, fatal)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disturbed, points(steps, 3)))
    return undisturbed


def _copy(workspace: Workspace, name: str) -> Workspace:
    root = workspace.root.with_name(name)
    shutil.copytree(workspace.root, root)
    return Workspace(root)
