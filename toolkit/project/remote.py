"""`store` of toolkit.yaml: where a corpus is worked on and left, when that is not a folder of the project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.engine import storage

_WORK = ".work"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Store:
    """A folder behind a path, or any URL that fsspec knows.

    Attributes:
        url: The folder; every worker must be able to read and write there.
    """

    url: str

    def path(self, name: str) -> str:
        """Return where a file of the project lies there."""
        return f"{self.url.rstrip('/')}/{name}"

    def work(self, name: str) -> str:
        """Return the folder for the chunks of a running stage."""
        return self.path(f"{_WORK}/{name}")

    def forget(self, stage: str, *, but: str | None = None) -> None:
        """Remove what runs of a stage left, except the folder `but`."""
        for name in storage.names_in(self.path(_WORK)):
            if name.startswith(f"{stage}-") and name != but:
                storage.remove(self.work(name))

    def keep(self, root: Path, digests: Mapping[str, str]) -> None:
        """Copy derived files of a project, unless they are there with the same bytes.

        Beside each lies NAME.sha256, a line that `sha256sum --check` reads; it is written last, so that one that fits
        says that the file is there whole.

        Args:
            root: The project.
            digests: Name of a file → SHA-256 of its bytes.
        """
        for name, sha256 in sorted(digests.items()):
            line, note = f"{sha256}  {name}\n".encode(), self.path(f"{name}.sha256")
            if storage.exists(self.path(name)) and storage.exists(note) and storage.read_bytes(note) == line:
                continue
            storage.put(root / name, self.path(name))
            with storage.writing(note) as file:
                file.write(line)

    def changed(self, digests: Mapping[str, str]) -> Iterator[str]:
        """Yield the URL of each derived file that is not there, or not with its bytes.

        Args:
            digests: Name of a file → SHA-256 of its bytes.
        """
        for name, sha256 in sorted(digests.items()):
            url = self.path(name)
            if not storage.exists(url):
                yield url
                continue
            with storage.reading(url) as file:
                found = hashlib.sha256()
                while block := file.read(_BLOCK):
                    found.update(block)
            if found.hexdigest() != sha256:
                yield url
