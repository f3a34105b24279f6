"""Words, numbers and signs of a sentence with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number in digits or a sign.

    Attributes:
        text: As the sentence has it.
        key: The same with case folded.
        start: First code point.
        end: One past the last.
        kind: "number", "word" or "sign".
    """

    text: str
    key: str
    start: int
    end: int
    kind: str


@cache
def _pattern(group: str, decimal: str) -> re.Pattern[str]:
    grouped = rf"(?<!\d)\d{{1,3}}(?:[{re.escape(group)}]\d{{3}}(?!\d))+" if group else r"(?!)"
    return re.compile(
        rf"(?P<number>(?:{grouped}|\d+)(?:{re.escape(decimal)}\d+)?)"
        r"|(?P<word>[^\W\d]+(?:[-’'][^\W\d]+)*)"
        r"|(?P<sign>[^\w\s])"
    )


def tokens_of(text: str, *, group: str = "", decimal: str = ".") -> list[Token]:
    """Return the tokens of a text in order.

    Args:
        text: Any text.
        group: Characters that part groups of three digits.
        decimal: The decimal sign.
    """
    return [
        Token(match.group(), match.group().casefold(), match.start(), match.end(), match.lastgroup or "")
        for match in _pattern(group, decimal).finditer(text)
    ]


Phrase = tuple[str, ...]
"""Keys of the tokens of a phrase."""


def phrase(words: str) -> Phrase:
    """Return the keys of a phrase's tokens."""
    return tuple(token.key for token in tokens_of(words))


def matches(tokens: Sequence[Token], at: int, words: Phrase) -> bool:
    """Return whether a phrase stands at a position."""
    return tuple(token.key for token in tokens[at : at + len(words)]) == words
