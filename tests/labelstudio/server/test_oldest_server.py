"""The oldest server that the README promises: the whole way once, sentences out, answers back, decisions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolkit.adjudicate.stage import adjudicate
from toolkit.labelstudio import Server, push_disputes
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server import embedded
from toolkit.project import Workspace

pytestmark = [pytest.mark.studio, pytest.mark.slow]

OLDEST = "1.13.1"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the oldest version: of TOOLKIT_OLDEST_STUDIO_PYTHON, in CI installed; else nothing is tested."""
    named = os.environ.get("TOOLKIT_OLDEST_STUDIO_PYTHON")
    if named is None and not os.environ.get("CI"):
        pytest.skip(f"TOOLKIT_OLDEST_STUDIO_PYTHON names no interpreter with label-studio {OLDEST}")
    python = Path(named) if named else _installed(ROOT / ".cache" / f"studio-{OLDEST}")
    folder = tmp_path_factory.mktemp("oldest")
    started = embedded.start(python=python, home=folder / "home", data=folder / "data")
    with Server(started.url, str(started.token)) as server:
        yield server
    embedded.stop(data=folder / "data")


def _installed(folder: Path) -> Path:
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        wanted = [f"label-studio=={OLDEST}", "setuptools<81"]  # it still asks for pkg_resources
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
        done.touch()
    return python


def test_the_whole_way(oldest: Server, make_project: Callable[..., Workspace]) -> None:
    assert oldest.version() == OLDEST
    workspace = make_project(["One said so.\nTwo said so.\nThree said so."])
    assert push(workspace, server=oldest).sent == 3
    assert push(workspace, server=oldest).up_to_date
    (project,) = server_project.work_projects(oldest, workspace)
    email = f"second-{os.urandom(4).hex()}@example.org"
    other = oldest.post("/api/users/", {"email": email, "username": email[:20], "password": os.urandom(8).hex()})["id"]
    for number, task in enumerate(list(oldest.tasks(project.id, include="id"))):
        for user, label in ((1, "claim"), (other, "denial" if number == 0 else "claim")):
            choice = {"id": "c", "from_name": "speech_act", "to_name": "text", "type": "choices"}
            result = [choice | {"value": {"choices": [label]}}]
            oldest.post(f"/api/tasks/{task['id']}/annotations/", {"result": result, "completed_by": user})
    assert pull(workspace, server=oldest).counts == {"new": 6}
    assert pull(workspace, server=oldest).up_to_date
    counts = adjudicate(workspace).counts
    assert (counts["decided"], counts["queued for an expert"]) == (2, 1)
    assert push_disputes(workspace, server=oldest).sent == 1
