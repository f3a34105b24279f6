"""The examples of a schema put to work: a calibration quiz, its score, and a lint of gold against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from toolkit.records.base import content_id, record
from toolkit.schema.model import Example, Schema


@record
class Item:
    """A sentence of the quiz with its known answer.

    Attributes:
        item_id: Content id of (schema name, text): it outlives a new version of the schema.
        text: The sentence.
        labels: The known answer, sorted.
        about: The label whose example it is.
        kind: "positive" or "near_miss" of that label.
        why: What makes it so, to be shown to whoever got it wrong.
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
    """How one person did in the quiz.

    Attributes:
        answered: Items answered.
        correct: Items whose labels are all right and complete.
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
    """A judged sentence that says otherwise than an example with the same words.

    Attributes:
        sentence_id: The sentence.
        item: The example.
        labels: What the sentence carries, sorted.
    """

    sentence_id: str
    item: Item
    labels: tuple[str, ...]


def quiz(schema: Schema) -> tuple[Item, ...]:
    """Return the examples of the labels that can be given, in the schema's order, each sentence once."""
    items: dict[str, Item] = {}
    for label in schema.active:
        for example in label.positives:
            items.setdefault(_key(example.text), _item(schema, example, label.id, "positive"))
        for example in label.near_misses:
            items.setdefault(_key(example.text), _item(schema, example, label.id, "near_miss"))
    return tuple(items.values())


def score(items: Iterable[Item], answers: Mapping[str, Iterable[str]]) -> Score:
    """Compare one person's answers with the known ones.

    Args:
        items: The quiz.
        answers: item_id → labels given; an item that is not among them was not answered.
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
    """Return the judged sentences that have the words of an example and other labels.

    White space and case do not tell sentences apart.

    Args:
        schema: The schema whose examples are compared.
        judged: (sentence_id, text, labels).
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
