"""A server of one's own: what is in the way of its start, what an upgrade keeps, and that only it is ever ended."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from toolkit.errors import RemoteError, UsageError
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.embedded import Studio, identity, spawn, terminate
from toolkit.labelstudio.server.install import DATABASE, VERSION

TABLES = "CREATE TABLE htx_user (id, email); CREATE TABLE authtoken_token (key, user_id);"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter beside a Label Studio that makes its tables and ends as soon as it is started."""
    empty = tmp_path / "empty.sqlite3"
    with closing(sqlite3.connect(empty)) as database:
        database.executescript(TABLES)
    program = tmp_path / "label-studio"
    copy = f'cp "{empty}" "$LABEL_STUDIO_BASE_DATA_DIR/label_studio.sqlite3"'
    program.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then {copy}; else echo no space left; exit 3; fi\n')
    program.chmod(0o755)
    return tmp_path / "python"


@pytest.mark.studio
def test_a_server_that_runs_is_not_started_again(studio: Studio) -> None:
    again = embedded.start(data=studio.data)
    assert (again.pid, again.fresh, again.password) == (studio.pid, False, None)
    assert again.token == studio.token
    assert str(studio.token) not in repr(again)


@pytest.mark.studio
def test_only_this_machine_can_reach_it(studio: Studio) -> None:
    """A server that listens on every address answers on each of loopback's, of which it was given one."""
    port = int(studio.url.rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=10).close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=10)


@pytest.mark.studio
def test_it_sends_nothing_home(studio: Studio) -> None:
    said = dict(line.partition("=")[::2] for line in Path(f"/proc/{studio.pid}/environ").read_text().split("\0"))
    names = ("COLLECT_ANALYTICS", "LATEST_VERSION_CHECK", "SENTRY_DSN", "FRONTEND_SENTRY_DSN")
    assert [said[name] for name in names] == ["false", "false", "", ""]


@pytest.mark.studio
def test_nobody_else_may_read_its_data_though_the_directory_was_there_before(studio: Studio) -> None:
    made = [studio.data, *(path for path in studio.data.rglob("*") if not path.is_symlink())]
    assert len(made) > 3
    # what is exported gets Django's own mode; the directories above keep others out
    mine = [path for path in made if path.is_dir() or "export" not in path.parts]
    assert {path.name for path in mine if path.stat().st_mode & 0o077} == set()


def test_a_port_that_is_taken_is_not_silently_left_for_the_next(tmp_path: Path, python: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UsageError, match="is taken"):
            embedded.start(port=other.getsockname()[1], home=tmp_path / "home", data=tmp_path / "data", python=python)


def test_a_server_that_ends_at_once_shows_the_end_of_its_log(tmp_path: Path, python: Path) -> None:
    with pytest.raises(RemoteError, match="ended while starting: no space left"):
        embedded.start(home=tmp_path / "home", data=tmp_path / "data", python=python)
    assert embedded.status(data=tmp_path / "data") is None


@pytest.mark.parametrize(("kind", "local"), [("ext4", True), ("nfs4", False), ("cifs", False), ("fuse.sshfs", False)])
def test_only_a_disk_of_this_machine_is_local(kind: str, local: bool, tmp_path: Path) -> None:
    home, mounts = tmp_path / "my home", tmp_path / "mounts"
    named = str(home).replace(" ", r"\040")
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {named} {kind} rw 0 0\n", encoding="utf-8")
    assert embedded.on_local_disk(home / "data" / DATABASE, mounts) is local
    assert embedded.on_local_disk(tmp_path / DATABASE, mounts)
    assert not embedded.on_local_disk(tmp_path / DATABASE, tmp_path / "none")


def test_its_database_writes_ahead(tmp_path: Path, python: Path) -> None:
    with pytest.raises(RemoteError):
        embedded.start(home=tmp_path / "home", data=tmp_path / "data", python=python)
    with closing(sqlite3.connect(tmp_path / "data" / DATABASE)) as database:
        wanted = "wal" if embedded.on_local_disk(tmp_path) else "delete"
        assert database.execute("PRAGMA journal_mode").fetchone() == (wanted,)


@pytest.mark.parametrize(("before", "kept"), [(VERSION, False), ("1.0.0", True)])
def test_an_upgrade_keeps_the_database_as_it_was_with_its_journal(
    tmp_path: Path, python: Path, before: str, kept: bool
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with closing(sqlite3.connect(data / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(TABLES)
        database.execute("INSERT INTO htx_user VALUES (1, 'ada@example.org')")
        database.commit()
        state = {"pid": 1, "identity": None, "port": 1, "version": before}
        (data / embedded.STATE).write_text(json.dumps(state))
        with pytest.raises(RemoteError):
            embedded.start(home=tmp_path / "home", data=data, python=python)  # the row is still in the journal
    copies = list(data.glob("*.of-*"))
    assert [copy.name for copy in copies] == ([f"{DATABASE}.of-1.0.0"] if kept else [])
    for name in copies:
        with closing(sqlite3.connect(name)) as copy:
            assert copy.execute("SELECT email FROM htx_user").fetchall() == [("ada@example.org",)]


def test_only_the_process_that_was_started_is_ever_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = spawn(["/bin/sleep", "60"], environment={}, log=tmp_path / "log")
    known = identity(pid)
    assert known is not None
    with monkeypatch.context() as patch:
        sent: list[tuple[int, int]] = []
        patch.setattr(embedded.os, "kill", lambda *signal: sent.append(signal))
        terminate(pid, "started at another time")
    assert (sent, identity(pid)) == ([], known)
    terminate(pid, known)
    assert identity(pid) is None
