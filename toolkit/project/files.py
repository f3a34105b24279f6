"""Files that are either the old or the new ones, never a part.

A directory that is there as a whole or not at all.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from toolkit.errors import InvalidInput, ToolkitError, UsageError
from toolkit.limits import whole_file


def write_atomic(path: Path, data: bytes | str | BinaryIO, *, mode: int = 0o666) -> None:
    """Write a file so that a kill at any instant leaves the old content or the new, never a part.

    The data goes to a temporary file in the same folder, is flushed to disk and renamed over `path`.

    Args:
        path: Its folder is made if it is missing.
        data: The whole content, or a stream of it; text is written as UTF-8.
        mode: Permission bits; the process's umask takes from them, as from those of every new file.

    Raises:
        ToolkitError: The disk is full, or the folder can't be written to.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(handle, "wb") as file:
                if isinstance(data, bytes | str):
                    file.write(data.encode() if isinstance(data, str) else data)
                else:
                    shutil.copyfileobj(data, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def move_atomic(finished: Path, path: Path) -> None:
    """Put a finished file of the same disk at its place, as `write_atomic` does with data.

    Raises:
        ToolkitError: The folder can't be written to.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with finished.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(finished, path)
        _sync_folder(path.parent)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals while writing to `path` into a sentence with a remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ToolkitError(
                "the disk is full; nothing was changed",
                where=str(path),
                remedy="free some space and run the same command again",
            ) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise ToolkitError(
                "can't be written", where=str(path), remedy=f"check the rights of {path.parent}"
            ) from error
        if isinstance(error, IsADirectoryError | NotADirectoryError | FileExistsError):
            what = f"can't be written: {str(error.strerror).lower()}"
            raise ToolkitError(what, where=str(path), remedy="name another place") from error
        raise


_PART = re.compile(r"[^\x00-\x1f\x7f/\\\\:.][^\x00-\x1f\x7f/\\\\:]{0,254}")
_LONGEST_NAME = 1_000


def safe_name(name: object, *, where: str | None = None, of: str = "its directory") -> str:
    """Return a name that came from outside, if a file of that name lies below the folder that it is joined to.

    Args:
        name: "a/b.txt": parts without "..", none that begins with a dot, no root, no drive and no control characters.
        where: What names it.
        of: The folder in words.

    Raises:
        InvalidInput: It is not such a name.

    Examples:
        >>> safe_name("data/train-00000-of-00001.parquet")
        'data/train-00000-of-00001.parquet'
        >>> from toolkit.errors import InvalidInput
        >>> try:
        ...     safe_name("../.ssh/id_rsa", where="manifest.json")
        ... except InvalidInput as error:
        ...     print(error)
        manifest.json: '../.ssh/id_rsa' names a file outside its directory; take it from its makers again
    """
    if isinstance(name, str) and len(name) <= _LONGEST_NAME and all(map(_PART.fullmatch, name.split("/"))):
        return name
    what = f"{str(name)[:80]!r} names a file outside {of}"
    raise InvalidInput(what, where=where, remedy="take it from its makers again")


def held_file(folder: Path, name: str) -> Path:
    """Return a regular file below a folder that no link leads to.

    A snapshot in the Hub client's cache holds links into the folder blobs/ of its repository; these are followed.

    Args:
        folder: The folder; it may be a link itself.
        name: See `safe_name`.

    Raises:
        InvalidInput: The name leads out of the folder, or a link, a folder or a device has it.
        FileNotFoundError: There is no such file.
    """
    path = folder
    for part in safe_name(name, where=str(folder)).split("/"):
        path /= part
        if path.is_symlink() and not _is_cached(folder, path):
            remedy = "replace it by what it leads to"
            raise InvalidInput("is a link, which is not followed", where=str(path), remedy=remedy)
    if not stat.S_ISREG(path.stat().st_mode):
        raise InvalidInput("is not a file", where=str(path), remedy="take it from its makers again")
    return path


def _is_cached(folder: Path, link: Path) -> bool:
    """Tell whether a link of a snapshot in the Hub client's cache leads to a blob of the same repository."""
    snapshots = folder.absolute().parent
    return snapshots.name == "snapshots" and link.resolve().parent == (snapshots.parent / "blobs").resolve()


def read_bytes(path: Path) -> bytes:
    """Read a file that a person named.

    Raises:
        UsageError: There is no such file, or it can't be read.
        InvalidInput: It is too large to be held.
    """
    try:
        return whole_file(path)
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(path)) from error


def file_digest(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes, None when there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


FileState = tuple[int, int, int, int]


def file_state(path: Path) -> FileState | None:
    """Return what changes whenever a file is written, for what is kept of it in memory; None when there is none."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
