"""Files and folders at a path, or at any URL that fsspec knows."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from toolkit.errors import RemoteError, ToolkitError


@contextmanager
def writing(url: str) -> Iterator[IO[bytes]]:
    """Yield a file to write to that appears at `url` when the block ends well, whole or not at all.

    It is written under a name of its own, so that two workers may write the same, and then moved. Where a system does
    not move a file over another, the old one goes first: a reader may for a moment find none, but never a part.
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
    """Copy a file to a place, as `writing` writes it."""
    with source.open("rb") as file, writing(url) as target:
        shutil.copyfileobj(file, target, 1 << 20)


def exists(url: str) -> bool:
    """Tell whether there is something."""
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
    """Return the names of what is in a folder, sorted; none where there is no folder."""
    system, path = _at(url)
    with _refusals(url):
        found = system.ls(path, detail=False) if system.exists(path) else []
        return sorted(name.rstrip("/").rpartition("/")[2] for name in found)


def remove(url: str) -> None:
    """Remove a folder and all below it, if it is there."""
    system, path = _at(url)
    with _refusals(url):
        if system.exists(path):
            system.rm(path, recursive=True)


def _at(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path there.

    Raises:
        RemoteError: fsspec doesn't know it, or lacks the package for it.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except Exception as error:
        raise _failed(url, error) from error
    return system, path


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """Turn what a remote system throws, each in a way of its own, into one error; a disk's refusals pass."""
    try:
        yield
    except ToolkitError:
        raise
    except Exception as error:
        if "://" not in url:
            raise
        raise _failed(url, error) from error


def _failed(url: str, error: Exception) -> RemoteError:
    said = " ".join(str(error).split()) or type(error).__name__
    return RemoteError(
        f"can't be reached, read or written: {said}",
        where=url,
        remedy="mend `store` in toolkit.yaml or the rights there, and run the same command again; what is done is kept",
    )
