from __future__ import annotations

import pytest
from builders import decision, span

from toolkit.adjudicate import Suspect, span_errors, with_spans
from toolkit.records import Decision, Span

TEXT = "The mayor of Arlo said so"
WHOLE, SHORT = span(TEXT, "The mayor of Arlo", "SOURCE"), span(TEXT, "The mayor", "SOURCE")


def gold(*spans: Span, sentence_id: str, method: str = "single") -> Decision:
    return decision(sentence_id, "claim", spans=spans, method=method)


def test_each_kind_of_error_is_told_from_what_is_right() -> None:
    decided = [
        gold(WHOLE, sentence_id="right"),
        gold(WHOLE, sentence_id="right too"),
        gold(SHORT, sentence_id="bounds"),
        gold(WHOLE, sentence_id="wrong"),
        gold(sentence_id="missing"),
        gold(sentence_id="none"),
        gold(sentence_id="none either"),
    ]
    said = {
        "right": [(WHOLE, 0.9)],
        "right too": [(WHOLE, 0.7), (SHORT, 0.2)],
        "bounds": [(WHOLE, 0.8), (SHORT, 0.1)],
        "wrong": [(SHORT, 0.02)],
        "missing": [(WHOLE, 0.75), (SHORT, 0.2)],
        "none": [],
        "none either": [(WHOLE, 0.05)],
    }
    found = span_errors(decided, said, ["SOURCE"])
    assert {name: [(doubt.kind, doubt.text, doubt.likely) for doubt in each] for name, each in found.items()} == {
        "bounds": [("bounds", "The mayor", "The mayor of Arlo")],
        "missing": [("missing", "The mayor of Arlo", "")],
        "wrong": [("wrong", "The mayor of Arlo", "")],
    }
    assert found["wrong"][0].probability == pytest.approx(0.98)
    assert found["missing"][0].quality == pytest.approx(0.05)
    assert found["bounds"][0].quality == pytest.approx(1 / 9)


def test_an_experts_decision_and_a_sentence_that_was_not_held_out_are_not_doubted() -> None:
    decided = [gold(sentence_id="a", method="expert"), gold(sentence_id="b"), gold(WHOLE, sentence_id="c")]
    assert span_errors(decided, {"a": [(WHOLE, 0.99)], "c": [(WHOLE, 0.9)]}, ["SOURCE"]) == {}
    assert span_errors([], {}, ["SOURCE"]) == {}


def test_spans_join_the_ranking_by_labels() -> None:
    doubts = span_errors(
        [gold(WHOLE, sentence_id="a"), gold(sentence_id="b")], {"a": [(WHOLE, 0.6)], "b": [(WHOLE, 0.9)]}, ["SOURCE"]
    )
    labels = [Suspect(sentence_id=name, quality=quality, confident=False, doubts=()) for name, quality in (("a", 0.4),)]
    found = with_spans(labels, doubts)
    assert [(each.sentence_id, round(each.quality, 2), len(each.spans)) for each in found] == [
        ("b", 0.1, 1),
        ("a", 0.4, 0),
    ]
