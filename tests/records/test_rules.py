"""A record that breaks a rule can't be made."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from toolkit.records import Annotation, Article, Decision, Page, Piece, Relation, Sentence, Span, content_id

PAGE = Page.of(b"One. Two.", source="a.txt")
ARTICLE = Article.of("One. Two.", page=PAGE, pieces=(Piece(start=0, end=9, byte_start=0, byte_end=9),))
SPAN = Span(span_id="s1", label="FIGURE", start=0, end=3, text="One")


def test_ids_are_content() -> None:
    first, second = Sentence.of(ARTICLE, 0, 4, paragraph=0), Sentence.of(ARTICLE, 5, 9, paragraph=0)
    assert first.sentence_id == content_id(ARTICLE.article_id, 0, 4)
    assert first.sentence_id != second.sentence_id
    assert content_id("ab", "c") != content_id("a", "bc")
    assert content_id("\u00e9") != content_id("e\u0301"), "nothing is normalised, not even for an id"


def test_a_page_knows_its_bytes() -> None:
    page = Page.of(b"abc", source="x.jsonl", start=10)
    assert (page.start, page.end) == (10, 13)
    assert page.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1


def test_text_from_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="characters 4-9 come from no byte"):
        Article.of("One. Two.", page=PAGE, pieces=(Piece(start=0, end=4, byte_start=0, byte_end=4),))


def test_pieces_may_not_overlap() -> None:
    pieces = (Piece(start=0, end=5, byte_start=0, byte_end=5), Piece(start=4, end=9, byte_start=4, byte_end=9))
    with pytest.raises(ValueError, match="overlaps"):
        Article.of("One. Two.", page=PAGE, pieces=pieces)


def test_the_title_is_the_first_line() -> None:
    piece = (Piece(start=0, end=9, byte_start=0, byte_end=9),)
    with pytest.raises(ValueError, match="first line"):
        Article.of("One. Two.", page=PAGE, pieces=piece, title="One.")
    article = Article.of("One.\nTwo.", page=PAGE, pieces=piece, title="One.")
    assert article.body == "Two."


def test_offsets_must_fit_the_text() -> None:
    with pytest.raises(ValueError, match="offsets 0-4 do not hold"):
        Span(span_id="s1", label="FIGURE", start=0, end=4, text="One")


def test_a_relation_needs_both_its_spans() -> None:
    with pytest.raises(ValueError, match="refers to a span that is not there"):
        Annotation(
            annotation_id="a",
            sentence_id="s",
            annotator="p",
            spans=(SPAN,),
            relations=(Relation(label="figure_source", head="s1", tail="s2"),),
            schema="x@1.0.0",
            created_at="",
            updated_at="",
        )


def test_labels_are_sorted_and_shares_are_probabilities() -> None:
    with pytest.raises(ValueError, match="sorted"):
        Decision(sentence_id="s", labels=("b", "a"), schema="x@1.0.0", method="majority")
    with pytest.raises(ValueError, match="is not a probability"):
        Decision(sentence_id="s", schema="x@1.0.0", method="majority", soft_labels={"a": 1.5})


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        PAGE.source = "b.txt"  # type: ignore[misc]
