"""Marks of a report that a translation keeps: its numbers in digits, the weekdays and the names that it has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Final

from toolkit.word_lists import Entries, read_file

_NUMBER = re.compile(r"\d+(?:[.,\u0020\u00a0\u2009\u202f]\d{3}(?!\d))*(?:[.,]\d+)?")
_MARKS = re.compile(r"\D")
_CAPITALS = (re.compile(r"\b[A-Z][a-z]{3}"), re.compile(r"\b[А-ЯІЄҐ][а-яієґ]{3}"))  # Latin, Cyrillic
_YEARS = range(1900, 2100)

LANGUAGES: Final = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "uk", "zh")
"""Those whose days of the week are known, in weekdays.yaml."""
TELLING: Final = 20
"""Two reports of different events often share a smaller figure."""
_UNSPACED = frozenset({"ja", "th", "zh"})


@dataclass(frozen=True, slots=True)
class ReportMarks:
    """The marks of a text.

    Attributes:
        figures: Its numbers.
        weekdays: Its days of the week, Monday is 0.
        names: Per script (Latin, Cyrillic) the beginnings of its words with a capital.
    """

    figures: frozenset[int]
    weekdays: frozenset[int]
    names: tuple[frozenset[str], ...]

    @property
    def telling(self) -> frozenset[int]:
        """The figures that two reports hardly share by chance, from 20 on."""
        return frozenset(figure for figure in self.figures if figure >= TELLING)

    @classmethod
    def of(cls, text: str, language: str) -> ReportMarks:
        """Return the marks of a text.

        Example:
            >>> marks = ReportMarks.of("On Monday 11 of 34 were freed.", "en")
            >>> sorted(marks.figures), sorted(marks.weekdays)
            ([11, 34], [0])
        """
        return cls(figures_of(text), weekdays_of(text, language), names_of(text))


def figures_of(text: str) -> frozenset[int]:
    """Return the numbers in digits of a text, by their digits alone, as marks between them differ by language.

    Years are left out: every text of a year has them.

    Examples:
        >>> sorted(figures_of("On 14 April 2026 some 3,200 people paid 7.25 percent."))
        [14, 725, 3200]
        >>> figures_of("3 200 personnes, 7,25 pour cent") == figures_of("3.200 Menschen, 7,25 Prozent")
        True
    """
    numbers = (int(_MARKS.sub("", found[0])) for found in _NUMBER.finditer(text))
    return frozenset(number for number in numbers if number not in _YEARS)


def names_of(text: str) -> tuple[frozenset[str], ...]:
    """Return the first four letters, without accents, of the words with a capital: those in Latin and Cyrillic letters.

    Names are among them, and differ in their endings alone. Shorter words are left out.

    Example:
        >>> [sorted(found) for found in names_of("Der Bürgermeister von Valmires Hauptstadt, Валмир")]
        [['burg', 'haup', 'valm'], ['валм']]
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return tuple(frozenset(found.casefold() for found in pattern.findall(plain)) for pattern in _CAPITALS)


def weekdays_of(text: str, language: str) -> frozenset[int]:
    """Return the days of the week that a text names, Monday is 0; none in a language that is not one of LANGUAGES.

    Example:
        >>> weekdays_of("On Monday evening", "en") == weekdays_of("Am Montagabend", "de") == frozenset({0})
        True
    """
    if language not in LANGUAGES:
        return frozenset()
    days = _forms()[language]
    return frozenset(days[found[0]] for found in _pattern(language).finditer(text.casefold()))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    forms = sorted(_forms()[language], key=len, reverse=True)  # "pazartesi" before "pazar"
    start = "" if language in _UNSPACED else r"(?<!\w)"
    return re.compile(f"{start}(?:{'|'.join(map(re.escape, forms))})")


@cache
def _forms() -> Mapping[str, Mapping[str, int]]:
    """Return language → beginning of a word → day."""

    def build(entries: Entries) -> dict[str, dict[str, int]]:
        lines = {language: entries.words(language) for language in LANGUAGES}
        return {
            language: {form.casefold(): day for day, line in enumerate(days) for form in line.split()}
            for language, days in lines.items()
        }

    with as_file(files("toolkit.ingest.translations").joinpath("weekdays.yaml")) as path:
        return read_file(path, build, known=LANGUAGES, required=LANGUAGES)
