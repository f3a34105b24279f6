"""Chance-corrected agreement between any number of annotators.

`coefficient` returns the full record: value, observed and expected agreement, how many units, annotators and pairable
ratings these rest on, and why there is no value where there is none. `alpha` returns the value alone, NaN where it is
undefined. Both take ratings as a 2-D array-like of shape (annotators, units) in which None and NaN are missing.

Symbols: a *unit* is what is rated, such as a sentence. A rating is *pairable* if its unit has at least two. Observed
agreement A_o is that of pairs of ratings within units, expected agreement A_e that of pairs drawn at random, and every
coefficient is (A_o − A_e) / (1 − A_e): 1 is full agreement, 0 is chance, and below 0 people disagree more than chance
would. Coefficients differ in what they take chance to be.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np

from toolkit.agreement.ratings import IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic, Weights, cohen, krippendorff, multi_annotator, percent, specific
from toolkit.errors import UsageError
from toolkit.records.base import record

Name = Literal[
    "alpha",
    "percent",
    "positive",
    "negative",
    "cohen",
    "cohen_max",
    "light",
    "scott",
    "fleiss",
    "ac1",
    "ac2",
    "bennett",
]
COEFFICIENTS: tuple[Name, ...] = get_args(Name)
"""Every name that `coefficient` takes."""


@record
class Coefficient:
    """A coefficient and what it rests on; `float(found)` is its value, NaN where it is undefined.

    Attributes:
        name: One of `COEFFICIENTS`.
        level: What the values were taken to be.
        value: 1 is full agreement, 0 is chance, below 0 is less than chance; None where it is undefined.
        observed: Observed agreement A_o; for α this is 1 − observed disagreement, which on scales can be below 0.
        expected: Agreement A_e that chance would give, likewise; 0 for percent, positive and negative agreement.
        n_units: Units with at least two ratings.
        n_annotators: Annotators with at least one pairable rating.
        n_pairable: Ratings in units with at least two.
        reason: Why the value is None; None otherwise.
    """

    name: Name
    level: Level = "nominal"
    value: float | None
    observed: float | None
    expected: float | None
    n_units: int
    n_annotators: int
    n_pairable: int
    reason: str | None = None

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value


def coefficient(
    ratings: Any,
    name: Name = "alpha",
    *,
    level: Level = "nominal",
    weights: Weights = "identity",
    categories: Sequence[Hashable] | None = None,
    positive: Hashable = True,
) -> Coefficient:
    """Measure agreement between annotators.

    Args:
        ratings: 2-D array-like of shape (annotators, units): a list of rows, a NumPy array or a table of pandas or
            polars. None, NaN and masked cells are missing. Or `Ratings`, which are coded already.
        name: Which coefficient:

            - "alpha": Krippendorff's α. Any number of annotators, missing ratings, every level. The default.
            - "percent": the share of agreeing pairs, not corrected for chance.
            - "positive", "negative": the chance that a second annotator says `positive` (or does not), given that a
              first one does (Cicchetti & Feinstein 1990).
            - "cohen": Cohen's κ of two annotators; of more, the mean observed against the mean expected agreement of
              all pairs (Hubert 1977). "cohen_max": the largest κ that the annotators' distributions allow.
            - "light": the mean κ of all pairs (Light 1971).
            - "scott": Scott's π of two annotators; of more, the same as "fleiss".
            - "fleiss": Fleiss' κ.
            - "ac1", "ac2": Gwet's AC1, which does not fall where one answer is very common; AC2 with `weights`.
            - "bennett": Bennett's S of two annotators, Randolph's κ of more.
        level: What the values are: "nominal" (names), "ordinal" (ranks), "interval" (positions), "ratio" (amounts),
            "jaccard" or "masi" (sets of labels). Only α knows other levels than nominal.
        weights: How near two categories count as agreeing: "identity", "linear" or "quadratic" in their ranks. For
            cohen, light, scott, fleiss, ac2 and bennett.
        categories: All values that there can be, in rank order; default: those that occur, sorted. AC1, AC2 and S
            depend on how many there are.
        positive: The value that "positive" and "negative" are about.

    Returns:
        The coefficient and what it rests on. The value is None where it is undefined, and `reason` says why.

    Raises:
        InvalidInput: The ratings are not a table, or do not fit the level.
        UsageError: There is no such coefficient, level or weights.

    Example:
        The ten units and two coders of Krippendorff (1980), who agree on six:

        >>> meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
        >>> owen = [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
        >>> found = coefficient([meg, owen])
        >>> round(found.value, 3), round(found.observed, 3), round(found.expected, 3), found.n_units
        (0.095, 0.6, 0.558, 10)
        >>> round(float(coefficient([meg, owen], "cohen")), 3)
        0.091

        Where nobody differs, chance and agreement can't be told apart:

        >>> coefficient([[1, 1, None], [1, 1, 1]]).reason
        'every pairable rating is 1: without variation there is nothing to agree on'
    """
    coded = ratings if isinstance(ratings, Ratings) else Ratings.of(ratings, level=level, categories=categories)
    if name in ("cohen", "cohen_max", "light", "scott"):
        return _of_pairs(coded, name, weights)
    groups = np.zeros(coded.n_units, dtype=np.int64)
    return describe(statistic(coded, groups, name, level=level, weights=weights, positive=positive), coded, level=level)


def statistic(
    ratings: Ratings,
    groups: Any,
    name: Name,
    *,
    level: Level = "nominal",
    weights: Weights = "identity",
    positive: Hashable = True,
) -> Statistic:
    """Return a coefficient's sums over clusters of units, ready to be evaluated.

    Args:
        ratings: The ratings; exactly two annotators for "cohen" and "scott".
        groups: Number of each unit's cluster, shape (units,).
        name: As for `coefficient`, but not "light".
        level: What the values are.
        weights: Weights between categories.
        positive: The value that positive and negative agreement are about.

    Raises:
        UsageError: There is no such coefficient, or it needs exactly two annotators.
    """
    if name == "alpha":
        return krippendorff(ratings, groups, level=level)
    if name == "percent":
        return percent(ratings, groups)
    if name in ("positive", "negative"):
        return specific(ratings, groups, value=positive, negative=name == "negative")
    if name in ("fleiss", "ac1", "ac2", "bennett"):
        return multi_annotator(ratings, groups, name=name, weights=weights)
    if name in ("cohen", "cohen_max", "scott") and ratings.n_annotators == 2:
        return _of_pair(ratings, groups, (0, 1), name, weights)
    remedy = f"use one of {', '.join(COEFFICIENTS)}; cohen and scott compare two annotators"
    raise UsageError(f"there is no coefficient {name!r} over {ratings.n_annotators} annotators", remedy=remedy)


def describe(measure: Statistic, ratings: Ratings, *, level: Level = "nominal") -> Coefficient:
    """Evaluate a statistic over all of its clusters, and count what it rests on."""
    sums = measure.terms.sum(axis=0, keepdims=True)
    observed, expected = (float(part[0]) for part in measure.parts(sums))
    return _record(measure.name, level, ratings, observed, expected, float(measure.values(sums)[0]))


def _of_pair(ratings: Ratings, groups: IntArray, pair: tuple[int, int], name: Name, weights: Weights) -> Statistic:
    return cohen(ratings, groups, pair, weights=weights, shared=name == "scott", maximum=name == "cohen_max")


def _of_pairs(ratings: Ratings, name: Name, weights: Weights) -> Coefficient:
    groups = np.zeros(ratings.n_units, dtype=np.int64)
    if name == "scott" and ratings.n_annotators > 2:
        return describe(multi_annotator(ratings, groups, name="fleiss", weights=weights), ratings)
    pairs = [_of_pair(ratings, groups, pair, name, weights) for pair in combinations(range(ratings.n_annotators), 2)]
    pairs = [measure for measure in pairs if measure.terms[0, 1] > 0]  # those who share a unit
    parts = np.array([np.concatenate(measure.parts(measure.terms)) for measure in pairs]).reshape(-1, 2)
    if not len(parts):
        return _record(name, "nominal", ratings, np.nan, np.nan, np.nan)
    observed, expected = parts.mean(axis=0)
    if name == "light":
        value = float(np.mean([measure.values(measure.terms)[0] for measure in pairs]))
    else:
        value = float((observed - expected) / (1 - expected)) if 1 - expected > 1e-12 else np.nan
    return _record(name, "nominal", ratings, float(observed), float(expected), value)


def _record(name: str, level: Level, ratings: Ratings, observed: float, expected: float, value: float) -> Coefficient:
    per_unit = np.bincount(ratings.unit, minlength=ratings.n_units)
    pairable = per_unit[ratings.unit] > 1
    return Coefficient(
        name=name,  # type: ignore[arg-type]  # statistics are named after COEFFICIENTS
        level=level,
        value=None if np.isnan(value) else value,
        observed=None if np.isnan(observed) else observed,
        expected=None if np.isnan(expected) else expected,
        n_units=int((per_unit > 1).sum()),
        n_annotators=len(np.unique(ratings.annotator[pairable])),
        n_pairable=int(pairable.sum()),
        reason=_why(name, ratings, pairable) if np.isnan(value) else None,
    )


def _why(name: str, ratings: Ratings, pairable: Any) -> str:
    if not pairable.any():
        return "no unit has been rated by two people yet"
    given = np.unique(ratings.code[pairable])
    if name in ("positive", "negative"):
        return "nobody gave the value in question"
    if len(given) == 1:
        value = _told(ratings.values[given[0]])
        return f"every pairable rating is {value}: without variation there is nothing to agree on"
    return "chance alone explains full agreement"


def _told(value: object) -> str:
    """Return a rating in words: a name in quotes, a set as the names in it."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return " with ".join(sorted(map(repr, value))) or "empty"
    return repr(value)


def alpha(ratings: Any, level: Level = "nominal", *, categories: Sequence[Hashable] | None = None) -> float:
    """Return Krippendorff's α, NaN where it is undefined (`coefficient` says why).

    α = 1 − D_o / D_e. With m_u ratings of unit u, n pairable ratings in all and the difference δ of two values,

        D_o = 1/n Σ_u 1/(m_u − 1) Σ δ²(c, k) over ordered pairs of ratings of u
        D_e = 1/(n (n − 1)) Σ δ²(c, k) over ordered pairs of all pairable ratings

    so that any number of annotators may have rated any part of the units.

    Args:
        ratings: 2-D array-like of shape (annotators, units); None and NaN are missing. For "jaccard" and "masi" a
            rating is a frozenset, set, list or tuple of labels.
        level: What δ is: "nominal" (0 or 1), "ordinal" (how many ratings lie between two ranks), "interval" (c − k),
            "ratio" ((c − k) / (c + k)), "jaccard" (1 − |A∩B| / |A∪B|), or "masi" (Jaccard, weighted by how the sets
            lie). The distances of sets stand in place of δ², as in Passonneau (2006).
        categories: All values in rank order; needed for ordinal words.

    Raises:
        InvalidInput: The ratings are not a table, or do not fit the level.
        UsageError: There is no such level, or the ranks of words are not given.

    Example:
        >>> ratings = [[1, 2, 3, 3, 2, 1, 4, 1, 2, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5]]
        >>> round(alpha(ratings), 3)
        0.852
        >>> round(alpha(ratings, "interval"), 3)
        0.943

        Sets of labels, where one of two labels in common counts for something:

        >>> ada = [{"claim"}, {"claim", "toll"}, {"toll"}, set()]
        >>> ben = [{"claim"}, {"claim"}, {"toll"}, {"denial"}]
        >>> round(alpha([ada, ben], "masi"), 3), round(alpha([ada, ben], "jaccard"), 3)
        (0.478, 0.512)

    References:
        Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
        https://repository.upenn.edu/asc_papers/43. Passonneau, R. (2006). Measuring agreement on set-valued items
        (MASI) for semantic and pragmatic annotation. LREC.
    """
    return float(coefficient(ratings, "alpha", level=level, categories=categories))
