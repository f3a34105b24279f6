"""The numbers of predicted figures, held against those that were decided."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.baselines.spans import SpanRows, evaluate_spans, figure_values
from toolkit.records import Span


def figure(text: str, words: str, **fields: Any) -> Span:
    start = text.index(words)
    return Span(span_id=words, label="FIGURE", start=start, end=start + len(words), text=words, attributes=fields)


def rows(*pairs: tuple[str, Span]) -> SpanRows:
    return SpanRows(
        texts=tuple(text for text, _ in pairs),
        spans=tuple((span,) for _, span in pairs),
        groups=tuple(f"story {number}" for number in range(len(pairs))),
        languages=("en",) * len(pairs),
    )


EXACT = "At least 14 died."
NEAR = "About 200 people were hurt."
FAR = "The toll passed 5,000."


def test_numbers_are_judged_by_bounds_by_overlap_and_by_how_far_off_they_are() -> None:
    gold = rows(
        (EXACT, figure(EXACT, "At least 14", low=14, qualifier="at_least")),
        (NEAR, figure(NEAR, "About 200", low=180, high=220, qualifier="about")),
        (FAR, figure(FAR, "passed 5,000", low=5000, low_open=True, qualifier="more_than")),
    )
    given = [
        [figure(EXACT, "At least 14")],  # a tagger's span: its words are read
        [figure(NEAR, "About 200")],
        [figure(FAR, "5,000", low=50, high=50, qualifier="exact")],
    ]
    (values,) = figure_values(gold, given)
    assert (values.label, values.pairs) == ("FIGURE", 3)
    assert values.exact.value == pytest.approx(1 / 3)
    assert values.overlap.value == pytest.approx(2 / 3)
    errors = sorted([0.0, 20 / 180, 20 / 220, 4950 / 5000])
    assert values.error == pytest.approx((errors[1] + errors[2]) / 2)
    assert evaluate_spans(gold, given).values == (values,)
    assert evaluate_spans(gold, given).to_dict()["values"][0]["pairs"] == 3


def test_an_open_bound_that_is_closed_is_not_exact() -> None:
    gold = rows((FAR, figure(FAR, "passed 5,000", low=5000, low_open=True, qualifier="more_than")))
    (values,) = figure_values(gold, [[figure(FAR, "passed 5,000", low=5000, qualifier="at_least")]])
    assert (values.exact.value, values.overlap.value, values.error) == (0.0, 1.0, 0.0)


def test_what_was_not_found_or_holds_no_number_is_not_judged() -> None:
    gold = rows((EXACT, figure(EXACT, "At least 14", low=14, qualifier="at_least")), (NEAR, figure(NEAR, "About 200")))
    assert figure_values(gold, [[], [figure(NEAR, "About 200")]]) == ()


def test_words_that_cannot_be_read_are_wrong() -> None:
    gold = rows((NEAR, figure(NEAR, "About 200", low=200, high=200, qualifier="about")))
    (values,) = figure_values(gold, [[figure(NEAR, "people were hurt"), figure(NEAR, "200 people were hurt.")][1:]])
    assert values.exact.value == 1.0
    (values,) = figure_values(gold, [[figure(NEAR, "0 people")]])
    assert (values.exact.value, values.overlap.value) == (0.0, 0.0)
