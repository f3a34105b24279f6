"""The tokens of a sentence: its words, numbers and signs, with their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple


class Token(NamedTuple):
    """A word, a number in digits or a sign.

    Attributes:
        text: The token as it stands in the sentence.
        key: The token with case folded, composed (NFC), and with every apostrophe as "'".
        start: Its first code point.
        end: One past its last code point.
        kind: "number", "word" or "sign".
        value: The value of digits; None for words and signs, and for digits that are no number: "12:30.5", "007".
    """

    text: str
    key: str
    start: int
    end: int
    kind: str
    value: Decimal | None = None


_LETTERS = r"[^\W\d]+(?:[\u0300-\u036f]+[^\W\d]*)*"  # with their combining marks
_ELIDED = r"(?<!\w)(?:[cdjlmnst]|jusqu|lorsqu|puisqu|qu)['’]"  # French: a word of its own before a vowel
_APOSTROPHES = str.maketrans("’ʼ", "''")


_ROUNDED = "odd|plus|some|something"  # "thirty-odd" is a number and a word about it
_SPACES = " \u00a0\u2007\u2009\u202f"
_FRACTIONS = "¼-¾⅐-⅞"
_GROUPING = frozenset("'’‘ʼ٬·_" + _SPACES)  # never a decimal sign
_MOST_DIGITS = 12  # more digits are a code, an address or an account
_YEAR_DIGITS = 4


@cache
def _pattern(hyphens: bool, elisions: bool) -> re.Pattern[str]:
    joints = rf"(?!-(?:{_ROUNDED})(?!\w))[-’']" if hyphens else "[’']"
    spaced = rf"(?<!\d)\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)"
    elided = f"{_ELIDED}|" if elisions else ""
    return re.compile(
        rf"(?P<word>(?![{_FRACTIONS}])(?:{elided}{_LETTERS}(?:{joints}{_LETTERS})*))"
        rf"|(?P<number>(?:{spaced}|\d+)(?:[.,'’‘ʼ٬٫·_]\d+)*[{_FRACTIONS}]?|[{_FRACTIONS}])"
        r"|(?P<sign>[^\w\s])",
        flags=re.IGNORECASE if elisions else 0,
    )


def tokens_of(text: str, *, group: str = "", decimal: str = ".", hyphens: bool = True) -> list[Token]:
    """Return the tokens of a text, in its order.

    A run of digits is one token whatever stands between them, so that no number is read from inside another.

    Args:
        text: Any text.
        group: Characters between groups of three digits.
        decimal: The decimal sign.
        hyphens: Words with hyphens between them are one token.
    """
    found: list[Token] = []
    elisions = "'" in text or "’" in text
    for match in _pattern(hyphens, elisions).finditer(text):
        start, end = match.span()
        part, kind = text[start:end], match.lastgroup or ""
        if kind != "number":
            found.append(Token(part, fold(part), start, end, kind))
            continue
        value = number_of(part, group, decimal)
        if found and found[-1].kind == "number" and text[found[-1].end : start].isspace():
            if len(found[-1].text) != _YEAR_DIGITS:  # "12 00", "555 01": parts of something longer
                value = None
            found[-1] = found[-1]._replace(value=None)
        found.append(Token(part, part, start, end, kind, value))
    return found


def number_of(digits: str, group: str = "", decimal: str = ".") -> Decimal | None:
    """Return the value of digits with signs between them; None for those that nobody would write for one number.

    Args:
        digits: A run of digits and of the signs and spaces between them.
        group: Characters between groups of three digits.
        decimal: The decimal sign.

    Examples:
        >>> [str(number_of(digits, group=",")) for digits in ("1,060", "12 000", "1'060", "1,06", "007")]
        ['1060', '12000', '1060', 'None', 'None']
    """
    if not digits[-1].isdecimal():  # "1½"
        part = Decimal(str(unicodedata.numeric(digits[-1])))
        whole = Decimal(0) if len(digits) == 1 else number_of(digits[:-1], group, decimal)
        return None if whole is None else whole + part
    parts = re.split(r"\D", digits)
    signs = [sign for sign in digits if not sign.isdecimal()]
    if sum(map(len, parts)) > _MOST_DIGITS or (parts[0][0] in "0٠" and len(parts[0]) > 1):
        return None
    if signs and signs[-1] in (decimal, "٫") and signs.count(signs[-1]) == 1:
        before = _grouped(parts[:-1], signs[:-1], group)
        return None if before is None else Decimal(f"{before}.{int(parts[-1]):0{len(parts[-1])}d}")
    grouped = _grouped(parts, signs, group + decimal if len(signs) > 1 else group)
    return None if grouped is None else Decimal(grouped)


def _grouped(parts: Sequence[str], signs: Sequence[str], group: str) -> int | None:
    """Return the number of groups of digits: of three, or as in India, of two before the last one of three."""
    if len(set(signs)) > 1 or any(sign not in _GROUPING and sign not in group for sign in signs):
        return None
    sizes = [len(part) for part in parts[1:]]
    western = all(size == _GROUP for size in sizes)
    indian = signs[:1] == [","] and sizes[-1:] == [_GROUP] and all(size == _PAIR for size in sizes[:-1])
    if signs and not (len(parts[0]) <= _GROUP and parts[0] != "0" and (western or indian)):
        return None
    return int("".join(parts))


_GROUP, _PAIR = 3, 2


@lru_cache(maxsize=100_000)
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
    if at >= len(tokens) or tokens[at].key != words[0]:
        return False
    return len(words) == 1 or tuple(token.key for token in tokens[at : at + len(words)]) == words
