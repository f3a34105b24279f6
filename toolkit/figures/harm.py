"""The test of a quantity in a sentence: does it count people who were killed, wounded, missing or captured?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from toolkit.figures.lexicon import Lexicon
from toolkit.figures.sentence_tokens import Token, matches, phrase

_NEAR = 4  # tokens after a quantity that may name people or harm: "14 other young soldiers"
_BESIDE = 2  # words after "no" that may name them, without words such as "was" and "in"
_BACK = 6  # tokens before a quantity that may name harm: "the death toll has since risen to 14"
_YEARS = range(1900, 2100)
_MONEY = frozenset("$€£¥₽₴#№")
_JOINING = frozenset("-:/.")  # "T-72", "14:30", "3/4": signs without a space before the number
_MEASURE = frozenset("%$€£¥₽₴/°")


def speaks_of_harm(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Return whether a sentence has a word for people being killed, wounded, missing or captured."""
    return any(is_one_of(token, lexicon.harm) for token in tokens)


def counts_people_harmed(
    tokens: Sequence[Token], first: int, number: int, after: int, lexicon: Lexicon, *, nobody: bool = False
) -> bool:
    """Return whether a quantity in a sentence that speaks of harm counts people harmed.

    Args:
        tokens: The sentence.
        first: Position of the quantity's first token.
        number: Position of the first token of the number itself, after its qualifier.
        after: Position after its last token.
        lexicon: The words of the language.
        nobody: The quantity is zero. "No" may deny anything ("no official confirmed the deaths"), so the words for
            people or harm have to stand right beside it.
    """
    if _other(tokens, first, number, after, lexicon):
        return False
    after = _past_whole(tokens, after, lexicon)
    ahead = _clause(tokens[after : after + _NEAR])
    named = list(takewhile(lambda token: token.key not in lexicon.conjunctions, ahead))
    if nobody:
        named = [token for token in named if token.key not in lexicon.functions][:_BESIDE]
    if any(is_one_of(token, lexicon.harm) or is_one_of(token, lexicon.people) for token in named):
        return True
    named_before = any(is_one_of(token, lexicon.harm) for token in _since_number(tokens[max(0, first - _BACK) : first]))
    return named_before and (not ahead or ahead[0].key in lexicon.functions)


def measures_something_else(tokens: Sequence[Token], first: int, after: int, lexicon: Lexicon) -> bool:
    """Return whether the quantity of a phrase is a share, a sum of money, a length or an age: "14 %", "$300".

    Args:
        tokens: The phrase.
        first: Position of the quantity's first token.
        after: Position after its last token.
        lexicon: The words of the language.
    """
    money = first > 0 and tokens[first - 1].key in _MONEY
    return money or (after < len(tokens) and _measures(tokens, after, lexicon))


def _other(tokens: Sequence[Token], first: int, number: int, after: int, lexicon: Lexicon) -> bool:
    """Return whether a quantity is something else: a date, an age, a share, a sum of money, a name ("T-72")."""
    before = tokens[first - 1] if first else None
    behind = tokens[after] if after < len(tokens) else None
    if before is not None and (before.key in _MONEY or _months(before, lexicon)):
        return True
    if before is not None and before.key in _JOINING and before.end == tokens[first].start:
        return True
    if before is not None and before.kind == "word" and before.end == tokens[first].start:
        return True  # "T72"
    if after - first == 1 and tokens[first].key in lexicon.articles:
        return True
    if any(token.key in lexicon.labelled for token in tokens[max(0, first - 2) : first]):
        return True
    if behind is not None and _measures(tokens, after, lexicon):
        return True
    token = tokens[number]
    year = token.text.isdecimal() and token.value is not None and int(token.value) in _YEARS
    return year and not (behind is not None and is_one_of(behind, lexicon.people))


def _measures(tokens: Sequence[Token], after: int, lexicon: Lexicon) -> bool:
    """Return whether the token after a number shows that it does not count people: "%", "km", "14-year-old", "14th"."""
    behind, last = tokens[after], tokens[after - 1]
    joined = behind.start == last.end and last.kind == "number"
    if behind.key in _MEASURE or (joined and (behind.kind == "word" or behind.key in "-–:")):
        return True
    return is_one_of(behind, lexicon.units) and not is_one_of(behind, lexicon.harm)


def _months(token: Token, lexicon: Lexicon) -> bool:
    """Return whether a word is a month written with a capital, after which a number is a day or a year."""
    return token.text[:1].isupper() and len(token.text) > 2 and is_one_of(token, lexicon.units)


def is_one_of(token: Token, words: tuple[str, ...]) -> bool:
    """Return whether a word stands in a list, in which "soldier*" stands for every word that begins with "soldier"."""
    if token.kind != "word":
        return False
    return any(token.key.startswith(item[:-1]) if item.endswith("*") else token.key == item for item in words)


def _clause(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens up to the first sign or number."""
    return list(takewhile(lambda token: token.kind == "word", tokens))


def _since_number(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens after the last number or sign."""
    return _clause(list(reversed(tokens)))


def _past_whole(tokens: Sequence[Token], after: int, lexicon: Lexicon) -> int:
    """Return the position after the number of the whole that a quantity is a part of: three "of the 14"."""
    for words in lexicon.none_of:
        number = after + len(phrase(words))
        if matches(tokens, after, phrase(words)):
            return number + (number < len(tokens) and tokens[number].kind == "number")
    return after
