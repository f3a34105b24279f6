"""One command at a time on one project."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.errors import InvalidInput, Locked, ToolkitError
from toolkit.project.files import disk_errors


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the project's lock; the system lets go of it when the process ends, however it ends.

    Args:
        path: The lock file; it stays, empty of meaning, when nobody holds it.

    Raises:
        Locked: Another process holds it; the message says which.
        ToolkitError: The project can't be written to.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(_opened(path), "a+")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise Locked(
                f"{holder} is at work on this project",
                where=str(path.parent.parent),
                remedy="wait until it has finished, then run the same command again",
            ) from error
        except OSError as error:
            raise no_locks(path.parent.parent, error) from error
        file.truncate(0)
        file.write(f"process {os.getpid()} ({' '.join([Path(sys.argv[0]).name, *sys.argv[1:2]])})")
        file.flush()
        yield


def no_locks(folder: Path, error: OSError) -> ToolkitError:
    """Return the fault of a disk that knows no locks, as some network shares and disks of Windows under WSL."""
    return ToolkitError(
        f"its disk takes no locks, which keep two commands apart ({error.strerror})",
        where=str(folder),
        remedy="move it to a disk of this machine; under WSL that is a folder in your home, not one below /mnt",
    )


def _opened(path: Path) -> int:
    """Open the lock file; what a link in its place leads to is neither locked nor emptied."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise InvalidInput("is a link, which is not followed", where=str(path), remedy=f"run `rm {path}`") from error
