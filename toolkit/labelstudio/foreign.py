"""Answers of a foreign project under a schema of ours: its words are our titles (or ids)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.labelstudio.answers import Item, Misfit, Reading, page_of, read_result
from toolkit.records import AttributeValue, Span
from toolkit.schema import Schema, SpanLabel


def is_foreign(result: Sequence[Item], schema: Schema) -> bool:
    """Tell whether none of a result's items comes from a control of the schema's page."""
    page = page_of(schema)
    return not any(item.get("from_name") in page for item in result)


def read_foreign(result: Sequence[Item], text: str, schema: Schema) -> Reading:
    """Read a result whose controls are not those of the schema's page.

    Labels, span labels and fields are matched by title, then by id, as `infer_schema` writes them; what matches
    nothing is a misfit.

    Args:
        result: Label Studio's list.
        text: The text of the task.
        schema: The project's schema.
    """
    reading = read_result(result, text, None)
    labels = {label.id: label.id for label in schema.labels} | {label.title: label.id for label in schema.labels}
    kinds = {span.id: span for span in schema.spans} | {span.title: span for span in schema.spans}
    for label in reading.labels:
        if label not in labels:
            reading.misfits.append(Misfit("unknown-label", f"{schema.ref} has no label with the title {label!r}"))
    spans = []
    for span in reading.spans:
        if span.label in kinds:
            spans.append(_span(span, kinds[span.label], reading))
        else:
            detail = f"{schema.ref} has no span label with the title {span.label!r}"
            reading.misfits.append(Misfit("unknown-span", detail, span.start, span.end, span.text))
    reading.labels = tuple(sorted({labels[label] for label in reading.labels if label in labels}))
    reading.spans = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id)))
    left = {span.span_id for span in spans}
    relations = {relation.id for relation in schema.relations}
    kept = []
    for link in reading.relations:
        if link.label in relations and {link.head, link.tail} <= left:
            kept.append(link)
        else:
            reading.misfits.append(Misfit("unknown-relation", f"{link.label!r} from {link.head} to {link.tail}"))
    reading.relations = tuple(kept)
    return reading


def _span(span: Span, kind: SpanLabel, reading: Reading) -> Span:
    names = {field.id: field.id for field in kind.attributes} | {field.title: field.id for field in kind.attributes}
    fields: dict[str, AttributeValue] = {}
    for name, value in _items(span.attributes):
        if name in names:
            fields[names[name]] = value
        else:
            detail = f"span label {kind.id!r} has no field with the title {name!r}"
            reading.misfits.append(Misfit("unknown-field", detail, span.start, span.end, span.text))
    return Span(span_id=span.span_id, label=kind.id, start=span.start, end=span.end, text=span.text, attributes=fields)


def _items(fields: Mapping[str, AttributeValue]) -> list[tuple[str, AttributeValue]]:
    return sorted(fields.items())
