"""Which answers hold: the same whether the log is held or streamed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InvalidInput
from toolkit.project.logs.annotation_log import Holding, current, revision, tombstone
from toolkit.project.logs.append_log import AppendLog
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


@given(st.lists(EVENTS, max_size=12), st.booleans())
def test_a_streamed_log_says_the_same(rows: list[dict[str, Any]], ids_are_hashes: bool) -> None:
    if ids_are_hashes:  # as everywhere but in tests: such lines are read from their beginning alone
        rows = json.loads(json.dumps(rows).replace('"a', '"').replace('"s0"', '"50"').replace('"s1"', '"51"'))
        rows = json.loads(json.dumps(rows).replace('"nnotat', '"annotat'))
    held = current(rows, where="log")
    with tempfile.TemporaryDirectory() as folder:
        log = AppendLog(Path(folder) / "log.jsonl")
        log.append(rows, durable=False)
        found = Holding(log)
        assert found.pop_sentence_ids() == {item.sentence_id for item in held}
        streamed = list(found)
        assert list(found) == streamed
    assert sorted(streamed, key=lambda item: (item.sentence_id, item.annotator, item.annotation_id)) == held
    last = {row["annotation"]["annotation_id"] if "annotation" in row else row["annotation_id"]: row for row in rows}
    assert {item.annotation_id: item.note for item in held} == {
        key: row["annotation"]["note"] for key, row in last.items() if row["event"] == "revision"
    }


def test_a_strange_event_is_named(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log.jsonl")
    log.append([tombstone("a", "deleted"), {"event": "party"}])
    with pytest.raises(InvalidInput, match=r"log\.jsonl:2: event 'party' is neither"):
        list(Holding(log))
