"""A ledger of a release: its decided sentences are statements with the place of their page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import UsageError
from toolkit.ledger import ledgers
from toolkit.release import Release, TextRule
from toolkit.release.statements import statements


def test_the_statements_are_the_decided_rows_with_their_spans_and_links(release: Release) -> None:
    rows = {row["sentence_id"]: row for row in release.table("default").to_pylist()}
    found = {each.sentence_id: each for each in statements(release)}
    assert set(found) == set(rows)
    linked = 0
    for sentence_id, statement in found.items():
        assert (statement.text, list(statement.labels)) == (rows[sentence_id]["text"], rows[sentence_id]["labels"])
        assert [span.span_id for span in statement.spans] == [span["span_id"] for span in rows[sentence_id]["spans"]]
        assert statement.place.sha256 == rows[sentence_id]["page_sha256"]
        ids = {span.span_id for span in statement.spans}
        assert all({each.head, each.tail} <= ids for each in statement.relations)
        linked += len(statement.relations)
    assert linked == sum(len(row["relations"]) for row in release.table("spans").to_pylist()) > 0


def test_each_figure_of_a_release_is_counted_in_one_toll(release: Release) -> None:
    found = ledgers(statements(release))
    counted = sum(len(toll.mentions) for ledger in found for toll in ledger.tolls)
    copies = sum(len(claim.told.copies) for ledger in found for claim in ledger.claims if claim.mentions)
    assert counted + copies == release.counts["figures"]


def test_a_release_without_text_is_refused(world: Any, tmp_path: Path) -> None:
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    with pytest.raises(UsageError, match="toolkit hydrate"):
        list(statements(bare))
