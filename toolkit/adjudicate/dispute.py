"""What people must decide, and what an expert should see although it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from toolkit.records import Relation, Span
from toolkit.records.base import record


@record
class Answer:
    """One of the competing answers to a sentence.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        votes: annotation_ids of those who gave it, sorted.
    """

    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    votes: tuple[str, ...]


@record
class Dispute:
    """A sentence that people must decide.

    Attributes:
        sentence_id: The sentence.
        schema: "name@version".
        causes: Why it could not be decided, in plain words.
        answers: The competing answers, the one with most votes first.
        soft_labels: Label id → probability, for labels that anybody gave.
        uncertainty: Entropy of the labels' probabilities in bits, summed; the higher, the more there is to decide.
    """

    sentence_id: str
    schema: str
    causes: tuple[str, ...]
    answers: tuple[Answer, ...]
    soft_labels: Mapping[str, float] = field(default_factory=dict)
    uncertainty: float


@record
class SecondLook:
    """A sentence that an expert should see although it is decided.

    Attributes:
        sentence_id: The sentence.
        causes: Why, in plain words.
    """

    sentence_id: str
    causes: tuple[str, ...]
