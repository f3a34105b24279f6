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
