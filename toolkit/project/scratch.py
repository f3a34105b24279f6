"""The finished parts of a stage, kept so that a killed run is resumed and not begun again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolkit.project.files import disk_errors
from toolkit.project.remote import Store
from toolkit.records import content_id
from toolkit.version import __version__


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where a stage works.

    Attributes:
        folder: For files of the driver, in the project.
        chunks: Path or URL of a folder for chunks, which workers read and write: in the project, or in its store.
    """

    folder: Path
    chunks: str


@contextmanager
def scratch(
    root: Path, stage: str, inputs: Mapping[str, str | None], *parameters: str, store: Store | None = None
) -> Iterator[Scratch]:
    """Yield a place that belongs to a stage on certain inputs.

    Its folders are there again after a kill or an error; a file right in it, which may be a part, is not. All of it
    goes when the block ends well, and when the inputs are others.

    Args:
        root: The project.
        stage: Its name.
        inputs: Name of an input → SHA-256 of its content.
        *parameters: What else decides the content of the folder.
        store: Where the chunks lie; None: in the project.

    Raises:
        ToolkitError: The disk is full, or the project can't be written to.
        RemoteError: The store can't be.
    """
    parts = [part for name, sha256 in sorted(inputs.items()) for part in (name, sha256)]
    folder = root / ".toolkit" / "scratch" / f"{stage}-{content_id(__version__, *parameters, *parts)}"
    for other in folder.parent.glob(f"{stage}-*"):
        if other != folder:
            shutil.rmtree(other)
    if store is not None:
        store.forget(stage, but=folder.name)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield Scratch(folder, str(folder) if store is None else store.work(folder.name))
        except BaseException:
            for part in folder.iterdir():
                if part.is_file():
                    part.unlink()
            raise
        shutil.rmtree(folder)
    if store is not None:
        store.forget(stage)
