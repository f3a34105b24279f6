"""Agreement on spans: one-to-one matches between two people, labels of tokens, and Krippendorff's unitizing α.

Hripcsak, G. & Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. JAMIA
12:296: where almost everything is outside of any span, pairwise F1 is what κ tends to.

Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25:47-76, as restated
in Content Analysis (2004), pp. 251-256. Units of one category and one observer must not overlap.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from toolkit.agreement.intervals import cluster_numbers, over_stories
from toolkit.agreement.ratings import FloatArray
from toolkit.agreement.statistic import Parts, Statistic
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Estimate, Span
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

Continuum = tuple[Sequence[Sequence[Unit]], int, int]
"""The units of each observer of a text, and where the text begins and ends (exclusive)."""

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
    sums = _Unitized([(observers, begin, end)])
    observed, expected = (float(each[0]) for each in sums.disagreement(sums.terms))
    return _unitizing(observed, expected, sum(map(len, observers)), len(observers))


def unitizing_interval(
    texts: Sequence[Continuum], clusters: Sequence[Hashable] | None = None, *, confidence: float = 0.95
) -> Estimate:
    """Measure α_u of one category over several texts, with a confidence interval over clusters of them.

    Both disagreements are added up over the texts, whose units and gaps end where the text ends. Of one text it is
    `unitizing_alpha`. Observers may differ from text to text; a text that fewer than two have seen counts for nothing.

    Args:
        texts: The units of each observer, the begin and the end of each text (sentences, or whole articles).
        clusters: Cluster of each text, such as the story of a sentence; by default every text is its own.
        confidence: Nominal coverage, in (0, 1).

    Returns:
        The coefficient and its bounds; `n` counts the texts that two observers have seen, and `reason` says why there
        is no value or no bounds.

    Raises:
        UsageError: As many clusters as texts are needed.
        InvalidInput: Units of one observer overlap or leave the text.

    Example:
        Two people mark who is quoted in six sentences of three stories. They agree but for two ends and one sentence:

        >>> ada = [[(0, 12)], [], [(30, 41)], [(5, 19)], [(0, 9)], []]
        >>> ben = [[(0, 12)], [], [(33, 41)], [(5, 19)], [(0, 11)], [(20, 28)]]
        >>> sentences = [((one, other), 0, 60) for one, other in zip(ada, ben)]
        >>> str(unitizing_interval(sentences, ["a", "a", "b", "b", "c", "c"]))
        '0.90 (0.33 to 0.99)'
    """
    groups = cluster_numbers(range(len(texts)) if clusters is None else clusters)
    if groups.size != len(texts):
        raise UsageError(f"{groups.size} clusters are given for {len(texts)} texts")
    sums = _Unitized(texts)
    found = over_stories(sums.statistic(), groups, confidence)
    people = [len(observers) for observers, _, _ in texts]
    marked = sum(len(units) for observers, _, _ in texts for units in observers)
    reason = _undefined(marked, max(people, default=0)) if found.value is None else found.reason
    return replace(found, n=sum(many > 1 for many in people), reason=reason)


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
    return {**found, "": _unitizing(observed, expected, int(units), len(observers))}


def _unitizing(observed: float, expected: float, units: int, people: int) -> Unitizing:
    known = expected > 0
    value = 1 - observed / expected if known else None
    reason = None if known else _undefined(units, people)
    return Unitizing(value=value, observed=observed, expected=expected, units=units, reason=reason)


def _undefined(units: int, people: int) -> str:
    """Say why there is no α_u."""
    if people < 2:
        return "fewer than two people have seen it"
    return "chance alone explains full agreement" if units else "nobody marked a unit"


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


class _Unitized:
    """Texts as sums from which D_o and D_e of any of them together can be computed.

    Args:
        texts: The texts; those with fewer than two observers count for nothing.

    Attributes:
        terms: Of each text: twice the disagreement of its pairs of observers, for each other observer; its length; that
            times its observers; how many units have each length; how many gaps have each length. Shape (texts, terms).
    """

    def __init__(self, texts: Sequence[Continuum]) -> None:
        found = [[_sections(units, begin, end) for units in observers] for observers, begin, end in texts]
        lengths: tuple[list[int], list[int]] = ([], [])  # of gaps, of units
        at: tuple[list[int], list[int]] = ([], [])
        sums = np.zeros((max(len(texts), 1), 3))
        for text, (sections, (_, begin, end)) in enumerate(zip(found, texts, strict=True)):
            if len(sections) < 2:
                continue
            apart = 2 * sum(_apart(*pair) for pair in combinations(sections, 2)) / (len(sections) - 1)
            sums[text] = apart, end - begin, (end - begin) * len(sections)
            for start, stop, unit in (stretch for row in sections for stretch in row):
                lengths[unit].append(stop - start)
                at[unit].append(text)
        self._gaps, self._units = (np.unique(each).astype(np.float64) for each in lengths)
        counted = [sums]
        for known, mine, where in zip((self._units, self._gaps), lengths[::-1], at[::-1], strict=True):
            counts = np.zeros((len(sums), len(known)))
            np.add.at(counts, (np.array(where, dtype=int), np.searchsorted(known, mine)), 1)
            counted.append(counts)
        self.terms: FloatArray = np.hstack(counted)

    def disagreement(self, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return D_o and D_e of rows of summed terms, shape (rows,) each.

        D_e is the mean δ² when units and gaps of all observers are laid against each other in every way.
        """
        length, total = sums[:, 1], sums[:, 2]
        units, gaps = np.split(sums[:, 3:], [len(self._units)], axis=1)
        size, behind = self._units, np.searchsorted(self._gaps, self._units)
        as_long, their_length = (
            np.pad(np.cumsum(each[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1)))[:, behind]
            for each in (gaps, gaps * self._gaps)
        )
        inside_gaps = (units * size**2 * (their_length - (size - 1) * as_long)).sum(axis=1)
        between_units = (units.sum(axis=1) - 1) * (units @ (2 * size**3 - 3 * size**2 + size)) / 3
        ways = total * (total - 1) - units @ (size * (size - 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(ways > 0, 2 / length * (between_units + inside_gaps) / ways, 0.0)
            return np.where(total > 0, sums[:, 0] / (total * length), 0.0), expected

    def statistic(self) -> Statistic:
        """Return α_u of all texts together as a statistic of their terms."""
        last = 3 + len(self._units)

        def parts(sums: FloatArray) -> Parts:
            observed, expected = self.disagreement(sums)
            with np.errstate(divide="ignore", invalid="ignore"):
                agreed = np.where(expected > 0, 1 - observed / expected, np.nan)
            return agreed, np.zeros_like(agreed)

        return Statistic("unitizing", self.terms, parts, lambda _: -1.0, lambda rows: rows[:, 3:last].sum(axis=1))
