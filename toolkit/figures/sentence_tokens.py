"""The tokens of a sentence: its words, numbers and signs, with their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number in digits or a sign.

    Attributes:
        text: The token as it stands in the sentence.
        key: The token with case folded, composed (NFC), and with every apostrophe as "'".
        start: Its first code point.
        end: One past its last code point.
        kind: "number", "word" or "sign".
    """

    text: str
    key: str
    start: int
    end: int
    kind: str


_LETTER = r"[^\W\d][\u0300-\u036f]*"  # with its combining marks
_ELIDED = r"(?<!\w)(?:[cdjlmnst]|jusqu|lorsqu|puisqu|qu)['’]"  # French: a word of its own before a vowel
_APOSTROPHES = str.maketrans("’ʼ", "''")


@cache
def _pattern(group: str, decimal: str, hyphens: bool) -> re.Pattern[str]:
    joints = "[-’']" if hyphens else "[’']"
    grouped = rf"(?<!\d)\d{{1,3}}(?:[{re.escape(group)}]\d{{3}}(?!\d))+" if group else r"(?!)"
    return re.compile(
        rf"(?P<number>(?:{grouped}|\d+)(?:{re.escape(decimal)}\d+)?)"
        rf"|(?P<word>{_ELIDED}|(?:{_LETTER})+(?:{joints}(?:{_LETTER})+)*)"
        r"|(?P<sign>[^\w\s])",
        flags=re.IGNORECASE,
    )


def tokens_of(text: str, *, group: str = "", decimal: str = ".", hyphens: bool = True) -> list[Token]:
    """Return the tokens of a text, in its order.

    Args:
        text: Any text.
        group: Characters between groups of three digits.
        decimal: The decimal sign.
        hyphens: Words with hyphens between them are one token.
    """
    return [
        Token(match.group(), fold(match.group()), match.start(), match.end(), match.lastgroup or "")
        for match in _pattern(group, decimal, hyphens).finditer(text)
    ]


def fold(word: str) -> str:
    """Return the key of a word."""
    return unicodedata.normalize("NFC", word).casefold().translate(_APOSTROPHES)


Phrase = tuple[str, ...]
"""Keys of the tokens of a phrase."""


@cache
def phrase(words: str) -> Phrase:
    """Return the keys of a phrase's tokens."""
    return tuple(token.key for token in tokens_of(words))


def matches(tokens: Sequence[Token], at: int, words: Phrase) -> bool:
    """Return whether a phrase stands at a position."""
    return tuple(token.key for token in tokens[at : at + len(words)]) == words
