"""kill -9 of a command at chosen steps, and whether the same command, run again, ends with the same bytes.

A step is a file about to be opened for writing, renamed, removed or flushed, or a folder about to be made or removed,
below the project: everything between which the disk can tell a difference. Where a command has fewer steps than are
asked for, the rest of the kills come after equal parts of its time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from forked_command import ran

_USAGE = 2
_WRITING = os.O_WRONLY | os.O_RDWR
_PASSED_OVER = (".toolkit",)
"""Folders of a project that hold what is in work."""


def held(folder: Path) -> dict[str, str]:
    """Return the files of a project, each with its hash; what is in work, and what a kill left half, is left out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in _PASSED_OVER and not path.name.endswith(".part")
    }


def stepping(folder: Path, fatal: int, count: Path | None = None) -> Callable[[], None]:
    """Return what makes a fork kill itself before its step `fatal`, or write the number of its steps into a file."""

    def begin() -> None:
        root, steps, busy = str(folder), 0, False

        def step() -> None:
            nonlocal steps, busy
            steps += 1
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            if count is not None:
                busy = True
                count.write_text(str(steps))
                busy = False

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            path = None if busy else _changed(event, arguments)
            if path is not None and os.path.abspath(path).startswith(root):
                step()

        sys.addaudithook(watch)
        flush = os.fsync

        def fsync(handle: Any) -> None:
            step()
            flush(handle)

        os.fsync = fsync

    return begin


def _changed(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Return the path that an event of Python's audit is about to change; None for another event."""
    if event == "open":
        path, mode, flags = arguments
        changes = (isinstance(flags, int) and flags & _WRITING) or (isinstance(mode, str) and set(mode) & set("wax+"))
    else:
        path, changes = (arguments or (0,))[0], event in _CHANGES
    return os.fsdecode(path) if changes and isinstance(path, str | bytes | os.PathLike) else None


_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")


def survived(words: Sequence[str], project: Path, work: Path, kills: int) -> tuple[int, list[str]]:
    """Kill a command in copies of a project, and run it again in each.

    Args:
        words: The words after `toolkit`.
        project: The project before the command.
        work: A folder for the copies.
        kills: Number of kills.

    Returns:
        How many kills there were, and what went wrong.
    """
    undisturbed, count = work / "undisturbed", work / "steps"
    shutil.copytree(project, undisturbed, symlinks=True)
    began = time.monotonic()
    first = ran(words, undisturbed, before=stepping(undisturbed, 0, count))
    lasted = time.monotonic() - began
    if first.code != 0:
        return 0, [f"rc {first.code} undisturbed: {first.said.strip()[-300:]}"]
    wanted, steps = held(undisturbed), int(count.read_text())
    at = sorted({1 + number * (steps - 1) // max(kills - 1, 1) for number in range(min(kills, steps))})
    timed = [lasted * (number + 1) / (kills - len(at) + 1) for number in range(kills - len(at))]
    faults = []
    for point in (*at, *timed):
        copy = work / "killed"
        shutil.copytree(project, copy, symlinks=True)
        if isinstance(point, int):
            ran(words, copy, before=stepping(copy, point))
        else:
            ran(words, copy, kill_after=point)
        again = ran(words, copy)
        found = held(copy)
        done = again.code == _USAGE and "already" in again.said and found == wanted  # the kill came after the last step
        if (again.code != 0 and not done) or again.crashed:
            faults.append(f"killed at {point}: again rc {again.code}: {again.said.strip()[-200:]}")
        elif found != wanted:
            differing = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
            faults.append(f"killed at {point}: other bytes in {', '.join(differing[:4])}")
        shutil.rmtree(copy)
    shutil.rmtree(undisturbed)
    return len(at) + len(timed), faults
