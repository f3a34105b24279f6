"""The characters that the sentence rules look for, and the regexes of a language.

One regex finds where a sentence may end; the others look at the words after that place. The first one decides the
speed. It begins with a character class, which the engine searches for without backtracking. It settles the plain cases
by look-behind (a word that is not an abbreviation, a stop, a space, a capital), so that Python code runs only for the
rest. Every repeat is bounded or possessive, and only the last stop of a run is tried, so the time is linear in the
length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import groupby

BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that begin a new line, as `str.splitlines` knows them."""

STOPS = ".!?…؟۔।॥։።፧။៕‼⁇⁈⁉"
"""Marks that may end a sentence when white space follows."""

WIDE_STOPS = "。！？｡．"
"""Marks of scripts without spaces, which may end a sentence before any character."""

CLOSERS = "\"'”’»›)]}」』】）〉》］｝"
"""Marks that close with the sentence when they stand right after its stop."""

LOW_CLOSERS = "“‘«‹"
"""Marks that close „German“ and »inverted« quotations and open others: they close if white space follows."""

OPENERS = "\"'“‘„‚«‹»›([{¿¡「『【（〈《［"
"""Marks that may stand before a sentence's first word."""

EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d"
"""Pictures that close with the sentence whose stop they follow, with their joiners and variants; as a regex range."""

QUOTES = frozenset("\"'”’»›“‘«‹」』")
DASHES = frozenset("-–—")
BULLETS = "•·‣▪*-–— "

CASELESS = "가-힣\u0620-\u064a"
"""Letters without case (Hangul, Arabic) between which a full stop without white space ends a sentence."""

_LAST_CASED = 0x1FFF  # Latin, Greek, Cyrillic, Armenian, Georgian: every script with two cases in today's news


@cache
def letters(*categories: str) -> str:
    """Return the inside of a regex class of the letters of the given Unicode categories ("Ll", "Lu" …)."""
    codes = [code for code in range(_LAST_CASED) if unicodedata.category(chr(code)) in categories]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" if len(run) > 1 else chr(run[0]) for run in runs)


LINE, WIDE, STOP = 1, 2, 3
"""Groups of `boundary`'s matches: LINE is empty at a line break; the others reach from a stop to the sentence's end."""

DETACHED = 4
"""Group of a straight quotation mark between spaces after the stop."""

_CLOSE = re.escape(CLOSERS)
_STOP = re.escape(STOPS)
_WIDE = re.escape(WIDE_STOPS)
_SPACE = rf"[^\S{BREAKS}]"


def boundary(
    abbreviations: Iterable[str],
    never: Iterable[str],
    particles: Iterable[str],
    uncapitalised: Iterable[str],
    *,
    ordinal: bool,
) -> re.Pattern[str]:
    """Return the regex whose matches are the places where a sentence may end.

    A match without a group is certain: the sentence ends one code point before the match does. A match of group LINE
    is a line break, of WIDE or STOP a place to judge. Every match ends at the beginning of the next sentence.

    Args:
        abbreviations: Words whose full stop does not always end a sentence.
        never: Those of them whose full stop never ends one.
        particles: Lower-case words that begin a sentence if a capital or another of them follows.
        uncapitalised: Lower-case words that begin a sentence whose capital was not typed, after a word too long to be
            an abbreviation ("the vote failed. the mayor left").
        ordinal: A short number with a full stop may be an ordinal number.
    """
    lower, upper = letters("Ll"), letters("Lu", "Lt")
    number = r"\d{3}\." if ordinal else r"[\d.,]{2}\d\."
    plain = (
        rf"(?:(?<=[{lower}]{{3}}\.){_unless(word for word in abbreviations if len(word) > 2 and word[-3:].islower())}"
        rf"[”\"’')»]?|(?<={number})|(?<=\w\?))[ ](?=[“\"‘'«(]?[{upper}])"
    )
    closers = rf"(?:[{_CLOSE}]|[{LOW_CLOSERS}](?=[\s{_CLOSE}]|\Z)){{0,6}}+"
    detached = r"(?:[ \u00a0\u202f](?:[»›”](?!\w)|([\"']{1,2})(?=[\s–—-]|\Z)))?+"
    references = rf"(?:[ ]?\[\d[\d ,–-]{{0,12}}\]){{0,4}}+(?:[ ]?[{EMOJI}]){{0,8}}+"
    surname = rf"(?<=\s)(?:(?:{_any(particles)})[ ]){{1,3}}[{upper}]"
    untyped = rf"(?<=[{lower}]{{4}}\. )(?:{_any(uncapitalised)})(?=[ ,])"
    brand = rf"[{lower}]{{0,3}}[-’']?[{upper}]"  # after the first letter of iPhone, eBay, al-Shabab
    begins = (
        rf"(?!(?=[{lower}])(?!{surname})(?!{untyped})[{lower}](?!{brand}|ttps?:|ww\.)"
        rf"|[-–—][-–— ]{{0,3}}[{lower}.,]|[,;:%/{_WIDE}{BREAKS}]|[{_STOP}](?!\.\.|(?<=…)))"
    )
    glued = rf"(?=[“\"‘'(\[¿¡«]?[{upper}][{lower} ])|(?<=[{CASELESS}]\.)(?=[{CASELESS}])"
    initials = rf"(?!(?<=\b[{upper}]\.)[ ][{upper}]\.(?![{upper}]))"  # J. K. Rowling
    return re.compile(
        rf"[{_STOP}{_WIDE}{BREAKS}](?:{plain}"
        rf"|(?<=[{BREAKS}])\s*+()"
        rf"|(?<=[{_WIDE}])(?![{_STOP}{_WIDE}])([{_CLOSE}]{{0,6}}+){_SPACE}*+(?![{BREAKS}])"
        rf"|(?![{_STOP}{_WIDE}]){initials}{_unless(word for word in never if len(word) > 1)}"
        rf"({closers}{detached}{references})(?:{_SPACE}++{begins}|{glued}))"
    )


def next_word() -> re.Pattern[str]:
    """Return the regex of the next sentence's opening marks, its first word (1) and the full stop after it (2)."""
    return re.compile(r"[\"'“‘„‚«‹»›(\[{¿¡—–-]{0,4}[ ]?([\w’']{0,40})(\.?)")


def clause() -> re.Pattern[str]:
    """Return the regex of a capitalised word before a comma, lower case or a number, as sentences begin."""
    return re.compile(rf"[“\"‘']?[{letters('Lu', 'Lt')}][\w’'-]{{0,40}}(?:,|[ \u00a0][{letters('Ll')}\d])")


def attribution(verbs: Iterable[str], *, unspaced: bool) -> re.Pattern[str]:
    """Return the regex of a speaker and a verb of speech: up to four capitalised words before it, or six letters.

    The letters are those of scripts without spaces. There a stop must follow the verb: “不行。”他说。 is one sentence,
    but 他说，… begins another.
    """
    any_verb = _any(verbs)
    if unspaced:
        return re.compile(rf"\w{{0,6}}?(?:{any_verb})[{_WIDE}]")
    return re.compile(rf"(?:[{letters('Lu', 'Lt')}][\w.’'-]{{0,40}}[ \u00a0]){{1,4}}(?:{any_verb})\b")


def _any(words: Iterable[str]) -> str:
    """Return an alternation of words; one of no words never matches."""
    return "|".join(map(re.escape, sorted(words))) or r"\b\B"


def _unless(words: Iterable[str]) -> str:
    """Return look-behinds that fail after any of the words and a full stop; `re` needs one per length of word."""
    by_length = groupby(sorted(set(words), key=lambda word: (len(word), word)), len)
    return "".join(rf"(?<!\b(?:{'|'.join(map(re.escape, group))})\.)" for _, group in by_length)
