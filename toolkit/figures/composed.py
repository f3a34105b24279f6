"""Number words of a language that no library reads, composed from a list: "двадцать пять тысяч двести"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.figures.lexicon import Lexicon
from toolkit.figures.tokens import Token

_THOUSAND = 1_000


def composed(tokens: Sequence[Token], at: int, lexicon: Lexicon, *, governed: bool) -> tuple[Decimal, int] | None:
    """Read number words, or digits below a thousand, with scales in falling order.

    Args:
        tokens: The sentence.
        at: Position of the first one.
        lexicon: The words of the language.
        governed: They stand behind a qualifier or in a range, where `lexicon.governed` are numbers as well.

    Returns:
        The value, and the position after it; None where no number begins. A scale that only the next step can
        apply ("две с половиной тысячи") is left alone.
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
    """Add words up while each is of a lower order than the one before; or take digits, behind a scale three of them."""
    first = tokens[at]
    if first.kind == "number":
        fits = first.text.isdecimal() and (len(first.text) == 3 if rest else len(first.text) <= 3)
        return (int(first.text), at + 1) if fits else None
    total, order, stop = 0, _THOUSAND, at
    while stop < len(tokens) and order > 1:
        value = words.get(tokens[stop].key)
        if value is None or value >= order or (value < 10 and order < 10):
            break
        total, stop = total + value, stop + 1
        order = 1 if value < 20 else 10 ** (len(str(value)) - 1)
    return None if stop == at else (total, stop)


def _large(token: Token, words: Mapping[str, int], at: int) -> tuple[Decimal, int] | None:
    """Read a word that is a large number by itself: "полмиллиона"."""
    value = words.get(token.key, 0)
    return (Decimal(value), at + 1) if value >= _THOUSAND else None
