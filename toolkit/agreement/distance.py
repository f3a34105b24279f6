"""Distances between values, squared and summed as Krippendorff's α needs them, without a V×V array in memory.

Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. https://repository.upenn.edu/asc_papers/43.
Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. LREC.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from toolkit.agreement.ratings import Counts, FloatArray, IntArray, Level, Ratings
from toolkit.errors import InvalidInput, UsageError

CHUNK = 1 << 21  # pairs or matrix cells held at once: 16 MB of float64
SPARSE_PAIRS = 1 << 26  # with more pairs inside units, blocks of the coincidence matrix are faster


class Distance(Protocol):
    """The squared difference of a level, summed inside units (observed) and over all values (expected)."""

    def observed(self, counts: Counts) -> FloatArray:
        """Return, for each unit u, Σ over its ordered pairs of ratings δ² / (m_u − 1); shape (units,)."""
        ...

    def expected(self, totals: FloatArray) -> FloatArray:
        """Return Σ_c Σ_k n_c n_k δ²_ck for every row of totals, shape (rows, values) → (rows,)."""
        ...


def distance(level: Level, ratings: Ratings, counts: Counts) -> Distance:
    """Return the distance of a level over the values of `ratings`.

    Ordinal distances are those of the marginals in `counts`: δ_ck is the number of ratings from c to k, half of
    the two ends taken off, which is the difference of mid-ranks.

    Raises:
        InvalidInput: A ratio value is negative.
        UsageError: There is no such level.
    """
    if level == "nominal":
        return Nominal()
    if level == "ordinal":
        totals = np.bincount(counts.code, counts.count, minlength=len(ratings.values))
        return Positions(np.cumsum(totals) - totals / 2)
    if level == "interval":
        return Positions(np.array(ratings.values, dtype=np.float64))
    if level == "ratio":
        amounts = np.array(ratings.values, dtype=np.float64)
        if amounts.size and amounts.min() < 0:
            raise InvalidInput("a ratio scale has no negative values", remedy="use level='interval'")
        return Pairwise(Amounts(amounts))
    if level in ("jaccard", "masi"):
        return Pairwise(Sets.of(ratings, masi=level == "masi"))
    raise UsageError(f"there is no level {level!r}", remedy="use nominal, ordinal, interval, ratio, jaccard or masi")


@dataclass(frozen=True, slots=True)
class Nominal:
    """δ² is 0 for the same value and 1 for another."""

    def observed(self, counts: Counts) -> FloatArray:
        """See `Distance.observed`."""
        same = np.bincount(counts.unit, counts.count**2, minlength=counts.per_unit.size)
        return _per_pair(counts.per_unit**2 - same, counts)

    def expected(self, totals: FloatArray) -> FloatArray:
        """See `Distance.expected`."""
        return np.asarray(totals.sum(axis=1) ** 2 - (totals**2).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Positions:
    """δ² is the squared difference of positions on a line: interval values, or mid-ranks of ordinal ones.

    Attributes:
        at: Position of each value, shape (values,).
    """

    at: FloatArray

    def observed(self, counts: Counts) -> FloatArray:
        """See `Distance.observed`."""
        size, at = counts.per_unit.size, self.at[counts.code]
        mean = np.bincount(counts.unit, counts.count * at, minlength=size) / np.maximum(counts.per_unit, 1)
        scatter = np.bincount(counts.unit, counts.count * (at - mean[counts.unit]) ** 2, minlength=size)
        return _per_pair(2 * counts.per_unit * scatter, counts)

    def expected(self, totals: FloatArray) -> FloatArray:
        """See `Distance.expected`."""
        n = totals.sum(axis=1)
        at = self.at - (self.at.mean() if self.at.size else 0.0)  # near zero, the two terms do not cancel digits
        return np.asarray(2 * np.maximum(n * (totals @ at**2) - (totals @ at) ** 2, 0.0))


class Between(Protocol):
    """δ² between values given by index arrays that broadcast against each other."""

    def __call__(self, left: IntArray, right: IntArray) -> FloatArray:
        """Return δ² elementwise."""
        ...


@dataclass(frozen=True, slots=True)
class Amounts:
    """δ = (c − k) / (c + k), and 0 for two zeros."""

    of: FloatArray

    def __call__(self, left: IntArray, right: IntArray) -> FloatArray:
        """See `Between`."""
        a, b = self.of[left], self.of[right]
        total = np.asarray(a + b)
        total[total == 0] = 1.0
        share = np.asarray(a - b)
        share /= total
        share *= share
        return share


@dataclass(frozen=True, slots=True)
class Sets:
    """Distance of label sets: 1 − |A∩B| / |A∪B| (Jaccard); MASI weights that similarity by how the sets lie.

    The MASI weight is 1 for equal sets, 2/3 where one holds the other, 1/3 where they only overlap, 0 where they
    are disjoint. Two empty sets are equal. As in Passonneau (2006) the distance itself stands in place of δ².

    Attributes:
        bits: Labels of each set as bits, shape (values, words).
        masi: Whether to weight.
    """

    bits: npt.NDArray[np.uint64]
    masi: bool

    @classmethod
    def of(cls, ratings: Ratings, *, masi: bool) -> Sets:
        """Code the sets of `ratings.values` as bits."""
        sets = [value for value in ratings.values if isinstance(value, frozenset)]
        labels = {label: at for at, label in enumerate(sorted(frozenset().union(*sets), key=str))}
        bits = np.zeros((len(sets), len(labels) // 64 + 1), dtype=np.uint64)
        for row, labels_of in enumerate(sets):
            for label in labels_of:
                word, bit = divmod(labels[label], 64)
                bits[row, word] |= np.uint64(1 << bit)
        return cls(bits, masi)

    def __call__(self, left: IntArray, right: IntArray) -> FloatArray:
        """See `Between`."""
        sizes = np.bitwise_count(self.bits).sum(axis=1, dtype=np.int64)
        both = sum(
            np.bitwise_count(word[left] & word[right]).astype(np.int64) for word in np.ascontiguousarray(self.bits.T)
        )
        a, b = sizes[left], sizes[right]
        either = a + b - both
        similarity = np.where(either == 0, 1.0, both / np.maximum(either, 1))
        if self.masi:
            nested = (both == a) | (both == b)
            weight = np.where(similarity == 1.0, 1.0, np.where(nested, 2 / 3, 1 / 3))
            similarity = similarity * weight
        return np.asarray(1.0 - similarity)


def label_set_distance(left: frozenset[Hashable], right: frozenset[Hashable], *, masi: bool) -> float:
    """Return the distance of two label sets, 0 to 1, as `Sets` defines it."""
    pair = Ratings.of_cells([(0, 0, left), (1, 0, right)], n_annotators=2, n_units=1, level="masi")
    if len(pair.values) == 1:
        return 0.0
    return float(Sets.of(pair, masi=masi)(np.array([0]), np.array([1]))[0])


@dataclass(frozen=True, slots=True)
class Pairwise:
    """A distance without a closed sum: few pairs are listed, many are taken in blocks of a matrix."""

    between: Between

    def observed(self, counts: Counts) -> FloatArray:
        """See `Distance.observed`."""
        starts = np.flatnonzero(np.r_[True, counts.unit[1:] != counts.unit[:-1]]) if counts.unit.size else counts.unit
        spread = np.diff(np.r_[starts, counts.unit.size])  # distinct values of each unit that has any
        if int((spread * (spread - 1)).sum()) // 2 > SPARSE_PAIRS:
            return self._observed_in_blocks(counts)
        total = np.zeros(counts.per_unit.size)
        for left, right in _pairs(spread):
            apart = self.between(counts.code[left], counts.code[right])
            both = 2 * counts.count[left] * counts.count[right] * apart
            total += np.bincount(counts.unit[left], both, minlength=total.size)
        return _per_pair(total, counts)

    def _observed_in_blocks(self, counts: Counts) -> FloatArray:
        values = int(counts.code.max()) + 1
        total = np.zeros(counts.per_unit.size)
        step = max(1, CHUNK * 8 // values)
        units = np.unique(counts.unit)
        for start in range(0, units.size, step):
            block = units[start : start + step]
            inside = slice(*np.searchsorted(counts.unit, [block[0], block[-1] + 1]))
            dense = np.zeros((block.size, values))
            dense[np.searchsorted(block, counts.unit[inside]), counts.code[inside]] = counts.count[inside]
            total[block] = self.expected(dense)
        return _per_pair(total, counts)

    def expected(self, totals: FloatArray) -> FloatArray:
        """See `Distance.expected`."""
        values = totals.shape[1]
        total = np.zeros(totals.shape[0])
        all_codes = np.arange(values)
        for rows in _blocks(values, values):
            apart = self.between(rows[:, None], all_codes[None, rows[0] :])
            apart[:, : rows.size] /= 2  # the square on the diagonal holds each of its pairs twice
            total += 2 * np.einsum("rv,rv->r", totals[:, rows] @ apart, totals[:, rows[0] :])
        return total


def _per_pair(total: FloatArray, counts: Counts) -> FloatArray:
    return np.asarray(np.where(counts.per_unit > 1, total / np.maximum(counts.per_unit - 1, 1), 0.0))


def _blocks(rows: int, width: int) -> Iterator[IntArray]:
    step = max(1, CHUNK // max(width, 1))
    for start in range(0, rows, step):
        yield np.arange(start, min(start + step, rows))


def _pairs(spread: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield index pairs left < right within consecutive groups of the given sizes, in chunks of whole groups."""
    ends = np.cumsum(spread)
    at = np.repeat(np.arange(spread.size), spread)
    followers = (ends[at] - np.arange(at.size) - 1).astype(np.int64)  # later members of the same group
    reach = np.cumsum(followers)
    first = 0
    while first < at.size:
        budget = CHUNK + (reach[first - 1] if first else 0)
        last = max(first + 1, int(np.searchsorted(reach, budget, side="right")))
        left = np.repeat(np.arange(first, last), followers[first:last])
        offset = np.arange(left.size) - np.repeat(
            np.r_[0, np.cumsum(followers[first:last])[:-1]], followers[first:last]
        )
        yield left, left + 1 + offset
        first = last
