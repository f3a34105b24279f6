"""A directory that is there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.workspace.files import disk_errors


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yield an empty directory beside `target` that is renamed to it if the block succeeds, and removed if not.

    What a killed process left behind is removed by the next one for the same target; the caller holds the lock that
    keeps two from running at once.

    Raises:
        UsageError: `target` is there already.
        ToolkitError: The disk is full, or the folder cannot be written to.
    """
    if target.exists():
        raise UsageError("is there already; a release is never changed", where=str(target), remedy="take a new version")
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f".{target.name}.*.part"):
            shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part"))
        try:
            yield folder
            folder.chmod(0o755)
            _flush(folder)
            folder.rename(target)
            _sync(target.parent)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


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
