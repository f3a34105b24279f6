"""Sentences from a stream or a file: JSON lines, plain lines, or rows of a table, as soon as they arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedIOBase
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.errors import InvalidInput, border
from toolkit.limits import Limits, check_work, too_long

_READ = 65_536  # bytes at a time; more stay in the pipe until the last were answered
_ROWS = 1_000  # rows of a file at a time


class Unread(NamedTuple):
    """A line or row that can't be answered.

    Attributes:
        line: Its number from 1.
        error: What is wrong.
        file: The file, where it is in one.
    """

    line: int
    error: str
    file: str | None = None

    def told(self) -> dict[str, Any]:
        """Return it as an object to print."""
        place = {"line": self.line, "error": self.error}
        return place if self.file is None else {"file": self.file, **place}


Batch = list[dict[str, Any] | Unread]
"""Rows with all their fields, as they came, and what could not be read in its place."""


def read_batches(stream: BufferedIOBase, text_column: str = "text") -> Iterator[Batch]:
    """Yield the lines that have arrived, an object each; nothing more is read before the next batch is asked for.

    A line that begins with "{" is a JSON object with a text, any other is the text itself; empty lines are passed
    over. A line that is neither, or a whole JSON list, is `Unread`.

    Args:
        stream: UTF-8; a last line may lack its end.
        text_column: Holds the text.
    """
    rest: list[bytes] = []
    number, most, held = 0, Limits.here().page_bytes, 0
    while chunk := stream.read1(_READ):
        first, *others = chunk.split(b"\n")
        held += len(first)
        if held <= most:
            rest.append(first)  # joined once, however many reads a long line takes
        if not others:
            continue
        whole, held = held <= most, len(others[-1])
        lines = [b"".join(rest) if whole else None, *others[:-1]]
        rest = [others[-1]]
        rows = [row for at, line in enumerate(lines, number + 1) if (row := _row(line, at, text_column)) is not None]
        number += len(lines)
        if rows:
            yield rows
    last = _row(b"".join(rest) if held <= most else None, number + 1, text_column)
    if last is not None:
        yield [last]


def file_batches(path: Path, text_column: str = "text") -> Iterator[Batch]:
    """Yield the rows of a file, an object each, with all their columns.

    One that can't be read or has no text is `Unread`.

    Args:
        path: JSON Lines, CSV, TSV or Parquet, gzipped or not.
        text_column: Holds the text.

    Raises:
        InvalidInput: The file is missing, damaged, or of another kind than its name says.
    """
    from toolkit.project.table_files import FROM_CSV, Fault, table_file

    with table_file(path) as source:
        while batch := list(islice(source.records, _ROWS)):
            rows: Batch = []
            for number, fields in batch:
                if isinstance(fields, Fault):
                    rows.append(Unread(number, fields.what, source.name))
                    continue
                row = _checked({name: fields[name] for name in fields if name != FROM_CSV}, number, text_column)
                rows.append(row._replace(file=source.name) if isinstance(row, Unread) else row)
            yield rows


def _row(line: bytes | None, number: int, text_column: str) -> dict[str, Any] | Unread | None:
    """Return the row of a line; `line` is None where it was too long to be held."""
    if line is None:
        return Unread(number, too_long("line", "stdin", Limits.here().page_bytes).what)
    if not line.strip():
        return None
    try:
        text = line.decode("utf-8-sig").rstrip("\r")  # joined files have a byte order mark in their middle
        if _is_list(text, number):
            return Unread(
                number, "a JSON list, not one object per line: save it as a .json file and label that with --file"
            )
        with border("not valid JSON"):
            row = json.loads(text) if text.lstrip().startswith("{") else {text_column: text}
    except UnicodeDecodeError as error:
        return Unread(number, f"not valid UTF-8 at byte {error.start + 1}")
    except InvalidInput as error:
        return Unread(number, error.what)
    if "\0" in text:
        return Unread(number, "not UTF-8 text: it holds zero bytes, as UTF-16 and binary files do")
    return _checked(row, number, text_column)


def _is_list(text: str, number: int) -> bool:
    """Tell a JSON list, or the first line of one, from a sentence that begins with a bracket."""
    bare = text.strip()
    if not bare.startswith("["):
        return False
    if number == 1 and bare in ("[", "[{"):
        return True
    with suppress(InvalidInput), border("not JSON"):
        return isinstance(json.loads(bare), list) and bare[1:].lstrip()[:1] in ("{", '"', "]")
    return False


def _checked(row: dict[str, Any], number: int, text_column: str) -> dict[str, Any] | Unread:
    """Return a row with its text, or what is wrong with it."""
    text = row.get(text_column)
    if not isinstance(text, str):
        return Unread(number, f'no "{text_column}" field with a string')
    try:
        check_work(len(text), 0, "", of="text")
    except InvalidInput as error:
        return Unread(number, error.what)
    return row
