"""The quantities of a sentence: figures read from a phrase, and figures of people harmed found in a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from toolkit.errors import UsageError
from toolkit.figures.figure import Figure, Found, Qualifier, fields_of
from toolkit.figures.harm import counts_people_harmed, is_one_of, measures_something_else, speaks_of_harm
from toolkit.figures.lexicon import LANGUAGES, Lexicon, load
from toolkit.figures.numbers import longest, number_at
from toolkit.figures.sentence_tokens import Token, matches, phrase, tokens_of

if TYPE_CHECKING:
    from toolkit.records import Span

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
    lexicon = _lexicon(language)
    tokens = _tokens(text, lexicon)
    quantities = list(_quantities(tokens, lexicon))
    if len(quantities) != 1 or measures_something_else(tokens, quantities[0].first, quantities[0].after, lexicon):
        return None
    return quantities[0].figure


def find(text: str, language: str | Lexicon = "en") -> list[Found]:
    """Find the figures of people harmed in a sentence.

    A sentence is searched if it has a word for harm: killed, wounded, missing or captured. A number of it is a figure
    if a word for people or harm stands right after it ("14 soldiers", "14 wounded"), or if harm is named shortly before
    it and no other noun follows ("the death toll rose to 36"). Dates, ages, distances, shares, sums of money and names
    such as "T-72" are not figures. The words do not say who was harmed or how: a person confirms each figure.

    Args:
        text: A sentence. Offsets are code points of it.
        language: ISO 639-1 code, one of `LANGUAGES`; or the words of a language, read from a file.

    Returns:
        The figures in the order of the text, without overlap: each with `start`, `end`, its `text`, which is
        `text[start:end]`, and its `figure`, as `read` returns it.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import find
        >>> text = "At least 14 people were killed on 12 March and dozens wounded; 5% of the homes burned."
        >>> for found in find(text):
        ...     print(found.start, found.end, found.text, found.figure.low, found.figure.qualifier)
        0 11 At least 14 14 at_least
        47 53 dozens None vague
        >>> find("Thousands of soldiers marched through the town.")
        []
    """
    lexicon = _lexicon(language)
    tokens = _tokens(text, lexicon)
    if not speaks_of_harm(tokens, lexicon):
        return []
    found = []
    for quantity in _quantities(tokens, lexicon):
        nobody = quantity.figure.high == 0
        if counts_people_harmed(tokens, quantity.first, quantity.number, quantity.after, lexicon, nobody=nobody):
            start, end = tokens[quantity.first].start, tokens[quantity.after - 1].end
            found.append(Found(start=start, end=end, text=text[start:end], figure=quantity.figure))
    return found


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


def _lexicon(language: str | Lexicon) -> Lexicon:
    if isinstance(language, Lexicon):
        return language
    if language not in LANGUAGES:
        raise UsageError(f"figures are not read in {language!r}", remedy=f"use one of {', '.join(LANGUAGES)}")
    return load(language)


def _tokens(text: str, lexicon: Lexicon) -> list[Token]:
    return tokens_of(text, group=lexicon.group, decimal=lexicon.decimal, hyphens=lexicon.hyphens)


def _quantities(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Quantity]:
    """Yield the quantities from left to right; none overlaps another."""
    at = 0
    while at < len(tokens):
        quantity = _quantity_at(tokens, at, lexicon)
        if quantity is not None:
            yield quantity
        at = quantity.after if quantity is not None else at + 1


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
    return any(is_one_of(token, lexicon.reaching) for token in before)


def _pair(
    tokens: Sequence[Token], at: int, joints: Sequence[str], lexicon: Lexicon, *, governed: bool = False
) -> tuple[int, Figure] | None:
    """Read two numbers and the word or sign between them; a scale after the second holds for both."""
    first = _number(tokens, at, lexicon, governed=governed)
    if first is None or first[1] >= len(tokens) or tokens[first[1]].key not in joints:
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
    found = longest(tokens, at, lexicon.before)
    if found is None or found[1] >= len(tokens):
        return None
    qualifier, number = found
    if qualifier == "up_to" and at and is_one_of(tokens[at - 1], lexicon.reaching):
        return None
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


def _bounded(tokens: Sequence[Token], lower: Quantity, lexicon: Lexicon) -> Quantity | None:
    """Join a lower bound with the upper bound that follows it: "more than 30 but fewer than 40"."""
    if lower.figure.high is not None or lower.after >= len(tokens):
        return None
    if tokens[lower.after].key not in lexicon.conjunctions:
        return None
    upper = _qualified_at(tokens, lower.after + 1, lexicon)
    low, high = lower.figure.low, None if upper is None else upper.figure.high
    if upper is None or low is None or high is None or upper.figure.qualifier != "up_to" or low >= high:
        return None
    opens = {"low_open": lower.figure.low_open, "high_open": upper.figure.high_open}
    return Quantity(lower.first, lower.number, upper.after, Figure(low=low, high=high, qualifier="range", **opens))


def _vague_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    found = longest(tokens, at, lexicon.vague)
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
    trailing = longest(tokens, value[1], lexicon.after)
    qualifier, after = trailing if trailing is not None else ("exact", value[1])
    return Quantity(at, at, after, _figure(qualifier, int(value[0])))


def _none_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "no", "none of the 14"."""
    found = longest(tokens, at, dict.fromkeys(lexicon.none, 0))
    if found is None:
        return None
    after = found[1]
    spared = longest(tokens, after, dict.fromkeys(lexicon.none_of, 0))
    if spared is not None:
        number = _number(tokens, spared[1], lexicon)
        after = after if number is None else number[1]
    return Quantity(at, at, after, _figure("exact", 0))


def _neither_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "neither soldiers nor civilians": nobody, once."""
    for first, second in lexicon.neither:
        if tokens[at].key != first:
            continue
        named = [n for n in range(at + 1, min(at + 1 + _KINDS, len(tokens))) if is_one_of(tokens[n], lexicon.people)]
        joints = [n for n in range(at + 2, min(at + 2 + _KINDS, len(tokens))) if tokens[n].key == second]
        if joints and len(named) > 1 and named[0] < joints[0] < named[-1]:
            after = next(n for n in named if n > joints[0]) + 1
            return Quantity(at, at, after, _figure("exact", 0))
    return None


def _single_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "a soldier"."""
    if tokens[at].key in lexicon.articles and at + 1 < len(tokens) and is_one_of(tokens[at + 1], lexicon.people):
        return Quantity(at, at, at + 1, _figure("exact", 1))
    return None


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


def suggest(sentence: str, language: str = "en", *, label: str = "FIGURE") -> tuple[Span, ...]:
    """Return the figures of people harmed in a sentence as spans, for people to correct.

    The fields of a span are those that its words decide. The field for what happened to the people is left open: words
    such as "casualties" do not say it.

    Args:
        sentence: The sentence.
        language: ISO 639-1 code, one of `LANGUAGES`.
        label: Id of the span label for figures.

    Returns:
        One span per figure, in the order of the sentence. Its id depends on the sentence, the label and the place, so
        that the same sentence gives the same spans.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import suggest
        >>> [(span.text, dict(span.attributes)) for span in suggest("More than 6,000 casualties were reported.")]
        [('More than 6,000', {'low': 6000, 'low_open': True, 'qualifier': 'more_than'})]
    """
    from toolkit.records import Span, content_id  # pydantic takes longer to load than the rest of this package

    return tuple(
        Span(
            span_id=content_id("suggestion", sentence, label, found.start, found.end),
            label=label,
            start=found.start,
            end=found.end,
            text=found.text,
            attributes=dict(fields_of(found.figure)),
        )
        for found in find(sentence, language)
    )
