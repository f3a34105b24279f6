"""The characters that the sentence rules look for, by their Unicode properties.

The tables are built once per process from the property names that the package `regex` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

import regex

BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that begin a new line, as `str.splitlines` knows them."""

OPENERS = "\"'“‘„‚«‹»›([{¿¡「『【（〈《［"
"""Marks that may stand before a sentence's first word."""

CLOSERS = "\"'”’»›)]}」』】）〉》］｝"
"""Marks that close with the sentence when they stand right after its stop."""

LOW_CLOSERS = "“‘«‹"
"""Marks that close „German“ and »inverted« quotations and open others: they close if white space follows."""

QUOTES = frozenset("\"'”’»›“‘«‹」』")
DASHES = frozenset("-–—")
BULLETS = "•·‣▪*-–— "

_EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x20000)]))
_CASED = _EVERY[:0x2000]  # every script with two cases in today's news


def having(properties: str, among: str = _EVERY) -> frozenset[str]:
    """Return the characters that have one of the properties, written as in a class of `regex`."""
    return frozenset(regex.findall(f"[{properties}]", among))


def inside(characters: Iterable[str]) -> str:
    """Return the inside of a class of `re` that holds the characters."""
    codes = sorted(map(ord, set(characters)))
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    ends = [(re.escape(chr(run[0])), re.escape(chr(run[-1]))) for run in runs]
    return "".join(first if first == last else f"{first}-{last}" for first, last in ends)


_INNER = ".!?…۔‼⁇⁈⁉‽❓❔❕❗"
_SHADS = "།༎༏༐༑༔"  # Tibetan; Unicode does not count them among the ends of sentences
_MIDDLE = "․"  # U+2024 separates the parts of an Armenian sentence

STOPS = _INNER
"""Marks that may end a sentence when white space follows: those that also stand within one, and some pictures."""

_WIDE = (having(r"\p{Sentence_Terminal}") | {*_SHADS}) - {*_INNER, *_MIDDLE}

WIDE_STOPS = "".join(sorted(mark for mark in _WIDE if mark <= "\uffff"))
"""Marks that stand nowhere but at a sentence's end, before any character: 。 ؟ । ። and those of other scripts."""

HIGH_STOPS = {ord(mark): "।" for mark in _WIDE if mark > "\uffff"}
"""Those of scripts above U+FFFF, where a class of `re` is slow, as a table for `str.translate`."""

PICTURES = frozenset(map(chr, range(0x1F000, 0x1FB00))).union(
    picture
    for picture in having(r"\p{Extended_Pictographic}", _EVERY[0x2300:0x4000])
    if not "\u2500" <= picture < "\u2600"
)
"""Emoji, with the letters of flags and the skin tones; no arrows, squares or keycaps, which are bullets and numbers."""

JOINERS = "\ufe0f\u200d"
"""Characters between and after the parts of an emoji."""

HIDDEN = having(r"\p{Cf}", _EVERY[: 0x10000 - 0x800]) - having(r"\p{Prepended_Concatenation_Mark}", _CASED)
"""Format characters, which a reader does not see: joiners, soft hyphens, and marks of direction and of byte order."""

HIDDEN_OPENERS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
"""Those of them that open a stretch of another direction, and so belong to what follows."""

COMBINING = inside(having(r"\p{M}", _EVERY[:0x3100]))
"""Marks that combine with the letter before them, as the inside of a class of `re`."""

_GEORGIAN = having(r"\p{Script=Georgian}", _CASED)  # Unicode has capitals for it, and no sentence begins with one
_LOWER = having(r"\p{Ll}", _CASED) - _GEORGIAN
_UPPER = having(r"\p{Lu}\p{Lt}", _CASED) - _GEORGIAN

LOWER = inside(_LOWER)
"""Lower-case letters of scripts with two cases, in the same way."""

UPPER = inside(_UPPER)
"""Capital letters, in the same way."""

INITIALS = inside(
    having(r"\p{Hebrew}\p{Arabic}\p{Syriac}", _EVERY[0x5D0:0x780]) & having(r"\p{Lo}", _CASED) | _GEORGIAN
)
"""Letters without case that are initials when one of them stands before a full stop, in the same way."""

CASELESS = inside(
    (having(r"\p{Lo}", _EVERY[0x5D0:0x2000]) | having(r"\p{Hangul}", _EVERY[0xAC00:0xD7A4]) | _GEORGIAN)
    | having(r"\p{M}", _EVERY[0x590:0x2000]) - having(r"\p{Line_Break=Complex_Context}", _CASED)
)
"""Letters without case between which a full stop without white space ends a sentence, in the same way: not those of
scripts whose words stand without white space."""


def is_lower(character: str) -> bool:
    """Return whether a character is a lower-case letter of a script whose sentences begin with a capital."""
    return character in _LOWER


def is_caseless(character: str) -> bool:
    """Return whether a character is a letter of a script without case."""
    return character.isalpha() and character not in _LOWER and character not in _UPPER
