"""The roles of a language's words in a sentence that tells of harm: looked up once per word, as flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Generic, TypeVar

from toolkit.figures.sentence_tokens import Phrase, Token, phrase

REMEMBERED = 50_000  # words whose roles are kept
_LONGEST = 5  # words of a phrase
_ADVERB = 4  # letters that an adverb has at least


class Role:
    """What a word may be; it may be several things. Each has the name of its entry in a language's file.

    The roles are plain bits, because an IntFlag takes ten times as long to test.
    """

    PEOPLE: Final = 1 << 0
    PERSON: Final = 1 << 1
    THINGS: Final = 1 << 2
    UNITS: Final = 1 << 3
    LINKS: Final = 1 << 4
    PASSIVE: Final = 1 << 5
    PREPOSITIONS: Final = 1 << 6
    RELATIVES: Final = 1 << 7
    DETERMINERS: Final = 1 << 8
    CONJUNCTIONS: Final = 1 << 9
    BARRIERS: Final = 1 << 10
    NEUTRAL: Final = 1 << 11
    REACHING: Final = 1 << 12
    RISING: Final = 1 << 13
    NEGATIONS: Final = 1 << 14
    UNREAL: Final = 1 << 15
    PARTITIVES: Final = 1 << 16
    ORDINALS: Final = 1 << 17
    OBJECTS: Final = 1 << 18
    TOLLS: Final = 1 << 19
    AMONG: Final = 1 << 20
    ADVERBS: Final = 1 << 21
    AGENTS: Final = 1 << 22


ROLES: Final = {name.lower(): bit for name, bit in vars(Role).items() if name.isupper() and name != "ADVERBS"}
"""Name of an entry → role of its words. Adverbs are told by their ends."""


class Roles:
    """The roles of the words of a language.

    Args:
        lists: Name of an entry → its words, of which one that ends in "*" stands for all that begin so.
        adverbs: Ends of the words in no list that are `ADVERBS`.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]], adverbs: Sequence[str] = ()) -> None:
        self._whole: dict[str, int] = {}
        self._stems: dict[int, dict[str, int]] = {}
        self._adverbs = tuple(adverbs)
        for name, words in lists.items():
            role = ROLES[name]
            if name == "rising":
                role |= Role.REACHING
            for word in words:
                home = self._whole
                if word.endswith("*"):
                    word = word[:-1]
                    home = self._stems.setdefault(len(word), {})
                home[word] = home.get(word, 0) | role
        self._known: dict[str, int] = {}

    def of(self, word: str) -> int:
        """Return the roles of a word, as bits of `Role`."""
        known = self._known.get(word)
        if known is None:
            known = self._whole.get(word, 0)
            for length, stems in self._stems.items():
                known |= stems.get(word[:length], 0)
            if not known and len(word) > _ADVERB and word.endswith(self._adverbs):
                known = Role.ADVERBS
            if len(self._known) < REMEMBERED:
                self._known[word] = known
        return known


T = TypeVar("T")


class Vocabulary(Generic[T]):
    """Phrases with values, found at a place of a sentence. A word that ends in "*" stands for all that begin so.

    Args:
        entries: Phrase → value; of two phrases that fit, the longer one wins, then the first.
    """

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._whole: dict[str, list[tuple[Phrase, T]]] = {}
        self._stems: dict[int, dict[str, list[tuple[Phrase, T]]]] = {}
        for words, value in entries.items():
            key = starred(words)
            first = key[0]
            if first.endswith("*"):
                home = self._stems.setdefault(len(first) - 1, {}).setdefault(first[:-1], [])
            else:
                home = self._whole.setdefault(first, [])
            home.append((key, value))
        self._known: dict[str, tuple[tuple[Phrase, T], ...]] = {}

    def beginning(self, word: str) -> tuple[tuple[Phrase, T], ...]:
        """Return the phrases that a word may begin, the longest first."""
        known = self._known.get(word)
        if known is None:
            found = list(self._whole.get(word, ()))
            for length in sorted(self._stems, reverse=True):
                found += self._stems[length].get(word[:length], ())
            known = tuple(sorted(found, key=lambda item: -len(item[0])))
            if len(self._known) < REMEMBERED:
                self._known[word] = known
        return known

    def at(self, tokens: Sequence[Token], at: int) -> tuple[T, int] | None:
        """Return the value of the phrase that stands at a position, and the position after it."""
        for words, value in self.beginning(tokens[at].key):
            if len(words) == 1 or follows(tokens, at + 1, words[1:]):
                return value, at + len(words)
        return None

    def before(self, tokens: Sequence[Token], end: int) -> tuple[T, int] | None:
        """Return the value of the longest phrase that ends before a position, and its own position."""
        for at in range(max(0, end - _LONGEST), end):
            found = self.at(tokens, at)
            if found is not None and found[1] == end:
                return found[0], at
        return None


def starred(words: str) -> Phrase:
    """Return the keys of a phrase whose words may end in "*"."""
    return tuple(
        f"{key}*" if part.endswith("*") else key for part in words.split() for key in phrase(part.removesuffix("*"))
    )


def follows(tokens: Sequence[Token], at: int, words: Phrase) -> bool:
    """Return whether the words of a phrase, which may end in "*", stand at a position."""
    if at + len(words) > len(tokens):
        return False
    for place, word in enumerate(words, at):
        key = tokens[place].key
        if key != word and not (word[-1] == "*" and key.startswith(word[:-1])):
            return False
    return True
