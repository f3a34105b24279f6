"""The words of a text in any script, for models to count and for spans to begin and end at.

A word is a run of letters and digits with their marks; any other visible sign stands alone. "!", "?", quotes and single
letters count: they decide whether a sentence is an opinion. Where a script puts no spaces between words, each character
is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

Bounds = tuple[int, int]
"""First character of a word, and one past its last."""

# Thai, Lao, Tibetan, Burmese, Khmer, kana and Chinese characters: scripts that put no spaces between words
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_ASCII = re.compile(r"\w+|[^\w\s\x1c-\x1f]", re.ASCII)  # finds the same in ASCII, in two thirds of the time


@cache
def word_expression() -> str:
    """Return the regular expression of a word.

    Vowel signs, viramas, nuktas and accents of their own, with the joiners, are every second character in Hindi,
    Bengali, Tamil, and in Arabic and Hebrew with vowels. For `re` they end a word; by Unicode (UAX #29, rule WB4) the
    word goes on.
    """
    codes = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me")]
    marks = _ranges(codes) + "\u200c\u200d"
    return rf"(?u)[^\W{_UNSPACED}]+(?:[{marks}]+[^\W{_UNSPACED}]*)*|[{_UNSPACED}][{marks}]*|[^\w\s]"


@cache
def _any() -> re.Pattern[str]:
    return re.compile(word_expression())


def word_pattern(text: str) -> re.Pattern[str]:
    """Return what finds the words of a text."""
    return _ASCII if text.isascii() else _any()


def word_bounds(text: str) -> list[Bounds]:
    """Return where each word of a text stands.

    Examples:
        >>> [text[start:end] for text in ("It's 5 °C.", "大臣は", "हिन्दी में") for start, end in word_bounds(text)]
        ['It', "'", 's', '5', '°', 'C', '.', '大', '臣', 'は', 'हिन्दी', 'में']
    """
    return [found.span() for found in word_pattern(text).finditer(text)]


def _ranges(numbers: Sequence[int]) -> str:
    """Return sorted code points as the inside of a character class."""
    starts = [at for at in range(len(numbers)) if not at or numbers[at] != numbers[at - 1] + 1]
    ends = [*(at - 1 for at in starts[1:]), len(numbers) - 1]
    return "".join(f"\\U{numbers[start]:08x}-\\U{numbers[end]:08x}" for start, end in zip(starts, ends, strict=True))
