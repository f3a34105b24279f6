"""Whatever one annotation holds, it is one reject at most, and every other answer is taken."""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio import pull_export
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull import parse
from toolkit.labelstudio.pull.parse import parse_annotation
from toolkit.project import Workspace
from toolkit.schema import load

WHEN = "2026-03-01T10:00:00Z"
REGION = {
    "id": "a",
    "type": "labels",
    "from_name": "spans",
    "to_name": "text",
    "value": {"start": 0, "end": 3, "text": "She", "labels": ["SOURCE"]},
}
ANSWER = {"id": 1, "completed_by": 7, "result": [REGION], "created_at": WHEN, "updated_at": WHEN}
TASK = {"id": 1, "project": 1, "data": {"text": "She left."}, "annotations": [ANSWER]}

SPOILT = [None, True, -1, float("inf"), float("nan"), "x", [], {}, [[]], {"a": 1}, 2**70, "\x00", "\ud800", [None]]

KINDS = [
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, ZeroDivisionError),
    *(UnicodeError, AssertionError, RuntimeError, LookupError, StopIteration, MemoryError, zlib.error, OSError),
]


def places(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys that lead to each value of a JSON value."""
    yield at
    entries = found.items() if isinstance(found, Mapping) else enumerate(found) if isinstance(found, list) else ()
    for key, entry in entries:
        yield from places(entry, (*at, key))


def spoilt(at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    task: dict[str, Any] = copy.deepcopy(TASK)
    holder: Any = task
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    return task


@pytest.mark.parametrize("at", [at for at in places(TASK) if at], ids=lambda at: ".".join(map(str, at)))
def test_a_spoilt_value_is_no_fault_of_ours(tmp_path: Path, at: tuple[Any, ...]) -> None:
    for number, value in enumerate(SPOILT):
        workspace, export = Workspace.create(tmp_path / str(number)), tmp_path / f"{number}.json"
        export.write_text(json.dumps([spoilt(at, value), TASK | {"id": 2}]))
        try:
            pull_export(workspace, export)
        except InvalidInput:
            continue  # the file as a whole is refused
        kept = list(workspace.annotations.rows())
        assert any(row["annotation"]["spans"] for row in kept)


@pytest.mark.parametrize("kind", KINDS)
def test_any_exception_is_one_reject(monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    def fail(*arguments: Any, **options: Any) -> Any:
        raise kind("on purpose \x1b[2J")

    monkeypatch.setattr(parse, "decode", fail)
    parsed = parse_annotation(
        TASK, ANSWER, schema=load("news_events"), pseudonyms=Pseudonyms(None), source=lambda task: f"task {task}"
    )
    assert parsed.annotation is None
    (reject,) = parsed.rejects
    assert (reject.reason, reject.source) == ("unreadable", "task 1")
    assert kind.__name__ in reject.detail
    assert "annotation 1" in reject.detail
    assert "\x1b" not in reject.detail
