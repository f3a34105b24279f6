"""One row of a report: every coefficient on one question, with its interval."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from toolkit.agreement.coefficient import Coefficient, Name, describe, statistic
from toolkit.agreement.interval import Interval, Resampling
from toolkit.agreement.ratings import SET_LEVELS, IntArray, Level, Ratings
from toolkit.agreement.report import Estimate, Row
from toolkit.agreement.statistic import Statistic, prevalence


@dataclass(frozen=True, slots=True)
class Measurer:
    """Makes rows that share their draws of articles.

    Attributes:
        resampling: How intervals are drawn.
    """

    resampling: Resampling

    def row(
        self,
        kind: str,
        name: str,
        ratings: Ratings,
        groups: IntArray,
        *,
        level: Level = "nominal",
        positive: Hashable | None = None,
    ) -> Row:
        """Measure agreement on one question.

        Args:
            kind: As `Row.kind`.
            name: As `Row.name`.
            ratings: The ratings.
            groups: Article number of each unit, shape (units,).
            level: What α takes the values to be; percent agreement is always exact equality.
            positive: The value that positive agreement is about; None for none.
        """
        names: list[Name] = ["percent", "alpha"]
        if positive is not None:
            names += ["positive", "negative"]
        if level not in SET_LEVELS:
            names.append("ac1")
        measures = [statistic(ratings, groups, each, level=level, positive=positive) for each in names]
        found = dict(zip(names, (describe(each, ratings) for each in measures), strict=True))
        intervals = dict(zip(names, self.resampling.intervals(measures), strict=True))
        shown = {each: _estimate(found[each], intervals[each]) for each in names}
        whole, share = found["percent"], Estimate(value=None)
        if positive is not None:
            share = self.estimate(prevalence(ratings, groups, value=positive), "nobody answered")
        return Row(
            kind=kind,
            name=name,
            level=level,
            n_units=whole.n_units,
            n_annotators=whole.n_annotators,
            n_pairable=whole.n_pairable,
            n_articles=intervals["percent"].clusters,
            prevalence=share.value,
            prevalence_low=share.low,
            prevalence_high=share.high,
            percent=shown["percent"],
            positive=shown.get("positive"),
            negative=shown.get("negative"),
            alpha=shown["alpha"],
            ac1=shown.get("ac1"),
        )

    def estimate(self, measure: Statistic, reason: str) -> Estimate:
        """Measure a statistic that is no coefficient of ratings.

        Args:
            measure: The statistic.
            reason: Why it is undefined, where it is.
        """
        value = float(measure.values(measure.terms.sum(axis=0, keepdims=True))[0])
        if np.isnan(value):
            return Estimate(value=None, reason=reason)
        found = self.resampling.interval(measure)
        return Estimate(value=value, low=found.low, high=found.high, method=found.method, reason=found.reason)


def _estimate(found: Coefficient, interval: Interval) -> Estimate:
    reason = found.reason or interval.reason
    return Estimate(value=found.value, low=interval.low, high=interval.high, method=interval.method, reason=reason)
