from __future__ import annotations

from toolkit.baselines.spans import (
    SpanRows,
    evaluate_spans,
)
from toolkit.records import Span


def test_counts_of_exact_and_overlap_are_those_by_hand() -> None:
    text = "At least 14 died, 3 hurt"

    def span(start: int, end: int) -> Span:
        return Span(span_id=f"{start}", label="FIGURE", start=start, end=end, text=text[start:end])

    rows = SpanRows(texts=(text,), spans=((span(0, 11), span(18, 19)),), groups=("a",), languages=("en",))
    exact, overlap = evaluate_spans(rows, [(span(9, 11), span(18, 19), span(12, 16))]).scores
    assert (exact.precision, exact.recall, exact.f1.value) == (0.333333, 0.5, 0.4)
    assert (overlap.precision, overlap.recall, overlap.f1.value) == (0.666667, 1.0, 0.8)


def test_a_span_over_two_decided_ones_finds_one_of_them() -> None:
    """Presidio-research pull request 185: an evaluator counted such a span twice."""
    text = "Ann Lee, Bo Poe said"

    def span(start: int, end: int) -> Span:
        return Span(span_id=f"{start}-{end}", label="SOURCE", start=start, end=end, text=text[start:end])

    decided, wide = (span(0, 7), span(9, 15)), (span(0, 15),)
    rows = SpanRows(texts=(text,) * 6, spans=(decided,) * 6, groups=tuple("abcdef"), languages=("en",) * 6)
    _, overlap = evaluate_spans(rows, [wide] * 6).scores
    assert (overlap.given, overlap.support, overlap.precision, overlap.recall) == (6, 12, 1.0, 0.5)
