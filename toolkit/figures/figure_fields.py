"""The figure that people filled in as the fields of a span."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.figures.figure import Figure, Qualifier
from toolkit.figures.lexicon import LANGUAGES
from toolkit.figures.quantity import read

READ_FIELDS = ("low", "low_open", "high", "high_open", "qualifier")
"""The fields of a span that its own words decide: a person may leave all of them empty."""


def figure_of(fields: Mapping[str, Any], words: str | None, language: str | None) -> Figure | None:
    """Return the figure that the fields of a span state.

    What people filled in counts. Where they left both bounds empty, and the words are a vague quantity, it is that.

    Args:
        fields: The fields of the span: low, low_open, high, high_open, qualifier.
        words: The words of the span, where they are known.
        language: ISO 639-1 code of the article.

    Returns:
        The figure; None where neither fields nor words state one, or the bounds are in the wrong order.

    Examples:
        >>> figure_of({"low": 14.0, "qualifier": "at_least"}, "at least 14", "en").low
        14
        >>> figure_of({"qualifier": "vague"}, "dozens", "en").magnitude
        12
    """
    low, high = _whole(fields.get("low")), _whole(fields.get("high"))
    if low is None and high is None:
        said = read(words, language) if words and language in LANGUAGES else None
        return said if said is not None and said.qualifier == "vague" else None
    if low is not None and high is not None and low > high:
        return None
    opened = bool(fields.get("low_open")), bool(fields.get("high_open"))
    qualifier: Qualifier = fields.get("qualifier") or ("exact" if low == high else "range")
    best = low if qualifier == "exact" else None
    return Figure(low=low, low_open=opened[0], high=high, high_open=opened[1], best=best, qualifier=qualifier)


def _whole(value: float | str | None) -> int | None:
    return None if value is None else int(float(value))
