"""Whether a quantity in a sentence counts people who came to harm."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from toolkit.figures.lexicon import Lexicon
from toolkit.figures.tokens import Token

_NEAR = 4  # tokens behind a quantity in which people or harm may be named: "14 other young soldiers"
_BACK = 6  # tokens before it in which harm may be named: "the death toll has since risen to 14"
_YEARS = range(1900, 2100)
_MONEY = frozenset("$€£¥₽₴#№")
_JOINING = frozenset("-:/.")  # "T-72", "14:30", "3/4": when nothing parts them from the number
_MEASURE = frozenset("%$€£¥₽₴/°")


def speaks_of_harm(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Return whether a sentence has a word for people being killed, wounded, missing or captured."""
    return any(_is(token, lexicon.harm) for token in tokens)


def counts_people_harmed(tokens: Sequence[Token], first: int, number: int, after: int, lexicon: Lexicon) -> bool:
    """Return whether a quantity in a sentence that speaks of harm counts people harmed.

    Args:
        tokens: The sentence.
        first: Position of the quantity's first token.
        number: Position of the first token of the number itself, behind its qualifier.
        after: Position after its last token.
        lexicon: The words of the language.
    """
    if _other(tokens, first, number, after, lexicon):
        return False
    ahead = _clause(tokens[after : after + _NEAR])
    named = takewhile(lambda token: token.key not in lexicon.conjunctions, ahead)
    if any(_is(token, lexicon.harm) or _is(token, lexicon.people) for token in named):
        return True
    named_before = any(_is(token, lexicon.harm) for token in _since_number(tokens[max(0, first - _BACK) : first]))
    return named_before and (not ahead or ahead[0].key in lexicon.functions)


def _other(tokens: Sequence[Token], first: int, number: int, after: int, lexicon: Lexicon) -> bool:
    """Return whether it is a date, an age, a share, a sum of money, a name ("T-72") or counts something else."""
    before = tokens[first - 1] if first else None
    behind = tokens[after] if after < len(tokens) else None
    if before is not None and (before.key in _MONEY or _months(before, lexicon)):
        return True
    if before is not None and before.key in _JOINING and before.end == tokens[first].start:
        return True
    if after - first == 1 and tokens[first].key in lexicon.articles:
        return True
    if behind is not None and _measures(tokens, after, lexicon):
        return True
    token = tokens[number]
    year = token.kind == "number" and token.text.isdecimal() and int(token.text) in _YEARS
    return year and not (behind is not None and _is(behind, lexicon.people))


def _measures(tokens: Sequence[Token], after: int, lexicon: Lexicon) -> bool:
    """Return whether what follows the number shows that it counts no people: "%", "km", "14-year-old", "14th"."""
    behind, last = tokens[after], tokens[after - 1]
    joined = behind.start == last.end
    if behind.key in _MEASURE or (joined and (behind.kind == "word" or behind.key in "-–:")):
        return True
    return _is(behind, lexicon.units) and not _is(behind, lexicon.harm)


def _months(token: Token, lexicon: Lexicon) -> bool:
    """Return whether a word is a month written with a capital, after which a number is a day or a year."""
    return token.text[:1].isupper() and len(token.text) > 2 and _is(token, lexicon.units)


def _is(token: Token, words: tuple[str, ...]) -> bool:
    """Return whether a word is one of the list, in which "soldier*" stands for every word that begins so."""
    if token.kind != "word":
        return False
    return any(token.key.startswith(item[:-1]) if item.endswith("*") else token.key == item for item in words)


def _clause(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens up to the first sign or number."""
    return list(takewhile(lambda token: token.kind == "word", tokens))


def _since_number(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens after the last number or sign."""
    return _clause(list(reversed(tokens)))
