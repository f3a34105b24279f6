"""The record of a casualty figure in numbers, and of a figure that was found in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Qualifier = Literal["exact", "at_least", "more_than", "up_to", "about", "range", "vague"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The numbers that a phrase states, as an interval of people.

    | phrase | low | high | qualifier |
    |---|---|---|---|
    | 14 | 14 | 14 | exact |
    | no | 0 | 0 | exact |
    | at least 14 | 14 | | at_least |
    | more than 6,000 | 6000, open | | more_than |
    | up to 30 | | 30 | up_to |
    | fewer than 30 | | 30, open | up_to |
    | between 30 and 40 | 30 | 40 | range |
    | about 30 | 30 | 30 | about |
    | dozens | | | vague |

    Attributes:
        low: Lower bound in people; None for a phrase without one.
        low_open: The lower bound itself is excluded.
        high: Upper bound in people; None for a phrase without one.
        high_open: The upper bound itself is excluded.
        best: The number of an exact figure; None for any other.
        qualifier: What the words around the number say about it.
        magnitude: The number that a vague word is built on ("dozens" 12, "tens of thousands" 10,000); None for a
            word that is built on none ("several"), and for any figure that is not vague.

    Raises:
        ValueError: The lower bound is above the upper one.
    """

    low: int | None = None
    low_open: bool = False
    high: int | None = None
    high_open: bool = False
    best: int | None = None
    qualifier: Qualifier
    magnitude: int | None = None

    def __post_init__(self) -> None:
        """Check the order of the bounds."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")

    @property
    def least(self) -> int | None:
        """The lowest whole number of people that the phrase allows; None without a lower bound."""
        return None if self.low is None else self.low + self.low_open

    @property
    def most(self) -> int | None:
        """The highest whole number of people that the phrase allows; None without an upper bound."""
        return None if self.high is None else self.high - self.high_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A figure that was found in a text.

    Attributes:
        start: First code point of the number words and of the words that qualify them.
        end: One past their last code point.
        text: The words: the text from `start` to `end`.
        figure: The numbers that the words state.
        harm: What happened to the people: killed, wounded, killed_or_wounded, missing, captured or unspecified.
        party: The words that name the people, right after the figure; None where none do.
    """

    start: int
    end: int
    text: str
    figure: Figure
    harm: str = "unspecified"
    party: str | None = None


def acled_minimum(figure: Figure) -> int | None:
    """Return the most conservative count of people that a figure allows.

    It is the lower bound, one more if that bound is open, and the magnitude of a vague word: ACLED counts "tens" as 10,
    "dozens" as 12 and "hundreds" as 100. The count is for exports; an annotation keeps the words.

    Args:
        figure: Any figure.

    Returns:
        A number of people; None for a figure without a lower bound ("up to 9") and for a vague word without a number
        ("several").

    Examples:
        >>> from toolkit.figures import acled_minimum, read
        >>> [acled_minimum(read(phrase)) for phrase in ("at least 14", "more than 14", "dozens", "up to 9")]
        [14, 15, 12, None]

    Source:
        ACLED, frequently asked questions about fatality counts.
    """
    return figure.magnitude if figure.least is None else figure.least


def fields_of(figure: Figure) -> dict[str, int | bool | str]:
    """Return a figure as fields of a span: its bounds, whether they are open, and its qualifier, and no empty field."""
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
