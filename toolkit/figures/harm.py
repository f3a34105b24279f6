"""The test of the numbers in a sentence: do they count people who were killed, wounded, missing or captured?

Each number is followed by its noun phrase. It counts people harmed if harm stands beside it ("14 wounded"), is an act
done to it ("killed 14"), is what it suffered ("14 people in the bus were killed"), is a toll that reached it ("the toll
rose to 14"), or if it is a part of such a number or joined to one. Whatever is none of these is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.figures.harm_words import ACT, FATE, LOSS, STATE, Mark
from toolkit.figures.noun_phrase import Counted, NounPhrase, SentenceWords, counts_nothing_of_interest, noun_phrase
from toolkit.figures.word_roles import Role

_CLAUSE = 16  # tokens between people and what happened to them
_PLACE = 7  # words of a phrase of place or time
_ADJECTIVES = 3  # unknown words before a word for harm
_UNREAL = 4  # tokens before harm that may make it a threat
_BESIDE = (Role.NEUTRAL | Role.DETERMINERS | Role.OBJECTS | Role.PARTITIVES)
_COMPLEMENT = (Role.DETERMINERS | Role.PREPOSITIONS | Role.OBJECTS)


class HarmTest:
    """The harm that each number of a sentence counts.

    Args:
        words: The sentence.
        nobody: For each number, whether it is zero.
        single: For each number, whether it is an article.
    """

    def __init__(self, words: SentenceWords, nobody: Sequence[bool], single: Sequence[bool]) -> None:
        self.words = words
        self.nobody = nobody
        self.single = single
        self.phrases = [noun_phrase(words, quantity.after) for quantity in words.quantities]
        self.dead: list[bool] = []
        for quantity in words.quantities:
            inside = any(words.marks[at] is not None for at in range(quantity.first, quantity.after))
            dead = inside or counts_nothing_of_interest(words, quantity) or self._continues_dead(quantity)
            self.dead.append(dead)
        for number, quantity in enumerate(words.quantities):
            share = words.words.shares.at(words.tokens, quantity.after) if quantity.after < len(words.tokens) else None
            if share is not None and share[1] in words.numbers and self.phrases[number + 1].head != "thing":
                self.dead[number] = self.dead[number + 1] = True  # "one in five"
        self.wholes = {phrase.whole for phrase in self.phrases if phrase.whole is not None}
        self.found: list[str | None] = [None] * len(words.quantities)
        self.tolls: set[int] = set()  # numbers that a count reached
        self.suffered: dict[int, bool] = {}  # numbers with harm behind them

    def harms(self) -> list[str | None]:
        """Return what happened to the people that each number counts; None for one that counts no people harmed."""
        order = range(len(self.found))
        for number in order:
            if self._may_count(number):
                self.found[number] = self._own(number)
        for number in reversed(order):
            if self.found[number] is None and self._may_count(number):
                self.found[number] = self._from_next(number)
        for number in order:
            if self.found[number] is None and self._may_count(number):
                self.found[number] = self._from_previous(number)
        return self.found

    def _continues_dead(self, quantity: Counted) -> bool:
        """Return whether a number is joined to one that counts nothing: "aged 4 and 6"."""
        words, first = self.words, quantity.first
        if not self.dead or not (words.has(first - 1, Role.CONJUNCTIONS) or words.is_sign(first - 1, ",")):
            return False
        joined = words.numbers.get(first - 2) == len(self.dead) - 1
        return joined and self.dead[-1] and self.phrases[len(self.dead)].head == "none"

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

    # --- harm of its own ----------------------------------------------------------------------------------------------

    def _own(self, number: int) -> str | None:
        beside = self._beside(number)
        if number in self.wholes:
            return None if beside is None or beside.kinds == {FATE} else beside.harm
        acted = self._acted_on(number, near=True)
        if beside is not None and (acted is None or self._alone(beside)):
            self.suffered[number] = True
            return self._type(beside, forward=True, number=number)
        if acted is not None:
            return self._type(acted, forward=False, number=number)
        suffered = self._suffered(number)
        if suffered is not None:
            self.suffered[number] = True
            return self._type(suffered, forward=True, number=number)
        phrase = self.phrases[number]
        if phrase.state is not None:
            return phrase.state.harm
        far = self._acted_on(number, near=False)
        if far is not None:
            return self._type(far, forward=False, number=number)
        return self._toll(number) or self._among(number)

    def _alone(self, mark: Mark) -> bool:
        """Return whether no noun follows a word for harm, which then is a noun itself: "20 wounded"."""
        return not (self.words.is_word(mark.after) and self.words.has(mark.after, Role.PEOPLE))

    def _beside(self, number: int) -> Mark | None:
        """Return the word for harm right behind a number and its noun: "14 dead", "12 people killed in Kyiv"."""
        words, phrase = self.words, self.phrases[number]
        at = phrase.after
        if phrase.state is not None and not self._has_predicate(number):
            return phrase.state
        if words.is_sign(at, ",") and phrase.head in ("people", "person") and not words.lexicon.determiners:
            at += 1  # "14 человек, погибших при обстреле"
        counted = words.has(words.quantities[number].first - 1, Role.LINKS)
        if counted and phrase.head == "none" and words.has(at, Role.DETERMINERS) and at + 1 < len(words.tokens):
            mark = words.marks[at + 1]  # Spanish "son 23 los muertos"
            return mark if mark is not None and STATE in mark.kinds else None
        mark = words.marks[at] if at < len(words.tokens) else None
        if mark is None or mark.at != at or phrase.unknown > _ADJECTIVES:
            return None
        if ACT in mark.kinds and at == phrase.after and self._is_agent(number, mark):
            return None
        if STATE in mark.kinds and at == phrase.after:
            bare = not words.lexicon.determiners and phrase.unknown > 1
            return None if bare or self._names_a_thing(mark) else mark
        if STATE in mark.kinds:
            return mark
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

    def _has_predicate(self, number: int) -> bool:
        return self._suffered(number) is not None

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
            if words.has(at, Role.UNREAL) and at not in words.numbers:
                return True
        return False

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
            if words.is_sign(place, ".;:!?") or words.has(place, Role.RELATIVES | Role.BARRIERS | Role.CONJUNCTIONS):
                return None
            prepositions += words.has(place, Role.PREPOSITIONS | Role.LINKS)
        return None

    def is_aside(self, number: int) -> bool:
        """Return whether a number counts no people, and so ends no search."""
        return (
            self.dead[number]
            or self.phrases[number].head == "thing"
            or (self.single[number] and self.phrases[number].head != "person")
        )

    def _suffered(self, number: int) -> Mark | None:
        """Return what happened to the people of a number, said behind them: "14 people in the bus were killed"."""
        words, phrase = self.words, self.phrases[number]
        reader = _Predicate(self, number)
        for at in range(phrase.after, min(len(words.tokens), phrase.after + _CLAUSE)):
            answer = reader.step(at)
            if answer is not None:
                return answer if isinstance(answer, Mark) else None
        return None

    def _toll(self, number: int) -> str | None:
        """Return the harm of a count that has reached a number: "the number of wounded rose to 14"."""
        words, first = self.words, self.words.quantities[number].first
        at = first - 1
        while words.has(at, Role.NEUTRAL):
            at -= 1
        if self.phrases[number].head == "open" or at < 0:
            return None
        label = words.marks[at - 1] if at and words.is_sign(at, ":–—(") else None
        if label is not None:
            return label.harm
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
            return reaching[0] - 1 if reaching else None
        return None

    def _toll_before(self, at: int, *, commas: bool) -> str | None:
        words, comma = self.words, False
        for place in range(at, max(-1, at - _CLAUSE), -1):
            mark = words.marks[place]
            if mark is not None:
                toll = any(words.has(step, Role.TOLLS) for step in range(max(0, mark.at - 5), mark.after))
                toll = toll or words.has(mark.at - 1, Role.DETERMINERS | Role.AMONG)
                return mark.harm if toll or (STATE in mark.kinds and not comma) else None
            if words.is_sign(place, ".;!?") or (place in words.numbers and not self.is_aside(words.numbers[place])):
                return None
            comma = comma or words.is_sign(place, ",")
        return None

    def _among(self, number: int) -> str | None:
        """Return the harm of the people that a number is among: "five children are among the dead"."""
        words, at = self.words, self.phrases[number].after
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

    # --- harm of another number ---------------------------------------------------------------------------------------

    def _from_next(self, number: int) -> str | None:
        """Return the harm of the number that this one is joined to: "two women" and a child were killed."""
        words, phrase = self.words, self.phrases[number]
        following = number + 1
        while following < len(self.found) and self.is_aside(following):
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
        previous = next((at for at in range(number - 1, -1, -1) if not self.is_aside(at)), None)
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

    def is_part(self, number: int) -> str | None:
        """Return where the words stand that make a number a part of the one before: "before", "behind" or None."""
        words, quantity = self.words, self.words.quantities[number]
        if words.words.parts.at(words.tokens, quantity.after) if quantity.after < len(words.tokens) else None:
            return "behind"
        first = quantity.first
        while first and words.has(first - 1, Role.NEUTRAL | Role.DETERMINERS):
            first -= 1
        return "before" if words.words.parts.before(words.tokens, first) is not None else None

    def _part_of_words(self, number: int) -> str | None:
        """Return the harm said before a part whose whole has no number: "passengers were killed, including two"."""
        words, first = self.words, self.words.quantities[number].first
        for place in range(first - 1, -1, -1):
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
        told = (Role.PREPOSITIONS | Role.REACHING | Role.PARTITIVES | Role.OBJECTS | Role.LINKS | Role.NEUTRAL)
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
        clear = all(words.is_word(place) and not words.has(place, Role.RELATIVES | Role.BARRIERS) for place in between)
        return bool(places) and clear and phrase.head in ("people", "person", "none")

    # --- what happened ------------------------------------------------------------------------------------------------

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


class _Predicate:
    """Reads on from a noun phrase to what is said of it, token by token.

    Args:
        test: The sentence.
        number: The number whose people it is about.
    """

    def __init__(self, test: HarmTest, number: int) -> None:
        self.test, self.words, self.phrase = test, test.words, test.phrases[number]
        self.nobody = test.nobody[number]
        before = test.words.quantities[number].first - 1
        while test.words.has(before, Role.NEUTRAL | Role.ADVERBS):
            before -= 1
        self.linked = test.words.has(before, Role.LINKS)  # "wurden 14 Menschen in Kiew getötet"
        self.passive = test.words.has(before, Role.PASSIVE)
        self.place = self.commas = 0

    def step(self, at: int) -> Mark | bool | None:
        """Return the harm that a token says, False if something else begins there, None to read on."""
        words = self.words
        mark = words.marks[at]
        if mark is not None:
            return self._harm(mark) if mark.at == at else None
        if at in words.numbers:
            number = words.numbers[at]
            return (
                None if self.test.is_part(number) == "before" or (self.place and self.test.is_aside(number)) else False
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
            self.linked = True
            self.passive = self.passive or bool(roles & Role.PASSIVE)
            self.place = 0 if not roles & Role.PREPOSITIONS else _PLACE
            return None
        return self._word(at, roles)

    def _begins_clause(self, at: int) -> bool:
        after = self.phrase.after
        return at == after or (at == after + 1 and self.words.is_sign(after, ","))

    def _word(self, at: int, roles: int) -> bool | None:
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
        words, test = self.words, self.test
        if self.commas % 2 and not self._clause_open(mark):
            return None if self.place else False
        inside = words.has(mark.at - 1, _COMPLEMENT) and not words.has(mark.at - 1, Role.LINKS)
        if test.is_unreal(mark):
            return False
        if FATE in mark.kinds and not self._has_other_subject(mark):
            return mark
        if ACT in mark.kinds and not self.passive and test.takes_object(mark.after):
            return False
        if ACT in mark.kinds:
            if self.passive or (self.linked and not test.takes_object(mark.after) and words.lexicon.capital_nouns):
                return mark
            if mark.kinds == {ACT} or LOSS in mark.kinds:
                return False if not self.place else None
        if LOSS in mark.kinds:
            return mark if self.passive and self.phrase.head in ("people", "person") else False
        if STATE in mark.kinds and self.linked and not inside:
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
        return not self.test.is_aside(words.numbers[mark.after]) and not self.linked
