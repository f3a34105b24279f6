"""Sentences from a stream: JSON lines, or plain ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.errors import InvalidInput


def read_lines(lines: Iterable[str], *, name: str = "stdin") -> Iterator[dict[str, Any]]:
    """Yield an object with "text" for each line as it comes in; empty lines are passed over.

    A line that begins with "{" is a JSON object, any other is the text itself.

    Raises:
        InvalidInput: A JSON line is broken, or its "text" is missing or no string.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("{"):
            yield {"text": line.rstrip("\r\n")}
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidInput(f"is no JSON: {error}", where=f"{name}:{number}") from error
        if not isinstance(row.get("text"), str):
            raise InvalidInput('has no "text" that is a string', where=f"{name}:{number}")
        yield row
