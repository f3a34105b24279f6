"""Exports of Label Studio, each spoilt in one place: every field of a task taken out, and given other values."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

Place = tuple[str | int, ...]

_DEEP = "[" * 900 + "]" * 900
VALUES: tuple[tuple[str, str], ...] = (
    ("null", "null"),
    ("true", "true"),
    ("minus one", "-1"),
    ("2^70", str(2**70)),
    ("5,000 digits", "9" * 5000),
    ("NaN", "NaN"),
    ("1e999", "1e999"),
    ("nothing", '""'),
    ("a long word", json.dumps("a" * 100_000)),
    ("half a character", '"\\ud800"'),
    ("a zero byte", '"a\\u0000b"'),
    ("an escape", '"\\u001b[2J"'),
    ("a path", '"../../../../etc/passwd"'),
    ("a list", "[1]"),
    ("an object", '{"id": {"id": 1}}'),
    ("900 lists", _DEEP),
)
"""What a field is given instead: its name, and its JSON."""

_MARK = "\u0001here\u0001"


def places(found: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every value within a task."""
    for key, value in found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def spoilt(tasks: Sequence[dict[str, Any]], values: int = 2) -> Iterator[tuple[str, bytes]]:
    """Yield exports in which the first task is spoilt, each with its name; the other tasks are as they were.

    Args:
        tasks: A good export.
        values: Other values that each field is given, in turn, beside being taken out.
    """
    turn = 0
    for place in places(tasks[0]):
        named = ".".join(map(str, place))
        yield f"{named} taken out", json.dumps(_without(tasks, place)).encode()
        for _ in range(values):
            name, text = VALUES[turn % len(VALUES)]
            turn += 1
            marked = json.dumps(_with(tasks, place, _MARK))
            yield f"{named}: {name}", marked.replace(json.dumps(_MARK), text).encode()
    yield from _files(json.dumps(tasks).encode())


def _files(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what may stand in the place of an export."""
    for part in (1, len(good) // 3, len(good) - 1):
        yield f"cut after {part} bytes", good[:part]
    others = {
        "nothing": b"",
        "blanks": b" \n" * 99,
        "a byte that is no text": good.replace(b"e", b"\xff", 1),
        "UTF-16": good.decode().encode("utf-16"),
        "100,000 lists": b"[" * 100_000,
        "a number": b"7",
        "a list of numbers": b"[1, 2, 3]",
        "a list of lists": b"[[], [[]]]",
        "a page for people": b"<html><form>Please log in</form></html>",
        "JSON-MIN": b'[{"id": 1, "text": "It rained.", "claims": "claim"}]',
        "CSV": b"id,text,claims\n1,It rained.,claim\n",
        "an object": b'{"tasks": 5}',
        "an object of tasks that are none": b'{"tasks": [5]}',
        "zero bytes": b"\0" * 4096,
    }
    yield from others.items()


def _at(tasks: list[dict[str, Any]], place: Place) -> Any:
    holder: Any = tasks[0]
    for key in place[:-1]:
        holder = holder[key]
    return holder


def _without(tasks: Sequence[dict[str, Any]], place: Place) -> list[dict[str, Any]]:
    spoilt_tasks = copy.deepcopy(list(tasks))
    del _at(spoilt_tasks, place)[place[-1]]
    return spoilt_tasks


def _with(tasks: Sequence[dict[str, Any]], place: Place, value: Any) -> list[dict[str, Any]]:
    spoilt_tasks = copy.deepcopy(list(tasks))
    _at(spoilt_tasks, place)[place[-1]] = value
    return spoilt_tasks
