"""Append-only logs: JSON lines that are never rewritten."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from toolkit.errors import InvalidInput, border
from toolkit.project.files import disk_errors
from toolkit.project.logs.hash_chain import HALF_CHARACTERS, KEY, LINK_BYTES, last_link, line_of, link_in, linked
from toolkit.project.logs.log_head import LogHead, move_head, refuse_cut

_REMEDY = "the log is append-only: bring the line back from a backup"


class AppendLog:
    """A file of JSON objects, one a line, that only ever grows.

    A kill in the middle of an append leaves at most one unfinished last line. Readers pass over it and the next
    append cuts it off: what was not wholly written was never acknowledged, so nothing is lost.

    A chained log whose last rows were taken away afterwards is neither read nor added to; see `log_head`.

    Args:
        path: The file; it need not exist.
        chained: Each row carries a hash that links it to the row before; see `hash_chain`.
    """

    def __init__(self, path: Path, *, chained: bool = False) -> None:
        self.path = path
        self.chained = chained

    def append(self, rows: Iterable[Mapping[str, Any]], *, durable: bool = True) -> int:
        """Add rows in one write.

        Args:
            rows: The rows.
            durable: Flush them to disk before this returns; without it they outlive this process, not a power cut.

        Returns:
            How many rows were added.

        Raises:
            InvalidInput: The last rows of a chained log are gone.
            ToolkitError: The disk is full; the log is as it was.
        """
        added = list(rows)
        self.refuse_cut()
        if not added:
            self._catch_up()
            return 0
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab", buffering=0) as file:
                whole = self._whole_length()
                file.truncate(whole)
                lines = linked(added, self._last_link(whole)) if self.chained else map(line_of, added)
                try:
                    written = "".join(lines).encode(errors=HALF_CHARACTERS)
                    unwritten = memoryview(written)
                    while unwritten:
                        unwritten = unwritten[file.write(unwritten) :]
                    if durable:
                        os.fsync(file.fileno())
                except OSError:
                    file.truncate(whole)
                    raise
        if self.chained:
            move_head(self.path, LogHead.of(self.path), link_in(written[-LINK_BYTES:]))
        return len(added)

    def _catch_up(self) -> None:
        """Move the head of a chained log whose last rows were written by a process that was killed before its head."""
        if not self.chained or not self.path.exists():
            return
        head, length = LogHead.of(self.path), self._whole_length()
        if length == self.path.stat().st_size and length > (head.bytes if head is not None else 0):
            with self.path.open("rb") as file:
                file.seek(max(0, length - LINK_BYTES))
                link = link_in(file.read())
            if link:
                move_head(self.path, head, link)

    def refuse_cut(self) -> None:
        """Refuse a chained log whose last rows are gone; its readers and `append` do so by themselves.

        Raises:
            InvalidInput: They are.
        """
        if self.chained:
            refuse_cut(self.path)

    def rows(self, *, having: re.Pattern[bytes] | None = None) -> Iterator[dict[str, Any]]:
        """Yield every row from the oldest on.

        Args:
            having: Yield only rows in whose line (JSON without spaces between its parts) this is found.

        Raises:
            InvalidInput: A line that was wholly written is not a JSON object, or the last rows are gone.
        """
        for number, line in self._lines():
            if having is None or having.search(line):
                yield self._parse(line, number)

    def heads(self, form: re.Pattern[bytes]) -> Iterator[re.Match[bytes] | dict[str, Any]]:
        """Yield of every row the match of a pattern at the beginning of its line, and the row itself where it does not.

        For what stands first in a row, such as its id, without reading all of it. Raises as `rows`.
        """
        for number, line in self._lines():
            yield form.match(line) or self._parse(line, number)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that were wholly written, with their numbers."""
        if self.path.exists() and not self.path.is_file():  # a pipe would be waited for, without end
            raise InvalidInput("is not a file", where=str(self.path), remedy="bring the log back from a backup")
        self.refuse_cut()
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield number, line

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:  # a border around each of millions of lines would take a third of the time
            row = json.loads(line.decode(errors=HALF_CHARACTERS))
        except Exception:
            with border("can't be read", where=f"{self.path}:{number}", remedy=_REMEDY):
                raise
        if not isinstance(row, dict):
            raise InvalidInput("is not a JSON object", where=f"{self.path}:{number}", remedy=_REMEDY)
        if self.chained:
            row.pop(KEY, None)
        return row

    def _whole_length(self) -> int:
        """Return the length up to and with the last line feed, in bytes."""
        return self._line_end(None) if self.path.exists() else 0

    def _last_link(self, length: int) -> str:
        """Return what the next row is linked to, in a log of whole lines."""
        if not length:
            return last_link(self.path, 0, b"")
        start = self._line_end(length - 1)
        with self.path.open("rb") as file:
            file.seek(start)
            return last_link(self.path, length, file.read(length - start))

    def _line_end(self, before: int | None) -> int:
        """Return the offset after the last line feed before an offset (None: before the end); 0 if there is none."""
        with self.path.open("rb") as file:
            at = file.seek(0, os.SEEK_END) if before is None else before
            while at > 0:
                step = min(65_536, at)
                at -= step
                file.seek(at)
                found = file.read(step).rfind(b"\n")
                if found >= 0:
                    return at + found + 1
        return 0
