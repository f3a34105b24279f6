from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.baselines.spans import (
    SpanModel,
    SpanRows,
    evaluate_spans,
    figure_reader,
    train_spans,
)
from toolkit.errors import InvalidInput
from toolkit.records import Span


def test_what_was_marked_is_found_in_other_sentences(
    tagger: SpanModel, make_span_rows: Callable[..., SpanRows]
) -> None:
    rows = make_span_rows(60, seed=1)
    found = evaluate_spans(rows, tagger.predict(rows.texts))
    assert [(score.label, score.by) for score in found.scores] == [
        ("FIGURE", "exact"),
        ("FIGURE", "overlap"),
        ("SOURCE", "exact"),
        ("SOURCE", "overlap"),
    ]
    for score in found.scores:
        assert score.f1.value is not None
        assert score.f1.low is not None
        assert score.f1.low <= score.f1.value
        assert score.f1.value > 0.9
    reader = evaluate_spans(rows, figure_reader(rows))
    assert reader.scores[0].f1.value == 1.0


def test_too_little_is_said(tagger: SpanModel, make_span_rows: Callable[..., SpanRows]) -> None:
    rows = make_span_rows()
    with pytest.raises(InvalidInput, match="fewer than 2 stories hold a span labelled CUE"):
        train_spans(rows, labels=("CUE",))
    with pytest.raises(InvalidInput, match="fewer than 2 stories"):
        train_spans(rows.take(range(2)))
    assert tagger.predict([]) == []
    assert tagger.predict(["", "  "]) == [(), ()]


def test_spans_end_inside_of_what_is_written_without_spaces_and_around_vowel_signs() -> None:
    """The office that speaks is marked: in Japanese it stands in one run of letters with all that follows."""
    offices = ("外務省", "警視庁", "大統領府", "विदेश मंत्री", "गृह मंत्री", "मुख्यमंत्री")
    texts = [f"{name}は{number}日に否定した" for number in range(1, 9) for name in offices]
    spans = [
        (Span(span_id=str(at), label="SOURCE", start=0, end=text.index("は"), text=text[: text.index("は")]),)
        for at, text in enumerate(texts)
    ]
    count = len(texts)
    rows = SpanRows(
        texts=tuple(texts),
        spans=tuple(spans),
        groups=tuple(str(at // len(offices)) for at in range(count)),
        languages=("",) * count,
    )
    found = train_spans(rows).predict(["警視庁は30日に否定した", "मुख्यमंत्रीは31日に否定した"])
    assert [[span.text for span in each] for each in found] == [["警視庁"], ["मुख्यमंत्री"]]


def test_half_a_character_changes_no_offset(tagger: SpanModel, make_span_rows: Callable[..., SpanRows]) -> None:
    (text,) = make_span_rows(1, seed=1).texts
    ends = [
        [(span.label, span.start, span.end) for span in spans]
        for spans in tagger.predict([f"{text} \ud800", f"{text} ?"])
    ]
    assert ends[0] == ends[1] != []
    (spoilt,) = tagger.predict([f"\ud800 {text}"])
    assert all(f"\ud800 {text}"[span.start : span.end] == span.text for span in spoilt)
