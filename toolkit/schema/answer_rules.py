"""The rules of a schema that an answer breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from toolkit.errors import nearest
from toolkit.records.annotation import AttributeValue, Relation, Span
from toolkit.records.base import record
from toolkit.schema.model import Attribute, Constraint, Schema


@record
class Breach:
    """A rule of the schema that an answer breaks.

    Attributes:
        rule: Id of the constraint, or of the general rule: "unknown-label", "retired-label", "exclusive",
            "no-label", "required-layer", "unknown-span", "unknown-attribute", "attribute-value",
            "required-attribute", "unknown-relation", "relation-ends".
        message: The rule in words, for the person who answered.
        span_ids: The spans that break it, if it is about spans.
    """

    rule: str
    message: str
    span_ids: tuple[str, ...] = ()


def validate(
    schema: Schema,
    labels: Sequence[str],
    spans: Sequence[Span] = (),
    relations: Sequence[Relation] = (),
    fields: Mapping[str, AttributeValue] = MappingProxyType({}),
) -> list[Breach]:
    """Return every rule of a schema that an answer breaks.

    Args:
        schema: The schema under which the answer was given.
        labels: Ids of the sentence labels.
        spans: The marked stretches of the sentence, with the values of their fields.
        relations: Links between the spans, by `span_id`.
        fields: Fields of the sentence, by their ids.

    Returns:
        The broken rules in a fixed order: labels, spans, fields, relations, then the constraints of the schema. An
        answer without a breach is valid.

    Examples:
        >>> from toolkit.schema import load
        >>> schema = load("claims@1.0.0")
        >>> validate(schema, ["claim"])
        []
        >>> [(breach.rule, breach.message) for breach in validate(schema, ["claim", "none"])]
        [('exclusive', "'none' excludes every other label")]
    """
    return [
        *_label_breaches(schema, labels),
        *(breach for span in spans for breach in _span_breaches(schema, span)),
        *(
            Breach(rule=rule, message=message)
            for rule, message in _field_breaches("the sentence", schema.fields, dict(fields), "")
        ),
        *_relation_breaches(schema, spans, relations),
        *(breach for rule in schema.constraints for breach in _constraint_breaches(rule, set(labels), spans)),
    ]


def relation_between(schema: Schema, head: str, tail: str) -> str | None:
    """Return the only relation that may lead from span label `head` to `tail`; None if there is none, or several."""
    ids = [relation.id for relation in schema.relations if head in relation.head and tail in relation.tail]
    return ids[0] if len(ids) == 1 else None


def _label_breaches(schema: Schema, labels: Sequence[str]) -> Iterator[Breach]:
    known = {label.id: label for label in schema.labels}
    for label_id in labels:
        if label_id not in known:
            hint = nearest(label_id, known)
            yield Breach(rule="unknown-label", message=f"{schema.ref} has no label {label_id!r}{hint}")
        elif known[label_id].retired:
            yield Breach(rule="retired-label", message=f"label {label_id!r} is retired")
    alone = [label_id for label_id in schema.exclusive if label_id in labels]
    if alone and len(set(labels)) > 1:
        yield Breach(rule="exclusive", message=f"{alone[0]!r} excludes every other label")
    if schema.exclusive and not labels:
        yield Breach(rule="no-label", message=f"no label is given; {schema.exclusive[0]!r} means that none applies")
    for layer in schema.layers:
        members = {label.id for label in schema.active if label.layer == layer.id}
        if layer.required and not alone and not members & set(labels):
            yield Breach(rule="required-layer", message=f"{layer.title} (no label of {layer.id!r})")


def _span_breaches(schema: Schema, span: Span) -> Iterator[Breach]:
    known = {label.id: label for label in schema.spans}
    if span.label not in known:
        message = f"{schema.ref} has no span label {span.label!r}{nearest(span.label, known)}"
        yield Breach(rule="unknown-span", message=message, span_ids=(span.span_id,))
        return
    label = known[span.label]
    for rule, message in _field_breaches(label.id, label.attributes, dict(span.attributes), f"{label.title}: "):
        yield Breach(rule=rule, message=message, span_ids=(span.span_id,))


def _field_breaches(
    owner: str, attributes: Sequence[Attribute], values: dict[str, AttributeValue], title: str
) -> Iterator[tuple[str, str]]:
    known = {attribute.id: attribute for attribute in attributes}
    for attribute_id in values:
        if attribute_id not in known:
            yield "unknown-attribute", f"{owner} has no field {attribute_id!r}{nearest(attribute_id, known)}"
    for attribute in attributes:
        value = values.get(attribute.id)
        if value is None:
            if attribute.required:
                yield "required-attribute", f"{title}{attribute.title} (field {attribute.id!r} is empty)"
        elif not _fits(attribute, value):
            yield "attribute-value", f"{owner}.{attribute.id} cannot be {value!r}"


def _fits(attribute: Attribute, value: AttributeValue) -> bool:
    match attribute.type:
        case "choice":
            given = value if isinstance(value, tuple) and attribute.several else (value,)
            return bool(given) and all(each in attribute.choices for each in given)
        case "boolean":
            return isinstance(value, bool)
        case "text":  # several values, where a foreign page lets people choose several
            return isinstance(value, str | tuple)
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return attribute.minimum is None or value >= attribute.minimum


def _relation_breaches(schema: Schema, spans: Sequence[Span], relations: Sequence[Relation]) -> Iterator[Breach]:
    known = {relation.id: relation for relation in schema.relations}
    labels = {span.span_id: span.label for span in spans}
    for relation in relations:
        ends = (relation.head, relation.tail)
        if relation.label not in known:
            message = f"{schema.ref} has no relation {relation.label!r}{nearest(relation.label, known)}"
            yield Breach(rule="unknown-relation", message=message, span_ids=ends)
            continue
        kind = known[relation.label]
        if labels.get(relation.head) not in kind.head or labels.get(relation.tail) not in kind.tail:
            message = f"{relation.label!r} leads from {' or '.join(kind.head)} to {' or '.join(kind.tail)}"
            yield Breach(rule="relation-ends", message=message, span_ids=ends)


def _constraint_breaches(rule: Constraint, labels: set[str], spans: Sequence[Span]) -> Iterator[Breach]:
    match rule.type:
        case "requires_span":
            if labels & set(rule.labels) and not any(span.label in rule.spans for span in spans):
                yield Breach(rule=rule.id, message=rule.message)
        case "requires_label":
            lonely = tuple(span.span_id for span in spans if span.label in rule.spans)
            if lonely and not labels & set(rule.labels):
                yield Breach(rule=rule.id, message=rule.message, span_ids=lonely)
        case "excludes":
            if len(labels & set(rule.labels)) > 1:
                yield Breach(rule=rule.id, message=rule.message)
        case "ordered":
            for span in spans:
                if span.label in rule.spans and _out_of_order(rule, span):
                    yield Breach(rule=rule.id, message=rule.message, span_ids=(span.span_id,))


def _out_of_order(rule: Constraint, span: Span) -> bool:
    first, second = (span.attributes.get(attribute) for attribute in rule.attributes)
    numbers = isinstance(first, int | float) and isinstance(second, int | float)
    return numbers and first > second  # type: ignore[operator]  # both are numbers here
