"""The record of a figure: its count for exports, and its fields for a span."""

from __future__ import annotations

import pytest

from toolkit.figures import Figure, acled_minimum, fields_of, read


@pytest.mark.parametrize(
    ("phrase", "minimum"),
    [("dozens", 12), ("tens", 10), ("hundreds", 100), ("at least 14", 14), ("more than 14", 15), ("up to 9", None)],
)
def test_minimum_of_a_vague_report_as_acled_counts_it(phrase: str, minimum: int | None) -> None:
    """ACLED: "tens" is 10, "dozens" 12, "hundreds" 100; an upper bound alone says nothing of the least."""
    found = read(phrase)
    assert found is not None
    assert acled_minimum(found) == minimum


def test_a_figure_prefills_only_what_it_says() -> None:
    assert fields_of(Figure(low=6000, low_open=True, qualifier="more_than")) == {
        "low": 6000,
        "low_open": True,
        "qualifier": "more_than",
    }
    assert fields_of(Figure(qualifier="vague", magnitude=12)) == {"qualifier": "vague"}
    assert fields_of(Figure(low=0, high=0, best=0, qualifier="exact")) == {"low": 0, "high": 0, "qualifier": "exact"}


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="low 2 is above high 1"):
        Figure(low=2, high=1, qualifier="range")
