"""Agreement on spans: one-to-one matches between two people, labels of tokens, and Krippendorff's unitizing α.

Hripcsak, G. & Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. JAMIA
12:296: where almost everything is outside of any span, pairwise F1 is what κ tends to.

Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25:47-76, as restated
in Content Analysis (2004), pp. 251-256. Units of one category and one observer must not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from toolkit.agreement.ratings import FloatArray
from toolkit.agreement.statistic import Parts, Statistic
from toolkit.errors import InvalidInput
from toolkit.records import Span
from toolkit.records.base import record
from toolkit.words import word_bounds

_EDGE = 1e-9


def match(left: Sequence[Span], right: Sequence[Span], *, exact: bool = False) -> list[tuple[Span, Span]]:
    """Pair spans of the same label of two people one to one, so that the pairs share as much as they can.

    What a pair shares is the part of the characters of either span that is in both. The order in which spans were
    marked decides nothing.

    Args:
        left: One person's spans of a sentence.
        right: The other's.
        exact: Only spans with the same boundaries match.

    Returns:
        The pairs, those that share most first.
    """
    if not left or not right:
        return []
    ours, others = (sorted(spans, key=lambda span: (span.start, span.end)) for spans in (left, right))
    shares: dict[tuple[int, int], float] = {}
    for at, mine in enumerate(ours):
        for to, theirs in enumerate(others):
            shared = min(mine.end, theirs.end) - max(mine.start, theirs.start)
            covered = max(mine.end, theirs.end) - min(mine.start, theirs.start)
            if mine.label == theirs.label and shared > 0 and (not exact or shared == covered):
                shares[at, to] = shared / covered
    chosen = list(shares)
    if len(chosen) > max(len({at for at, _ in chosen}), len({to for _, to in chosen})):
        chosen = _assigned(shares)  # several on both sides have a choice; of one side, each takes the best
    taken: set[tuple[int, int]] = set()
    pairs = []
    for at, to in sorted(chosen, key=lambda pair: (-shares[pair], pair)):
        if not taken & {(0, at), (1, to)}:
            taken |= {(0, at), (1, to)}
            pairs.append((ours[at], others[to]))
    return pairs


def _assigned(shares: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the pairs, one to one, whose sum is largest; of equal sums, that of most pairs."""
    from scipy.optimize import linear_sum_assignment  # takes long to import, and is seldom needed

    table = np.zeros(np.array(list(shares)).max(axis=0) + 1)
    for pair, share in shares.items():
        table[pair] = share + _EDGE
    return [pair for pair in zip(*linear_sum_assignment(table, maximize=True), strict=True) if table[pair]]


def span_f1(answers: Sequence[Sequence[Sequence[Span]]], *, exact: bool) -> Statistic:
    """Return F1 between all pairs of people: twice their matches over the spans of both, sentence by sentence.

    Args:
        answers: For each sentence, each person's spans.
        exact: Only equal boundaries match; otherwise an overlap does.
    """
    sums = np.zeros((max(len(answers), 1), 2))
    for at, people in enumerate(answers):
        for left, right in combinations(people, 2):
            sums[at] += 2 * len(match(left, right, exact=exact)), len(left) + len(right)

    def parts(terms: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = terms[:, 0] / terms[:, 1]
        return observed, np.zeros_like(observed)

    return Statistic("exact_f1" if exact else "overlap_f1", sums, parts, exposed=lambda rows: rows[:, 1])


def token_labels(bounds: Iterable[tuple[int, int]], spans: Sequence[Span]) -> list[frozenset[str]]:
    """Return the labels of the spans that touch each token; the empty set outside of all."""
    return [frozenset(span.label for span in spans if span.start < end and start < span.end) for start, end in bounds]


def token_cells(
    sentences: Iterable[tuple[str, Sequence[tuple[int, Sequence[Span]]]]],
) -> Iterator[tuple[int, int, int, frozenset[str]]]:
    """Yield (sentence index, annotator, unit, labels) for each token of each sentence and each of its annotators.

    Args:
        sentences: Text and (annotator, spans) of those who answered.
    """
    unit = 0
    for at, (text, people) in enumerate(sentences):
        bounds = word_bounds(text)
        for annotator, spans in people:
            for offset, labels in enumerate(token_labels(bounds, spans)):
                yield at, annotator, unit + offset, labels
        unit += len(bounds)


Unit = tuple[int, int]
"""Begin and end (exclusive) of a unit on the continuum."""

_Stretch = tuple[int, int, bool]  # begin, end, whether it is a unit; gaps between units are stretches too


@record
class Unitizing:
    """α_u of one category, or of several together.

    Attributes:
        value: α_u: 1 is full agreement, 0 is chance, below 0 is less than chance; None where it is undefined.
        observed: Observed disagreement D_o.
        expected: Expected disagreement D_e.
        units: Number of units of all observers.
        reason: Why the value is None; None otherwise.
    """

    value: float | None
    observed: float
    expected: float
    units: int
    reason: str | None = None


def unitizing_alpha(observers: Sequence[Sequence[Unit]], begin: int, end: int) -> Unitizing:
    """Measure agreement on where the units of one category begin and end: Krippendorff's α_u.

    The continuum is a text, a recording or the like; each observer cuts units out of it. α_u = 1 − D_o / D_e. The
    difference δ² of two stretches that meet is the square of the distance of their begins plus that of their ends if
    both are units, the square of the unit's length if a unit lies within the other's gap, and 0 otherwise. D_o is the
    mean δ² of what two observers have at the same place; D_e that of all units and gaps laid against each other in
    every way.

    Args:
        observers: The units of each observer as (begin, end) with the end exclusive, in any order, not overlapping.
        begin: Where the continuum begins.
        end: Where it ends, exclusive.

    Returns:
        The coefficient with its parts; its value is None if nobody marked a unit.

    Raises:
        InvalidInput: Units of one observer overlap or leave the continuum.

    Example:
        Category c of Krippendorff (2004, p. 254), a continuum from 150 to 450:

        >>> first = [(225, 295), (370, 400)]
        >>> second = [(220, 300), (355, 375), (400, 420)]
        >>> found = unitizing_alpha([first, second], 150, 450)
        >>> round(found.observed, 4), round(found.expected, 4), round(found.value, 4)
        (0.0144, 0.0532, 0.7286)

    References:
        Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25:47-76.
    """
    sections = [_sections(units, begin, end) for units in observers]
    length, people = end - begin, len(observers)
    pairs = people * (people - 1)
    observed = sum(_apart(left, right) for left, right in combinations(sections, 2)) * 2
    observed /= max(pairs * length**2, 1)
    return _unitizing(observed, _expected(sections, length), sum(map(len, observers)))


def unitizing_alphas(observers: Sequence[Mapping[str, Sequence[Unit]]], begin: int, end: int) -> dict[str, Unitizing]:
    """Measure agreement on the units of each category, and of all categories together.

    Args:
        observers: Category → units, of each observer; see `unitizing_alpha`.
        begin: Where the continuum begins.
        end: Where it ends, exclusive.

    Returns:
        Category → its coefficient; under "" that of all together, from the summed disagreements, as Krippendorff
        does.

    Raises:
        InvalidInput: Units of one observer and category overlap or leave the continuum.

    Example:
        >>> ada, ben = {"SOURCE": [(0, 12)], "FIGURE": [(20, 31)]}, {"SOURCE": [(0, 12)], "FIGURE": [(22, 31)]}
        >>> {category: round(found.value, 2) for category, found in unitizing_alphas([ada, ben], 0, 60).items()}
        {'FIGURE': 0.97, 'SOURCE': 1.0, '': 0.99}
    """
    categories = sorted({category for units in observers for category in units})
    found = {
        category: unitizing_alpha([units.get(category, ()) for units in observers], begin, end)
        for category in categories
    }
    together = [(one.observed, one.expected, one.units) for one in found.values()]
    observed, expected, units = (sum(column) for column in zip(*together, strict=True)) if together else (0.0, 0.0, 0)
    return {**found, "": _unitizing(observed, expected, int(units))}


def _unitizing(observed: float, expected: float, units: int) -> Unitizing:
    if expected <= 0:
        reason = "nobody marked a unit" if not units else "chance alone explains full agreement"
        return Unitizing(value=None, observed=observed, expected=expected, units=units, reason=reason)
    return Unitizing(value=1 - observed / expected, observed=observed, expected=expected, units=units)


def _sections(units: Sequence[Unit], begin: int, end: int) -> list[_Stretch]:
    sections: list[_Stretch] = []
    at = begin
    for start, stop in sorted(units):
        if start < at or stop > end or stop <= start:
            raise InvalidInput(f"unit {start}-{stop} overlaps another or leaves the continuum {begin}-{end}")
        if start > at:
            sections.append((at, start, False))
        sections.append((start, stop, True))
        at = stop
    return [*sections, (at, end, False)] if at < end else sections


def _apart(left: Sequence[_Stretch], right: Sequence[_Stretch]) -> float:
    """Return Σ δ² over all pairs of stretches of two observers that meet."""
    total, at, to = 0.0, 0, 0
    while at < len(left) and to < len(right):
        total += _difference(left[at], right[to])
        ended = min(left[at][1], right[to][1])
        at, to = at + (left[at][1] == ended), to + (right[to][1] == ended)
    return total


def _difference(left: _Stretch, right: _Stretch) -> float:
    if left[2] and right[2]:
        return float((left[0] - right[0]) ** 2 + (left[1] - right[1]) ** 2)
    for unit, gap in ((left, right), (right, left)):
        if unit[2] and not gap[2] and gap[0] <= unit[0] and unit[1] <= gap[1]:
            return float((unit[1] - unit[0]) ** 2)
    return 0.0


def _expected(sections: Sequence[Sequence[_Stretch]], length: int) -> float:
    """Return D_e: the mean δ² when units and gaps of all observers are laid against each other in every way."""
    units = np.array([stop - start for row in sections for start, stop, unit in row if unit], dtype=np.float64)
    gaps = np.sort([stop - start for row in sections for start, stop, unit in row if not unit]).astype(np.float64)
    total = length * len(sections)
    ways = total * (total - 1) - (units * (units - 1)).sum()
    if not units.size or ways <= 0:
        return 0.0
    between_units = (len(units) - 1) * (2 * units**3 - 3 * units**2 + units) / 3
    inside_gaps = np.array([(gaps[np.searchsorted(gaps, unit) :] - unit + 1).sum() for unit in units])
    return float(2 / length * (between_units + units**2 * inside_gaps).sum() / ways)
