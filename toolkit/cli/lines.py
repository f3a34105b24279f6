"""Sentences from a stream: JSON lines, or plain ones, as soon as they are there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

_READ = 65_536  # bytes at a time; more stay in the pipe until the last were answered


def read_batches(stream: BufferedIOBase) -> Iterator[list[dict[str, Any]]]:
    """Yield the lines that have arrived, an object each; nothing more is read before the next batch is asked for.

    A line that begins with "{" is a JSON object with "text", any other is the text itself; empty lines are passed
    over. A line that is neither becomes {"line": its number from 1, "error": what is wrong}.

    Args:
        stream: UTF-8; a last line may lack its end.
    """
    rest, number = b"", 0
    while chunk := stream.read1(_READ):
        *lines, rest = (rest + chunk).split(b"\n")
        rows = [row for at, line in enumerate(lines, number + 1) if (row := _row(line, at)) is not None]
        number += len(lines)
        if rows:
            yield rows
    last = _row(rest, number + 1)
    if last is not None:
        yield [last]


def _row(line: bytes, number: int) -> dict[str, Any] | None:
    if not line.strip():
        return None
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        row = json.loads(text) if text.lstrip().startswith("{") else {"text": text}
    except UnicodeDecodeError as error:
        return {"line": number, "error": f"is no UTF-8: byte {error.start + 1}"}
    except (ValueError, RecursionError) as error:
        return {"line": number, "error": f"is no JSON: {error}"}
    if not isinstance(row.get("text"), str):
        return {"line": number, "error": 'has no "text" that is a string'}
    row.pop("error", None)
    return dict(row)
