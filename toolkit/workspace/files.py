"""Files that are either the old or the new ones, never a part."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import ToolkitError, UsageError


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


def read_bytes(path: Path) -> bytes:
    """Read a file that a person named.

    Raises:
        UsageError: There is no such file, or it can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(path)) from error


def file_digest(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes, None when there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
