"""Chance-corrected agreement between any number of annotators, and what each number rests on.

`coefficient` returns the full record: value, observed and expected agreement, how many units, annotators and
pairable ratings it rests on, and why it is undefined where it is. The short functions return its value as a float,
NaN where it is undefined. All take ratings as a 2-D array-like of shape (annotators, units), None and NaN missing.
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


@record
class Coefficient:
    """One coefficient and what it rests on.

    Attributes:
        name: One of `COEFFICIENTS`.
        level: What the values were taken to be.
        value: 1 is full agreement, 0 what chance would give, below 0 less than that; None where undefined.
        observed: Observed agreement; for α 1 − observed disagreement, which on scales can be below 0.
        expected: Agreement expected by chance, likewise; 0 for percent, positive and negative agreement.
        n_units: Units with at least two ratings.
        n_annotators: Annotators with at least one pairable rating.
        n_pairable: Ratings in units with at least two.
        reason: Why the value is None.
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
    """Measure agreement.

    Args:
        ratings: 2-D array-like of shape (annotators, units), None and NaN missing; or `Ratings`.
        name: "alpha"; "percent", "positive" and "negative" agreement; "cohen" (two annotators; of more, the mean
            observed against the mean expected agreement of all pairs, Hubert 1977), "cohen_max" (the largest κ that the
            annotators' distributions allow), "light" (the mean of the pairs' κ, Light 1971), "scott" (of more than two,
            Fleiss'), "fleiss", "ac1", "ac2" (give weights), "bennett" (of more than two, Randolph's).
        level: What the values are; only α knows others than nominal.
        weights: "identity", "linear" or "quadratic", for cohen, light, scott, fleiss, ac2 and bennett.
        categories: All values there can be, in rank order; by default those that occur. AC1, AC2 and S depend on it.
        positive: The value that positive and negative agreement are about.

    Raises:
        InvalidInput: The ratings are no table or do not fit the level.
        UsageError: There is no such coefficient, level or weights.
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
    """Return a coefficient's sums over clusters of units, ready to evaluate or to resample.

    Args:
        ratings: The ratings; exactly two annotators for "cohen" and "scott".
        groups: Cluster of each unit, shape (units,).
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
    """Evaluate a statistic over all of its clusters and say what it rests on."""
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
        return "no unit has two ratings"
    given = np.unique(ratings.code[pairable])
    if name in ("positive", "negative"):
        return "nobody gave the value that it is about"
    if len(given) == 1:
        return f"every pairable rating is {ratings.values[given[0]]!r}: without variation there is nothing to agree on"
    return "chance alone explains full agreement"


def alpha(ratings: Any, level: Level = "nominal", *, categories: Sequence[Hashable] | None = None) -> float:
    """Return Krippendorff's α, NaN where undefined (`coefficient` says why).

    Args:
        ratings: 2-D array-like of shape (annotators, units), None and NaN missing; for "jaccard" and "masi" a rating is
            a frozenset or tuple of labels.
        level: "nominal", "ordinal", "interval", "ratio", "jaccard" or "masi".
        categories: All values in rank order, needed for ordinal words.

    Examples:
        >>> round(alpha([[1, 2, 3, 3, 2, 1, 4, 1, 2, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5]]), 3)
        0.852
    """
    return float(coefficient(ratings, "alpha", level=level, categories=categories))
