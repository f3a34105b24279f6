"""Files and folders at a path or at any URL that fsspec knows."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from toolkit.errors import RemoteError, ToolkitError, one_line


@contextmanager
def writing(url: str) -> Iterator[IO[bytes]]:
    """Yield a file to write to; it appears at `url` when the block ends without an error, whole or not at all.

    It is written under another name and then moved, so that two workers may write the same file. If a system can't move
    a file over another, the old one is removed first: for a moment a reader may find no file, but never a part of one.
    """
    system, path = _at(url)
    part = f"{path}.{uuid.uuid4().hex}.part"
    with _refusals(url):
        system.makedirs(os.path.dirname(path), exist_ok=True)
        with system.open(part, "wb") as file:
            yield file
        system.mv(part, path)
        if system.exists(part):
            system.rm(path)
            system.mv(part, path)


@contextmanager
def reading(url: str) -> Iterator[IO[bytes]]:
    """Yield a file to read from."""
    system, path = _at(url)
    with _refusals(url), system.open(path, "rb") as file:
        yield file


def put(source: Path, url: str) -> None:
    """Copy a file to a URL; it appears there whole or not at all."""
    with source.open("rb") as file, writing(url) as target:
        shutil.copyfileobj(file, target, 1 << 20)


def exists(url: str) -> bool:
    """Return whether there is a file or a folder."""
    system, path = _at(url)
    with _refusals(url):
        return bool(system.exists(path))


def read_bytes(url: str) -> bytes:
    """Return a file's content."""
    system, path = _at(url)
    with _refusals(url):
        content: bytes = system.cat_file(path)
        return content


def names_in(url: str) -> list[str]:
    """Return the names in a folder, sorted; an empty list if there is no folder."""
    system, path = _at(url)
    with _refusals(url):
        found = system.ls(path, detail=False) if system.exists(path) else []
        return sorted(name.rstrip("/").rpartition("/")[2] for name in found)


def remove(url: str) -> None:
    """Remove a folder and everything below it, if it exists."""
    system, path = _at(url)
    with _refusals(url):
        if system.exists(path):
            system.rm(path, recursive=True)


def _at(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path there.

    Raises:
        RemoteError: fsspec does not know the protocol, or its package is not installed.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except Exception as error:
        raise _failed(url, error) from error
    return system, path


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """Turn the errors of a remote system, each of its own type, into one; errors of a disk pass."""
    try:
        yield
    except ToolkitError:
        raise
    except Exception as error:
        if "://" not in url:
            raise
        raise _failed(url, error) from error


def _failed(url: str, error: Exception) -> RemoteError:
    return RemoteError(
        f"can't be reached, read or written: {one_line(error)}",
        where=url,
        remedy="mend `store` in toolkit.yaml or the rights there, and run the command again: finished work is kept",
    )
