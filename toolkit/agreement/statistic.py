"""Coefficients as functions of sums over units, which tells what each unit does to them.

Every coefficient of this package can be computed from a vector of sums (counts of values, sums of disagreement …). A
`Statistic` holds that vector for each unit, or cluster of units, and the function that evaluates it. How a unit moves
the coefficient is then read off a small change of the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from toolkit.agreement.distance import distance
from toolkit.agreement.ratings import SET_LEVELS, Counts, FloatArray, IntArray, Level, Ratings
from toolkit.errors import UsageError

Parts = tuple[FloatArray, FloatArray]
"""Observed and expected agreement, each of shape (rows,); NaN where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A coefficient over clusters of units.

    Attributes:
        name: Its name in `COEFFICIENTS`.
        terms: Sums of each cluster, shape (clusters, terms).
        parts: Observed and expected agreement of rows of summed terms, shape (rows, terms) → two of (rows,).
        floor: Least value that is possible with these sums, shape (terms,) → number; -inf where it has no bound.
            None: the value of no agreement at all, but not below −1.
        exposed: Ratings of each row of terms that could have disagreed, shape (rows, terms) → (rows,). None: equally
            many in each row.
    """

    name: str
    terms: FloatArray
    parts: Callable[[FloatArray], Parts]
    floor: Callable[[FloatArray], float] | None = None
    exposed: Callable[[FloatArray], FloatArray] | None = None

    def values(self, sums: FloatArray) -> FloatArray:
        """Return (observed − expected) / (1 − expected) of each row; NaN where chance explains everything."""
        observed, expected = self.parts(sums)
        with np.errstate(divide="ignore", invalid="ignore"):
            chance = 1.0 - expected
            return np.asarray(np.where(chance > 1e-12, (observed - expected) / chance, np.nan))

    def least(self) -> float:
        """Return the least value that the sums of all clusters allow; the greatest is always 1."""
        sums = self.terms.sum(axis=0)
        if self.floor is not None:
            return self.floor(sums)
        expected = float(self.parts(sums[None])[1][0])
        return max(-1.0, -expected / (1 - expected)) if expected < 1 else -1.0


def krippendorff(ratings: Ratings, groups: IntArray, *, level: Level) -> Statistic:
    """Return Krippendorff's α: agreement is 1 − disagreement, so expected agreement may be negative on scales.

    Args:
        ratings: The ratings.
        groups: Cluster of each unit, shape (units,).
        level: What the values are.
    """
    counts = ratings.counts(at_least=2)
    measure = distance(level, ratings, counts)
    terms = np.column_stack([_grouped(measure.observed(counts), groups), _totals(counts, groups, len(ratings.values))])

    def parts(sums: FloatArray) -> Parts:
        totals = sums[:, 1:]
        n = totals.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = 1.0 - sums[:, 0] / n
            expected = 1.0 - measure.expected(totals) / (n * (n - 1))
        return observed, expected

    def exposed(rows: FloatArray) -> FloatArray:
        usual = int(terms[:, 1:].sum(axis=0).argmax()) if len(ratings.values) else 0
        return np.asarray(rows[:, 1:].sum(axis=1) - rows[:, 1 + usual])

    def floor(sums: FloatArray) -> float:
        if level not in ("nominal", *SET_LEVELS):
            return -1.0
        # at most, everybody who does not give the most frequent value disagrees with everybody, and everybody with them
        apart = min(1.0, 2 * float(exposed(sums[None])[0]) / float(sums[1:].sum()))
        return max(-1.0, 1 - apart / (1 - float(parts(sums[None])[1][0])))

    return Statistic("alpha", terms, parts, floor, exposed)


def percent(ratings: Ratings, groups: IntArray) -> Statistic:
    """Return the share of agreeing pairs among the pairable ratings: 1 − α's nominal observed disagreement."""
    terms = krippendorff(ratings, groups, level="nominal").terms

    def parts(sums: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = 1.0 - sums[:, 0] / sums[:, 1:].sum(axis=1)
        return observed, np.zeros_like(observed)

    return Statistic("percent", terms, parts)


def specific(ratings: Ratings, groups: IntArray, *, value: Hashable, negative: bool = False) -> Statistic:
    """Return positive agreement: given that one annotator says `value`, the chance that another one does.

    Cicchetti, D. V. & Feinstein, A. R. (1990). High agreement but low kappa II. J Clin Epidemiol 43:551.

    Args:
        ratings: The ratings.
        groups: Cluster of each unit.
        value: The value that counts as positive.
        negative: The same for all other values together.
    """
    counts = ratings.counts(at_least=2)
    code = ratings.values.index(value) if value in ratings.values else -1
    chosen = counts.code == code
    given = _sums(counts.unit[chosen], counts.count[chosen], counts.per_unit.size)
    given = counts.per_unit - given if negative else given
    agreeing = given * (given - 1) / np.maximum(counts.per_unit - 1, 1)
    terms = np.column_stack([_grouped(agreeing, groups), _grouped(given, groups)])

    def parts(sums: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = sums[:, 0] / sums[:, 1]
        return observed, np.zeros_like(observed)

    return Statistic("negative" if negative else "positive", terms, parts, exposed=lambda rows: rows[:, 1])


def prevalence(ratings: Ratings, groups: IntArray, *, value: Hashable) -> Statistic:
    """Return the share of all ratings that are `value`: not an agreement, but needed to judge one.

    Args:
        ratings: The ratings.
        groups: Cluster of each unit, shape (units,).
        value: The value that is counted.
    """
    code = ratings.values.index(value) if value in ratings.values else -1
    clusters, n_groups = groups[ratings.unit], int(groups.max()) + 1 if groups.size else 1
    given = _sums(clusters, (ratings.code == code).astype(np.float64), n_groups)
    terms = np.column_stack([given, _sums(clusters, np.ones(clusters.size), n_groups)])

    def parts(sums: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = sums[:, 0] / sums[:, 1]
        return share, np.zeros_like(share)

    return Statistic("prevalence", terms, parts)


Weights = str
"""How near two categories count as agreeing: "identity", "linear" or "quadratic" in their ranks."""


def weight_matrix(weights: Weights, size: int) -> FloatArray:
    """Return agreement weights, 1 on the diagonal, shape (size, size).

    Raises:
        UsageError: There are no such weights.
    """
    rank = np.arange(size, dtype=np.float64)
    apart = np.abs(rank[:, None] - rank[None, :]) / max(size - 1, 1)
    if weights == "identity":
        return np.eye(size)
    if weights == "linear":
        return np.asarray(1.0 - apart)
    if weights == "quadratic":
        return np.asarray(1.0 - apart**2)
    raise UsageError(f"there are no weights {weights!r}", remedy="use identity, linear or quadratic")


def multi_annotator(ratings: Ratings, groups: IntArray, *, name: str, weights: Weights = "identity") -> Statistic:
    """Return Fleiss' κ, Gwet's AC1 (AC2 with weights) or Bennett's S for any number of annotators.

    Observed agreement is the mean over units with two or more ratings; the shares of the categories are means over
    units with at least one (Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., ch. 2 and 4).

    Args:
        ratings: The ratings; categories that were declared but not used count in AC1, AC2 and S.
        groups: Cluster of each unit.
        name: "fleiss", "ac1", "ac2" or "bennett".
        weights: Weights between categories.
    """
    size = len(ratings.values)
    near = weight_matrix(weights, size)
    counts = ratings.counts()
    per_unit = np.maximum(counts.per_unit, 1)
    shares = Counts(counts.unit, counts.code, counts.count / per_unit[counts.unit], counts.per_unit)
    agreeing = _agreeing(counts, near, weights)
    terms = np.column_stack(
        [
            _grouped(agreeing / (per_unit * np.maximum(per_unit - 1, 1)), groups),
            _grouped((counts.per_unit > 1).astype(np.float64), groups),
            _grouped((counts.per_unit > 0).astype(np.float64), groups),
            _totals(shares, groups, size),
        ]
    )

    def parts(sums: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = sums[:, 0] / sums[:, 1]
            share = sums[:, 3:] / sums[:, 2:3]
        if name == "fleiss":
            return observed, np.einsum("rk,kl,rl->r", share, near, share)
        if name == "bennett":
            return observed, np.full_like(observed, near.mean() if size else np.nan)
        spread = (share * (1 - share)).sum(axis=1)
        return observed, np.asarray(near.sum() * spread / (size * (size - 1)) if size > 1 else np.ones_like(observed))

    return Statistic(name, terms, parts)


def cohen(
    ratings: Ratings,
    groups: IntArray,
    pair: tuple[int, int],
    *,
    weights: Weights = "identity",
    shared: bool = False,
    maximum: bool = False,
) -> Statistic:
    """Return Cohen's κ of two annotators over the units that both rated, or Scott's π.

    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educ Psychol Meas 20:37. Scott, W. A. (1955).
    Reliability of content analysis. Public Opin Q 19:321.

    Args:
        ratings: The ratings.
        groups: Cluster of each unit.
        pair: Indices of the two annotators.
        weights: Weights between categories; ranks follow the order of `ratings.values`.
        shared: Scott's π: both draw from the same distribution.
        maximum: The largest κ that the two distributions allow, which says how much of a low κ comes from them.
    """
    size = len(ratings.values)
    near = weight_matrix(weights, size)
    first, second = (_by_unit(ratings, annotator) for annotator in pair)
    both = np.flatnonzero((first >= 0) & (second >= 0))
    a, b, where = first[both], second[both], groups[both]
    n_groups = int(groups.max()) + 1 if groups.size else 1
    terms = np.column_stack(
        [
            np.bincount(where, near[a, b], minlength=n_groups),
            np.bincount(where, minlength=n_groups),
            np.bincount(where * size + a, minlength=n_groups * size).reshape(n_groups, size),
            np.bincount(where * size + b, minlength=n_groups * size).reshape(n_groups, size),
        ]
    ).astype(np.float64)

    def parts(sums: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = sums[:, 0] / sums[:, 1]
            left, right = sums[:, 2 : 2 + size] / sums[:, 1:2], sums[:, 2 + size :] / sums[:, 1:2]
        if maximum:
            observed = np.minimum(left, right).sum(axis=1)
        if shared:
            left = right = (left + right) / 2
        return observed, np.einsum("rk,kl,rl->r", left, near, right)

    return Statistic("scott" if shared else "cohen_max" if maximum else "cohen", terms, parts)


def _by_unit(ratings: Ratings, annotator: int) -> IntArray:
    codes = np.full(ratings.n_units, -1, dtype=np.int64)
    mine = ratings.annotator == annotator
    codes[ratings.unit[mine]] = ratings.code[mine]
    return codes


def _agreeing(counts: Counts, near: FloatArray, weights: Weights) -> FloatArray:
    """Return for each unit the (weighted) number of ordered pairs of ratings that agree; shape (units,)."""
    units = counts.per_unit.size
    if weights == "identity":
        return _sums(counts.unit, counts.count * (counts.count - 1), units)
    dense = np.zeros((units, near.shape[0]))
    dense[counts.unit, counts.code] = counts.count
    return np.asarray((dense * (dense @ near - 1)).sum(axis=1))


def _grouped(per_unit: FloatArray, groups: IntArray) -> FloatArray:
    return _sums(groups, per_unit, int(groups.max()) + 1 if groups.size else 1)


def _totals(counts: Counts, groups: IntArray, size: int) -> FloatArray:
    n_groups = int(groups.max()) + 1 if groups.size else 1
    cells = groups[counts.unit] * size + counts.code
    return _sums(cells, counts.count, n_groups * size).reshape(n_groups, size)


def _sums(at: IntArray, values: FloatArray, size: int) -> FloatArray:
    return np.bincount(at, values, minlength=size).astype(np.float64)
