"""The regexes of a language.

One regex finds where a sentence may end; the others look at the words after that place. The first one decides the
speed. It begins with a character class, which the engine searches for without backtracking. It settles the plain cases
by look-behind (a word that is not an abbreviation, a stop, a space, a capital), so that Python code runs only for the
rest. Every repeat is bounded or possessive, and only the last stop of a run is tried, so the time is linear in the
length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from toolkit.segment.marks import (
    BREAKS,
    CASELESS,
    CLOSERS,
    LOW_CLOSERS,
    LOWER,
    PICTURES,
    STOPS,
    UPPER,
    WIDE_STOPS,
    inside,
)

LINE, WIDE, STOP = 1, 2, 3
"""Groups of `boundary`'s matches: LINE is empty at a line break; the others reach from a stop to the sentence's end."""

DETACHED = 4
"""Group of a straight quotation mark between spaces after the stop."""

_CLOSE = re.escape(CLOSERS)
_WIDE = inside(WIDE_STOPS)
_PICTURE = inside(PICTURES)
_SPACE = rf"[^\S{BREAKS}]"


def boundary(
    abbreviations: Mapping[str, str],
    uncapitalised: str,
    *,
    starters: Iterable[str],
    labels: Iterable[str],
    stops: str,
    ordinal: bool,
    unspaced: bool,
    first: str = "",
) -> re.Pattern[str]:
    """Return the regex whose matches are the places where a sentence may end.

    A match without a group is certain: the sentence ends one code point before the match does. A match of group LINE
    is a line break, of WIDE or STOP a place to judge. Every match ends at the beginning of the next sentence, and one
    of WIDE or STOP perhaps at emoji that still belong to this one.

    Args:
        abbreviations: Words whose full stop does not always end a sentence, and the list that each belongs to.
        uncapitalised: Regex of the words in lower case that may begin a sentence.
        starters: Capitalised words that often begin a sentence.
        labels: Nouns before a single letter that is not an initial.
        stops: Marks that end a sentence beside those of all languages.
        ordinal: A short number with a full stop may be an ordinal number.
        unspaced: No white space separates sentences, so dots (……) may end one.
        first: Find the places behind this mark alone; default: behind all of them, and line breaks.
    """
    stop, spoken = inside(STOPS + stops), inside(set(STOPS + stops) - PICTURES)
    number = r"\d{3}\." if ordinal else r"[\d.,]{2}\d\."
    long, short = (_unless(w for w in abbreviations if len(w) > n and w[-n - 1 :].islower()) for n in (2, 1))
    plain = (
        rf"(?:(?:(?<=[{LOWER}]{{3}}\.){long}|(?<=[ ][{LOWER}]{{2}}\.){short})[”\"’')»]?"
        rf"|(?<=[{LOWER}][)”\"»]\.)|(?<={number})|(?<=\w\?))[ ](?=[“\"‘'«(]?[{UPPER}])"
    )
    closers = rf"\ufe0f?(?:[{_CLOSE}]|[{LOW_CLOSERS}](?=[\s{_CLOSE}]|\Z)){{0,6}}+"
    detached = r"(?:[ ](?:[»›”](?!\w)|([\"']{1,2})(?=[\s–—-]|\Z)))?+"
    note = rf"(?:(?<=[{LOWER}]{{3}}[.!?])|(?<=[{LOWER}][.!?][”\"»)]))\d{{1,3}}(?=[ ][“\"«(]?[{UPPER}][{LOWER} ])"
    numbers = r"[ ]?\[\d[\d ,–-]{0,12}\]|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,4}"
    references = (  # not possessive: repeated in a group, that is a SystemError of Python 3.11.2 (Debian 12)
        rf"(?:{numbers}|\[[^\[\]{BREAKS}{spoken}]{{1,30}}\]"
        rf"|[†‡§]|{note}){{0,4}}"
    )
    low = rf"(?=[{LOWER}])(?!{uncapitalised})"
    within = (  # most stops are rejected here
        rf"(?![{stop}{_WIDE}{LOWER}{BREAKS},;:/@-]|[{_CLOSE}][{BREAKS}]|[{_CLOSE}]?(?:\Z|[ ]{low})"
        rf"|\d(?!\d{{0,2}}[ ][“\"«(]?[{UPPER}])" + ("" if unspaced else rf"|[{UPPER}](?![{UPPER}{LOWER} ’'])") + ")"
    )
    begins = (
        rf"(?!{low}|[-–—][-–— ]{{0,3}}[{LOWER}.,]|[,;:%/&{_WIDE}{BREAKS}]"
        rf"|[{spoken}](?!\.\.|(?<=…)))"
    )
    glued = (
        rf"(?=[“\"‘'(\[¿¡«]?[{UPPER}][{LOWER} ’'])|(?<=[{CASELESS}][.!?۔])(?=[{CASELESS}])"
        rf"|(?<=[{LOWER}][.!?])(?=[{UPPER}]{{2}})|(?<=[{UPPER}]{{2}}[.!?])(?=[{UPPER}]{{2}})|(?=[{_PICTURE}])"
        + (r"|(?<=……)(?=\w)" if unspaced else "")
    )
    initials = rf"(?!(?<=\b[{UPPER}]\.)[ ][{UPPER}]\.(?![{UPPER}]))"  # J. K. Rowling
    never = _unless(word for word, name in abbreviations.items() if name == "never" and len(word) > 1)
    return re.compile(
        rf"{re.escape(first) or f'[{stop}{_WIDE}{BREAKS}]'}(?:(?<=[{BREAKS}])\s*+()"
        rf"|(?<=[{_WIDE}])(?![{stop}{_WIDE}])([{_CLOSE}]{{0,6}}+(?:{numbers}){{0,4}}){_SPACE}*+(?![{BREAKS}{_WIDE}])"
        rf"|{within}(?:{plain}|{initials}{never}{_continued(abbreviations, starters, labels)}"
        rf"({closers}{detached}{references})(?:{_SPACE}++{begins}|{glued})))"
    )


def line_feed() -> re.Pattern[str]:
    """Return the part of `boundary` that finds line feeds: group LINE alone."""
    return re.compile(r"\n\s*+()")


def _continued(abbreviations: Mapping[str, str], starters: Iterable[str], labels: Iterable[str]) -> str:
    """Return the look-ahead that fails where the words around a full stop leave no doubt that the sentence goes on.

    They are initials or an abbreviation of `may_end` before a capitalised word that is no starter (J. Smith, the U.S.
    Army), and one of `before_number` before a number (Nov. 5). A word without a full stop stands before them: with one,
    they might be a single abbreviation (Ph. D.).
    """
    may_end = [word for word, name in abbreviations.items() if name == "may_end"]
    numbered = [word for word, name in abbreviations.items() if name == "before_number"]
    others = [word for word, name in abbreviations.items() if name != "may_end" and len(word) in (1, 3)]
    alone = rf"(?<=[^\s.]\s[{UPPER}]\.)" + "".join(rf"(?<!\b(?:{label})\s[{UPPER}]\.)" for label in _by_length(labels))
    forms = rf"(?:{alone}|(?<=[^\s.]\s[{UPPER}]\.[{UPPER}]\.)){_unless(others)}"
    known, dated = (
        "|".join(rf"(?<=[^\s.]\s(?:{word})\.)" for word in _by_length(words)) or "(?!)" for words in (may_end, numbered)
    )
    goes_on = rf"[ ](?!(?:{_any(starters)})(?![\w’']))[{UPPER}][{LOWER}]"
    return rf"(?!(?:{forms}|{known}){goes_on}|(?:{dated})[ ]\d)"


def uncapitalised(particles: Iterable[str], starters: Iterable[str]) -> str:
    """Return the regex of words in lower case that may begin a sentence among others that begin with a capital.

    They are a surname (von der Leyen), a brand (iPhone, al-Shabab), an address, and a starter whose capital was not
    typed, after a word too long to be an abbreviation ("the vote failed. the mayor left") or after an address.

    Args:
        particles: Lower-case words that begin a surname if a capital or another of them follows.
        starters: Lower-case words that begin a sentence.
    """
    surname = rf"(?<=\s)(?:(?:{_any(particles)})[ ]){{1,3}}[{UPPER}]"
    untyped = rf"(?:(?<=[{LOWER}]{{4}}\. )|(?<=\.(?:com|edu|gov|net|org)\. ))(?:{_any(starters)})(?=[ ,])"
    return rf"(?:{surname}|{untyped}|[{LOWER}]{{1,4}}[-’']?[{UPPER}]|https?:|www\.)"


def next_word() -> re.Pattern[str]:
    """Return the regex of the next sentence's opening marks, its first word (1) and the full stop after it (2)."""
    return re.compile(r"[\"'“‘„‚«‹»›(\[{¿¡—–-]{0,4}[ ]?([\w’']{0,40})(\.?)")


def clause() -> re.Pattern[str]:
    """Return the regex of a capitalised word before a comma, lower case or a number, as sentences begin."""
    return re.compile(rf"[“\"‘']?[{UPPER}][\w’'-]{{0,40}}(?:,|[ ][{LOWER}\d])")


def time_of_day(words: Iterable[str]) -> re.Pattern[str]:
    """Return the regex of a place and a word that make a time zone, or of its letters: Kyiv time, E.D.T."""
    return re.compile(rf"(?:[{UPPER}][\w’'-]{{0,30}}[ ]){{1,3}}(?:{_any(words)})\b|(?:[{UPPER}]\.){{2,4}}")


def calm_day(verbs: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the regexes of a clause that a time ends, and of a day that begins another: "left at 6 a.m", "Sunday was".

    Args:
        verbs: Verbs that follow a subject.
    """
    any_verb = _any(verbs)
    return re.compile(rf".*\b(?:{any_verb}|\w+ed)(?: \w+){{0,2}}? at [\d:.]+ ?\S+\Z"), re.compile(
        rf"\w+ (?:{any_verb})\b"
    )


def attribution(verbs: Iterable[str], *, unspaced: bool, any_case: bool = False) -> re.Pattern[str]:
    """Return the regex of a speaker and a verb of speech: up to four capitalised words before it, or six letters.

    The letters are those of scripts without spaces. There a stop must follow the verb: “不行。”他说。 is one sentence,
    but 他说，… begins another.

    Args:
        verbs: The verbs.
        unspaced: The script has no spaces.
        any_case: The text is all in capitals, or has none.
    """
    any_verb = _any(verbs)
    if unspaced:
        return re.compile(rf"\w{{0,6}}?(?:{any_verb})[{_WIDE}]")
    if any_case:
        return re.compile(rf"(?:[\w.’'-]{{1,40}}[ ]){{0,4}}(?:{any_verb})\b", re.IGNORECASE)
    caseless = _any(verb for verb in verbs if verb.upper() == verb)  # سأل القاضي · قاضی پرسید.
    return re.compile(
        rf"(?:[{UPPER}][\w.’'-]{{0,40}}[ ]){{1,4}}(?:{any_verb})\b|(?:{caseless})(?!\w)"
        rf"|(?:\w{{1,40}}[ ]){{1,3}}(?:{caseless})(?=[.،,۔।]|\Z)"
    )


def _any(words: Iterable[str]) -> str:
    """Return an alternation of words; one of no words never matches."""
    return _one_of(sorted(set(words))) or r"(?!)"


def _one_of(words: Sequence[str]) -> str:
    """Return an alternation of sorted words, in which words with the same beginning share it: fewer are tried so."""
    parts = []
    for first, group in groupby(words, key=lambda word: word[:1]):
        rest = [word[1:] for word in group]
        parts.append(re.escape(first) + (f"(?:{_one_of(rest)})" if len(rest) > 1 else re.escape(rest[0])))
    return "|".join(parts)


def _unless(words: Iterable[str]) -> str:
    """Return look-behinds that fail after any of the words and a full stop; `re` needs one per length of word."""
    return "".join(rf"(?<!\b(?:{group})\.)" for group in _by_length(words))


def _by_length(words: Iterable[str]) -> list[str]:
    """Return an alternation of the words of each length."""
    groups = groupby(sorted(set(words), key=lambda word: (len(word), word)), len)
    return [_one_of(list(group)) for _, group in groups]
