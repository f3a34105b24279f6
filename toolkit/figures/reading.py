"""Reading figures: of a phrase that holds one, and of the people harmed in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from toolkit.errors import UsageError
from toolkit.figures.figure import Figure, Found, Qualifier, fields_of
from toolkit.figures.harm import counts_people_harmed, speaks_of_harm
from toolkit.figures.languages import LANGUAGES, lexicon_of
from toolkit.figures.lexicon import Lexicon
from toolkit.figures.numbers import longest, number_at
from toolkit.figures.tokens import Token, matches, phrase, tokens_of


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure over a run of tokens.

    Attributes:
        first: Position of the first token.
        number: Position of the first token of the number itself, behind its qualifier.
        after: Position after the last token.
        figure: What it says.
    """

    first: int
    number: int
    after: int
    figure: Figure


def read(text: str, language: str = "en") -> Figure | None:
    """Read the one figure of a phrase such as "at least 14" or "two soldiers".

    Args:
        text: The phrase.
        language: ISO 639-1 code, one of `LANGUAGES`.

    Returns:
        The figure; None where the phrase holds none, or more than one: nothing is guessed and nothing added up.

    Raises:
        UsageError: Figures are not read in the language.
    """
    lexicon = _lexicon(language)
    quantities = list(_quantities(_tokens(text, lexicon), lexicon))
    return quantities[0].figure if len(quantities) == 1 else None


def find(sentence: str, language: str = "en") -> list[Found]:
    """Find the figures of people harmed in a sentence, in its order.

    A quantity counts where words for people or harm stand beside it and the sentence speaks of harm; dates, ages,
    distances, shares and sums of money do not. It is meant for suggestions that people correct.

    Args:
        sentence: The sentence.
        language: ISO 639-1 code, one of `LANGUAGES`.

    Raises:
        UsageError: Figures are not read in the language.
    """
    lexicon = _lexicon(language)
    tokens = _tokens(sentence, lexicon)
    if not speaks_of_harm(tokens, lexicon):
        return []
    found = []
    for quantity in _quantities(tokens, lexicon):
        if counts_people_harmed(tokens, quantity.first, quantity.number, quantity.after, lexicon):
            start, end = tokens[quantity.first].start, tokens[quantity.after - 1].end
            found.append(Found(start=start, end=end, text=sentence[start:end], figure=quantity.figure))
    return found


def differences(text: str, fields: Mapping[str, object], language: str = "en") -> tuple[str, ...]:
    """Return the fields in which a person's numbers differ from what the words say, sorted; to be looked at again.

    Args:
        text: The words that were marked.
        fields: The fields that the person filled, by the names of `Figure`; others are left alone.
        language: ISO 639-1 code, one of `LANGUAGES`.

    Returns:
        Names among low, low_open, high, high_open and qualifier; none where the words cannot be read.
    """
    figure = read(text, language)
    if figure is None:
        return ()
    expected: Mapping[str, object] = fields_of(figure)
    names = ("high", "high_open", "low", "low_open", "qualifier")
    return tuple(name for name in names if _said(fields, name) != _said(expected, name))


def _said(fields: Mapping[str, object], name: str) -> object:
    """Return a field; a boolean that is false says the same as one that is absent."""
    value = fields.get(name)
    return None if value is False else value


def _lexicon(language: str) -> Lexicon:
    lexicon = lexicon_of(language)
    if lexicon is None:
        raise UsageError(f"figures are not read in {language!r}", remedy=f"languages: {', '.join(LANGUAGES)}")
    return lexicon


def _tokens(text: str, lexicon: Lexicon) -> list[Token]:
    return tokens_of(text, group=lexicon.group, decimal=lexicon.decimal)


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
    )


def _range_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "between 30 and 40", "from 30 to 40"."""
    for opening, joint in lexicon.ranges:
        words = phrase(opening)
        if matches(tokens, at, words):
            found = _pair(tokens, at + len(words), (joint,), lexicon)
            if found is not None:
                return Quantity(at, at + len(words), *found)
    return None


def _pair(tokens: Sequence[Token], at: int, joints: Sequence[str], lexicon: Lexicon) -> tuple[int, Figure] | None:
    """Read two numbers and the word or sign between them; a scale after the second holds for both."""
    first = _number(tokens, at, lexicon)
    if first is None or first[1] >= len(tokens) or tokens[first[1]].key not in joints:
        return None
    second = _number(tokens, first[1] + 1, lexicon)
    if second is None:
        return None
    low, high = first[0], second[0]
    if first[2] == 1 and second[2] > 1 and low * second[2] <= high:
        low *= second[2]
    if low > high or (low == high) or not (_whole(low) and _whole(high)):
        return None
    return second[1], Figure(low=int(low), high=int(high), qualifier="range")


def _qualified_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Quantity | None:
    """Read "at least 14", "more than dozens"."""
    found = longest(tokens, at, lexicon.before)
    if found is None or found[1] >= len(tokens):
        return None
    qualifier, number = found
    vague = _vague_at(tokens, number, lexicon)
    if vague is not None:
        return Quantity(at, number, vague.after, vague.figure)
    if qualifier == "about":
        pair = _pair(tokens, number, lexicon.joints, lexicon)
        if pair is not None:
            return Quantity(at, number, *pair)
    value = _number(tokens, number, lexicon)
    if value is None or not _whole(value[0]):
        return None
    return Quantity(at, number, value[1], _figure(qualifier, int(value[0])))


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
    found = longest(tokens, at, dict.fromkeys(lexicon.none, 0))
    return None if found is None else Quantity(at, at, found[1], _figure("exact", 0))


def _number(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Decimal, int, int] | None:
    return number_at(tokens, at, lexicon) if at < len(tokens) else None


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
