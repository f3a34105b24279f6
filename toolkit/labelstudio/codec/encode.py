"""From labels, spans and relations to Label Studio's result JSON: what a person would have made on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.label_config import NOTE, SPANS, TEXT, TRUE, Control, controls
from toolkit.records import AttributeValue, Relation, Span, content_id
from toolkit.schema import Schema


def encode_result(
    schema: Schema,
    *,
    labels: Sequence[str] = (),
    spans: Sequence[Span] = (),
    relations: Sequence[Relation] = (),
    fields: Mapping[str, AttributeValue] = MappingProxyType({}),
    note: str | None = None,
    origin: str = "manual",
) -> list[dict[str, Any]]:
    """Return a result that `toolkit.labelstudio.codec.decode.decode_result` turns back into the same answer.

    Args:
        schema: What the page was made from.
        labels: Ids of sentence labels.
        spans: Their offsets count code points of the task's text.
        relations: Links between the spans.
        fields: Fields of the sentence by their ids.
        note: The comment.
        origin: "manual" for a person's, "prediction" for a program's.

    Raises:
        InvalidInput: A label or a field is not in the schema.
    """
    page = controls(schema)
    items = [*_choices(schema, labels), *(item for span in spans for item in _region(page, span))]
    items += _answers(schema, page, fields)
    if note:
        items.append(_item(NOTE, "textarea", {"text": [note]}, content_id("note", note)[:10]))
    for item in items:
        item["origin"] = origin
    links = (
        {"type": "relation", "from_id": link.head, "to_id": link.tail, "direction": "right", "labels": [link.label]}
        for link in relations
    )
    return [*items, *links]


def _choices(schema: Schema, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    layer_of = {label.id: label.layer for label in schema.labels}
    for label in labels:
        if label not in layer_of:
            raise InvalidInput(f"{schema.ref} has no label {label!r}")
    for layer in schema.layers:
        mine = [label for label in labels if layer_of[label] == layer.id]
        if mine:
            yield _item(layer.id, "choices", {"choices": mine}, content_id("layer", layer.id)[:10])


def _answers(
    schema: Schema, page: Mapping[str, Control], fields: Mapping[str, AttributeValue]
) -> Iterator[dict[str, Any]]:
    for name, value in fields.items():
        control = page.get(name)
        if control is None or control.kind != "field":
            raise InvalidInput(f"{schema.ref} has no field {name!r} of a sentence")
        if value is not None and value is not False:
            stored = {_KEYS[control.type]: _stored(control, value)}
            yield _item(name, control.type, stored, content_id("field", name)[:10])


def _region(page: Mapping[str, Control], span: Span) -> Iterator[dict[str, Any]]:
    region = {"start": span.start, "end": span.end, "text": span.text}
    yield _item(SPANS, "labels", region | {"labels": [span.label]}, span.span_id)
    for name, value in span.attributes.items():
        control = next(
            (
                control
                for control in page.values()
                if control.attribute is not None and control.span == span.label and control.attribute.id == name
            ),
            None,
        )
        if control is None:
            raise InvalidInput(f"span label {span.label!r} has no field {name!r}")
        if value is None or value is False:
            continue  # an empty field and a box that is not ticked store nothing
        yield _item(control.name, control.type, region | {_KEYS[control.type]: _stored(control, value)}, span.span_id)


_KEYS = {"choices": "choices", "number": "number", "textarea": "text"}


def _stored(control: Control, value: AttributeValue) -> Any:
    if control.type == "number":
        return value
    if value is True:
        return [TRUE]
    return list(value) if isinstance(value, tuple) else [value]


def _item(name: str, kind: str, value: dict[str, Any], item_id: str) -> dict[str, Any]:
    return {"id": item_id, "from_name": name, "to_name": TEXT, "type": kind, "value": value}
