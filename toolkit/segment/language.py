"""The record of a language's words for the sentence rules, and its file: segment/data/<language>.yaml.

A language is added by adding a file that is named by its ISO 639-1 code. `default.yaml` holds the words for all others.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path
from typing import Any

from toolkit.word_lists import Entries, read_file

VERDICTS = ("may_end", "late", "after_number", "units", "closes_name", "before_number", "hours", "ends", "never")
"""Names of the lists of abbreviations: an abbreviation stands in one of them.

They are ordered by rank. A list also covers its words in capitals, so a word may belong to two of them; the later one
decides.
"""

_PHRASES = ("byline", "credited", "caption")  # lists whose items may be more than one word


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language, and a few facts about its script. Each attribute is an entry of the language's file.

    Abbreviations are written without their last full stop ("Mr", "a.m"). A list of abbreviations also covers its words
    in capitals and with a capital first letter ("etc" covers "Etc" and "ETC"); every other list matches exactly.

    Attributes:
        never: Abbreviations that never end a sentence, because what they shorten is always followed by something:
            titles before a name, "vs", "e.g".
        before_number: Abbreviations after which the sentence continues if a number follows ("No. 5", "Nov. 29"), and
            ends if not.
        after_number: Abbreviations that close a date ("в 2016 г."). After a number they end a sentence before a
            starter, and before any capital letter if the sentence is longer than an opening phrase ("… в 2016 г. Он",
            not "В 2016 г. Россия"). Without a number before them they never end a sentence ("г. Москва").
        late: The same, for abbreviations that need no number before them ("до н. э.").
        units: Units of measure. After a number they follow the rule of `closes_name`; without one they never end a
            sentence ("м. Київ").
        may_end: Abbreviations that end a sentence only if the next word is a starter ("Inc.", "U.S.").
        closes_name: Abbreviations that close a name or an amount (companies, streets, states, money). They end a
            sentence before a starter, and before a capitalised word that lower case follows and that is not in `roles`
            ("Tesla Inc. Workers there …").
        ends: Abbreviations that end a sentence before any word that may begin one ("etc.").
        hours: Abbreviations of the clock ("p.m"). They end a sentence unless a word of `after_hour` follows.
        after_hour: Weekdays, months, time zones and other words that follow a time.
        before_hour: Capitalised words that open a sentence with a time ("At 9 p.m. President Ruiz spoke").
        zones: Words after the name of a place that make it a time zone ("4 a.m. Kyiv time").
        predicates: Verbs after the subject of a clause. Before a time and after a weekday, they show that the weekday
            begins a sentence ("They left at 6 a.m. Sunday was calm").
        starters: Capitalised words that often begin a sentence and are rarely the second word of a name.
        subjects: Those of them that begin one after an abbreviation even where no capital shows it: pronouns, articles.
        roles: Capitalised words that continue a sentence after `closes_name` ("Inc. Chairman Warren Buffett").
        particles: Lower-case words that may begin a surname, and so a sentence ("von der Leyen").
        labels: Nouns before a single letter that is not an initial ("Vitamin C", "Witness B").
        speech: Verbs that say who spoke ("asked"): “Who?” Smith asked. is one sentence.
        marked_names: Names written with ! or ? at their end ("Yahoo").
        uncapitalised: A starter in lower case begins a sentence too, for texts that were typed without capitals. False
            where the starters are words of many languages.
        borrows: The abbreviations of the default hold too: texts of this script quote Latin names ("U.S. Army").
        stops: Marks that end a sentence in this language alone (";" in Greek).
        ordinal: A number with a full stop may be an ordinal number ("5. Mai"); it follows the rule of `may_end`.
        number_apart: The number of a list item ("2.") is a unit of its own.
        unspaced: No white space separates sentences (Chinese, Japanese).
        dash_speaks: A dash at the beginning of a line opens speech and is not a bullet.
        byline: Words or phrases that begin a byline.
        credited: Words or phrases after the name in a byline ("기자").
        caption: Words or phrases that mark a caption or its credit, in any case, before a dash or a colon.
        dateline: Regular expressions of datelines that only agencies of this language write.
        quotative: Characters after a closing quotation mark that continue the sentence ("と" in Japanese).
    """

    never: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    after_number: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    may_end: frozenset[str] = frozenset()
    closes_name: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    after_hour: frozenset[str] = frozenset()
    before_hour: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    predicates: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    marked_names: frozenset[str] = frozenset()
    uncapitalised: bool = True
    borrows: bool = False
    stops: str = ""
    ordinal: bool = False
    number_apart: bool = False
    unspaced: bool = False
    dash_speaks: bool = False
    byline: frozenset[str] = frozenset()
    credited: frozenset[str] = frozenset()
    caption: frozenset[str] = frozenset()
    dateline: tuple[str, ...] = ()
    quotative: str = ""


_DATA = Path(__file__).parent / "data"

DEFAULT = "default"
"""Code that `resolve` returns for a language without a file."""

LANGUAGES: tuple[str, ...] = tuple(sorted({path.stem for path in _DATA.glob("*.yaml")} - {DEFAULT}))
"""ISO 639-1 codes of the languages that have a file."""

_CODES = frozenset(LANGUAGES)


def resolve(language: str) -> str:
    """Return the code of the file that holds for a language: its primary subtag ("en" of "en-GB"), or `DEFAULT`."""
    code = language if language in _CODES else language.lower().replace("_", "-").partition("-")[0]
    return code if code in _CODES else DEFAULT


def is_known(language: str) -> bool:
    """Return whether a language, given by a code or a tag such as "en-GB", has a file of its own.

    `segment` uses the default's words for a language that has none; a caller should tell the user so.
    """
    return resolve(language) != DEFAULT


@cache
def load(code: str) -> Language:
    """Return the words of a code that `resolve` returned. The file is read once per process."""
    return read(_DATA / f"{code}.yaml")


def read(path: str | Path) -> Language:
    """Read the words of a language from a file, such as one that is not in the package yet.

    Raises:
        InvalidInput: The file has faults: an unknown entry, a value of a wrong type, a word that stands twice in a
            list or in two lists of abbreviations, or a wrong regular expression. `faults` holds all of them.
    """
    return read_file(Path(path), _language, known=[field.name for field in fields(Language)])


def _language(entries: Entries) -> Language:
    """Make the record, and note the faults that only this record knows."""
    values: dict[str, Any] = {}
    for field in fields(Language):
        if field.name not in entries:
            continue
        match field.default:
            case bool():
                values[field.name] = entries.flag(field.name)
            case str():
                values[field.name] = entries.text(field.name)
            case tuple():
                values[field.name] = entries.patterns(field.name)
            case _:
                values[field.name] = frozenset(entries.words(field.name, partial(_wrong, field.name)))
    entries.keep_apart(VERDICTS)
    return Language(**values)


def _wrong(name: str, word: str) -> str | None:
    """Return what is wrong with a word in a list: the rules would never find it."""
    if name in VERDICTS and word.endswith("."):
        return "write an abbreviation without its last full stop"
    if name not in _PHRASES and len(word.split()) > 1:
        return f"{name!r} holds single words"
    return None
