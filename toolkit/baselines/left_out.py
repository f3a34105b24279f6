"""Rows that can't be used: into a file with their reasons, where a person asked for that."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.records import Reject, to_json
from toolkit.workspace.files import write_atomic


class LeftOut:
    """A file of rejects that is there once everything was read.

    Args:
        path: Where they go, one JSON object a line.
        inputs: Files that are read.

    Attributes:
        count: Rows that were left out.

    Raises:
        UsageError: It is one of the inputs, or a directory.
    """

    def __init__(self, path: Path, inputs: Collection[Path]) -> None:
        if path.is_dir() or path.absolute() in {each.absolute() for each in inputs}:
            what = "is a directory" if path.is_dir() else "is read from, and can't take what is left out"
            raise UsageError(what, where=str(path), remedy="name another file with --rejects")
        self.path = path
        self.count = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `write`, or with the object
        self._read: dict[str, int] = {}

    def __call__(self, reject: Reject) -> None:
        """Take a row; one that is read again is not taken again."""
        place = reject.start or 0
        if place > self._read.get(reject.source, 0):
            self._read[reject.source] = place
            self._file.write(to_json(reject).encode() + b"\n")
            self.count += 1

    def write(self) -> None:
        """Put the file at its place, empty where every row could be used."""
        self._file.seek(0)
        write_atomic(self.path, self._file)
        self._file.close()
