"""Numbers in a sentence: digits, number words, scales and halves.

text2num reads the number words of most languages. Those of the others are composed from a list: "двадцать пять тысяч
двести".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from toolkit.figures.lexicon import Lexicon
from toolkit.figures.sentence_tokens import Token, matches, phrase
from toolkit.figures.word_roles import Vocabulary

_THOUSAND = 1_000


def composed(tokens: Sequence[Token], at: int, lexicon: Lexicon, *, governed: bool) -> tuple[Decimal, int] | None:
    """Compose a number of number words, or of digits below a thousand, with scales in falling order.

    Args:
        tokens: The sentence.
        at: Position of the first word.
        lexicon: The words of the language.
        governed: The number stands behind a qualifier or in a range, where the words of `lexicon.governed` are numbers.

    Returns:
        The value, and the position after it; None if no number begins here. A scale behind a half ("две с половиной
        тысячи") is left to the caller.
    """
    words = {**lexicon.words, **lexicon.governed} if governed else lexicon.words
    total, limit, position = Decimal(0), None, at
    while position < len(tokens):
        part = _below_thousand(tokens, position, words, rest=limit is not None)
        value, after = part if part is not None else (1, position)
        scale = lexicon.scales.get(tokens[after].key) if after < len(tokens) else None
        counted = part is not None or tokens[position].key in words
        if scale is None or not counted or (limit is not None and scale >= limit):
            if part is not None:
                total, position = total + value, after
            break
        total, limit, position = total + value * scale, scale, after + 1
    if position == at:
        return _large(tokens[at], words, at)
    return total, position


def _below_thousand(
    tokens: Sequence[Token], at: int, words: Mapping[str, int], *, rest: bool
) -> tuple[int, int] | None:
    """Add up words while each is of a lower order than the one before, or read digits.

    Digits are three at most, and exactly three after a scale.
    """
    first = tokens[at]
    if first.kind == "number":
        fits = first.text.isdecimal() and (len(first.text) == 3 if rest else len(first.text) <= 3)
        return (int(first.value), at + 1) if fits and first.value is not None else None
    total, order, stop = 0, _THOUSAND, at
    while stop < len(tokens) and order > 1:
        value = words.get(tokens[stop].key)
        if value is None or value >= order or (value < 10 and order < 10):
            break
        total, stop = total + value, stop + 1
        order = 1 if value < 20 else 10 ** (len(str(value)) - 1)
    return None if stop == at else (total, stop)


def _large(token: Token, words: Mapping[str, int], at: int) -> tuple[Decimal, int] | None:
    """Read a single word for a large number: "полмиллиона"."""
    value = words.get(token.key, 0)
    return (Decimal(value), at + 1) if value >= _THOUSAND else None


_DECIMAL = re.compile(r"\d{1,3}[.,]\d{1,2}")
_LONGEST = 12  # words of a number; "nine hundred and ninety-nine thousand nine hundred and ninety-nine" has 9


def number_at(
    tokens: Sequence[Token], at: int, lexicon: Lexicon, *, governed: bool = False
) -> tuple[Decimal, int, int] | None:
    """Read the longest number that begins at a token.

    Args:
        tokens: The sentence.
        at: Position of the token.
        lexicon: The words of the language.
        governed: The number stands behind a qualifier or in a range.

    Returns:
        Its value, the position after it, and the factor of the scale word at its end (1 without one); None if no number
        begins here.
    """
    half = longest(tokens, at, lexicon, "halves")
    if half is not None:
        factor, after = half
        scale = _scale_at(tokens, after, lexicon)
        if scale is not None:
            return Decimal(str(factor)) * scale, after + 1, scale
    plain = _plain(tokens, at, lexicon, governed=governed)
    if plain is None:
        return None
    value, after = plain
    scale = (
        lexicon.scales.get(tokens[after - 1].key, 1) if after > at else 1
    )  # number words may hold one: "three thousand"
    if scale > 1:
        return _with_half(tokens, value, after, scale, lexicon)
    return _scaled(tokens, value, after, lexicon)


def longest(tokens: Sequence[Token], at: int, lexicon: Lexicon, entry: str) -> tuple[Any, int] | None:
    """Return the meaning of the longest phrase of an entry that stands at a position, and the position after it."""
    return _vocabulary(lexicon, entry).at(tokens, at) if at < len(tokens) else None


@lru_cache(maxsize=1_000)
def _vocabulary(lexicon: Lexicon, entry: str) -> Vocabulary[Any]:
    """Return the phrases of a lexicon's entry, ready for looking up."""
    phrases = getattr(lexicon, entry)
    return Vocabulary(phrases if isinstance(phrases, Mapping) else dict.fromkeys(phrases, 0))


def _plain(tokens: Sequence[Token], at: int, lexicon: Lexicon, *, governed: bool) -> tuple[Decimal, int] | None:
    """Read digits, number words, or the article of a scale."""
    token = tokens[at]
    if not lexicon.number_words and token.kind != "sign":
        found = composed(tokens, at, lexicon, governed=governed)
        if found is not None or token.kind == "word":
            return found
    if token.kind == "number":
        value = token.value
        if value is None and _DECIMAL.fullmatch(token.text) and _scale_at(tokens, at + 1, lexicon) is not None:
            value = Decimal(token.text.replace(",", "."))  # "1,2 million" can be nothing but 1.2 million
        return None if value is None else (value, at + 1)
    if at and tokens[at - 1].kind == "number" and token.key in lexicon.scales:
        return None  # the scale of digits that are no number
    if token.kind != "word":
        return None
    words = _words(tokens, at, lexicon)
    if words is None and token.key in lexicon.articles and _scale_at(tokens, at + 1, lexicon) is not None:
        return Decimal(1), at + 1
    if words is None and governed and token.key in lexicon.scales:
        return Decimal(1), at  # French "une bonne trentaine": "une bonne" qualifies, and the scale follows
    return words


def _words(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Decimal, int] | None:
    """Read the longest run of number words."""
    listed = longest(tokens, at, lexicon, "words")
    if listed is not None:
        return Decimal(listed[0]), listed[1]
    first = tokens[at].key
    if first not in lexicon.articles and parsed(first, lexicon.language) is None:
        return None  # every number begins with a number word
    end = at
    while end < len(tokens) and tokens[end].kind == "word" and end - at < _LONGEST:
        end += 1
    keys = [token.key for token in tokens[at:end]]
    if len(keys) > 1 and keys[1] in lexicon.scales:
        keys[0] = lexicon.articles.get(keys[0], keys[0])
    if parsed(keys[0], lexicon.language) is None:
        return None
    for stop in range(end, at, -1):
        value = parsed(" ".join(keys[: stop - at]), lexicon.language)
        if value is not None:
            return Decimal(value), stop
    return None


@lru_cache(maxsize=100_000)
def parsed(words: str, language: str) -> int | None:
    """Return the number that words stand for, as text2num reads them; None for words that are not a number."""
    from text_to_num import text2num

    try:
        return int(text2num(words, language))
    except ValueError:
        return None


def _scaled(tokens: Sequence[Token], value: Decimal, at: int, lexicon: Lexicon) -> tuple[Decimal, int, int]:
    """Apply the half and the scale that follow a number."""
    after_half = _past(tokens, at, lexicon.and_half)
    if after_half is not None:
        scale = _scale_at(tokens, after_half, lexicon)
        if scale is not None:
            return (value + Decimal("0.5")) * scale, after_half + 1, scale
    scale = _scale_at(tokens, at, lexicon)
    if scale is None:
        return value, at, 1
    return _with_half(tokens, value * scale, at + 1, scale, lexicon)


def _with_half(
    tokens: Sequence[Token], value: Decimal, at: int, scale: int, lexicon: Lexicon
) -> tuple[Decimal, int, int]:
    """Add the half of a scale that follows it: "un million et demi"."""
    after = _past(tokens, at, lexicon.and_half)
    return (value, at, scale) if after is None else (value + Decimal(scale) / 2, after, scale)


def _past(tokens: Sequence[Token], at: int, phrases: Sequence[str]) -> int | None:
    """Return the position after the phrase that stands here; None if none does."""
    for words in phrases:
        key = phrase(words)
        if matches(tokens, at, key):
            return at + len(key)
    return None


def _scale_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int | None:
    return lexicon.scales.get(tokens[at].key) if at < len(tokens) else None
