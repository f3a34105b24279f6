"""What a casualty figure says in numbers: "at least 14" is [14, ∞), "more than 6,000" is (6000, ∞), "dozens" is vague.

Pure, and independent of any label schema. Nothing is ever added up, and nothing is said of what happened to the people
counted: whether "casualties" were deaths is for people to judge.
"""

from toolkit.figures.figure import Figure, Found, Qualifier, acled_minimum, fields_of
from toolkit.figures.languages import LANGUAGES
from toolkit.figures.quantity import differences, find, read, suggest

__all__ = [
    "LANGUAGES",
    "Figure",
    "Found",
    "Qualifier",
    "acled_minimum",
    "differences",
    "fields_of",
    "find",
    "read",
    "suggest",
]
