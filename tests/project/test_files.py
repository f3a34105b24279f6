"""A write happens wholly or not at all, also when the disk is full."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.errors import Locked, ToolkitError
from toolkit.project import AppendLog, write_atomic
from toolkit.project.files import move_atomic, staged
from toolkit.project.mutex import exclusive


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 64 KiB."""
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"LOUD: the full disk was NOT tested, a tmpfs can't be mounted here: {mount.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_changes_nothing(small_disk: Path) -> None:
    write_atomic(small_disk / "a.txt", b"old")
    with pytest.raises(ToolkitError, match="the disk is full; nothing was changed"):
        write_atomic(small_disk / "a.txt", os.urandom(100_000))
    assert [path.name for path in small_disk.iterdir()] == ["a.txt"]
    assert (small_disk / "a.txt").read_bytes() == b"old"


def test_a_full_disk_leaves_the_log_as_it_was(small_disk: Path) -> None:
    log = AppendLog(small_disk / "log.jsonl")
    log.append([{"n": 1}])
    before = log.path.read_bytes()
    with pytest.raises(ToolkitError, match="the disk is full"):
        log.append([{"n": 2, "text": "x" * 100_000}])
    assert log.path.read_bytes() == before


@pytest.mark.slow
def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    program = (
        "import os, sys, toolkit.project.files as files\n"
        "files.os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "files.write_atomic(files.Path(sys.argv[1]), b'new')\n"
    )
    path = tmp_path / "a.txt"
    write_atomic(path, b"old")
    killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed.returncode == -9
    assert path.read_bytes() == b"old"


def test_the_second_command_names_the_first(tmp_path: Path) -> None:
    lock = tmp_path / ".toolkit" / "lock"
    with exclusive(lock), pytest.raises(Locked, match=f"process {os.getpid()}"), exclusive(lock):
        pass
    with exclusive(lock):
        pass


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_umask_holds_for_every_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_atomic(tmp_path / "a.txt", b"a")
        write_atomic(tmp_path / "secret", b"s", mode=0o600)
        (tmp_path / "made").write_bytes(b"b")
        move_atomic(tmp_path / "made", tmp_path / "b.txt")
        with staged(tmp_path) as stage:
            stage.name("release")
            (stage.folder / "data").mkdir()
    finally:
        os.umask(before)
    modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    file, folder = 0o666 & ~mask, 0o777 & ~mask
    assert modes == {"a.txt": file, "b.txt": file, "secret": 0o600, "release": folder, "release/data": folder}


def test_two_directories_in_the_making_leave_each_other_alone(tmp_path: Path) -> None:
    with staged(tmp_path) as first:
        first.name("first")
        (first.folder / "a.txt").write_text("a")
        with staged(tmp_path) as second:
            second.name("second")
    (tmp_path / ".making-killed.part").mkdir()
    with staged(tmp_path):
        pass
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["first", "first/a.txt", "second"]


def test_a_disk_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    with (
        pytest.raises(ToolkitError, match=r"takes no locks.*a disk of this machine"),
        exclusive(tmp_path / ".toolkit" / "lock"),
    ):
        pytest.fail("nothing is done without a lock")
