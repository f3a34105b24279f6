"""The test of the numbers in a sentence: do they count people who were killed, wounded, missing or captured?

Each number is followed by its noun phrase. It counts people harmed if harm stands beside it ("14 wounded"), is an act
done to it ("killed 14"), is what it suffered ("14 people in the bus were killed"), is a toll that reached it ("the toll
rose to 14"), or if it is a part of such a number or joined to one. Whatever is none of these is left out.
"""

from __future__ import annotations

from toolkit.figures.harm.harm_words import ACT, FATE, LOSS, STATE
from toolkit.figures.harm.noun_phrase import NounPhrase
from toolkit.figures.harm.own_harm import OwnHarm
from toolkit.figures.word_roles import Role

_SENTENCE = 40  # tokens from a part back to its whole
_ASIDES = 10  # numbers of something else between two numbers of people
_PLACE = 7  # words of a phrase of place or time


class SentenceHarm(OwnHarm):
    """The harm that each number of a sentence counts, also as a part of another or joined to it."""

    def harms(self) -> list[str | None]:
        """Return what happened to the people that each number counts; None for one that counts no people harmed."""
        self.found: list[str | None] = [None] * len(self.phrases)
        order = range(len(self.found))
        for number in order:
            if self._may_count(number):
                self.found[number] = self.own(number)
        for number in reversed(order):
            if self.found[number] is None and self._may_count(number):
                self.found[number] = self._from_next(number)
        for number in order:
            if self.found[number] is None and self._may_count(number):
                self.found[number] = self._from_previous(number)
        return self.found

    def _may_count(self, number: int) -> bool:
        phrase = self.phrases[number]
        if self.dead[number] or phrase.head == "thing":
            return False
        if self.single[number]:
            person = phrase.head == "person" or self._is_one_harmed(phrase)
            return person and not phrase.part and not self._is_ordinal(number)
        return True

    def _is_one_harmed(self, phrase: NounPhrase) -> bool:
        """Return whether a noun for one who came to harm follows: French "un mort"."""
        words, at = self.words, phrase.after
        mark = words.marks[at] if at < len(words.tokens) else None
        return phrase.head == "none" and mark is not None and STATE in mark.kinds and words.has(at, Role.PERSON)

    def _is_ordinal(self, number: int) -> bool:
        first = self.words.quantities[number].after
        return any(self.words.has(at, Role.ORDINALS) for at in range(first, self.phrases[number].after))

    def _from_next(self, number: int) -> str | None:
        """Return the harm of the number that this one is joined to: "two women" and a child were killed."""
        words, phrase = self.words, self.phrases[number]
        following = number + 1
        while following < min(len(self.found), number + _ASIDES) and self.is_aside(following):
            following += 1
        if following >= len(self.found):
            return None
        if self.found[following] is None or not self.suffered.get(following) or phrase.head == "none":
            return None
        if (phrase.head == "open" and phrase.unknown > 1) or self.phrases[following].head == "none":
            return None
        if not self._joined(phrase.after, words.quantities[following].first):
            return None
        self.suffered[number] = True
        return self.found[following]

    def _joined(self, at: int, end: int) -> bool:
        """Return whether only a comma or a conjunction stands between two numbers."""
        words = self.words
        while at < end:
            joint = words.joining_at(at)
            if joint is not None:
                at = joint
            elif at in words.numbers and self.dead[words.numbers[at]]:
                at = words.quantities[words.numbers[at]].after
            elif words.is_sign(at, ",") or words.has(
                at, Role.NEUTRAL | Role.DETERMINERS | Role.OBJECTS | Role.PARTITIVES
            ):
                at += 1
            else:
                return False
        return True

    def _from_previous(self, number: int) -> str | None:
        """Return the harm of the number before, of which this one is a part, or to which it is joined."""
        words, quantity, phrase = self.words, self.words.quantities[number], self.phrases[number]
        before = range(number - 1, max(-1, number - 1 - _ASIDES), -1)
        previous = next((at for at in before if not self.is_aside(at)), None)
        part = self.is_part(number)
        if previous is None or self.found[previous] is None:
            return self._part_of_words(number) if part == "before" and previous is None else self._with_act(number)
        harm = self.found[previous]
        if part is not None:
            return None if self._otherwise(number, part) else harm
        if self._otherwise(number, ""):
            return None
        if previous in self.tolls and self._between_tolls(words.quantities[previous].after, quantity.first):
            self.tolls.add(number)
            return harm
        after = self.phrases[previous].after
        if self._joined(after, quantity.first) and quantity.first > after:
            return harm if phrase.head != "open" else None
        return harm if self._elsewhere(previous, number) else None

    def _part_of_words(self, number: int) -> str | None:
        """Return the harm said before a part whose whole has no number: "passengers were killed, including two"."""
        words, first = self.words, self.words.quantities[number].first
        for place in range(first - 1, max(-1, first - 1 - _SENTENCE), -1):
            mark = words.marks[place]
            if mark is not None:
                return None if self.is_unreal(mark) else mark.harm
            if words.is_sign(place, ".;!?"):
                return None
        return None

    def _with_act(self, number: int) -> str | None:
        """Return the harm of a person without a number, to whom this number is joined: "killed the mayor and two"."""
        words, quantity = self.words, self.words.quantities[number]
        if self.phrases[number].head == "open" or self._otherwise(number, ""):
            return None
        first = quantity.first
        while first and words.has(first - 1, Role.NEUTRAL):
            first -= 1
        joint = words.words.joining.before(words.tokens, first)
        if joint is None or (self.phrases[number].head == "none" and len(words.tokens) > quantity.after + 1):
            return None
        for place in range(joint[1] - 1, max(-1, joint[1] - 1 - _PLACE), -1):
            mark = words.marks[place]
            if mark is not None:
                lost = LOSS in mark.kinds and self.phrases[number].head in ("people", "person")
                fell = FATE in mark.kinds and words.lexicon.inverted
                return mark.harm if (ACT in mark.kinds or lost or fell) and not self.is_unreal(mark) else None
            if place in words.numbers and self.is_aside(words.numbers[place]):
                continue
            if not words.is_word(place) or (place in words.numbers and not self.is_aside(words.numbers[place])):
                return None
        return None

    def _otherwise(self, number: int, part: str) -> bool:
        """Return whether something else is said of a number's people: "killed 12 and 5,000 were evacuated"."""
        words, phrase = self.words, self.phrases[number]
        at = phrase.after
        if part == "behind":
            found = words.words.parts.at(words.tokens, words.quantities[number].after)
            at = found[1] if found is not None else at
        linked = False
        while words.has(at, Role.LINKS | Role.ADVERBS) and not words.has(at, Role.PREPOSITIONS):
            linked, at = linked or words.has(at, Role.LINKS), at + 1
        if not words.is_word(at):
            return False
        if words.marks[at] is not None:
            return part == "" and not linked
        known = words.roles[at] & ~(Role.UNITS | Role.ORDINALS)
        if linked:
            return not known
        return not known and part == "" and phrase.head != "none" and not words.lexicon.adjectives_follow

    def _between_tolls(self, at: int, end: int) -> bool:
        """Return whether a count goes from one number to the next: "from 38 to 45", "45, up from 38"."""
        words = self.words
        told = Role.PREPOSITIONS | Role.REACHING | Role.PARTITIVES | Role.OBJECTS | Role.LINKS | Role.NEUTRAL
        return end - at <= _PLACE and all(
            words.has(place, told) or words.is_sign(place, ",") for place in range(at, end)
        )

    def _elsewhere(self, previous: int, number: int) -> bool:
        """Return whether a number without a noun follows a place: "killed 12 people in Kyiv and five in Kharkiv"."""
        words, quantity, phrase = self.words, self.words.quantities[number], self.phrases[number]
        first = quantity.first
        while first and words.has(first - 1, Role.NEUTRAL):
            first -= 1
        joint = words.words.joining.before(words.tokens, first)
        start = joint[1] if joint is not None else first - 1
        if joint is None and not words.is_sign(first - 1, ","):
            return False
        if phrase.head == "none" and not words.has(phrase.after, Role.PREPOSITIONS):
            return False
        between = range(self.phrases[previous].after, start)
        places = [place for place in between if words.has(place, Role.PREPOSITIONS)]
        clear = all(
            words.is_word(place)
            and not words.has(place, Role.BARRIERS)
            and (words.has(place, Role.DETERMINERS) or not words.has(place, Role.RELATIVES))
            for place in between
        )
        return bool(places) and clear and phrase.head in ("people", "person", "none")
