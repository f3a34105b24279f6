"""The examples of a schema as a quiz for annotators, its score, and a check of gold labels against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from toolkit.records.base import content_id, record
from toolkit.schema.model import Example, Schema


@record
class Item:
    """A sentence of the quiz with its known answer.

    Attributes:
        item_id: Content id of (schema name, text): it stays the same in a new version of the schema.
        text: The sentence.
        labels: The known answer, sorted.
        about: The label whose example it is.
        kind: "positive" or "near_miss" of that label.
        why: The reason, for people who got it wrong.
    """

    item_id: str
    text: str
    labels: tuple[str, ...]
    about: str
    kind: Literal["positive", "near_miss"]
    why: str | None = None


@record
class Mistake:
    """An answer to the quiz that differs from the known one.

    Attributes:
        item: The item.
        missing: Labels that should have been given, sorted.
        extra: Labels that should not, sorted.
    """

    item: Item
    missing: tuple[str, ...]
    extra: tuple[str, ...]


@record
class Score:
    """One person's result in the quiz.

    Attributes:
        answered: Number of items answered.
        correct: Number of those whose labels are exactly the known ones.
        mistakes: The others, in the order of the quiz.
    """

    answered: int
    correct: int
    mistakes: tuple[Mistake, ...]

    @property
    def share(self) -> float | None:
        """Correct share of the answered items in [0, 1]; None when nothing was answered."""
        return self.correct / self.answered if self.answered else None


@record
class Contradiction:
    """A labelled sentence whose labels differ from those of an example with the same text.

    Attributes:
        sentence_id: The sentence.
        item: The example.
        labels: The labels of the sentence, sorted.
    """

    sentence_id: str
    item: Item
    labels: tuple[str, ...]


def quiz(schema: Schema) -> tuple[Item, ...]:
    """Return the examples of a schema as the items of a quiz.

    Args:
        schema: The schema; examples of retired labels are left out.

    Returns:
        The items in the order of the schema, each sentence once.

    Examples:
        >>> from toolkit.schema import load
        >>> item = quiz(load("claims@1.0.0"))[0]
        >>> item.about, item.kind, item.labels
        ('claim', 'positive', ('claim',))
    """
    items: dict[str, Item] = {}
    for label in schema.active:
        for example in label.positives:
            items.setdefault(_key(example.text), _item(schema, example, label.id, "positive"))
        for example in label.near_misses:
            items.setdefault(_key(example.text), _item(schema, example, label.id, "near_miss"))
    return tuple(items.values())


def score(items: Iterable[Item], answers: Mapping[str, Iterable[str]]) -> Score:
    """Return how many items of a quiz one person answered correctly, and the mistakes.

    An item is correct if its labels are exactly the known ones; order does not matter.

    Args:
        items: The quiz.
        answers: item_id → labels given; an item without an entry was not answered, and does not count.

    Examples:
        >>> from toolkit.schema import load
        >>> first, second, *_ = items = quiz(load("claims@1.0.0"))
        >>> result = score(items, {first.item_id: first.labels, second.item_id: ["denial"]})
        >>> result.answered, result.correct, result.share
        (2, 1, 0.5)
        >>> result.mistakes[0].missing, result.mistakes[0].extra
        (('claim',), ('denial',))
    """
    mistakes, answered = [], 0
    for item in items:
        if item.item_id not in answers:
            continue
        answered += 1
        given, known = set(answers[item.item_id]), set(item.labels)
        if given != known:
            mistakes.append(
                Mistake(item=item, missing=tuple(sorted(known - given)), extra=tuple(sorted(given - known)))
            )
    return Score(answered=answered, correct=answered - len(mistakes), mistakes=tuple(mistakes))


def contradictions(schema: Schema, judged: Iterable[tuple[str, str, Iterable[str]]]) -> list[Contradiction]:
    """Return the labelled sentences that have the text of an example and other labels.

    White space and case are ignored in the comparison of texts.

    Args:
        schema: The schema whose examples are compared.
        judged: (sentence_id, text, labels) per sentence.
    """
    known = {_key(item.text): item for item in quiz(schema)}
    found = []
    for sentence_id, text, labels in judged:
        item = known.get(_key(text))
        given = tuple(sorted(set(labels)))
        if item is not None and given != item.labels:
            found.append(Contradiction(sentence_id=sentence_id, item=item, labels=given))
    return found


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _item(schema: Schema, example: Example, about: str, kind: Literal["positive", "near_miss"]) -> Item:
    item_id = content_id("quiz", schema.name, example.text)
    return Item(item_id=item_id, text=example.text, labels=example.labels, about=about, kind=kind, why=example.why)
