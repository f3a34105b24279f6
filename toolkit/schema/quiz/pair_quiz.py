"""The pairs of a schema's links as a quiz: two sentences, and whether the link holds between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.records.base import content_id, record
from toolkit.records.link import LinkAnswer
from toolkit.schema.model import LinkLabel, Schema


@record
class PairItem:
    """Two sentences of the quiz with the known answer.

    Attributes:
        item_id: Content id of (schema name, link, both sentences): it stays the same in a new version of the schema.
        link: The link that it is about.
        first: The sentence that the link would start from.
        second: The sentence that it would lead to.
        holds: It holds between them.
        why: The reason, for people who got it wrong.
    """

    item_id: str
    link: LinkLabel
    first: str
    second: str
    holds: bool
    why: str | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """What stands for sentence_ids of the two, the first one first."""
        return content_id(self.item_id, "first"), content_id(self.item_id, "second")


@record
class PairScore:
    """One person's result in the quiz of links.

    Attributes:
        answered: Number of pairs answered.
        correct: Number of those that were rightly linked, or rightly not.
        mistakes: item_ids of the others, in the order of the quiz.
    """

    answered: int
    correct: int
    mistakes: tuple[str, ...]


def pair_quiz(schema: Schema) -> tuple[PairItem, ...]:
    """Return every pair of the links of a schema, in its order.

    Examples:
        >>> from toolkit.schema import load
        >>> items = pair_quiz(load("news_events@1.1.0"))
        >>> len(items), [item.holds for item in items[:4]]
        (16, [True, True, False, False])
    """
    return tuple(
        PairItem(
            item_id=content_id("pair", schema.name, link.id, pair.first, pair.second),
            link=link,
            first=pair.first,
            second=pair.second,
            holds=holds,
            why=pair.why,
        )
        for link in schema.links
        for holds, pairs in ((True, link.positives), (False, link.near_misses))
        for pair in pairs
    )


def pair_scores(schema: Schema, answers: Iterable[LinkAnswer]) -> Mapping[str, PairScore]:
    """Return the score of each person who answered a pair of the present quiz, by pseudonym.

    A pair is right if the link that it is about was drawn where it holds, from the first sentence to the second, and
    was not drawn where it does not.

    Args:
        schema: Its pairs are the quiz.
        answers: As they stand, one per person and pair; skips are no answers.
    """
    items = pair_quiz(schema)
    said: dict[str, dict[tuple[str, str], LinkAnswer]] = {}
    for answer in answers:
        if not answer.skipped:
            for item in items:
                if {*item.ends} <= {*answer.offered}:
                    said.setdefault(answer.annotator, {})[item.ends] = answer
    found = {}
    for person in sorted(said):
        mine = [(item, said[person][item.ends]) for item in items if item.ends in said[person]]
        wrong = tuple(item.item_id for item, answer in mine if _drawn(item, answer) != item.holds)
        found[person] = PairScore(answered=len(mine), correct=len(mine) - len(wrong), mistakes=wrong)
    return found


def _drawn(item: PairItem, answer: LinkAnswer) -> bool:
    return any(link.ends == (item.link.id, *item.ends) for link in answer.links)
