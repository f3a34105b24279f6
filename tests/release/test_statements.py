"""A ledger of a release: its decided sentences are statements with the place of their page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import UsageError
from toolkit.ledger import ledgers
from toolkit.records import Article, Page, Piece, Sentence
from toolkit.release import Release, TextRule
from toolkit.release.proof import proof
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


@pytest.mark.slow
def test_a_copy_that_says_nothing_hides_no_claim(world: Any, tmp_path: Path) -> None:
    """Equal sentences of a story that are decided in two ways: build and proof make the same claims."""
    claims = [each for each in world.decisions if "claim" in each.labels]
    of = {each.sentence_id: each for each in world.sentences}
    told = of[claims[0].sentence_id]
    story = next(each.story_id for each in world.articles if each.article_id == told.article_id)
    text = f"Nobody said so. {told.text}"
    page = Page.of(text.encode(), source="copy.txt")
    whole = Piece(start=0, end=len(text), byte_start=0, byte_end=len(text.encode()))
    silent = replace(Article.of(text, page=page, pieces=(whole,), language="en", licence="CC0-1.0"), story_id=story)
    cut = [Sentence.of(silent, *ends, paragraph=0) for ends in ((0, 15), (16, len(text)))]
    first = cut[1]
    assert first.text == told.text
    more = replace(
        world,
        articles=(*world.articles, silent),
        sentences=(*world.sentences, *cut),
        decisions=(
            *world.decisions,
            replace(claims[0], sentence_id=first.sentence_id, labels=("none",), spans=(), relations=(), votes=()),
        ),
    )
    made = more.freeze(tmp_path / "1.0.0")
    assert told.sentence_id in made.table("claims", columns=["sentence_id"])["sentence_id"].to_pylist()
    assert "ledger" in proof(made).checks


@pytest.mark.slow
def test_a_release_without_text_is_refused(world: Any, tmp_path: Path) -> None:
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    with pytest.raises(UsageError, match="toolkit hydrate"):
        list(statements(bare))
