"""The noun phrase of a number: the words that say what is counted, or that the number is a date, an age or a price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from toolkit.figures.harm.harm_words import STATE, Mark, harm_words
from toolkit.figures.lexicon import Lexicon
from toolkit.figures.sentence_tokens import Token
from toolkit.figures.word_roles import Role

Head = Literal["people", "person", "thing", "open", "none"]
"""What heads a noun phrase: people, one of them, a thing, an unknown noun, or nothing."""

_WORDS = 6  # words of a noun phrase
_YEARS = range(1900, 2100)
_YEAR = 4  # its digits
MONEY = frozenset("$€£¥₽₴#№&=")
_JOINING = frozenset("-:/.–^×*'’")  # "T-72", "14:30", "3/4": signs without a space before the number
_MEASURE = frozenset("%$€£¥₽₴/°‰^×")
_HALVES_OF_DAY = frozenset("ap")
_OPENING, _CLOSING = frozenset("(,"), frozenset("),")
_ONE_OF = frozenset({"one"})
_CLOSED = int(
    Role.PREPOSITIONS
    | Role.DETERMINERS
    | Role.RELATIVES
    | Role.CONJUNCTIONS
    | Role.BARRIERS
    | Role.LINKS
    | Role.NEGATIONS
    | Role.REACHING
    | Role.AMONG
    | Role.ADVERBS
)


class Counted(Protocol):
    """A number over a run of tokens, as `toolkit.figures.quantity.Quantity` is."""

    @property
    def first(self) -> int:
        """Position of its first token."""

    @property
    def number(self) -> int:
        """Position of the first token of the number itself, after its qualifier."""

    @property
    def after(self) -> int:
        """Position after its last token."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """What stands behind a number.

    Attributes:
        after: Position after its last word.
        head: What heads it.
        whole: The number in it that this one is a part of: three "of the 14".
        state: A word for harm in it: "wounded" soldiers.
        part: It begins with a word such as "of".
        unknown: Its words that are in no list.
    """

    after: int
    head: Head
    whole: int | None = None
    state: Mark | None = None
    part: bool = False
    unknown: int = 0


class SentenceWords:
    """A sentence's tokens with their roles, its words for harm, and its numbers.

    Args:
        tokens: The sentence.
        quantities: Its numbers, in its order.
        marks: Its words for harm.
        lexicon: The words of the language.
    """

    def __init__(
        self, tokens: Sequence[Token], quantities: Sequence[Counted], marks: Sequence[Mark], lexicon: Lexicon
    ) -> None:
        words = harm_words(lexicon)
        self.tokens = tokens
        self.lexicon = lexicon
        self.words = words
        self.quantities = quantities
        self.roles = [words.roles.of(token.key) if token.kind == "word" else 0 for token in tokens]
        self.marks: list[Mark | None] = [None] * len(tokens)
        for mark in marks:
            for at in range(mark.at, mark.after):
                self.marks[at] = mark
        self.phrases: dict[int, NounPhrase] = {}  # by their first position, once they were read
        self.numbers: dict[int, int] = {}
        for number, quantity in enumerate(quantities):
            for at in range(quantity.first, quantity.after):
                self.numbers[at] = number

    def has(self, at: int, role: int) -> bool:
        """Return whether the token at a position has a role; a position outside has none."""
        return 0 <= at < len(self.tokens) and bool(self.roles[at] & role)

    def is_sign(self, at: int, signs: str) -> bool:
        """Return whether one of some signs stands at a position."""
        return 0 <= at < len(self.tokens) and self.tokens[at].kind == "sign" and self.tokens[at].text in signs

    def is_word(self, at: int) -> bool:
        """Return whether a word stands at a position."""
        return 0 <= at < len(self.tokens) and self.tokens[at].kind == "word"

    def joining_at(self, at: int) -> int | None:
        """Return the position after the conjunction at a position; None if none stands there."""
        found = self.words.joining.at(self.tokens, at) if at < len(self.tokens) else None
        return None if found is None else found[1]


def noun_phrase(words: SentenceWords, at: int) -> NounPhrase:
    """Return the noun phrase that begins at a position, which may be empty."""
    start, part = _past_partitive(words, at)
    if part and start in words.numbers:
        inner = words.quantities[words.numbers[start]]
        phrase = words.phrases.get(inner.after) or noun_phrase(words, inner.after)
        return NounPhrase(phrase.after, phrase.head, words.numbers[start], phrase.state, part=True)
    start = _past_age(words, start)
    known, stop, unknown = _run(words, start)
    state = words.marks[stop] if stop < len(words.tokens) else None
    if state is not None and state.at == stop and STATE in state.kinds and not known:
        inner_known, inner_stop, inner_unknown = _run(words, state.after)
        if inner_known and inner_unknown <= 1:  # "wounded Ukrainian soldiers"
            return NounPhrase(inner_stop, _head(words, inner_known), None, state, part, unknown)
    head: Head = _head(words, known) if known else "open" if unknown else "none"
    return NounPhrase(stop, head, None, None, part, unknown)


def _past_partitive(words: SentenceWords, at: int) -> tuple[int, bool]:
    """Return the position after "of the", "of its", and whether such words stand there."""
    stop = at
    while words.has(stop, Role.NEUTRAL) and not words.has(stop, Role.PEOPLE | Role.PARTITIVES):
        stop += 1
    if not words.has(stop, Role.PARTITIVES | Role.AMONG):
        return at, False
    stop += 1
    while words.has(stop, Role.DETERMINERS | Role.NEUTRAL | Role.PARTITIVES) and not words.has(stop, Role.PEOPLE):
        stop += 1
    return stop, True


def _past_age(words: SentenceWords, at: int) -> int:
    """Return the position after an age before a noun: a "14-year-old" boy, German "ein 14 Jahre alter" boy."""
    if at + 2 < len(words.tokens) and words.tokens[at].kind == "number" and words.has(at + 1, Role.UNITS):
        return at + 2
    if at + 2 < len(words.tokens) and words.tokens[at].kind == "number" and words.is_sign(at + 1, "-–"):
        return at + 3
    return at


def _run(words: SentenceWords, at: int) -> tuple[list[int], int, int]:
    """Return the places of known nouns, the position after the last word, and how many words are unknown."""
    known: list[int] = []
    unknown = 0
    stop = at
    while stop < min(len(words.tokens), at + _WORDS) and _continues(words, stop, known, unknown):
        if words.has(stop, Role.PEOPLE | Role.THINGS):
            known.append(stop)
        elif not words.has(stop, Role.NEUTRAL | Role.ORDINALS):
            unknown += 1
        stop += 1
    return known, stop, unknown


def _continues(words: SentenceWords, at: int, known: list[int], unknown: int) -> bool:
    """Return whether a noun phrase goes on at a position."""
    if not words.is_word(at) or words.marks[at] is not None or at in words.numbers:
        return words.is_sign(at, "\"'“”«»„‘’") and at + 1 < len(words.tokens) and words.is_word(at + 1)
    if words.has(at, Role.PEOPLE | Role.THINGS):
        return True
    if words.has(at, _CLOSED):
        return False
    if words.has(at, Role.NEUTRAL):
        return True
    if not known:
        return not words.lexicon.capital_nouns or _leads_to_noun(words, at)
    if words.lexicon.adjectives_follow:
        return at - known[0] <= 2
    return any(words.has(at + step, Role.PEOPLE | Role.THINGS) for step in (1, 2)) and words.is_word(at + 1)


def _leads_to_noun(words: SentenceWords, at: int) -> bool:
    """Return whether a word is a noun with a capital or stands before one: "ukrainische Soldaten"."""
    return any(words.is_word(at + step) and words.tokens[at + step].text[0].isupper() for step in (0, 1, 2))


def _head(words: SentenceWords, known: list[int]) -> Head:
    """Return what the known nouns of a phrase say is counted."""
    at = known[0] if words.lexicon.adjectives_follow else known[-1]
    if not words.has(at, Role.PEOPLE):
        return "thing"
    return "person" if words.has(at, Role.PERSON) else "people"


def counts_nothing_of_interest(words: SentenceWords, quantity: Counted) -> bool:
    """Return whether a number is a date, an age, a share, a price, a name ("T-72") or an order ("14th")."""
    tokens, first, after = words.tokens, quantity.first, quantity.after
    if _is_name(words, first) or _is_labelled(words, first):
        return True
    if after < len(tokens) and (measured(tokens, after, words.lexicon) or _is_ordinal(words, quantity)):
        return True
    if words.has(after, Role.PARTITIVES) and words.has(after + 1, Role.UNITS) and not words.has(after + 1, Role.PEOPLE):
        return True  # Spanish "3 de mayo"
    if _is_age(words, quantity) or _is_year(words, quantity):
        return True
    return _is_listed_age(words, after)


def _is_name(words: SentenceWords, first: int) -> bool:
    """Return whether signs or letters before a number make it a name, a time, a share or a price."""
    if not first:
        return False
    tokens, before = words.tokens, words.tokens[first - 1]
    if before.key in MONEY or _is_month(words, first - 1):
        return True
    return (
        before.end == tokens[first].start
        and ((before.kind == "word" and tokens[first].kind == "number") or before.key in _JOINING)
        and not (before.key in "-–" and first > 1 and tokens[first - 2].end != before.start)
    )


def _is_month(words: SentenceWords, at: int) -> bool:
    """Return whether a month or a day of the week before a number makes it a day: "March 14", and no "12 March 14"."""
    token = words.tokens[at]
    named = words.has(at, Role.UNITS) and token.text[:1].isupper() and len(token.text) > 2
    return named and not (at and at - 1 in words.numbers) and not words.has(at + 2, Role.PEOPLE)


def _is_labelled(words: SentenceWords, first: int) -> bool:
    """Return whether a word such as "aged" or "No." stands before a number."""
    at = first - 1
    while at > 0 and (words.is_sign(at, ".:°º") or words.has(at, Role.NEUTRAL | Role.PARTITIVES)):
        at -= 1
    if at >= 0 and words.words.labels.before(words.tokens, at + 1) is not None:
        return True
    if (
        words.has(first - 1, Role.ORDINALS)
        and words.tokens[first].kind == "word"
        and words.tokens[first].key in _ONE_OF
    ):
        return True  # "the sixth one"
    person = words.has(first - 2, Role.PERSON) and words.marks[first - 1] is None
    return person and words.has(first - 1, Role.PARTITIVES)  # "a boy of 14"


def measured(tokens: Sequence[Token], after: int, lexicon: Lexicon) -> bool:
    """Return whether the token after a number shows that it does not count people: "%", "km", "14-year-old", "14th"."""
    behind, last = tokens[after], tokens[after - 1]
    joined = behind.start == last.end and last.kind == "number"
    if behind.key in _MEASURE or (
        joined and (behind.kind == "word" or (behind.key in "-–:" and after + 1 < len(tokens)))
    ):
        return True
    if behind.key in _HALVES_OF_DAY and after + 1 < len(tokens) and tokens[after + 1].key == ".":
        return True
    roles = harm_words(lexicon).roles.of(behind.key)
    return bool(roles & Role.UNITS) and not roles & Role.PEOPLE


def _is_ordinal(words: SentenceWords, quantity: Counted) -> bool:
    """Return whether a full stop makes digits an order: German "am 3. Mai"."""
    tokens, after = words.tokens, quantity.after
    if not words.lexicon.ordinal_dot or tokens[after].key != "." or tokens[after - 1].kind != "number":
        return False
    return tokens[after].start == tokens[after - 1].end and words.is_word(after + 1)


def _is_age(words: SentenceWords, quantity: Counted) -> bool:
    """Return whether digits stand between commas or brackets behind a name: "Ivan Petrov, 34, was killed"."""
    first, after = quantity.first, quantity.after
    if after - first != 1 or words.tokens[first].kind != "number" or not first:
        return False
    opened = words.tokens[first - 1].key in _OPENING
    closed = after == len(words.tokens) or words.tokens[after].key in ("),.;" if opened else "")
    told = first > 1 and words.marks[first - 2] is not None and not words.has(first - 2, Role.PERSON)
    return opened and closed and first > 1 and not told


def _is_year(words: SentenceWords, quantity: Counted) -> bool:
    """Return whether four plain digits are a year: no people are named behind them and no act before them."""
    first, after = quantity.number, quantity.after
    digits = [token for token in words.tokens[first:after] if token.kind == "number"]
    years = all(len(each.text) == _YEAR and each.value is not None and int(each.value) in _YEARS for each in digits)
    if not digits or not years or (len(digits) == 1 and (first != quantity.first or after - first > 1)):
        return False
    return not words.has(after, Role.PEOPLE) and not words.has(after + 1, Role.PEOPLE)


def _is_listed_age(words: SentenceWords, after: int) -> bool:
    """Return whether a unit follows the next number: "12 and 14 years old", "one in five"."""
    tokens = words.tokens
    if after + 1 >= len(tokens) or after + 1 not in words.numbers:
        return False
    following = words.quantities[words.numbers[after + 1]]
    if words.has(after, Role.CONJUNCTIONS) and following.after < len(tokens):
        return measured(tokens, following.after, words.lexicon)
    return False
