"""The words for harm in a sentence: where they stand, what they say happened, and to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from toolkit.figures.lexicon import Lexicon
from toolkit.figures.sentence_tokens import Token, fold
from toolkit.figures.word_roles import REMEMBERED, ROLES, Roles, Vocabulary

STATE, FATE, ACT, LOSS = "harm", "fates", "acts", "losses"
"""Kinds of words for harm, named as the entries of a language's file: its people stand beside it, are its subject, are
its object, or are its object if it is people."""

_KINDS = (STATE, FATE, ACT, LOSS)
PART = " … "
"""Stands in a file between the first and the last word of a verb that other words part: "nahm … fest"."""

_APART = 14  # tokens from the first word to the last


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or phrase for harm.

    Attributes:
        at: Position of its first token.
        after: Position after its last token.
        kinds: `STATE`, `FATE`, `ACT` or `LOSS`; "killed" is an act, and a state after "were".
        harm: What happened.
    """

    at: int
    after: int
    kinds: frozenset[str]
    harm: str


class HarmWords:
    """What one language says of harm, ready for looking up.

    Args:
        lexicon: The words of the language.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        lists = {name: [word for word in getattr(lexicon, name) if " " not in word] for name in ROLES}
        self.roles = Roles(lists, lexicon.adverbs)
        self.parts = Vocabulary(dict.fromkeys(lexicon.parts, True))
        self.labels = Vocabulary(dict.fromkeys(lexicon.labelled, True))
        self.shares = Vocabulary(dict.fromkeys(lexicon.shares, True))
        self.joining = Vocabulary(dict.fromkeys(lexicon.conjunctions, True))
        self._harm = Vocabulary(_kinds_of(lexicon))
        self._parted = Vocabulary(_parted_of(lexicon))
        self._beginnings: dict[str, bool] = {}
        self._silent: set[str] = set()
        words = {word for kind in _KINDS for word in getattr(lexicon, kind)}
        common = frozenset(lexicon.determiners)
        self._telling = Vocabulary(dict.fromkeys((_telling(word, common) for word in words), True))

    def may_tell(self, words: Collection[str]) -> bool:
        """Return whether one of some words is the telling word of a word or phrase for harm."""
        if self._silent.issuperset(words):
            return False
        for word in set(words) - self._silent:
            if self._telling.beginning(fold(word)):
                return True
            if len(self._silent) < REMEMBERED:
                self._silent.add(word)
        return False

    def marks(self, tokens: Sequence[Token]) -> list[Mark]:
        """Return the words for harm in a sentence, without overlap."""
        found = []
        at = 0
        while at < len(tokens):
            mark = self._mark_at(tokens, at) if self._begins(tokens[at].key) else None
            if mark is not None and mark.kinds:
                found.append(mark)
            at = at + 1 if mark is None else mark.after
        return found

    def _begins(self, word: str) -> bool:
        known = self._beginnings.get(word)
        if known is None:
            known = bool(self._harm.beginning(word) or self._parted.beginning(word))
            if len(self._beginnings) < REMEMBERED:
                self._beginnings[word] = known
        return known

    def _mark_at(self, tokens: Sequence[Token], at: int) -> Mark | None:
        """Return the longest word or phrase that begins at a position; one without a kind is harmless."""
        here = self._harm.at(tokens, at)
        if here is None:
            return self._parted_at(tokens, at)
        (kinds, harm), after = here
        if after > at + 1:
            return Mark(at, after, kinds, harm)
        alike = [
            each for words, (each, what) in self._harm.beginning(tokens[at].key) if len(words) == 1 and what == harm
        ]
        return self._parted_at(tokens, at) or Mark(at, after, kinds.union(*alike), harm)  # "detained" and "detain*"

    def _parted_at(self, tokens: Sequence[Token], at: int) -> Mark | None:
        """Return the first word of a verb whose last word stands apart: "nahm 30 Menschen fest"."""
        here = self._parted.at(tokens, at)
        if here is None:
            return None
        behind = [token.key for token in tokens[here[1] : at + _APART]]
        for last, kinds, harm in here[0]:
            if last in behind:
                return Mark(at, here[1], kinds, harm)
        return None


def _kinds_of(lexicon: Lexicon) -> Mapping[str, tuple[frozenset[str], str]]:
    """Return every phrase with its kinds and what happened; harmless phrases have no kind."""
    found: dict[str, tuple[frozenset[str], str]] = {phrase: (frozenset(), "") for phrase in lexicon.harmless}
    for kind in _KINDS:
        for phrase, harm in getattr(lexicon, kind).items():
            if PART in phrase:
                continue
            kinds = found[phrase][0] if phrase in found else frozenset()
            found[phrase] = (kinds | {kind}, harm)
    return found


def _telling(words: str, common: Collection[str]) -> str:
    """Return the rarest word of a phrase: the longest one that is not common, or the last of these."""
    return max(reversed(words.partition(PART)[0].split()), key=lambda word: (word not in common, len(word)))


def _parted_of(lexicon: Lexicon) -> Mapping[str, list[tuple[str, frozenset[str], str]]]:
    """Return the first words of each verb in two parts, with its last word, its kinds and what happened."""
    found: dict[str, list[tuple[str, frozenset[str], str]]] = {}
    for kind in _KINDS:
        for phrase, harm in getattr(lexicon, kind).items():
            first, part, last = phrase.partition(PART)
            if part:
                found.setdefault(first, []).append((last, frozenset({kind}), harm))
    return found


@lru_cache(maxsize=64)
def harm_words(lexicon: Lexicon) -> HarmWords:
    """Return the harm words of a language; they are made once."""
    return HarmWords(lexicon)
