"""Casualty figures in numbers: "at least 14" is [14, ∞), "more than 6,000" is (6000, ∞), "dozens" is vague.

The functions are pure and independent of any label schema. They never add numbers up, and say what happened to the
people who are counted only where the words do: people judge whether "casualties" were deaths.
"""

from toolkit.figures.casualties import find, people_after, suggest
from toolkit.figures.figure import Figure, Found, Qualifier, acled_minimum, fields_of
from toolkit.figures.figure_fields import READ_FIELDS, figure_of
from toolkit.figures.lexicon import LANGUAGES
from toolkit.figures.quantity import differences, read

__all__ = [
    "LANGUAGES",
    "READ_FIELDS",
    "Figure",
    "Found",
    "Qualifier",
    "acled_minimum",
    "differences",
    "fields_of",
    "figure_of",
    "find",
    "people_after",
    "read",
    "suggest",
]
