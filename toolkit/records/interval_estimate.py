"""A number with its uncertainty: the one record for every value that has an interval."""

from __future__ import annotations

from toolkit.records.base import record


@record
class Estimate:
    """A value with its 95 % confidence interval.

    Attributes:
        value: None where it is undefined, such as the precision of a label that was never given.
        low: Lower bound; None where no honest bound can be given.
        high: Upper bound.
        n: How many units the value rests on (sentences, pairs of answers, spans, …); None where that is said beside it.
        method: How the bounds were made: "wilson", "student", "exact", "inverted", "percentile", or "none" without
            bounds.
        reason: Why the value, or its interval, is None; None otherwise.

    Examples:
        >>> str(Estimate(value=0.8, low=0.71, high=0.87, n=120, method="wilson"))
        '0.80 (0.71 to 0.87)'
        >>> str(Estimate(value=None, reason="no sentence has been answered by two people yet"))
        '–'
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    method: str = "none"
    reason: str | None = None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The bounds, (low, high)."""
        return self.low, self.high

    def __float__(self) -> float:
        """Return the value alone; NaN where there is none."""
        return float("nan") if self.value is None else float(self.value)

    def __round__(self, digits: int) -> float:
        """Return the value alone, rounded."""
        return round(float(self), digits)

    def __str__(self) -> str:
        """Return "0.80 (0.71 to 0.87)", without the bounds where there are none, and a dash without a value."""
        if self.value is None:
            return "–"
        if self.low is None or self.high is None:
            return f"{self.value:z.2f}"
        return f"{self.value:z.2f} ({self.low:z.2f} to {self.high:z.2f})"
