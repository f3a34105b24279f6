"""A directory that is there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
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

    What a killed process left behind is removed by the next one; the caller holds the lock that keeps two from running
    at once.

    Raises:
        ToolkitError: The disk is full, or the folder cannot be written to.
    """
    with disk_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"{_PREFIX}*{_SUFFIX}"):
            shutil.rmtree(left)
        stage = Stage(Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX, suffix=_SUFFIX)))
        try:
            yield stage
            stage.folder.chmod(0o755)
            _flush(stage.folder)
            if stage.target is not None:
                stage.folder.rename(stage.target)
                _sync(parent)
        finally:
            shutil.rmtree(stage.folder, ignore_errors=True)


_PREFIX, _SUFFIX = ".making-", ".part"


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
