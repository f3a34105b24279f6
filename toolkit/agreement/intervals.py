"""Confidence intervals over stories: all of the toolkit's are made here, by one rule.

The sentences of a story are not independent. How much that matters is measured by the inflation of a value's variance:
what the stories' sums show, over what independent sentences would show. A handful of stories tell little about it, so
that the measured inflation is moderated by a prior worth eight more stories, as variances of few samples are (Smyth, G.
K. (2004). Linear models and empirical Bayes methods. Stat Appl Genet Mol Biol 3:3), and the degrees of freedom of both
are added. Of a share the prior expects more, the more of its sentences a story has and the more they vary. Where
stories differ by more than independent sentences would, it gives way.

- A share (accuracy, precision, recall, F1, a coefficient of agreement on its scale from the least possible value to 1)
  gets Wilson's interval for as many independent sentences as tell the same: inside its ends, never of no width.
- Where nothing speaks against a share of 0 or 1, Clopper & Pearson's one-sided bound stands in its place.
- A difference gets Student's interval.

Nothing is drawn by chance. scripts/bench/coverage.py measures how often nominal 95 % intervals hold the truth; the
table is in docs/explanation/intervals.md.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from toolkit.agreement.coefficients import Coefficient, Name, describe, statistic
from toolkit.agreement.ratings import FloatArray, IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic, Weights
from toolkit.errors import UsageError
from toolkit.records import Estimate

_PRIOR = 0.9  # inflation that is expected before any story is seen; of a share:
_ALONE = 0.75  # … where a story holds next to nothing that varies,
_BETWEEN = 0.1  # … and more by this variance between stories, in log-odds,
_MOST = 2.0  # … up to so much,
_WORTH = 8.0  # … as firmly as if this many stories had shown it
_AT_AN_END = 1.5  # inflation where nothing varies, so that nothing can be measured
_EDGE = 1e-9  # of the scale: nearer than this to an end is at it
_STEP = 1e-4  # of a unit's weight, to see how it moves a value
_CELLS = 1 << 21  # numbers held at once while that is done
_MANY = 2000  # units from which on looking for equal ones costs less than asking each

ENOUGH = 5
"""Sentences (or pairs, spans, …) that an interval rests on, at least: fewer tell nothing."""


class Bounds(NamedTuple):
    """Lower and upper bounds, each of shape (…)."""

    low: FloatArray
    high: FloatArray


class Inflation(NamedTuple):
    """The growth of a value's variance over that of independent sentences, each of shape (…).

    Attributes:
        factor: The variance, divided by that of independent sentences.
        freedom: Degrees of freedom of the factor.
    """

    factor: FloatArray
    freedom: FloatArray


def inflation(own: ArrayLike, stories: ArrayLike, share: ArrayLike, varied: ArrayLike | None = None) -> Inflation:
    """Measure how much stories inflate a variance, and moderate it.

    The stories' sums are corrected for their leverage as in CR2, and their degrees of freedom are those of Bell &
    McCaffrey (2002, Survey Methodology 28:169) for a mean.

    Args:
        own: Variance if sentences were independent: the sum of their squared influences, shape (…).
        stories: Influence of each story: the sum of its sentences', shape (…, stories).
        share: Part of what the value rests on that is in each story, shape (…, stories).
        varied: Of a share p of n sentences, n · p · (1 − p): stories inflate its variance by about their own variance
            times what each holds of this. None where the value is not a share.
    """
    alone, sums, part = (np.asarray(each, dtype=np.float64) for each in (own, stories, share))
    left = np.maximum(1.0 - part, 1e-9)
    weight = part**2 / left
    spread = (part**2).sum(axis=-1) + weight.sum(axis=-1) ** 2 - (weight**2).sum(axis=-1)
    told = (alone > 1e-15) & (part.max(axis=-1, initial=0.0) < 1 - _EDGE) & (spread > 0)
    freedom = np.where(told, 1.0 / np.where(told, spread, 1.0), 0.0)
    factor = np.where(told, (sums**2 / left).sum(axis=-1) / np.where(told, alone, 1.0), 0.0)
    held = None if varied is None else np.asarray(varied) * (part**2).sum(axis=-1)
    prior = _PRIOR if held is None else np.clip(_ALONE + _BETWEEN * held, _ALONE, _MOST)
    worth = _WORTH / np.maximum(factor, 1.0) ** 2
    return Inflation((freedom * factor + worth * prior) / (freedom + worth), freedom + worth)


def independent(share: ArrayLike, own: ArrayLike, sentences: ArrayLike) -> FloatArray:
    """Return how many independent sentences would tell a share as well, each argument of shape (…).

    Near an end few sentences vary, and may miss what the next would show. So the share is that with one sentence more
    for and one against it, and the variance that they add is added.

    Args:
        share: The share.
        own: Its variance if sentences were independent: the sum of their squared influences.
        sentences: How many it rests on.
    """
    value, n = np.asarray(share, dtype=np.float64), np.maximum(np.asarray(sentences, dtype=np.float64), _EDGE)
    even = (value * n + 1) / (n + 2)
    missed = np.maximum(even * (1 - even) - value * (1 - value), 0.0) / n
    return np.asarray(even * (1 - even) / np.maximum(own + missed, _EDGE**2))


def wilson(share: ArrayLike, sentences: ArrayLike, freedom: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return the bounds of a share of effectively so many independent sentences, each argument of shape (…).

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22:209; with
    Student's quantile, as the variance is measured.

    Example:
        >>> low, high = wilson(0.8, 20, 1e6)
        >>> round(float(low), 2), round(float(high), 2)
        (0.58, 0.92)
    """
    value, n = np.asarray(share, dtype=np.float64), np.maximum(np.asarray(sentences, dtype=np.float64), _EDGE)
    square = _quantile(freedom, confidence) ** 2 / n
    centre = (value + square / 2) / (1 + square)
    reach = np.sqrt(np.maximum(value * (1 - value), 0.0) * square + square**2 / 4) / (1 + square)
    return Bounds(np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0))


def student(value: ArrayLike, variance: ArrayLike, freedom: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return value ± t · √variance, each argument of shape (…)."""
    centre, reach = np.asarray(value, dtype=np.float64), _quantile(freedom, confidence) * np.sqrt(variance)
    return Bounds(centre - reach, centre + reach)


def proportion(hits: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return the bounds of the share of hits among trials that come in stories.

    Args:
        hits: Of each story, shape (…, stories).
        trials: Of each story, shape (…, stories).
        confidence: Nominal coverage.

    Returns:
        Bounds of shape (…); NaN where fewer than `ENOUGH` trials or only one story can tell.

    Example:
        Six of six by three stories:

        >>> low, high = proportion([2, 2, 2], [2, 2, 2])
        >>> round(float(low), 2), float(high)
        (0.4, 1.0)
    """
    found, tried = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    total = tried.sum(axis=-1)
    n = np.maximum(total, 1.0)
    value = found.sum(axis=-1) / n
    own = value * (1 - value) / n
    moved = (found - value[..., None] * tried) / n[..., None]
    factor, freedom = inflation(own, moved, tried / n[..., None], n * value * (1 - value))
    inside = wilson(value, n / factor, freedom, confidence)
    return enough(at_ends(value, n, inside, confidence), total, (tried > 0).sum(axis=-1))


def at_ends(value: ArrayLike, sentences: ArrayLike, inside: Bounds, confidence: float = 0.95) -> Bounds:
    """Put Clopper & Pearson's (1934, Biometrika 26:404) bound where a share is 0 or 1, and resolves nothing more."""
    share, n = np.asarray(value, dtype=np.float64), np.maximum(np.asarray(sentences, dtype=np.float64), _EDGE)
    least = ((1 - confidence) / 2) ** (_AT_AN_END / n)
    top, bottom = share > 1 - _EDGE, share < _EDGE
    return Bounds(
        np.where(top, least, np.where(bottom, 0.0, inside.low)),
        np.where(bottom, 1 - least, np.where(top, 1.0, inside.high)),
    )


def enough(bounds: Bounds, sentences: ArrayLike, stories: ArrayLike, least: float = ENOUGH) -> Bounds:
    """Return NaN for bounds that rest on too little, see `too_few`; each argument of shape (…)."""
    honest = (np.asarray(sentences) >= least) & (np.asarray(stories) > 1)
    return Bounds(np.where(honest, bounds.low, np.nan), np.where(honest, bounds.high, np.nan))


def too_few(sentences: float, stories: int, least: float = ENOUGH, *, of: str = "story", what: str = "row") -> str:
    """Say why an interval is not given: "too few stories (1)", or "too few rows (3 of at least 5)".

    Args:
        sentences: What the value rests on.
        stories: In how many stories.
        least: How much it must rest on.
        of: What a story is called.
        what: What a sentence is called.
    """
    if stories < 2:
        return f"too few {of.removesuffix('y') + 'ies' if of.endswith('y') else of + 's'} ({stories}) for an interval"
    return f"too few {what}s ({sentences:g}, at least {least:g} are needed) for an interval"


def estimate(
    value: ArrayLike, bounds: Bounds, *, n: int | None = None, method: str = "wilson", reason: str | None = None
) -> Estimate:
    """Return a single value with its bounds, rounded to six decimals; the value lies within them.

    Args:
        value: NaN where it is undefined.
        bounds: NaN where there are none.
        n: How many sentences it rests on.
        method: How they were made.
        reason: Why there are none, where there are none.
    """
    known, low, high = plain(value), plain(bounds.low), plain(bounds.high)
    if known is None:
        return Estimate(value=None, n=n, reason="it is undefined on these rows")
    if low is None or high is None:
        return Estimate(value=known, n=n, reason=reason or "too few stories for an interval")
    return Estimate(value=known, low=min(low, known), high=max(high, known), n=n, method=method)


def plain(value: ArrayLike) -> float | None:
    """Return a number as JSON can hold it: six decimals, None for NaN."""
    number = float(np.asarray(value))
    return None if math.isnan(number) else round(number, 6)


def over_stories(measure: Statistic, groups: IntArray, confidence: float = 0.95) -> Estimate:
    """Return the value of a statistic, with its interval over clusters of its units.

    Args:
        measure: Its rows of terms are units.
        groups: Cluster of each unit, shape (units,).
        confidence: Nominal coverage.

    Returns:
        The value and its bounds; `n` counts the clusters with a pairable rating.
    """
    if not groups.size:
        return Estimate(value=None, n=0)
    there = measure.terms.any(axis=1)
    terms, clusters = measure.terms[there], cluster_numbers(groups[there].tolist())
    total, stories = terms.sum(axis=0, keepdims=True), int(clusters.max(initial=-1)) + 1
    value = float(measure.values(total)[0])
    known = None if math.isnan(value) else value
    if not stories:
        return Estimate(value=None, n=0)
    exposed = np.ones(len(terms)) if measure.exposed is None else measure.exposed(terms)
    rests_on = float(exposed.sum())
    if known is None or stories < 2 or rests_on < ENOUGH:
        reason = too_few(rests_on, stories, of="article", what="answer")
        return Estimate(value=known, n=stories, reason=None if known is None else reason)
    moves = _influence(measure, terms, total)
    own, sums = float((moves**2).sum()), np.bincount(clusters, moves, minlength=stories)
    part = np.bincount(clusters, exposed, minlength=stories) / rests_on
    least = measure.least()
    if math.isinf(least):
        factor, freedom = inflation(own, sums, part)
        if own < 1e-15:
            reason = f"all {stories:,} articles give the same, which does not show how far it varies"
            return Estimate(value=known, n=stories, reason=reason)
        low, high = student(value, own * factor, freedom, confidence)
        return Estimate(value=known, low=float(low), high=float(high), n=stories, method="student")
    width = 1 - least
    share = (value - least) / width
    factor, freedom = inflation(own, sums, part, rests_on * share * (1 - share))
    inside = wilson(share, independent(share, own / width**2, rests_on) / factor, freedom, confidence)
    low, high = at_ends(share, rests_on, inside, confidence)
    method = "wilson" if _EDGE < share < 1 - _EDGE else "exact"
    return Estimate(
        value=known, low=float(least + width * low), high=float(least + width * high), n=stories, method=method
    )


def _influence(measure: Statistic, terms: FloatArray, total: FloatArray) -> FloatArray:
    """Return how a bit more of each unit moves a statistic, shape (units,); of many, equal units are asked once."""
    if len(terms) < _MANY:
        kinds, which = terms, np.arange(len(terms))
    else:
        kinds, which = np.unique(terms, axis=0, return_inverse=True)
    moved = []
    step = max(1, _CELLS // max(terms.shape[1], 1))
    for start in range(0, len(kinds), step):
        nudge = _STEP * kinds[start : start + step]
        moved.append((measure.values(total + nudge) - measure.values(total - nudge)) / (2 * _STEP))
    return np.asarray(np.nan_to_num(np.concatenate(moved))[which.reshape(-1)])


def _quantile(freedom: ArrayLike, confidence: float) -> FloatArray:
    from scipy.special import stdtrit  # a light part of scipy, needed here only

    return np.asarray(stdtrit(np.asarray(freedom, dtype=np.float64), (1 + confidence) / 2))


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


def interval(
    ratings: Any,
    clusters: Sequence[Hashable] | None = None,
    name: Name = "alpha",
    *,
    level: Level = "nominal",
    weights: Weights = "identity",
    positive: Hashable = True,
    confidence: float = 0.95,
) -> Estimate:
    """Measure agreement with a confidence interval over clusters of units.

    Args:
        ratings: 2-D array-like of shape (annotators, units), None and NaN missing; or `Ratings`.
        clusters: Cluster of each unit, such as its article; by default every unit is its own.
        name: The coefficient; all but "light", and "cohen" and "scott" for two annotators.
        level: What the values are.
        weights: Weights between categories.
        positive: The value that positive and negative agreement are about.
        confidence: Nominal coverage, in (0, 1).

    Returns:
        The coefficient and its bounds; `n` counts the units with at least two ratings, and `reason` says why there is
        no value or no bounds.

    Raises:
        UsageError: There is no such coefficient or confidence, or as many clusters as units are needed.
        InvalidInput: The ratings do not fit the level.

    Example:
        Two people on twelve sentences of four articles, who differ on the second and the eighth:

        >>> ada = [1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]
        >>> ben = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        >>> articles = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
        >>> str(interval([ada, ben], articles))
        '0.64 (0.14 to 0.90)'
    """
    if not 0 < confidence < 1:
        raise UsageError(f"there is no confidence {confidence}", remedy="give one between 0 and 1, such as 0.95")
    coded = ratings if isinstance(ratings, Ratings) else Ratings.of(ratings, level=level)
    groups = cluster_numbers(range(coded.n_units) if clusters is None else clusters)
    if groups.size != coded.n_units:
        raise UsageError(f"{groups.size} clusters are given for {coded.n_units} units")
    units = np.arange(coded.n_units)
    measure = statistic(coded, units, name, level=level, weights=weights, positive=positive)
    return bounded(describe(measure, coded, level=level), over_stories(measure, groups, confidence))


def bounded(found: Coefficient, drawn: Estimate) -> Estimate:
    """Return a coefficient with the bounds that `over_stories` found for its statistic."""
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
