"""The answers that count: one a person and sentence, in an order that does not depend on how they came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, AttributeValue, Decision, Relation, Span, latest
from toolkit.schema import Schema

SpanKey = tuple[str, int, int, tuple[tuple[str, AttributeValue], ...]]
AnswerKey = tuple[tuple[str, ...], tuple[SpanKey, ...], tuple[tuple[str, SpanKey, SpanKey], ...]]


def ballots(annotations: Iterable[Annotation], schema: Schema) -> dict[str, tuple[Annotation, ...]]:
    """Return the answers to each sentence, sentences by id and answers by annotator.

    A skipped answer is no vote; of several answers of one person to one sentence the last counts.

    Args:
        annotations: Answers in any order.
        schema: The schema that they are decided under.

    Raises:
        InvalidInput: Answers use labels, spans or relations that the schema does not have.
    """
    by_sentence: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in latest(annotations):
        if not annotation.skipped:
            by_sentence[annotation.sentence_id].append(annotation)
    faults = [fault for answers in by_sentence.values() for answer in answers for fault in _unknown(answer, schema)]
    if faults:
        raise InvalidInput.all_of(faults)
    return {sentence_id: tuple(answers) for sentence_id, answers in by_sentence.items()}


def answer_key(said: Annotation | Decision) -> AnswerKey:
    """Return what an answer or a decision says, without ids: two people who say the same have the same key."""
    keys = {span.span_id: span_key(span) for span in said.spans}
    links = [(relation.label, keys[relation.head], keys[relation.tail]) for relation in said.relations]
    return said.labels, tuple(sorted(keys.values(), key=repr)), tuple(sorted(links, key=repr))


def span_key(span: Span) -> SpanKey:
    """Return what a span says, without its id; an attribute left empty is one not filled."""
    filled = sorted((name, value) for name, value in span.attributes.items() if value is not None)
    return span.label, span.start, span.end, tuple(filled)


def _unknown(answer: Annotation, schema: Schema) -> list[InvalidInput]:
    relations: tuple[Relation, ...] = answer.relations
    used = {
        "label": (set(answer.labels), {label.id for label in schema.labels}),
        "span label": ({span.label for span in answer.spans}, {label.id for label in schema.spans}),
        "relation": ({relation.label for relation in relations}, {label.id for label in schema.relations}),
    }
    remedy = f"migrate answers given under {answer.schema}" if answer.schema != schema.ref else None
    return [
        InvalidInput(f"{schema.ref} has no {kind} {name!r}", where=f"annotation {answer.annotation_id}", remedy=remedy)
        for kind, (given, known) in used.items()
        for name in sorted(given - known)
    ]
