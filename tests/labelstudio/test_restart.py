"""The server killed and started again under a push, and what else can happen to a server of one's own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from toolkit.errors import Interrupted, InvalidConfig, InvalidInput, RemoteError, ToolkitError, UsageError
from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.push import stage as sending
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.embedded import Studio
from toolkit.labelstudio.server.install import DATABASE, installed
from toolkit.labelstudio.server.process import identity, spawn, terminate
from toolkit.project import Workspace

TEXT = "\n".join(f"The ferry left pier {number}." for number in range(8))


@pytest.fixture
def own(studio_home: Path, tmp_path: Path) -> Iterator[Studio]:
    """A server for one test, which may do to it what it likes."""
    data = tmp_path / "own"
    yield embedded.start(home=studio_home, data=data)
    embedded.stop(data=data)


@pytest.mark.studio
@pytest.mark.slow
def test_a_server_killed_under_a_push_is_completed_after_its_restart(
    own: Studio, studio_home: Path, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    monkeypatch.setattr(sending, "_SETTLE", 0.01)
    workspace = make_project([TEXT])

    def kill(done: int, total: int) -> None:
        if done == 4:
            os.kill(own.pid, signal.SIGKILL)

    with Server(own.url, str(own.token), sleep=lambda seconds: None) as server, pytest.raises(Interrupted):
        push(workspace, server=server, progress=kill)
    again = embedded.start(home=studio_home, data=own.data)
    assert (again.fresh, again.password, again.token) == (True, None, own.token)
    with Server(again.url, str(again.token)) as server:
        assert push(workspace, server=server).sent == 4
        tasks = server.tasks(server_project.work_projects(server, workspace)[0].id, include="id,data")
        held = [task["data"]["text"] for task in tasks]
        assert held == TEXT.split("\n")


def test_a_port_that_is_taken_is_not_silently_left_for_the_next(tmp_path: Path) -> None:
    program = tmp_path / "label-studio"
    program.touch()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UsageError, match="is taken"):
            embedded._port(other.getsockname()[1], tmp_path)


def test_an_interpreter_without_label_studio_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="no label-studio beside"):
        installed(tmp_path, tmp_path / "python")


def test_a_server_that_ends_at_once_shows_the_end_of_its_log(tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite3"
    with closing(sqlite3.connect(empty)) as database:
        database.executescript("CREATE TABLE htx_user (id, email); CREATE TABLE authtoken_token (key, user_id);")
    program = tmp_path / "label-studio"
    copy = f'cp "{empty}" "$LABEL_STUDIO_BASE_DATA_DIR/label_studio.sqlite3"'
    program.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then {copy}; else echo no room left; exit 3; fi\n')
    program.chmod(0o755)
    with pytest.raises(RemoteError, match="ended while starting: no room left"):
        embedded.start(home=tmp_path / "home", data=tmp_path / "data", python=tmp_path / "python")
    assert embedded.status(data=tmp_path / "data") is None


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("scribbled over")
    with pytest.raises(InvalidInput, match="no database of Label Studio"):
        embedded.token_of(tmp_path)


def test_a_template_that_can_not_be_made_shows_why(tmp_path: Path) -> None:
    program = tmp_path / "label-studio"
    program.write_text("#!/bin/sh\necho migrations are broken; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(ToolkitError, match="migrations are broken"):
        embedded.start(home=tmp_path / "home", data=tmp_path / "data", python=tmp_path / "python")
    assert not list((tmp_path / "home").glob("template*/"))


def test_only_the_process_that_was_started_is_ever_ended(tmp_path: Path) -> None:
    pid = spawn(["/bin/sleep", "60"], environment={}, log=tmp_path / "log")
    known = identity(pid)
    assert known is not None
    terminate(pid, "started at another time")
    assert identity(pid) == known
    terminate(pid, known)
    assert identity(pid) is None
