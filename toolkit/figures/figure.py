"""A casualty figure in numbers."""

from __future__ import annotations

from typing import Literal

from toolkit.records.base import record

Qualifier = Literal["exact", "at_least", "more_than", "up_to", "about", "range", "vague"]


@record
class Figure:
    """The numbers that a phrase states, as an interval of people.

    "at least 14" is low 14; "more than 6,000" low 6000, open; "up to 30" high 30; "fewer than 30" high 30, open;
    "between 30 and 40" low 30, high 40; "about 30" low 30, high 30 with the qualifier to say that neither is firm;
    "14" low 14, high 14, best 14; "no" zero three times. A vague word ("dozens") has no numbers.

    Attributes:
        low: Lower bound; None where the phrase sets none.
        low_open: The lower bound itself is excluded.
        high: Upper bound; None where the phrase sets none.
        high_open: The upper bound itself is excluded.
        best: The number of an exact figure; None for every other.
        qualifier: How the number is qualified.
        magnitude: The number that a vague word is built on ("dozens" 12, "tens of thousands" 10,000); None for a
            word that is built on none ("several"), and for every figure that is not vague.
    """

    low: int | None = None
    low_open: bool = False
    high: int | None = None
    high_open: bool = False
    best: int | None = None
    qualifier: Qualifier
    magnitude: int | None = None

    def __post_init__(self) -> None:
        """Check that the interval is one."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")


@record
class Found:
    """A figure in a sentence.

    Attributes:
        start: First code point of the number words and what qualifies them.
        end: One past the last.
        text: The words, `sentence[start:end]`.
        figure: What they say.
    """

    start: int
    end: int
    text: str
    figure: Figure


def acled_minimum(figure: Figure) -> int | None:
    """Return the most conservative count of people: the lower bound, and 12 for "dozens", 100 for "hundreds".

    ACLED's rule for vague reports ("tens" 10, "dozens" 12, "hundreds" 100), for exports only: the annotation keeps
    the word. None where the phrase sets no lower bound.

    Source: ACLED, frequently asked questions about fatality counts.
    """
    if figure.low is not None:
        return figure.low + 1 if figure.low_open else figure.low
    return figure.magnitude


def fields_of(figure: Figure) -> dict[str, int | bool | str]:
    """Return the figure as fields of a span: what it sets and nothing else; an open bound only where it is open."""
    fields: dict[str, int | bool | str] = {}
    if figure.low is not None:
        fields["low"] = figure.low
    if figure.low_open:
        fields["low_open"] = True
    if figure.high is not None:
        fields["high"] = figure.high
    if figure.high_open:
        fields["high_open"] = True
    return {**fields, "qualifier": figure.qualifier}
