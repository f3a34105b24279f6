"""Which answers hold: the same whether the log is held or streamed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InvalidInput
from toolkit.project.logs.annotation_log import current, holding, revision, tombstone
from toolkit.records import Annotation


def answer(number: int, note: str) -> Annotation:
    when = "2026-01-01T00:00:00Z"
    return Annotation(
        annotation_id=f"a{number}",
        sentence_id=f"s{number % 2}",
        annotator=f"annotator-{number}",
        schema="claims@1.0.0",
        created_at=when,
        updated_at=when,
        note=note,
    )


EVENTS = st.builds(lambda n, note: revision(answer(n, note), {"raw": 1}), st.integers(0, 3), st.sampled_from("xyz"))
EVENTS |= st.builds(lambda n: tombstone(f"a{n}", "deleted"), st.integers(0, 4))


@given(st.lists(EVENTS, max_size=12))
def test_a_streamed_log_says_the_same(rows: list[dict[str, Any]]) -> None:
    held = current(rows, where="log")
    streamed = list(holding(lambda: rows, where="log"))
    assert sorted(streamed, key=lambda item: (item.sentence_id, item.annotator, item.annotation_id)) == held
    last = {row["annotation"]["annotation_id"] if "annotation" in row else row["annotation_id"]: row for row in rows}
    assert {item.annotation_id: item.note for item in held} == {
        key: row["annotation"]["note"] for key, row in last.items() if row["event"] == "revision"
    }


def test_a_strange_event_is_named() -> None:
    rows = [tombstone("a", "deleted"), {"event": "party"}]
    with pytest.raises(InvalidInput, match="log:2: event 'party' is neither"):
        list(holding(lambda: rows, where="log"))
