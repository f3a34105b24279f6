"""The numbers of predicted figures, held against those that people decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any

import numpy as np

from toolkit.agreement.intervals import ENOUGH, cluster_numbers, enough, estimate, proportion, too_few
from toolkit.agreement.structures.span_agreement import match
from toolkit.baselines.spans.span_rows import SpanRows
from toolkit.figures import LANGUAGES, fields_of, read
from toolkit.records import Estimate, Span

_BOUNDS = ("low", "low_open", "high", "high_open")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureValues:
    """The scores of the numbers of one span label, over the spans that were found and hold numbers.

    Attributes:
        label: The span label.
        pairs: Spans that were found, by overlap, and whose decided fields hold a number or a vague word.
        exact: Share of them with both bounds right, and whether each is open.
        overlap: Share of them whose interval has a number in common with the decided one; a bound that is not set is
            without end.
        error: Median of the relative error of the bounds that both set, |given − decided| / decided; None without any.
    """

    label: str
    pairs: int
    exact: Estimate
    overlap: Estimate
    error: float | None


def figure_values(rows: SpanRows, given: Sequence[Sequence[Span]]) -> tuple[FigureValues, ...]:
    """Judge the numbers of the spans that were found.

    A span that holds no fields, as those of a trained model, gets the numbers that `toolkit.figures.read` reads in its
    words.

    Args:
        rows: The decided spans.
        given: Spans for each row.

    Returns:
        One record per label with numbers, in alphabetical order.
    """
    member = cluster_numbers(rows.groups, by_name=True)
    groups = len(set(rows.groups))
    pairs: dict[str, list[tuple[int, Mapping[str, Any], Mapping[str, Any]]]] = {}
    parts = zip(rows.spans, given, rows.languages, member, strict=True)
    for decided, found, language, group in parts:
        for mine, theirs in match(decided, found):
            if "qualifier" in mine.attributes or "low" in mine.attributes or "high" in mine.attributes:
                fields = _fields(theirs, language)
                pairs.setdefault(mine.label, []).append((int(group), mine.attributes, fields))
    return tuple(_values(label, pairs[label], groups) for label in sorted(pairs))


def _fields(span: Span, language: str) -> Mapping[str, Any]:
    if any(name in span.attributes for name in (*_BOUNDS, "qualifier")):
        return span.attributes
    figure = read(span.text, language) if language in LANGUAGES else None
    return {} if figure is None else fields_of(figure)


def _values(label: str, pairs: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]], groups: int) -> FigureValues:
    table = np.zeros((groups, 3))
    errors: list[float] = []
    for group, decided, found in pairs:
        same = bool(found) and all((decided.get(name) or None) == (found.get(name) or None) for name in _BOUNDS[1::2])
        same = same and all(decided.get(name) == found.get(name) for name in _BOUNDS[::2])
        table[group] += same, bool(found) and meet(decided, found), 1
        errors += _errors(decided, found)
    exact, overlap = (_share(table[:, column], table[:, 2]) for column in (0, 1))
    return FigureValues(
        label=label, pairs=len(pairs), exact=exact, overlap=overlap, error=median(errors) if errors else None
    )


def meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two intervals of people have a number in common.

    Args:
        one: Fields of a figure: low, low_open, high, high_open; a bound that is absent is without end.
        other: Those of another.

    Examples:
        >>> meet({"low": 14, "high": 14}, {"low": 10})
        True
        >>> meet({"low": 14, "high": 14}, {"low": 14, "low_open": True})
        False
    """
    (low, high), (least, most) = _interval(one), _interval(other)
    return max(low, least) <= min(high, most)


def _interval(fields: Mapping[str, Any]) -> tuple[float, float]:
    """Return the whole numbers from the lowest to the highest."""
    low, high = fields.get("low"), fields.get("high")
    least = 0.0 if low is None else float(low) + bool(fields.get("low_open"))
    most = inf if high is None else float(high) - bool(fields.get("high_open"))
    return least, most


def _errors(decided: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[float]:
    for name in ("low", "high"):
        wanted, got = decided.get(name), found.get(name)
        if wanted is not None and got is not None and wanted > 0:
            yield abs(float(got) - float(wanted)) / float(wanted)


def _share(hits: Any, trials: Any) -> Estimate:
    """Return a share with its interval, from hits and trials of each story."""
    stories = int((trials > 0).sum())
    kept = enough(proportion(hits, trials), trials.sum(), stories, ENOUGH)
    reason = too_few(trials.sum(), stories, ENOUGH, what="span")
    return estimate(hits.sum() / trials.sum(), kept, n=int(trials.sum()), reason=reason)
