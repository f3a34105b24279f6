"""The numbers of a sentence with their noun phrases, and which of them count no people."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.figures.harm.harm_words import Mark
from toolkit.figures.harm.noun_phrase import Counted, SentenceWords, counts_nothing_of_interest, noun_phrase
from toolkit.figures.word_roles import Role

_UNREAL = 4  # tokens before harm that may make it a threat


class Counts:
    """The numbers of a sentence.

    Args:
        words: The sentence.
        nobody: For each number, whether it is zero.
        single: For each number, whether it is an article.

    Attributes:
        phrases: For each number, its noun phrase.
        dead: For each number, whether it is a date, an age, a price, or anything else but a count.
        wholes: The numbers that another one is a part of: three "of the 14".
    """

    def __init__(self, words: SentenceWords, nobody: Sequence[bool], single: Sequence[bool]) -> None:
        self.words = words
        self.nobody = nobody
        self.single = single
        for quantity in reversed(words.quantities):  # a phrase may hold the phrase of a later number
            words.phrases[quantity.after] = noun_phrase(words, quantity.after)
        self.phrases = [words.phrases[quantity.after] for quantity in words.quantities]
        self.dead: list[bool] = []
        for quantity in words.quantities:
            inside = any(words.marks[at] is not None for at in range(quantity.first, quantity.after))
            dead = inside or counts_nothing_of_interest(words, quantity) or self._continues_dead(quantity)
            self.dead.append(dead)
        for number, quantity in enumerate(words.quantities):
            share = words.words.shares.at(words.tokens, quantity.after) if quantity.after < len(words.tokens) else None
            if share is not None and share[1] in words.numbers and self.phrases[number + 1].head != "thing":
                self.dead[number] = self.dead[number + 1] = True  # "one in five"
        for number in range(1, len(words.quantities)):
            one, other = words.quantities[number - 1 : number + 1]
            if one.after == other.first and all(words.is_word(each.number) for each in (one, other)):
                aside = words.tokens[one.first].key in words.lexicon.articles
                self.dead[number - 1] = self.dead[number - 1] or not aside
                self.dead[number] = self.dead[number] or not aside  # "nine eleven"
        self.wholes = {phrase.whole for phrase in self.phrases if phrase.whole is not None}

    def _continues_dead(self, quantity: Counted) -> bool:
        """Return whether a number is joined to one that counts nothing: "aged 4 and 6"."""
        words, first = self.words, quantity.first
        if not self.dead or not (words.has(first - 1, Role.CONJUNCTIONS) or words.is_sign(first - 1, ",")):
            return False
        joined = words.numbers.get(first - 2) == len(self.dead) - 1
        return joined and self.dead[-1] and self.phrases[len(self.dead)].head == "none"

    def is_aside(self, number: int) -> bool:
        """Return whether a number counts no people, and so ends no search."""
        return (
            self.dead[number]
            or self.phrases[number].head == "thing"
            or (self.single[number] and self.phrases[number].head != "person")
        )

    def is_part(self, number: int) -> str | None:
        """Return where the words stand that make a number a part of the one before: "before", "behind" or None."""
        words, quantity = self.words, self.words.quantities[number]
        if words.words.parts.at(words.tokens, quantity.after) if quantity.after < len(words.tokens) else None:
            return "behind"
        first = quantity.first
        while first and words.has(first - 1, Role.NEUTRAL | Role.DETERMINERS):
            first -= 1
        return "before" if words.words.parts.before(words.tokens, first) is not None else None

    def takes_object(self, at: int) -> bool:
        """Return whether the object of a verb begins at a position."""
        words = self.words
        if at in words.numbers:
            return not self.dead[words.numbers[at]]
        if words.has(at, Role.DETERMINERS | Role.OBJECTS):
            return not words.has(at + 1, Role.UNITS)
        return words.has(at, Role.PEOPLE | Role.THINGS) and not words.has(at, Role.LINKS | Role.CONJUNCTIONS)

    def is_unreal(self, mark: Mark) -> bool:
        """Return whether the words before harm say that it has not happened."""
        words = self.words
        for at in range(mark.at - 1, max(-1, mark.at - 1 - _UNREAL), -1):
            if words.tokens[at].kind == "sign":
                return False
            near = at == mark.at - 1 or not words.has(at, Role.PREPOSITIONS)  # "to" is unreal before a verb alone
            if words.has(at, Role.UNREAL) and at not in words.numbers and near:
                return True
        return False
