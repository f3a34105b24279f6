"""Confidence intervals by bootstrap over clusters: all of the toolkit's are made here.

The sentences of an article, or of a story, are not independent, so that clusters of them are drawn and not sentences
(Field, C. A. & Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69:369). `Resampling` says how often, and from
which seed. Two kinds of intervals come of it:

- that of an agreement coefficient is Student's with the bootstrap's standard error, on a logistic scale from the least
  value that the data allow to 1, see `student`;
- that of a score of a model is the range of the middle 95 % of the resampled scores, see `percentile`.

Coverage of nominal 95 % intervals of coefficients, simulated (scripts/bench/agreement.py --coverage,
docs/agreement.md): 93 to 97 % from 15 articles and a prevalence of 5 % on; with fewer articles or a rarer label up to
99 %.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from toolkit.agreement.coefficients import Coefficient, Name, describe, statistic
from toolkit.agreement.ratings import FloatArray, IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic, Weights
from toolkit.errors import UsageError
from toolkit.records import Estimate

_EDGE = 1e-9  # of the scale: nearer than this to an end is at it
_CELLS = 1 << 21  # resamples · clusters drawn at once for coefficients …
_WEIGHTS = 4_000_000  # … and for scores


@dataclass(frozen=True, slots=True)
class Resampling:
    """Clusters drawn again and again: the same draws serve every value of a report.

    Attributes:
        resamples: How often to draw as many clusters as there are, with replacement; 0 for no intervals.
        seed: Seed of the draws.
        confidence: Nominal coverage.
    """

    resamples: int = 1000
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.resamples < 0 or not 0 < self.confidence < 1:
            raise _no_interval(self)

    def interval(self, measure: Statistic) -> Estimate:
        """Return the value of a statistic whose rows are these clusters, with its interval; see `intervals`."""
        return self.intervals([measure])[0]

    def intervals(self, measures: Sequence[Statistic]) -> list[Estimate]:
        """Return the value of each statistic with its interval, drawing clusters once for all with the same clusters.

        Clusters without a pairable rating are not drawn.

        Raises:
            UsageError: Nothing is to be drawn.
        """
        if self.resamples < 1:
            raise _no_interval(self)
        rests_on = [measure.terms.any(axis=1) for measure in measures]
        draws: list[list[FloatArray]] = [[] for _ in measures]
        alike: dict[bytes, list[int]] = {}
        for at, there in enumerate(rests_on):
            alike.setdefault(there.tobytes(), []).append(at)
        for members in alike.values():
            there = rests_on[members[0]]
            for weights in self._lots(int(there.sum())):
                for at in members:
                    draws[at].append(measures[at].values(weights @ measures[at].terms[there]))
        return [
            self._estimate(replace(measure, terms=measure.terms[there]), np.concatenate(drawn))
            for measure, there, drawn in zip(measures, rests_on, draws, strict=True)
        ]

    def weights(self, clusters: int) -> Iterator[IntArray]:
        """Draw clusters for the scores of a model.

        Yields:
            How often each cluster is drawn, shape (some draws, clusters), `resamples` draws in all; nothing for a
            single cluster, which says nothing about how clusters differ.
        """
        if clusters < 2:
            return
        rng, share, step = np.random.default_rng(self.seed), np.full(clusters, 1.0 / clusters), _WEIGHTS // clusters
        for start in range(0, self.resamples, max(1, step)):
            yield rng.multinomial(clusters, share, size=min(max(1, step), self.resamples - start))

    def _lots(self, clusters: int) -> Iterator[FloatArray]:
        """Draw clusters for coefficients: the same distribution as `weights`, from other random numbers."""
        random = np.random.default_rng(self.seed)
        step = max(1, _CELLS // max(clusters, 1))
        for start in range(0, self.resamples, step):
            rows = min(step, self.resamples - start)
            drawn = random.integers(0, max(clusters, 1), size=(rows, clusters))
            cells = drawn + np.arange(rows)[:, None] * clusters
            counted = np.bincount(cells.reshape(-1), minlength=rows * clusters)
            yield counted.reshape(rows, clusters).astype(np.float64)

    def _estimate(self, measure: Statistic, draws: FloatArray) -> Estimate:
        clusters, total = len(measure.terms), measure.terms.sum(axis=0, keepdims=True)
        draws = draws[~np.isnan(draws)]
        value = float(measure.values(total)[0])
        known, reason = None if np.isnan(value) else value, self._reason(clusters, len(draws))
        if known is None or clusters < 2 or len(draws) < 2:
            return Estimate(value=known, n=clusters, reason=reason)
        least = measure.least()
        share = 0.5 if math.isinf(least) else (value - least) / (1 - least)
        if not _EDGE < share < 1 - _EDGE:
            low, high = exact(share > 0.5, measure.witnesses(), least, self.confidence)
            return Estimate(value=known, low=low, high=high, n=clusters, method="exact")
        error = float(draws.std()) * math.sqrt(clusters / (clusters - 1))
        if error < _EDGE:
            return Estimate(value=known, n=clusters, reason=reason)
        left_out = measure.values(total - measure.terms)
        left_out = left_out[~np.isnan(left_out)]
        freedom = _freedom(left_out.mean() - left_out if left_out.size else left_out)
        low, high = student(value, error, freedom, least, self.confidence)
        return Estimate(value=known, low=low, high=high, n=clusters, method="student")

    def _reason(self, clusters: int, defined: int) -> str:
        """Return why there are no bounds, where there are none."""
        if clusters < 2:
            return f"{clusters} article{'' if clusters == 1 else 's'} cannot show how far it varies"
        if defined < 2:
            return f"it is defined in {defined} of {self.resamples:,} resamples"
        return f"all {clusters:,} articles give the same, which does not show how far it varies"


def _no_interval(asked: Resampling) -> UsageError:
    return UsageError(f"{asked.resamples} resamples at confidence {asked.confidence} give no interval")


def percentile(value: FloatArray | float, draws: FloatArray, *, n: int | None = None) -> Estimate:
    """Return a score with the 2.5th and 97.5th percentile of its resampled values, rounded to six decimals.

    Args:
        value: The score on the rows as they are; NaN where it is undefined.
        draws: The score of each resample, shape (resamples,); NaN ones are left out.
        n: How many rows the score rests on.

    Example:
        >>> str(percentile(0.8, np.array([0.7, 0.75, 0.8, 0.85, 0.9])))
        '0.80 (0.70 to 0.90)'
    """
    defined = draws[~np.isnan(draws)]
    known = plain(value)
    reason = "it is undefined on these rows" if known is None else None
    if not len(defined):
        return Estimate(value=known, n=n, reason=reason or "there are no resamples to show how far it varies")
    low, high = np.percentile(defined, [2.5, 97.5])
    return Estimate(value=known, low=plain(low), high=plain(high), n=n, method="percentile", reason=reason)


def plain(value: FloatArray | float) -> float | None:
    """Return a number as JSON can hold it: six decimals, None for NaN."""
    number = float(value)
    return None if np.isnan(number) else round(number, 6)


def student(value: float, error: float, freedom: float, least: float, confidence: float) -> tuple[float, float]:
    """Return value ± t · error on the scale of ln((x − least) / (1 − x)), where bounds cannot be crossed.

    A coefficient near its least value or near 1 has a skewed distribution, and its standard error is small where the
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
    """Return the bounds if all clusters agree fully, or none does at all, and resampling shows no spread.

    Clopper & Pearson's (1934, Biometrika 26:404) for n of n, where each cluster counts as one trial however many
    sentences it has: with 30 articles that all agree, the lower bound of percent agreement is .025^(1/30) = .88.

    Args:
        at_top: Whether all agree.
        witnesses: Clusters that could have shown the contrary; with none, everything is possible.
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
    """Return the degrees of freedom of the clusters' variance: K − 1, fewer if a few of them make most of it.

    The variance of a variance is σ⁴ (κ − 1) / K with κ the kurtosis, that of a χ² with ν degrees 2 σ⁴ / ν, so that
    ν = 2 K / (κ − 1) (Satterthwaite 1946, Biometrics Bulletin 2:110). A label that only a few articles hold has few
    degrees of freedom.

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
) -> Estimate:
    """Measure agreement with a confidence interval, by bootstrap over clusters of units.

    Args:
        ratings: 2-D array-like of shape (annotators, units), None and NaN missing; or `Ratings`.
        clusters: Cluster of each unit, such as its article; by default every unit is its own.
        name: The coefficient; all but "light", and "cohen" and "scott" for two annotators.
        level: What the values are.
        weights: Weights between categories.
        positive: The value that positive and negative agreement are about.
        seed: Seed of the draws.
        resamples: How many draws.
        confidence: Nominal coverage, in (0, 1).

    Returns:
        The coefficient and its bounds; `n` counts the units with at least two ratings, and `reason` says why there is
        no value or no bounds.

    Raises:
        UsageError: There is no such coefficient, or as many clusters as units are needed.
        InvalidInput: The ratings do not fit the level.

    Example:
        Two people on twelve sentences of four articles, who differ on the second and the eighth:

        >>> ada = [1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]
        >>> ben = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        >>> articles = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
        >>> str(interval([ada, ben], articles, seed=0))
        '0.64 (-0.04 to 0.94)'
    """
    coded = ratings if isinstance(ratings, Ratings) else Ratings.of(ratings, level=level)
    groups = cluster_numbers(range(coded.n_units) if clusters is None else clusters)
    if groups.size != coded.n_units:
        raise UsageError(f"{groups.size} clusters are given for {coded.n_units} units")
    measure = statistic(coded, groups, name, level=level, weights=weights, positive=positive)
    drawn = Resampling(resamples, seed, confidence).interval(measure)
    return bounded(describe(measure, coded, level=level), drawn)


def bounded(found: Coefficient, drawn: Estimate) -> Estimate:
    """Return a coefficient with the bounds that `Resampling.interval` found for its statistic."""
    return replace(drawn, value=found.value, n=found.n_units, reason=found.reason or drawn.reason)


def cluster_numbers(names: Sequence[Hashable], *, by_name: bool = False) -> IntArray:
    """Return the number of each unit's cluster, shape (units,).

    Args:
        names: Cluster of each unit.
        by_name: Number clusters in the order of their names, which must be sortable; default: in the order of their
            first unit.
    """
    order: Any = sorted(set(names)) if by_name else dict.fromkeys(names)
    number = {name: at for at, name in enumerate(order)}
    return np.array([number[name] for name in names], dtype=np.int64)
