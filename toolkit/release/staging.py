"""A directory that is there as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from toolkit.errors import UsageError
from toolkit.workspace.files import disk_errors

ANOTHER: Final = "name another directory, or remove it"


class Stage:
    """A directory in the making.

    Attributes:
        folder: Where to write.
        target: What it will be called, see `name`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target: Path | None = None

    def name(self, name: str, *, remedy: str = "a release is never changed: take a new version") -> None:
        """Say what the directory will be called.

        Args:
            name: Its name within the folder.
            remedy: What to do if there is one of that name.

        Raises:
            UsageError: There is one of that name.
        """
        target = self.folder.parent / name
        if target.exists():
            raise UsageError("is there already", where=str(target), remedy=remedy)
        self.target = target


@contextmanager
def staged(parent: Path) -> Iterator[Stage]:
    """Yield a stage in `parent` that gets its name if the block succeeds, and is removed if not.

    What a killed process left behind is removed by the next one; what another one is at work on is locked and stays.

    Raises:
        ToolkitError: The disk is full, or the folder cannot be written to.
    """
    with disk_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        _remove_left(parent)
        stage = Stage(parent / f"{_PREFIX}{secrets.token_hex(4)}{_SUFFIX}")
        stage.folder.mkdir()
        handle = os.open(stage.folder, os.O_RDONLY)
        try:
            _lock(handle)
            yield stage
            _flush(stage.folder)
            if stage.target is not None:
                stage.folder.rename(stage.target)
                _sync(parent)
        finally:
            shutil.rmtree(stage.folder, ignore_errors=True)
            os.close(handle)


_PREFIX, _SUFFIX = ".making-", ".part"


def _remove_left(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*{_SUFFIX}"):
        handle = os.open(left, os.O_RDONLY)
        try:
            if _lock(handle):
                shutil.rmtree(left)
        finally:
            os.close(handle)


def _lock(folder: int) -> bool:
    """Lock an open folder until it is closed; False if another process holds it, or its disk knows no locks."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
