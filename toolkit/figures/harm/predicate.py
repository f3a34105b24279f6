"""The predicate behind the people of a number: "14 people in the bus were killed"."""

from __future__ import annotations

from toolkit.figures.harm.counts import Counts
from toolkit.figures.harm.harm_words import ACT, FATE, LOSS, STATE, Mark
from toolkit.figures.word_roles import Role

_CLAUSE = 16  # tokens between people and what happened to them
_PLACE = 7  # words of a phrase of place or time
_COMPLEMENT = Role.DETERMINERS | Role.PREPOSITIONS | Role.OBJECTS


def suffered(counts: Counts, number: int, start: int | None = None) -> Mark | None:
    """Return the word for what happened to the people of a number, said behind them.

    Args:
        counts: The sentence.
        number: The number.
        start: Where to begin; after its noun phrase if that is None.

    Returns:
        None if something else is said of them.
    """
    words = counts.words
    first = counts.phrases[number].after if start is None else start
    reader = _Predicate(counts, number)
    for at in range(first, min(len(words.tokens), first + _CLAUSE)):
        answer = reader.step(at)
        if answer is not None:
            return answer if isinstance(answer, Mark) else None
    return None


class _Predicate:
    """Reads on from a noun phrase to what is said of it, token by token.

    Args:
        counts: The sentence.
        number: The number whose people it is about.
    """

    def __init__(self, counts: Counts, number: int) -> None:
        self.counts, self.words, self.phrase = counts, counts.words, counts.phrases[number]
        self.nobody = counts.nobody[number]
        before = counts.words.quantities[number].first - 1
        while counts.words.has(before, Role.NEUTRAL | Role.ADVERBS):
            before -= 1
        self.linked = counts.words.has(before, Role.LINKS)  # "wurden 14 Menschen in Kiew getötet"
        self.passive = counts.words.has(before, Role.PASSIVE)
        self.place = self.commas = 0
        self.direct = True  # nothing but adverbs stands between the last link and here

    def step(self, at: int) -> Mark | bool | None:
        """Return the harm that a token says, False if something else begins there, None to read on."""
        words = self.words
        mark = words.marks[at]
        if mark is not None:
            return self._harm(mark) if mark.at == at else None
        if at in words.numbers:
            number = words.numbers[at]
            return (
                None
                if self.counts.is_part(number) == "before" or (self.place and self.counts.is_aside(number))
                else False
            )
        if not words.is_word(at):
            return self._sign(at)
        roles = words.roles[at]
        if roles & Role.NEGATIONS and not self.nobody:
            return False
        if roles & Role.RELATIVES and self._begins_clause(at):
            return None
        if roles & Role.ADVERBS:
            return None
        if roles & (Role.LINKS | Role.NEGATIONS):
            self.linked = self.direct = True
            self.passive = self.passive or bool(roles & Role.PASSIVE)
            self.place = 0 if not roles & Role.PREPOSITIONS else _PLACE
            return None
        return self._word(at, roles)

    def _begins_clause(self, at: int) -> bool:
        after = self.phrase.after
        return at == after or (at == after + 1 and self.words.is_sign(after, ","))

    def _word(self, at: int, roles: int) -> bool | None:
        self.direct = self.direct and bool(roles & Role.NEUTRAL)
        if self.commas % 2 and not roles & (Role.RELATIVES | Role.BARRIERS):
            return None
        if roles & Role.PREPOSITIONS:
            self.place = _PLACE
            return None
        if roles & (Role.BARRIERS | Role.REACHING):
            return False
        if roles & Role.RELATIVES and not roles & Role.DETERMINERS:
            return False
        if roles & Role.CONJUNCTIONS:
            joined = self.words.has(at + 1, Role.DETERMINERS | Role.PEOPLE) and not self.linked
            self.place = _PLACE if joined else self.place  # "two journalists and their driver were killed"
            return None if self.place else False
        if self.place:
            self.place -= 1
            return None
        if roles & (Role.NEUTRAL | Role.PARTITIVES | Role.OBJECTS):
            return None
        if roles & Role.UNITS and not self.linked:
            return None
        return False

    def _sign(self, at: int) -> bool | None:
        words = self.words
        if words.is_sign(at, ",–—()"):
            self.commas += 1
            self.place = _PLACE if self.commas == 1 else 0
            return None if self.commas <= 2 else False
        return None if words.is_sign(at, "-\"'“”«»„’") else False

    def _harm(self, mark: Mark) -> Mark | bool | None:
        words, counts = self.words, self.counts
        if self.commas % 2 and not self._clause_open(mark):
            return None if self.place else False
        inside = words.has(mark.at - 1, _COMPLEMENT) and not words.has(mark.at - 1, Role.LINKS)
        if counts.is_unreal(mark):
            return False
        if FATE in mark.kinds and not self._has_other_subject(mark):
            return mark
        # "13 Migranten bei Sturm ertrunken", and not "200 Betten für Verwundete"
        last = words.lexicon.capital_nouns and words.tokens[mark.at].text.islower()
        if ACT in mark.kinds and not self.passive and counts.takes_object(mark.after):
            return False
        if ACT in mark.kinds:
            if self.passive or (self.linked and not counts.takes_object(mark.after) and last):
                return mark
            if mark.kinds == {ACT} or LOSS in mark.kinds:
                return False if not self.place else None
        if LOSS in mark.kinds:
            return mark if self.passive and self.phrase.head in ("people", "person") else False
        if STATE in mark.kinds and (self.linked or last) and not inside and (self.direct or words.lexicon.inverted):
            return mark
        return None if self.place or inside else False

    def _clause_open(self, mark: Mark) -> bool:
        """Return whether the comma before harm opens a clause about the people: "14 people, who died"."""
        after = self.phrase.after
        return self.words.is_sign(after, ",") and self.words.has(after + 1, Role.RELATIVES)

    def _has_other_subject(self, mark: Mark) -> bool:
        """Return whether a number right behind a verb of fate is its subject: "погибли двое"."""
        words = self.words
        if not words.lexicon.inverted or mark.after not in words.numbers:
            return False
        return not self.counts.is_aside(words.numbers[mark.after]) and not self.linked
