"""The quantities of a sentence: figures read from a phrase, and figures of people harmed found in a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import cast

from toolkit.errors import UsageError
from toolkit.figures.figure import Figure, Qualifier, fields_of
from toolkit.figures.harm.harm_words import harm_words
from toolkit.figures.harm.noun_phrase import MONEY, measured
from toolkit.figures.lexicon import LANGUAGES, Lexicon, load
from toolkit.figures.numbers import longest, number_at, parsed
from toolkit.figures.sentence_tokens import Token, matches, phrase, tokens_of
from toolkit.figures.word_roles import REMEMBERED, Role

_MODIFIERS = 7  # tokens between an article and its person: "a 14-year-old Kyrgyz factory worker"
_ASIDE = 2  # words between a qualifier and its number
_CHANGE = 4  # tokens before "from" that may say that a count has changed
_KINDS = 6  # tokens after "neither" that name the two kinds of people


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure over a run of tokens.

    Attributes:
        first: Position of the first token.
        number: Position of the first token of the number itself, after its qualifier.
        after: Position after the last token.
        figure: The numbers that the tokens state.
    """

    first: int
    number: int
    after: int
    figure: Figure


def read(text: str, language: str | Lexicon = "en") -> Figure | None:
    """Read the one figure of a phrase such as "at least 14" or "two soldiers".

    A figure is an interval [low, high] of people. A bound that the words do not set is None; "more than" and "fewer
    than" exclude their bound, which is then open. `best` is the number of an exact figure, and `magnitude` the one that
    a vague word is built on.

    Args:
        text: The phrase, in any case.
        language: ISO 639-1 code, one of `LANGUAGES`; or the words of a language, read from a file.

    Returns:
        The figure. None for a phrase without a figure or with more than one, and for a share, a sum of money, a length
        or an age: nothing is guessed, and no numbers are added up.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import read
        >>> read("at least 14 people")
        Figure(low=14, low_open=False, high=None, high_open=False, best=None, qualifier='at_least', magnitude=None)
        >>> figure = read("zwischen 30 und 40", "de")
        >>> figure.low, figure.high, figure.qualifier
        (30, 40, 'range')
        >>> figure = read("более двух тысяч", "ru")
        >>> figure.low, figure.low_open, figure.qualifier
        (2000, True, 'more_than')
        >>> read("14 killed and 20 wounded") is None
        True

    Source:
        The library text2num reads the number words of the languages that it knows; the words of a language's file
        decide everything else.
    """
    lexicon = lexicon_of(language)
    tokens = sentence_tokens(text, lexicon)
    quantities = list(quantities_of(tokens, lexicon))
    if len(quantities) != 1 or _says_more(tokens, quantities[0], lexicon):
        return None
    return quantities[0].figure


def _says_more(tokens: Sequence[Token], quantity: Quantity, lexicon: Lexicon) -> bool:
    """Return whether the words beside the one quantity of a phrase make it another: "14 %", "$300", "circa 14"."""
    first, after = quantity.first, quantity.after
    if after < len(tokens) and (measured(tokens, after, lexicon) or _is_cut(tokens, quantity, lexicon)):
        return True
    if not first:
        return False
    before = tokens[first - 1]
    if before.kind == "number" or before.key in MONEY:
        return True
    if before.kind != "word" or not before.text.islower() or not lexicon.neutral:
        return False
    roles = harm_words(lexicon).roles.of(before.key)
    return roles in (0, Role.ADVERBS) and not harm_words(lexicon).may_tell([before.key])


def _is_cut(tokens: Sequence[Token], quantity: Quantity, lexicon: Lexicon) -> bool:
    """Return whether an article stands for one where the words after it say another number: "une poignée"."""
    article = quantity.after - quantity.first == 1 and tokens[quantity.first].key in lexicon.articles
    return article and tokens[quantity.after].kind == "word" and _single_at(tokens, quantity.first, lexicon) is None


def differences(text: str, fields: Mapping[str, object], language: str = "en") -> tuple[str, ...]:
    """Return the fields in which a person's numbers differ from the words that the person marked.

    Args:
        text: The words that were marked.
        fields: The fields that the person filled, by the names of `Figure`'s attributes. Other names are ignored.
        language: ISO 639-1 code, one of `LANGUAGES`.

    Returns:
        The names that differ, sorted, among high, high_open, low, low_open and qualifier; none if the words cannot be
        read. A flag that is absent is false.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import differences
        >>> differences("more than 14", {"low": 14, "qualifier": "more_than"})
        ('low_open',)
    """
    figure = read(text, language)
    if figure is None:
        return ()
    expected: Mapping[str, object] = fields_of(figure)
    names = ("high", "high_open", "low", "low_open", "qualifier")
    return tuple(name for name in names if _said(fields, name) != _said(expected, name))


def _said(fields: Mapping[str, object], name: str) -> object:
    """Return a field; a flag that is false is one that is absent."""
    value = fields.get(name)
    return None if value is False else value


def lexicon_of(language: str | Lexicon) -> Lexicon:
    """Return the words of a language that is given by its code or by itself; UsageError for one that is not read."""
    if isinstance(language, Lexicon):
        return language
    if language not in LANGUAGES:
        raise UsageError(f"figures are not read in {language!r}", remedy=f"use one of {', '.join(LANGUAGES)}")
    return load(language)


def sentence_tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """Return the tokens of a text, cut as its language writes numbers."""
    return tokens_of(text, group=lexicon.group, decimal=lexicon.decimal, hyphens=lexicon.hyphens)


def quantities_of(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Quantity]:
    """Yield the quantities from left to right; none overlaps another."""
    at = 0
    begins = _Beginnings.of(lexicon)
    while at < len(tokens):
        quantity = _quantity_at(tokens, at, lexicon) if begins.quantity(tokens[at]) else None
        if quantity is not None:
            yield quantity
        at = quantity.after if quantity is not None else at + 1


class _Beginnings:
    """The tokens that may begin a quantity: what begins with no other need not be read."""

    def __init__(self, lexicon: Lexicon) -> None:
        phrases = (*lexicon.before, *lexicon.vague, *lexicon.none, *lexicon.halves, *lexicon.words, *lexicon.articles)
        opening = (*(first for first, _ in lexicon.ranges), *(first for first, _ in lexicon.neither))
        words = (*phrases, *opening, *lexicon.governed, *lexicon.scales)
        self._known = dict.fromkeys((phrase(each)[0] for each in words if phrase(each)), True)
        self._known.update(dict.fromkeys(lexicon.unread, False))
        self._language = lexicon.language if lexicon.number_words else None

    @staticmethod
    @lru_cache(maxsize=64)
    def of(lexicon: Lexicon) -> _Beginnings:
        """Return those of a language; they are made once."""
        return _Beginnings(lexicon)

    def quantity(self, token: Token) -> bool:
        """Return whether a token may begin a quantity."""
        if token.kind == "number":
            return True
        known = self._known.get(token.key)
        if known is None:
            known = (
                self._language is not None and token.kind == "word" and parsed(token.key, self._language) is not None
            )
            if len(self._known) < REMEMBERED:
                self._known[token.key] = known
        return known


def _quantity_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    return (
        _range_at(tokens, at, lexicon)
        or _qualified_at(tokens, at, lexicon)
        or _vague_at(tokens, at, lexicon)
        or _bare_at(tokens, at, lexicon)
        or _none_at(tokens, at, lexicon)
        or _neither_at(tokens, at, lexicon)
        or _single_at(tokens, at, lexicon)
    )


def _range_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "between 30 and 40", "from 30 to 40"."""
    for opening, joint in lexicon.ranges:
        words = phrase(opening)
        if matches(tokens, at, words) and not _rose(tokens, at, lexicon):
            found = _pair(tokens, at + len(words), (joint,), lexicon, governed=True)
            if found is not None:
                return Quantity(at, at + len(words), *found)
    return None


def _rose(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Return whether a count has changed just before: "rose from 38 to 45" gives two counts and no range."""
    before = tokens[max(0, at - _CHANGE) : at]
    return any(_is(token, Role.RISING, lexicon) for token in before)


def _pair(
    tokens: Sequence[Token], at: int, joints: Sequence[str], lexicon: Lexicon, *, governed: bool = False
) -> tuple[int, Figure] | None:
    """Read two numbers and the word or sign between them; a scale after the second holds for both."""
    first = _number(tokens, at, lexicon, governed=governed)
    if first is None or first[1] >= len(tokens) or tokens[first[1]].key not in joints:
        return None
    if tokens[first[1]].kind == "word" and _rose(tokens, at, lexicon):
        return None
    second = _number(tokens, first[1] + 1, lexicon, governed=governed)
    if second is None:
        return None
    low, high = first[0], second[0]
    if first[2] == 1 and second[2] > 1 and low * second[2] <= high:
        low *= second[2]
    if low > high or (low == high) or not (_whole(low) and _whole(high)):
        return None
    return second[1], Figure(low=int(low), high=int(high), qualifier="range")


def _qualified_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "at least 14", "more than dozens", "more than 30 but fewer than 40"."""
    found = longest(tokens, at, lexicon, "before")
    if found is None or found[1] >= len(tokens):
        return None
    qualifier, number = found
    if qualifier == "up_to" and _rose(tokens, at, lexicon):
        return None  # "вырос до 36" is 36
    number = _past_aside(tokens, number, lexicon)
    vague = _vague_at(tokens, number, lexicon)
    if vague is not None and tokens[number].key not in lexicon.governed:
        return Quantity(at, number, vague.after, vague.figure)
    if qualifier == "about":
        pair = _pair(tokens, number, lexicon.joints, lexicon, governed=True)
        if pair is not None:
            return Quantity(at, number, *pair)
    value = _number(tokens, number, lexicon, governed=True)
    if value is None or not _whole(value[0]):
        return None
    quantity = Quantity(at, number, value[1], _figure(qualifier, int(value[0])))
    return _bounded(tokens, quantity, lexicon) or quantity


def _past_aside(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int:
    """Return the position after a word between a qualifier and its number: French "dépasse désormais les 5 000"."""
    stop = at
    while stop < min(at + _ASIDE, len(tokens) - 1) and _is(tokens[stop], Role.NEUTRAL | Role.ADVERBS, lexicon):
        if longest(tokens, stop, lexicon, "vague") is not None or (
            stop == at and _is(tokens[stop], Role.DETERMINERS, lexicon)
        ):
            break
        stop += 1
    return stop


def _bounded(tokens: Sequence[Token], lower: Quantity, lexicon: Lexicon) -> Quantity | None:
    """Join a lower bound with the upper bound that follows it: "more than 30 but fewer than 40"."""
    if lower.figure.high is not None or lower.after >= len(tokens):
        return None
    if tokens[lower.after].key not in (*lexicon.conjunctions, *lexicon.barriers):
        return None
    upper = _qualified_at(tokens, lower.after + 1, lexicon)
    low, high = lower.figure.low, None if upper is None else upper.figure.high
    if upper is None or low is None or high is None or upper.figure.qualifier != "up_to" or low >= high:
        return None
    opens = {"low_open": lower.figure.low_open, "high_open": upper.figure.high_open}
    return Quantity(lower.first, lower.number, upper.after, Figure(low=low, high=high, qualifier="range", **opens))


def _vague_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    found = longest(tokens, at, lexicon, "vague")
    if found is None:
        return None
    return Quantity(at, at, found[1], Figure(qualifier="vague", magnitude=found[0]))


def _bare_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "14", "30 to 40", "14 or more"."""
    pair = _pair(tokens, at, lexicon.joints, lexicon)
    if pair is not None:
        return Quantity(at, at, *pair)
    value = _number(tokens, at, lexicon)
    if value is None or not _whole(value[0]):
        return None
    trailing = longest(tokens, value[1], lexicon, "after")
    qualifier, after = trailing if trailing is not None else ("exact", value[1])
    return Quantity(at, at, after, _figure(qualifier, int(value[0])))


def _none_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "no", "none of the 14"."""
    found = longest(tokens, at, lexicon, "none")
    if found is None:
        return None
    after = found[1]
    spared = longest(tokens, after, lexicon, "none_of")
    if spared is not None:
        number = _number(tokens, spared[1], lexicon)
        after = after if number is None else number[1]
    return Quantity(at, at, after, _figure("exact", 0))


def _neither_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "neither soldiers nor civilians": nobody, once."""
    for first, second in lexicon.neither:
        if tokens[at].key != first:
            continue
        named = [n for n in range(at + 1, min(at + 1 + _KINDS, len(tokens))) if _is(tokens[n], Role.PEOPLE, lexicon)]
        joints = [n for n in range(at + 2, min(at + 2 + _KINDS, len(tokens))) if tokens[n].key == second]
        if joints and len(named) > 1 and named[0] < joints[0] < named[-1]:
            after = next(n for n in named if n > joints[0]) + 1
            return Quantity(at, at, after, _figure("exact", 0))
    return None


def _single_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "a soldier", "a young Kyrgyz soldier"."""
    if tokens[at].key not in lexicon.articles:
        return None
    for place in range(at + 1, min(at + 1 + _MODIFIERS, len(tokens))):
        if tokens[place].kind == "word" and _is(tokens[place], Role.PERSON, lexicon):
            return Quantity(at, at, at + 1, _figure("exact", 1))
    return None


def _is(token: Token, role: int, lexicon: Lexicon) -> bool:
    return token.kind == "word" and bool(harm_words(lexicon).roles.of(token.key) & role)


def _number(
    tokens: Sequence[Token], at: int, lexicon: Lexicon, *, governed: bool = False
) -> tuple[Decimal, int, int] | None:
    return number_at(tokens, at, lexicon, governed=governed) if at < len(tokens) else None


def _whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _figure(qualifier: str, number: int) -> Figure:
    match qualifier:
        case "at_least" | "more_than":
            named = cast(Qualifier, qualifier)
            return Figure(low=number, low_open=qualifier == "more_than", qualifier=named)
        case "up_to" | "fewer_than":
            return Figure(high=number, high_open=qualifier == "fewer_than", qualifier="up_to")
        case "about":
            return Figure(low=number, high=number, qualifier="about")
    return Figure(low=number, high=number, best=number, qualifier="exact")
