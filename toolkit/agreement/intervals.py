"""How sure a coefficient is: a bootstrap over clusters, because the sentences of an article are not independent.

Field, C. A. & Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69:369. The interval is Student's with the
bootstrap's standard error, on a logistic scale from the least value that the data allow to 1, see `student`.

Coverage of nominal 95 % intervals, simulated (scripts/bench/agreement.py --coverage, docs/agreement.md): 93 to 97 %
from 15 articles and a prevalence of 5 % on; with fewer articles or a rarer label up to 99 %.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from toolkit.agreement.coefficients import Name, statistic
from toolkit.agreement.ratings import FloatArray, IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic, Weights
from toolkit.errors import UsageError
from toolkit.records.base import record

Method = Literal["student", "exact", "none"]

_EDGE = 1e-9  # of the scale: nearer than this to an end is at it
_CELLS = 1 << 21  # resamples · clusters drawn at once


@record
class Interval:
    """A confidence interval and how it was made.

    Attributes:
        low: Lower bound; None where too few clusters or resamples have the coefficient, or they show no spread.
        high: Upper bound.
        confidence: Nominal coverage, such as 0.95.
        method: "student", the bootstrap's standard error on a logistic scale; "exact" where all or no pairs agree,
            from the number of clusters; "none" without bounds.
        clusters: Clusters that the data have.
        resamples: Resamples drawn.
        defined: Resamples in which the coefficient is defined.
        seed: Seed of the draws.
    """

    low: float | None
    high: float | None
    confidence: float
    method: Method
    clusters: int
    resamples: int
    defined: int
    seed: int

    @property
    def reason(self) -> str | None:
        """Why there are no bounds, where there are none."""
        if self.low is not None:
            return None
        if self.clusters < 2:
            return f"{self.clusters} article{'' if self.clusters == 1 else 's'} cannot show how far it varies"
        if self.defined < 2:
            return f"it is defined in {self.defined} of {self.resamples:,} resamples"
        return f"all {self.clusters:,} articles give the same, which does not show how far it varies"


@dataclass(frozen=True, slots=True)
class Resampling:
    """Clusters drawn again and again: the same draws serve every coefficient of a report.

    Attributes:
        resamples: How often to draw as many with replacement.
        seed: Seed of the draws.
        confidence: Nominal coverage.
    """

    resamples: int
    seed: int
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.resamples < 1 or not 0 < self.confidence < 1:
            raise UsageError(f"{self.resamples} resamples at confidence {self.confidence} give no interval")

    def interval(self, measure: Statistic) -> Interval:
        """Return the interval of a statistic whose rows are these clusters."""
        return self.intervals([measure])[0]

    def intervals(self, measures: Sequence[Statistic]) -> list[Interval]:
        """Return the interval of each statistic, drawing clusters once for all that rest on the same ones."""
        rests_on = [measure.terms.any(axis=1) for measure in measures]  # others have no pairable rating
        draws: list[list[FloatArray]] = [[] for _ in measures]
        alike: dict[bytes, list[int]] = {}
        for at, there in enumerate(rests_on):
            alike.setdefault(there.tobytes(), []).append(at)
        for members in alike.values():
            there = rests_on[members[0]]
            for weights in self._weights(int(there.sum())):
                for at in members:
                    draws[at].append(measures[at].values(weights @ measures[at].terms[there]))
        return [
            self._interval(measure, measure.terms[there], np.concatenate(drawn))
            for measure, there, drawn in zip(measures, rests_on, draws, strict=True)
        ]

    def _interval(self, measure: Statistic, terms: FloatArray, draws: FloatArray) -> Interval:
        draws = draws[~np.isnan(draws)]
        bounds, method = self._bounds(replace(measure, terms=terms), draws)
        return Interval(
            low=None if bounds is None else bounds[0],
            high=None if bounds is None else bounds[1],
            confidence=self.confidence,
            method=method,
            clusters=len(terms),
            resamples=self.resamples,
            defined=len(draws),
            seed=self.seed,
        )

    def _bounds(self, measure: Statistic, draws: FloatArray) -> tuple[tuple[float, float] | None, Method]:
        clusters, total = len(measure.terms), measure.terms.sum(axis=0, keepdims=True)
        value = float(measure.values(total)[0]) if clusters > 1 else np.nan
        if np.isnan(value) or len(draws) < 2:
            return None, "none"
        least = measure.least()
        share = 0.5 if math.isinf(least) else (value - least) / (1 - least)
        if not _EDGE < share < 1 - _EDGE:
            return exact(share > 0.5, measure.witnesses(), least, self.confidence), "exact"
        error = float(draws.std()) * math.sqrt(clusters / (clusters - 1))
        if error < _EDGE:
            return None, "none"
        left_out = measure.values(total - measure.terms)
        left_out = left_out[~np.isnan(left_out)]
        freedom = _freedom(left_out.mean() - left_out if left_out.size else left_out)
        return student(value, error, freedom, least, self.confidence), "student"

    def _weights(self, clusters: int) -> Iterator[FloatArray]:
        """Yield how often each cluster is drawn, shape (some resamples, clusters)."""
        random = np.random.default_rng(self.seed)
        step = max(1, _CELLS // max(clusters, 1))
        for start in range(0, self.resamples, step):
            rows = min(step, self.resamples - start)
            drawn = random.integers(0, max(clusters, 1), size=(rows, clusters))
            cells = drawn + np.arange(rows)[:, None] * clusters
            counted = np.bincount(cells.reshape(-1), minlength=rows * clusters)
            yield counted.reshape(rows, clusters).astype(np.float64)


def student(value: float, error: float, freedom: float, least: float, confidence: float) -> tuple[float, float]:
    """Return value ± t · error on the scale of ln((x − least) / (1 − x)), where bounds cannot be crossed.

    A coefficient near its least value or near 1 has a skew distribution and a standard error that is small where the
    coefficient comes out small: on the plain scale (and by BCa) the interval of a rare label then ends too low.

    Args:
        value: The coefficient, between `least` and 1, neither of them.
        error: Its standard error on the plain scale.
        freedom: Degrees of freedom of that error, see `_freedom`.
        least: Least possible value; -inf for the plain scale.
        confidence: Nominal coverage.
    """
    from scipy.special import expit, logit, stdtrit  # a light part of scipy, needed here only

    reach = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    if math.isinf(least):
        return value - reach, value + reach
    width = 1 - least
    share = (value - least) / width
    ends = logit(share) + np.array([-1, 1]) * reach / (width * share * (1 - share))
    low, high = least + width * expit(ends)
    return float(low), float(high)


def exact(at_top: bool, witnesses: float, least: float, confidence: float) -> tuple[float, float]:
    """Return the bounds where every cluster agrees wholly, or none at all, and resampling shows no spread.

    Clopper & Pearson's (1934, Biometrika 26:404) for n of n, each cluster counted as one trial however many sentences
    it has: with 30 articles that all agree, the lower bound of percent agreement is .025^(1/30) = .88.

    Args:
        at_top: Whether all agree.
        witnesses: Clusters that could have shown the contrary; none leave everything possible.
        least: Least possible value.
        confidence: Nominal coverage.
    """
    share = ((1 - confidence) / 2) ** (1 / witnesses) if witnesses > 0 else 0.0
    return (least + (1 - least) * share, 1.0) if at_top else (least, 1 - (1 - least) * share)


def clopper_pearson(hits: int, trials: int, confidence: float) -> tuple[float, float]:
    """Return exact bounds of a share of independent trials (1934, Biometrika 26:404).

    Args:
        hits: How many succeeded.
        trials: Of how many, at least one.
        confidence: Nominal coverage.
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return low, high


def _freedom(spread: FloatArray) -> float:
    """Return the degrees of freedom of the clusters' variance: K − 1, fewer where a few of them make most of it.

    The variance of a variance is σ⁴ (κ − 1) / K with κ the kurtosis, that of a χ² with ν degrees 2 σ⁴ / ν, so that
    ν = 2 K / (κ − 1) (Satterthwaite 1946, Biometrics Bulletin 2:110). A label that only a few articles hold has few.

    Args:
        spread: Influence of each cluster, shape (K,).
    """
    clusters, square = len(spread), float((spread**2).sum())
    if clusters < 2 or square == 0:
        return 1.0
    kurtosis = clusters * float((spread**4).sum()) / square**2
    return max(1.0, min(clusters - 1.0, 2 * clusters / max(kurtosis - 1, 1e-9)))


def interval(
    ratings: Any,
    clusters: Sequence[Hashable] | None = None,
    name: Name = "alpha",
    *,
    level: Level = "nominal",
    weights: Weights = "identity",
    positive: Hashable = True,
    seed: int,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> Interval:
    """Return a confidence interval by bootstrap over clusters of units.

    Args:
        ratings: 2-D array-like of shape (annotators, units), None and NaN missing; or `Ratings`.
        clusters: Cluster of each unit, such as its article; by default every unit is its own.
        name: The coefficient; all but "light", and "cohen" and "scott" for two annotators.
        level: What the values are.
        weights: Weights between categories.
        positive: The value that positive and negative agreement are about.
        seed: Seed of the draws.
        resamples: How many.
        confidence: Nominal coverage.

    Raises:
        UsageError: There is no such coefficient, or as many clusters as units are needed.
        InvalidInput: The ratings do not fit the level.
    """
    coded = ratings if isinstance(ratings, Ratings) else Ratings.of(ratings, level=level)
    groups = group(range(coded.n_units) if clusters is None else clusters)
    if groups.size != coded.n_units:
        raise UsageError(f"{groups.size} clusters are given for {coded.n_units} units")
    measure = statistic(coded, groups, name, level=level, weights=weights, positive=positive)
    return Resampling(resamples, seed, confidence).interval(measure)


def group(clusters: Sequence[Hashable] | range) -> IntArray:
    """Number clusters in the order of their first unit, shape (units,)."""
    number: dict[Hashable, int] = {}
    return np.array([number.setdefault(cluster, len(number)) for cluster in clusters], dtype=np.int64)
