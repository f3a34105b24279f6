"""Sentences from a stream or a file: JSON lines, plain lines, or rows of a table, as soon as they arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedIOBase
from itertools import islice
from pathlib import Path
from typing import Any

_READ = 65_536  # bytes at a time; more stay in the pipe until the last were answered
_ROWS = 1_000  # rows of a file at a time


def read_batches(stream: BufferedIOBase, text_column: str = "text") -> Iterator[list[dict[str, Any]]]:
    """Yield the lines that have arrived, an object each; nothing more is read before the next batch is asked for.

    A line that begins with "{" is a JSON object with a text, any other is the text itself; empty lines are passed
    over. A line that is neither becomes {"line": its number from 1, "error": what is wrong}.

    Args:
        stream: UTF-8; a last line may lack its end.
        text_column: Holds the text.
    """
    rest, number = b"", 0
    while chunk := stream.read1(_READ):
        *lines, rest = (rest + chunk).split(b"\n")
        rows = [row for at, line in enumerate(lines, number + 1) if (row := _row(line, at, text_column)) is not None]
        number += len(lines)
        if rows:
            yield rows
    last = _row(rest, number + 1, text_column)
    if last is not None:
        yield [last]


def file_batches(path: Path, text_column: str = "text") -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a file, an object each, with all their columns.

    One that can't be read or has no text becomes {"file": its name, "line": …, "error": what is wrong}.

    Args:
        path: JSON Lines, CSV, TSV or Parquet, gzipped or not.
        text_column: Holds the text.

    Raises:
        InvalidInput: The file is missing, damaged, or of another kind than its name says.
    """
    from toolkit.project.table_files import FROM_CSV, Fault, table_file

    with table_file(path) as source:
        while batch := list(islice(source.records, _ROWS)):
            rows = []
            for number, fields in batch:
                if isinstance(fields, Fault):
                    row: dict[str, Any] = {"line": number, "error": fields.what}
                else:
                    row = _checked({name: fields[name] for name in fields if name != FROM_CSV}, number, text_column)
                rows.append({"file": source.name, **row} if "error" in row else row)
            yield rows


def _row(line: bytes, number: int, text_column: str) -> dict[str, Any] | None:
    if not line.strip():
        return None
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        row = json.loads(text) if text.lstrip().startswith("{") else {text_column: text}
    except UnicodeDecodeError as error:
        return {"line": number, "error": f"not valid UTF-8 at byte {error.start + 1}"}
    except (ValueError, RecursionError) as error:
        return {"line": number, "error": f"not valid JSON: {error}"}
    if "\0" in text:
        return {"line": number, "error": "not UTF-8 text: it holds zero bytes, as UTF-16 and binary files do"}
    return _checked(row, number, text_column)


def _checked(row: dict[str, Any], number: int, text_column: str) -> dict[str, Any]:
    """Return a row with its text, or what is wrong with it."""
    if not isinstance(row.get(text_column), str):
        return {"line": number, "error": f'no "{text_column}" field with a string'}
    row.pop("error", None)
    return row
