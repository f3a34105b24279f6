"""Precision, recall and F1 of spans, exact and by overlap, with intervals over stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from toolkit.agreement.intervals import Bounds, cluster_numbers, enough, estimate, proportion, too_few
from toolkit.agreement.structures.span_agreement import match
from toolkit.baselines.data.targets import Floats
from toolkit.baselines.evaluation.grouped_counts import ENOUGH
from toolkit.baselines.spans.figure_values import FigureValues, figure_values
from toolkit.baselines.spans.span_rows import SpanRows
from toolkit.figures import LANGUAGES, suggest
from toolkit.records import Estimate, Span

Spans = Sequence[Sequence[Span]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScores:
    """One label's scores; None where undefined.

    Attributes:
        label: The span label.
        by: "exact" (both ends are right) or "overlap" (they share a character).
        support: Spans that were to be found.
        given: Spans that were given.
        precision: Right ones among those given.
        recall: Found ones among those to be found.
        f1: Their harmonic mean, with its interval.
        intervals: "precision" and "recall" → the bounds of their intervals.
    """

    label: str
    by: Literal["exact", "overlap"]
    support: int
    given: int
    precision: float | None
    recall: float | None
    f1: Estimate
    intervals: Mapping[str, tuple[float | None, float | None]]

    def estimate(self, name: str) -> Estimate:
        """Return a score that is in `intervals`, with its interval."""
        low, high = self.intervals[name]
        return Estimate(value=getattr(self, name), low=low, high=high, method="none" if low is None else "percentile")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanEvaluation:
    """Spans of some rows, judged.

    Attributes:
        rows: Sentences.
        groups: Stories.
        scores: By label and by exact before overlap.
        values: The numbers of those labels that hold some.
    """

    rows: int
    groups: int
    scores: tuple[SpanScores, ...]
    values: tuple[FigureValues, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as JSON-able values."""
        return asdict(self)


def evaluate_spans(rows: SpanRows, given: Spans) -> SpanEvaluation:
    """Hold spans against those that were decided, paired one to one.

    Args:
        rows: The decided spans.
        given: Spans for each row.
    """
    found = label_span_scores(rows.spans, given, rows.groups)
    return SpanEvaluation(rows=len(rows), groups=len(set(rows.groups)), scores=found, values=figure_values(rows, given))


def label_span_scores(decided: Spans, given: Spans, groups: Sequence[str]) -> tuple[SpanScores, ...]:
    """Return the scores of each span label, exact before overlap.

    Args:
        decided: Spans of each sentence.
        given: Spans of the same sentences.
        groups: Story of each sentence.
    """
    member = cluster_numbers(groups, by_name=True)
    found = []
    for label in sorted({span.label for spans in (*decided, *given) for span in spans}):
        for by in ("exact", "overlap"):
            table = np.zeros((len(set(groups)), 3))
            counts = [_counts(gold, said, label, by) for gold, said in zip(decided, given, strict=True)]
            np.add.at(table, member, counts)
            found.append(scores_of(label, by, table))
    return tuple(found)


def figure_reader(rows: SpanRows, *, label: str = "FIGURE") -> list[tuple[Span, ...]]:
    """Return what the figure reader alone finds: the rule baseline of figures."""
    return [
        suggest(text, language, label=label) if language in LANGUAGES else ()
        for text, language in zip(rows.texts, rows.languages, strict=True)
    ]


def f1(counts: Floats) -> Floats:
    """Return F1 [...] from counts [..., 3] of matches, spans given and spans to be found; NaN without any."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * counts[..., 0] / (counts[..., 1] + counts[..., 2]))


def _share(counts: Floats, of: int) -> Floats:
    """Return matches among spans given (1) or to be found (2) [...] from counts [..., 3]; NaN without any."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts[..., 0] / counts[..., of])


def _counts(gold: Sequence[Span], given: Sequence[Span], label: str, by: str) -> tuple[int, int, int]:
    mine = [span for span in gold if span.label == label]
    theirs = [span for span in given if span.label == label]
    return len(match(mine, theirs, exact=by == "exact")), len(theirs), len(mine)


def scores_of(label: str, by: Literal["exact", "overlap"], table: Floats) -> SpanScores:
    """Return a label's scores from what matches, what was given and what was to be found, shape (stories, 3)."""
    total, matched = table.sum(axis=0), table[:, 0]
    _, given, support = total
    precision, recall = (_estimate(_share(total, of), matched, table[:, of]) for of in (1, 2))
    # F1 grows with matches over all spans of both, which is a share: F1 = 2 J / (1 + J)
    either = table[:, 1] + table[:, 2] - matched
    low, high = (2 * bound / (1 + bound) for bound in proportion(matched, either))
    return SpanScores(
        label=label,
        by=by,
        support=int(support),
        given=int(given),
        precision=precision.value,
        recall=recall.value,
        f1=_bounded(f1(total), Bounds(low, high), either),
        intervals={"precision": precision.interval, "recall": recall.interval},
    )


def _estimate(value: Floats, matched: Floats, among: Floats) -> Estimate:
    """Return a share of matches with its interval, from matches and spans of each story, shape (stories,) both."""
    return _bounded(value, proportion(matched, among), among)


def _bounded(value: Floats, bounds: Bounds, among: Floats) -> Estimate:
    stories = int((among > 0).sum())
    kept = enough(bounds, among.sum(), stories, ENOUGH)
    return estimate(value, kept, n=int(among.sum()), reason=too_few(among.sum(), stories, ENOUGH, what="span"))
