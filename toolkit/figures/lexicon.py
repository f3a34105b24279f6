"""The record of a language's words for figures, and its file: figures/data/<language>.yaml.

A language is added by adding a file that is named by its ISO 639-1 code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache, partial
from math import inf
from pathlib import Path
from typing import Any

from toolkit.figures.sentence_tokens import fold, phrase
from toolkit.figures.word_roles import ROLES
from toolkit.word_lists import Entries, read_file


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """The words of one language. Each attribute but `language` is an entry of the language's file.

    Words are written in lower case and match in any case, as whole words. "soldier*" stands for every word that begins
    with "soldier". A mapping is written the other way round in the file, from a value to its words: "at_least: [no
    fewer than]".

    Attributes:
        language: ISO 639-1 code.
        number_words: The library text2num knows the language and reads its number words.
        hyphens: A hyphen is part of a number word ("twenty-five") and does not separate two of them ("два-три").
        group: Characters between groups of three digits.
        decimal: The decimal sign.
        before: Phrase before a number → its qualifier: at_least, more_than, up_to, fewer_than or about.
        after: Phrase after a number → its qualifier.
        ranges: Pairs of words around the first number of a range: ("between", "and").
        joints: Words or signs between the two numbers of a range without an opening word ("30 to 40").
        none: Phrases that say zero.
        none_of: Phrases between a phrase of `none` and the number of people who were spared: none "of the" 14.
        neither: Pairs of words before two kinds of people of whom nobody is counted: ("neither", "nor").
        vague: Phrase → the number that it is built on ("dozens": 12), or None ("several"; `no_number` in the file).
        articles: Word that counts one before a scale or a person ("a" hundred) → the number word that it stands for.
        scales: Word that multiplies the number before it ("thousand") → the factor.
        halves: Phrase that multiplies the scale after it ("half a") → the factor.
        and_half: Phrases that add a half of the scale, between the number and the scale or after both.
        words: Number word that text2num does not know → its number. Without text2num they are added up, as in
            "двадцать пять тысяч двести".
        unread: Words that text2num takes for numbers and that are none ("loved ones").
        governed: Word that is one number behind a qualifier or in a range ("более тысячи": more than 1,000), and a
            vague plural elsewhere ("тысячи") → its number.
        people: Words for people who are counted; an item may end in "*".
        person: Words for one of them, which an article counts: "a" soldier.
        harm: Noun, participle or adjective for people who came to harm → what happened to them. A phrase, of which each
            word may end in "*", as in the entries below.
        fates: Verb whose subject came to harm ("died", "lost their lives") → what happened.
        acts: Verb whose object came to harm ("killed") → what happened.
        losses: Verb whose object came to harm if it is people ("lost") → what happened.
        harmless: Phrases with a word for harm that tell of none ("shot down").
        tolls: Words for a count of people ("number", "toll").
        rising: Words for the change of a count ("вырос"), after which "to 36" is no bound and "from 38 to 45" no range.
        reaching: Other words before a number that a count has reached ("stands at 36").
        parts: Phrases beside a number that is a part of the one before: "including" 3, 3 "of them".
        among: Words between the number of a part and its whole: "among".
        shares: Words between the two numbers of a share: one "in" five.
        labelled: Words before a number that is a name or an age ("chapter 7", "the age of 14").
        units: Words after a number that measures: money, time, length.
        things: Words for what is counted and is not people.
        links: Words that may stand between people and what happened to them ("were", "reportedly").
        passive: Those of them that make the object of an act its subject ("were").
        neutral: Words beside a number that leave it as it is: "another", "only".
        adverbs: Ends of words that qualify a number or a verb ("ly"). Before a number such a word that is neither
            neutral nor a qualifier leaves the number unread.
        prepositions: Words that begin a phrase of place or time.
        relatives: Words that begin a clause about the people: "who".
        determiners: Words that begin a noun phrase: "the".
        partitives: Words between a number and its noun: "of".
        objects: Words between a verb and its object: Spanish "a".
        agents: Words before people who do what is done, in a language whose verb stands last: German "von".
        conjunctions: Words and phrases that join two numbers of people.
        barriers: Words after which something new begins: "because".
        negations: Words that deny: "not".
        unreal: Words beside harm that has not happened: "could", "if".
        ordinals: Words after an article that does not count: "a second man".
        inverted: A verb of fate may stand before its subject.
        adjectives_follow: An adjective may follow its noun.
        capital_nouns: Nouns are written with a capital.
        ordinal_dot: A full stop after a number within a sentence makes it an ordinal number.
    """

    language: str
    number_words: bool = False
    hyphens: bool = True
    group: str = ""
    decimal: str = "."
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[tuple[str, str], ...] = ()
    joints: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    neither: tuple[tuple[str, str], ...] = ()
    vague: Mapping[str, int | None] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, int] = field(default_factory=dict)
    halves: Mapping[str, float] = field(default_factory=dict)
    and_half: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    governed: Mapping[str, int] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    harm: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    losses: Mapping[str, str] = field(default_factory=dict)
    harmless: tuple[str, ...] = ()
    tolls: tuple[str, ...] = ()
    rising: tuple[str, ...] = ()
    reaching: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    adverbs: tuple[str, ...] = ()
    prepositions: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()
    determiners: tuple[str, ...] = ()
    partitives: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    conjunctions: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    unreal: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    inverted: bool = False
    adjectives_follow: bool = False
    capital_nouns: bool = False
    ordinal_dot: bool = False


_DATA = Path(__file__).parent / "data"

LANGUAGES: tuple[str, ...] = tuple(sorted(path.stem for path in _DATA.glob("*.yaml")))
"""ISO 639-1 codes of the languages that figures are read in."""


@cache
def load(language: str) -> Lexicon:
    """Return the words of one of `LANGUAGES`. The file is read once per process."""
    return read(_DATA / f"{language}.yaml")


def read(path: str | Path) -> Lexicon:
    """Read the words of a language from a file, such as one that is not in the package yet.

    Raises:
        InvalidInput: The file has faults: an unknown or missing entry, a value of a wrong type, a word that stands
            twice in a list, under two values or in two lists that exclude each other, or a word that never matches.
            `faults` holds all of them.
    """
    file = Path(path)
    known = [item.name for item in fields(Lexicon) if item.name != "language"]
    return read_file(file, partial(_lexicon, file.stem), known=known, required=("decimal", "people", "harm"))


def _lexicon(language: str, entries: Entries) -> Lexicon:
    """Make the record, and note the faults that only this record knows."""
    values: dict[str, Any] = {}
    for name in (item.name for item in fields(Lexicon) if item.name in entries):
        values[name] = _value(entries, name, composed=not values.get("number_words"))
    values["before"] = {**SIGNS_BEFORE, **values.get("before", {})}
    values["after"] = {**SIGNS_AFTER, **values.get("after", {})}
    lexicon = Lexicon(language=language, **values)
    entries.keep_apart(("people", "units", "things"))
    _check_digits(lexicon, entries)
    _check_numbers(lexicon, entries)
    return lexicon


HARMS = ("killed", "wounded", "killed_or_wounded", "missing", "captured", "unspecified")
"""What may have happened to the people that a figure counts."""

SIGNS_BEFORE: Mapping[str, str] = {
    **dict.fromkeys(("~", "∼", "≈", "±"), "about"),
    **dict.fromkeys((">",), "more_than"),
    **dict.fromkeys(("≥", ">=", "⩾"), "at_least"),
    **dict.fromkeys(("≤", "<=", "⩽"), "up_to"),
    "<": "fewer_than",
}
"""Signs before a number, in every language."""

SIGNS_AFTER: Mapping[str, str] = {"+": "at_least"}

_OF_HARM = ("harm", "fates", "acts", "losses")
_ROLES = tuple(item.name for item in fields(Lexicon) if item.name in ROLES)
_STEMS = (*_OF_HARM, *_ROLES, "harmless", "parts", "conjunctions")  # their items may end in "*"
_PHRASES = (*_OF_HARM, "harmless", "parts", "shares", "conjunctions", "labelled")
_SINGLE = (*(name for name in _STEMS if name not in _PHRASES), "joints", "articles", "scales", "governed", "unread")
_FLAGS = tuple(item.name for item in fields(Lexicon) if item.type in ("bool", bool))


def _value(entries: Entries, name: str, *, composed: bool) -> Any:
    """Return an entry as the record holds it; composed numbers are made of single words."""
    check = partial(_wrong, single=name in _SINGLE or (composed and name == "words"), stem=name in _STEMS)
    if name in _FLAGS:
        return entries.flag(name)
    if name in _OF_HARM:
        return entries.groups(name, _harm, f"one of {', '.join(HARMS)}", check)
    match name:
        case "group" | "decimal":
            return entries.text(name)
        case "ranges" | "neither":
            return entries.pairs(name, check)
        case "before" | "after":
            return entries.groups(name, _qualifier, f"one of {', '.join(_QUALIFIERS)}", check)
        case "scales" | "words" | "governed":
            return entries.groups(name, _number, "a whole number", check)
        case "vague":
            return entries.groups(name, _vague_number, f"a whole number or {_NO_NUMBER}", check)
        case "halves":
            return entries.groups(name, _factor, "a number such as 0.5", check)
        case "articles":
            return entries.groups(name, str, "a number word", check)
    return entries.words(name, check)


def _harm(key: str) -> str:
    if key not in HARMS:
        raise ValueError(key)
    return key


def _wrong(word: str, *, single: bool, stem: bool) -> str | None:
    """Return why a word would never match; None for a right one."""
    parts = [part.removesuffix("*") for part in word.split()] if stem else [word]
    body = " ".join(parts)
    if "*" in body:
        return "'*' stands for the end of a word, in the lists that may hold one"
    if body != fold(body):
        return f"write it as {fold(body)!r}"
    if single and not body.isalpha() and len(phrase(body)) != 1:
        return "a single word or sign is needed"
    return None


_QUALIFIERS = ("at_least", "more_than", "up_to", "fewer_than", "about")
_NO_NUMBER = "no_number"


def _qualifier(key: str) -> str:
    if key not in _QUALIFIERS:
        raise ValueError(key)
    return key


def _number(key: str) -> int:
    number = int(key)
    if number < 0:
        raise ValueError(key)
    return number


def _vague_number(key: str) -> int | None:
    return None if key == _NO_NUMBER else _number(key)


def _factor(key: str) -> float:
    factor = float(key)
    if not 0 < factor < inf:
        raise ValueError(key)
    return factor


def _check_digits(lexicon: Lexicon, entries: Entries) -> None:
    """Note signs that cannot separate digits, and number words that no library reads."""
    if len(lexicon.decimal) > 1:
        entries.fault(("decimal",), f"the decimal sign is one character, not {lexicon.decimal!r}")
    if lexicon.decimal and lexicon.decimal in lexicon.group:
        entries.fault(("group",), f"{lexicon.decimal!r} is the decimal sign and can't separate groups of digits")
    if lexicon.number_words and not _is_read(lexicon.language):
        what = f"text2num does not read the number words of {lexicon.language!r}"
        entries.fault(("number_words",), what, "delete it and list the number words under 'words'")


def _is_read(language: str) -> bool:
    """Return whether text2num knows a language."""
    from text_to_num import text2num

    try:
        text2num("", language)
    except ValueError as error:
        return "unsupported language" not in str(error)
    return True


def _check_numbers(lexicon: Lexicon, entries: Entries) -> None:
    """Note words that stand for one number in an entry and for another number in another entry."""
    homes: dict[str, str] = {}
    for name in ("words", "scales", "governed", "vague"):
        numbers: Mapping[str, int | None] = getattr(lexicon, name)
        for word, number in numbers.items():
            home = homes.setdefault(word, name)
            other = getattr(lexicon, home)[word]
            if other != number:
                said = _NO_NUMBER if number is None else number
                what = f"{word!r} is {other} in {home!r} and {said} in {name!r}"
                entries.fault(entries.path_of(name, word), what, "give it the same number")
