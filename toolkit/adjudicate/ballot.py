"""The answers to a sentence as votes: those that count, what an answer says, and a dispute that people must settle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, AttributeValue, Decision, Relation, Span, latest
from toolkit.records.base import record
from toolkit.schema import Schema

SpanKey = tuple[str, int, int, tuple[tuple[str, AttributeValue], ...]]
AnswerKey = tuple[Any, ...]


@record
class CompetingAnswer:
    """One of the answers that compete in a dispute.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        votes: annotation_ids of those who gave it, sorted.
        fields: Fields of the sentence by their ids.
    """

    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)
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
    answers: tuple[CompetingAnswer, ...]
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


def ballots(annotations: Iterable[Annotation], schema: Schema) -> dict[str, tuple[Annotation, ...]]:
    """Return the answers that vote on each sentence, sentences by id and answers by annotator.

    A skipped answer is not a vote, nor is one of which a part could not be taken; of several answers of one person to
    one sentence the last counts.

    Args:
        annotations: Answers in any order.
        schema: The schema that they are decided under.

    Raises:
        InvalidInput: Answers use labels, spans or relations that the schema does not have.
    """
    by_sentence: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in latest(annotations):
        if annotation.votes:
            by_sentence[annotation.sentence_id].append(annotation)
    faults = [fault for answers in by_sentence.values() for answer in answers for fault in _unknown(answer, schema)]
    if faults:
        raise InvalidInput.all_of(faults)
    return {sentence_id: tuple(answers) for sentence_id, answers in by_sentence.items()}


def answer_key(said: Annotation | Decision) -> AnswerKey:
    """Return what an answer or a decision says, without ids: two people who say the same have the same key."""
    keys = {span.span_id: span_key(span) for span in said.spans}
    links = [(relation.label, keys[relation.head], keys[relation.tail]) for relation in said.relations]
    said_of_spans = said.labels, tuple(sorted(keys.values(), key=repr)), tuple(sorted(links, key=repr))
    fields = tuple(sorted((name, value) for name, value in said.fields.items() if value is not None))
    return (*said_of_spans, fields) if fields else said_of_spans


def span_key(span: Span) -> SpanKey:
    """Return what a span says, without its id; an empty attribute is the same as none."""
    filled = sorted((name, value) for name, value in span.attributes.items() if value is not None)
    return span.label, span.start, span.end, tuple(filled)


def _unknown(answer: Annotation, schema: Schema) -> list[InvalidInput]:
    relations: tuple[Relation, ...] = answer.relations
    used = {
        "label": (set(answer.labels), {label.id for label in schema.labels}),
        "span label": ({span.label for span in answer.spans}, {label.id for label in schema.spans}),
        "field": (set(answer.fields), {each.id for each in schema.fields}),
        "relation": ({relation.label for relation in relations}, {label.id for label in schema.relations}),
    }
    remedy = f"migrate answers given under {answer.schema}" if answer.schema != schema.ref else None
    return [
        InvalidInput(f"{schema.ref} has no {kind} {name!r}", where=f"annotation {answer.annotation_id}", remedy=remedy)
        for kind, (given, known) in used.items()
        for name in sorted(given - known)
    ]
