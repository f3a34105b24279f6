"""The harm that a number of a sentence counts by itself, without regard to the others."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.figures.harm.counts import Counts
from toolkit.figures.harm.harm_words import ACT, FATE, LOSS, STATE, Mark
from toolkit.figures.harm.noun_phrase import SentenceWords
from toolkit.figures.harm.predicate import suffered
from toolkit.figures.word_roles import Role

_CLAUSE = 16  # tokens between a toll and its number
_OUTLIVED = ("wounded", "missing", "captured")
_COUNT = 8  # tokens from a count to whom it counts
_ADJECTIVES = 3  # unknown words before a word for harm
_BESIDE = Role.NEUTRAL | Role.DETERMINERS | Role.OBJECTS | Role.PARTITIVES
_COMPLEMENT = Role.DETERMINERS | Role.PREPOSITIONS | Role.OBJECTS


class OwnHarm(Counts):
    """The harm that stands beside a number, is done to it, is what it suffered, or is a toll that reached it.

    Attributes:
        tolls: The numbers that a count has reached.
        suffered: The numbers with harm behind them.
    """

    def __init__(self, words: SentenceWords, nobody: Sequence[bool], single: Sequence[bool]) -> None:
        super().__init__(words, nobody, single)
        self.tolls: set[int] = set()
        self.suffered: dict[int, bool] = {}

    def own(self, number: int) -> str | None:
        """Return the harm that a number counts by itself; None if it counts none."""
        beside = self._beside(number)
        if beside is not None and self._does_it(number) and self.words.tokens[beside.at].text.islower():
            return None  # "von einem Soldaten erstochen"
        if number in self.wholes:
            return None if beside is None or beside.kinds == {FATE} else beside.harm
        acted = self._acted_on(number, near=True)
        if beside is not None and (acted is None or self._alone(beside)):
            self.suffered[number] = True
            end = suffered(self, number, beside.after) if beside.harm in _OUTLIVED else None
            if end is not None and end.harm == "killed":
                return end.harm  # "the three hostages were killed"
            return self._type(beside, forward=True, number=number)
        if acted is not None:
            return self._type(acted, forward=False, number=number)
        uncertain = self._does_it(number) or (self.nobody[number] and self.phrases[number].head == "open")
        fate = None if uncertain else suffered(self, number)
        if fate is not None:
            self.suffered[number] = True
            return self._type(fate, forward=True, number=number)
        phrase = self.phrases[number]
        if phrase.state is not None:
            return phrase.state.harm
        far = self._acted_on(number, near=False)
        if far is not None:
            return self._type(far, forward=False, number=number)
        return self._toll(number) or self._among(number)

    def _does_it(self, number: int) -> bool:
        return self.words.has(self.words.quantities[number].first - 1, Role.AGENTS)

    def _alone(self, mark: Mark) -> bool:
        """Return whether no noun follows a word for harm, which then is a noun itself: "20 wounded"."""
        return not (self.words.has(mark.after, Role.PEOPLE) or self.words.has(mark.at, Role.PEOPLE))

    def _beside(self, number: int) -> Mark | None:
        """Return the word for harm right behind a number and its noun: "14 dead", "12 people killed in Kyiv"."""
        words, phrase = self.words, self.phrases[number]
        at = phrase.after
        if phrase.state is not None and suffered(self, number) is None:
            return phrase.state
        if words.is_sign(at, ",") and phrase.head in ("people", "person") and not words.lexicon.determiners:
            at += 1  # "14 человек, погибших при обстреле"
        counted = words.has(words.quantities[number].first - 1, Role.LINKS | Role.PREPOSITIONS)
        if counted and phrase.head == "none" and words.has(at, Role.DETERMINERS) and at + 1 < len(words.tokens):
            mark = words.marks[at + 1]  # Spanish "son 23 los muertos"
            return mark if mark is not None and STATE in mark.kinds else None
        mark = words.marks[at] if at < len(words.tokens) else None
        if mark is None or mark.at != at or phrase.unknown > _ADJECTIVES:
            return None
        if ACT in mark.kinds and at == phrase.after and self._is_agent(number, mark):
            return None
        if STATE in mark.kinds and at == phrase.after:
            verb = phrase.head in ("people", "person") and not words.has(at - 1, Role.PEOPLE) and phrase.unknown > 0
            bare = not words.lexicon.determiners and (phrase.unknown > 1 or verb)  # "врачей лечили раненых"
            return None if bare or self._names_a_thing(mark) else mark
        if STATE in mark.kinds:
            return mark
        if LOSS in mark.kinds and words.lexicon.capital_nouns and phrase.head in ("people", "person"):
            return None if at != phrase.after or self.takes_object(mark.after) else mark  # "hat 300 Soldaten verloren"
        if ACT in mark.kinds:
            return None if at != phrase.after or self.is_unreal(mark) else mark
        return mark if FATE in mark.kinds and at == phrase.after and not self.is_unreal(mark) else None

    def _is_agent(self, number: int, mark: Mark) -> bool:
        """Return whether the people of a number do what is done: "12 gunmen killed three"."""
        if self.phrases[number].head == "none" and STATE in mark.kinds and mark.after not in self.words.numbers:
            return False
        return self.takes_object(mark.after)

    def _names_a_thing(self, mark: Mark) -> bool:
        return self.words.has(mark.after, Role.THINGS | Role.UNITS)

    def _acted_on(self, number: int, *, near: bool) -> Mark | None:
        """Return the act whose object a number is: "killed another 14"; with `near`, a phrase of place may be between.

        In a language in which a verb may stand before its subject, this is also the fate of the number.
        """
        words, phrase = self.words, self.phrases[number]
        at = self._past_neutral(words.quantities[number].first - 1)
        mark = words.marks[at] if at >= 0 else None
        if mark is None and not near and phrase.head in ("people", "person", "none"):
            mark = self._past_place(at)
        if mark is None or self.is_unreal(mark) or (mark.after - 1 == at) != near:
            return None
        return mark if self._governs(mark, number, near=near) else None

    def _governs(self, mark: Mark, number: int, *, near: bool) -> bool:
        words, phrase = self.words, self.phrases[number]
        if LOSS in mark.kinds:
            return phrase.head in ("people", "person")
        if ACT in mark.kinds:
            return phrase.head != "open" or near
        if not words.lexicon.inverted or (not near and phrase.head == "none" and FATE not in mark.kinds):
            return False
        return phrase.head != "open" or (FATE in mark.kinds and near)

    def _past_neutral(self, at: int) -> int:
        """Return the position of the first word to the left that says something."""
        words = self.words
        while at >= 0 and words.marks[at] is None and at not in words.numbers:
            if not words.has(at, _BESIDE | Role.ADVERBS):
                break
            at -= 1
        return at

    def _past_place(self, at: int) -> Mark | None:
        """Return the word for harm before phrases of place and time, in a language with a free order of words."""
        words, commas, prepositions = self.words, 0, 0
        if not words.lexicon.inverted or words.has(at, Role.PREPOSITIONS):
            return None
        for place in range(at, max(-1, at - _CLAUSE), -1):
            mark = words.marks[place]
            if mark is not None:
                inside = words.has(mark.at - 1, _COMPLEMENT) and STATE in mark.kinds
                if not inside:
                    return mark if commas in (0, 2) and (prepositions or commas or place == at) else None
                continue
            if place in words.numbers and not self.is_aside(words.numbers[place]):
                return None
            commas += words.is_sign(place, ",")
            if words.is_sign(place, ".;:!?") or words.has(place, Role.BARRIERS | Role.CONJUNCTIONS):
                return None
            if words.has(place, Role.RELATIVES) and not words.has(place, Role.DETERMINERS):
                return None
            prepositions += words.has(place, Role.PREPOSITIONS | Role.LINKS)
        return None

    def _toll(self, number: int) -> str | None:
        """Return the harm of a count that has reached a number: "the number of wounded rose to 14"."""
        words, first = self.words, self.words.quantities[number].first
        at = first - 1
        while words.has(at, Role.NEUTRAL):
            at -= 1
        among = any(words.has(place, Role.AMONG) for place in range(max(0, first - _CLAUSE), first))
        if self.phrases[number].head == "open" or at < 0 or (self.single[number] and not among):
            return None  # "the victim was a teacher"
        label = words.marks[at - 1] if at and words.is_sign(at, ":–—(") else None
        if label is not None:
            return None if label.at - 1 in words.numbers else label.harm  # "4 injured: 14 in total" labels nothing
        if self.phrases[number].head == "none" and words.has(at, Role.PREPOSITIONS | Role.REACHING):
            said = self._toll_behind(words.quantities[number].after)
            if said is not None:
                return said
        reached = self._reached(at, first)
        if reached is None:
            return None
        harm = self._toll_before(reached, commas=reached < at)
        if harm is not None:
            self.tolls.add(number)
        return harm

    def _reached(self, at: int, first: int) -> int | None:
        """Return the position from which a toll is looked for to the left; None if no count reaches the number."""
        words = self.words
        mark = words.marks[at]
        if mark is not None:
            return at if STATE in mark.kinds and not words.has(first, Role.PEOPLE) else None
        if words.is_sign(at, ":–—(-") or words.has(at, Role.REACHING) or words.has(at, Role.LINKS & ~Role.NEGATIONS):
            return at - 1
        if words.is_sign(at, ",") and words.marks[at - 1] is not None:
            return at - 1
        if words.has(at, Role.PARTITIVES) and words.marks[at - 1] is not None:
            return at - 1
        if words.has(at, Role.PREPOSITIONS | Role.PARTITIVES | Role.OBJECTS):
            places = range(max(0, at - 3), at)
            reaching = [
                each for each in places if words.has(each, Role.REACHING) and not words.has(each, Role.PREPOSITIONS)
            ]
            return at - 1 if reaching else None
        return None

    def _toll_behind(self, at: int) -> str | None:
        """Return the harm of a count named behind its number: French "porte à 41 le nombre de journalistes tués"."""
        words = self.words
        while words.has(at, Role.DETERMINERS | Role.NEUTRAL):
            at += 1
        if not words.has(at, Role.TOLLS):
            return None
        marks = (words.marks[place] for place in range(at, min(len(words.tokens), at + _COUNT)))
        return next((mark.harm for mark in marks if mark is not None and mark.harm != "unspecified"), None)

    def _toll_before(self, at: int, *, commas: bool) -> str | None:
        words, comma = self.words, False
        for place in range(at, max(-1, at - _CLAUSE), -1):
            mark = words.marks[place]
            if mark is not None:
                toll = any(words.has(step, Role.TOLLS) for step in range(max(0, mark.at - 5), mark.after))
                toll = toll or words.has(mark.at - 1, Role.DETERMINERS | Role.AMONG)
                return mark.harm if toll or (STATE in mark.kinds and not comma) else None
            if words.has(place, Role.UNREAL):
                return None
            if words.is_sign(place, ".;!?") or (place in words.numbers and not self.is_aside(words.numbers[place])):
                return None
            comma = comma or words.is_sign(place, ",")
        return None

    def _among(self, number: int) -> str | None:
        """Return the harm of the people that a number is among: "five children are among the dead"."""
        words, at = self.words, self.phrases[number].after
        if words.has(at, Role.CONJUNCTIONS) and words.has(at + 1, Role.DETERMINERS):
            places = range(at, min(len(words.tokens), at + _COUNT))
            at = next((place for place in places if words.has(place, Role.LINKS)), at)  # "and her son are among"
        while words.has(at, Role.LINKS | Role.REACHING):
            at += 1
        if not words.has(at, Role.AMONG):
            return None
        for place in range(at + 1, min(len(words.tokens), at + 6)):
            mark = words.marks[place]
            if mark is not None:
                return mark.harm
            if place in words.numbers and words.numbers[place] != number + 1:
                return None
        return None

    def _type(self, mark: Mark, *, forward: bool, number: int) -> str:
        """Return what a word for harm says, together with one that is joined to it: "killed or wounded"."""
        words = self.words
        other = self._joined_mark(mark, forward=forward)
        if other is None or (forward and self.takes_object(other.after) and ACT in other.kinds):
            return mark.harm
        if (
            forward
            and words.marks[other.at - 1] is None
            and any(at in words.numbers for at in range(mark.after, other.at))
        ):
            return mark.harm
        return _both(mark.harm, other.harm)

    def _joined_mark(self, mark: Mark, *, forward: bool) -> Mark | None:
        words = self.words
        step, at = (1, mark.after) if forward else (-1, mark.at - 1)
        if not words.has(at, Role.CONJUNCTIONS) and not words.is_sign(at, "/"):
            return None
        at += step
        while words.has(at, Role.LINKS | Role.ADVERBS) and words.marks[at] is None:
            at += step
        if not 0 <= at < len(words.tokens):
            return None
        other = words.marks[at]
        return None if other is mark else other


def _both(one: str, other: str) -> str:
    """Return what happened to people of whom two things are said."""
    if one == other:
        return one
    physical = {"killed", "wounded", "killed_or_wounded"}
    return "killed_or_wounded" if {one, other} <= physical else "unspecified"
