"""From Label Studio's result JSON to labels, spans and relations; every item is taken or named in a reject.

A result is a flat list. A marked stretch is an item with offsets; each field of it is a further item with the same
`id`; a ticked choice is an item without offsets; a link between stretches is an item of type "relation". With a
schema, `controls(schema)` says what each `from_name` stands for. Without one (a foreign project) the values speak
for themselves: choices and taxonomy paths are labels, regions are spans, what hangs on a region is a field of it.

A foreign result under a schema of ours is decoded in the same way, and its words are our titles (or ids).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolkit.labelstudio.codec.label_config import TRUE, Control, controls
from toolkit.labelstudio.codec.offsets import is_offset, locate
from toolkit.records import AttributeValue, Reject, Relation, Span
from toolkit.schema import Schema, relation_between

Item = Mapping[str, Any]

LABELS = ("choices", "taxonomy")
SPANS = ("labels",)
FIELDS = ("choices", "taxonomy", "number", "rating", "textarea", "datetime")
SEPARATOR = "/"

MISFIT = "misfit"
"""The kind of an item of which nothing could be taken."""


class ItemFate(NamedTuple):
    """The fate of one item of a result.

    Attributes:
        type: Label Studio's type of it, such as "choices".
        kind: What it was taken for: "label", "span", "field", "relation" or "note"; else `MISFIT`.
        mended: How a region was mended: "white-space" or "utf-16"; empty where nothing was wrong.
    """

    type: str
    kind: str
    mended: str = ""


@dataclass
class DecodedResult:
    """One result as records.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, id.
        relations: By label, head, tail.
        note: The comment.
        rejects: What could not be taken; `source` is empty until somebody says which task it is of.
        tally: How many items had which fate; the counts sum to the length of the result.
    """

    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    note: str | None = None
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[ItemFate] = field(default_factory=Counter)


def decode_result(result: Sequence[Item], text: str, schema: Schema | None) -> DecodedResult:
    """Decode one result.

    Args:
        result: Label Studio's list.
        text: The text of the task, code points.
        schema: What the project's page was made from; None for a foreign project.
    """
    return _Decoder(text, schema).decode(result)


def is_foreign(result: Sequence[Item], schema: Schema) -> bool:
    """Tell whether none of a result's items comes from a control of the schema's page."""
    page = controls(schema)
    return not any(item.get("from_name") in page for item in result)


def decode_foreign(result: Sequence[Item], text: str, schema: Schema) -> DecodedResult:
    """Decode a result whose controls are not those of the schema's page.

    Labels, span labels and fields are matched by title, then by id, as `infer_schema` writes them; what matches
    nothing is rejected, and so is what hangs on it.

    Args:
        result: Label Studio's list.
        text: The text of the task.
        schema: The project's schema.
    """
    return _ForeignDecoder(text, schema).decode(result)


def type_of(item: Item) -> str:
    """Return the type that Label Studio gives an item of a result."""
    return str(item.get("type") or "untyped")


@dataclass
class _Region:
    """A span while its fields are being gathered."""

    span_id: str
    label: str
    start: int
    end: int
    fields: dict[str, AttributeValue] = field(default_factory=dict)


class _Decoder:
    """Decodes one result; the words of a page are its own schema's, or stand for themselves."""

    def __init__(self, text: str, schema: Schema | None) -> None:
        self.text = text
        self.schema = schema
        self.controls: Mapping[str, Control] = {} if schema is None else controls(schema)
        self.out = DecodedResult()
        self.labels: set[str] = set()
        self.notes: list[str] = []
        self.regions: dict[str, list[_Region]] = {}  # by their id: one region may carry several labels
        self.relations: set[tuple[str, str, str]] = set()
        self.mended = ""  # how the region of the item at hand was mended

    def decode(self, result: Sequence[Item]) -> DecodedResult:
        """Decode every item, spans before the fields and links that need them."""
        steps = (
            ("span", self._take_span),
            ("field", self._take_field),
            ("label", self._take_label),
            ("note", self._take_note),
            ("relation", self._take_relation),
            (MISFIT, self._take_misfit),
        )
        kinds = [(self._kind(item), item) for item in result]
        for wanted, take in steps:
            for kind, item in kinds:
                if kind == wanted:
                    self.mended = ""
                    fate = ItemFate(type_of(item), kind if take(item) else MISFIT, self.mended)
                    self.out.tally[fate] += 1
        spans = [self._span(region) for found in self.regions.values() for region in found]
        self.out.labels = tuple(sorted(self.labels))
        self.out.spans = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id)))
        self.out.relations = tuple(Relation(label=a, head=b, tail=c) for a, b, c in sorted(self.relations))
        self.out.note = "\n".join(self.notes) or None
        return self.out

    def label_id(self, name: str) -> str | None:
        """Return the id of a sentence label in the record, None if the schema has no such label."""
        return name if self.schema is None or name in self.schema.label_ids else None

    def span_label(self, name: str) -> str | None:
        """Return the id of a span label in the record, None if the schema has no such label."""
        return name if self.schema is None or any(name == label.id for label in self.schema.spans) else None

    def field_id(self, name: str, span: str) -> str | None:
        """Return the id of a field of a span label in the record, None if the schema has no such field."""
        control = self.controls.get(name)
        return name if control is None or control.attribute is None else control.attribute.id

    def relation_id(self, name: str) -> str | None:
        """Return the id of a relation in the record, None if the schema has no such relation."""
        return name if self.schema is None or any(name == link.id for link in self.schema.relations) else None

    def _kind(self, item: Item) -> str:
        type_, value = item.get("type"), item.get("value")
        if type_ == "relation":
            return "relation"
        if not isinstance(value, Mapping) or not isinstance(item.get("from_name"), str):
            return MISFIT
        if self.schema is not None:
            control = self.controls.get(item["from_name"])
            if control is None or control.type != type_:
                return MISFIT
            return {"layer": "label", "spans": "span", "attribute": "field", "note": "note"}[control.kind]
        on_region = "start" in value or "end" in value
        if on_region and type_ in SPANS:
            return "span"
        if on_region and type_ in FIELDS:
            return "field"
        if type_ in LABELS:
            return "label"
        return "note" if type_ == "textarea" else MISFIT

    def _reject(self, reason: str, detail: str, item: Item) -> None:
        value = item.get("value")
        value = value if isinstance(value, Mapping) else {}
        start, end, text = (value.get(key) for key in ("start", "end", "text"))
        self.out.rejects.append(
            Reject(
                stage="pull",
                reason=reason,
                source="",
                start=start if is_offset(start) else None,
                end=end if is_offset(end) else None,
                text=text if isinstance(text, str) else "",
                detail=detail,
            )
        )

    def _take_misfit(self, item: Item) -> bool:
        name, type_ = item.get("from_name"), item.get("type")
        if self.schema is not None and name not in self.controls:
            self._reject("unknown-control", f"{self.schema.ref} has no control {name!r}", item)
        else:
            self._reject("unsupported-type", f"control {name!r} holds a result of type {type_!r}", item)
        return False

    def _take_span(self, item: Item) -> bool:
        value = item["value"]
        found = locate(self.text, value.get("start"), value.get("end"), value.get("text"))
        if isinstance(found, str):
            self._reject(found, self._contrast(value), item)
            return False
        region = str(item.get("id"))
        spans = self.regions.setdefault(region, [])
        taken = False
        for name in _strings(value.get("labels")):
            label = self.span_label(name)
            if label is None:
                self._reject("unknown-span", f"the schema has no span label {name!r}", item)
                continue
            span_id = f"{region}#{len(spans) + 1}" if spans else region
            spans.append(_Region(span_id, label, found.start, found.end))
            taken = True
        if not taken and not _strings(value.get("labels")):
            self._reject("no-span-label", "the region carries no label", item)
        if taken:
            self.mended = found.mended or ""
        return taken

    def _span(self, region: _Region) -> Span:
        words = self.text[region.start : region.end]
        fields = dict(sorted(region.fields.items()))
        return Span(
            span_id=region.span_id,
            label=region.label,
            start=region.start,
            end=region.end,
            text=words,
            attributes=fields,
        )

    def _contrast(self, value: Item) -> str:
        start, end = value.get("start"), value.get("end")
        held = self.text[start:end] if isinstance(start, int) and isinstance(end, int) and 0 <= start <= end else ""
        return f"the text holds {held[:80]!r} there, the region says {str(value.get('text'))[:80]!r}"

    def _take_field(self, item: Item) -> bool:
        name = item["from_name"]
        regions = self.regions.get(str(item.get("id")), [])
        control = self.controls.get(name)
        if control is not None:
            mine = [region for region in regions if region.label == control.span]
            if regions and not mine:
                self._reject("field-of-another-label", f"{name!r} on a span with label {regions[0].label!r}", item)
                return False
            regions = mine
        if not regions:
            self._reject("field-without-span", f"{name!r} hangs on no span that was taken", item)
            return False
        value = _field_value(item, control)
        if value is None:
            self._reject("empty-field", f"{name!r} holds no value", item)
            return False
        keys = [(region, self.field_id(name, region.label)) for region in regions]
        for region, key in keys:
            if key is None:
                self._reject("unknown-field", f"span label {region.label!r} has no field {name!r}", item)
            else:
                region.fields[key] = value
        return any(key is not None for _, key in keys)

    def _take_label(self, item: Item) -> bool:
        found = {name: self.label_id(name) for name in _labels(item)}
        good = {label for label in found.values() if label is not None}
        for name, label in found.items():
            if label is None:
                self._reject("unknown-label", f"the schema has no label {name!r}", item)
        if not found:
            self._reject("no-label", f"{item['from_name']!r} holds no choice", item)
        self.labels |= good
        return bool(good)

    def _take_note(self, item: Item) -> bool:
        text = "\n".join(_strings(item["value"].get("text")))
        if text:
            self.notes.append(text)
        else:
            self._reject("empty-field", f"{item['from_name']!r} holds no words", item)
        return bool(text)

    def _take_relation(self, item: Item) -> bool:
        heads, tails = (self.regions.get(str(item.get(key)), []) for key in ("from_id", "to_id"))
        if not heads or not tails:
            self._reject("relation-without-span", f"from {item.get('from_id')!r} to {item.get('to_id')!r}", item)
            return False
        head, tail = heads[0], tails[0]
        direction = item.get("direction")
        ends = [(tail, head)] if direction == "left" else [(head, tail)]
        if direction == "bi":
            ends.append((tail, head))
        taken = False
        for first, second in ends:
            for label in self._relation_labels(item, first, second):
                self.relations.add((label, first.span_id, second.span_id))
                taken = True
        return taken

    def _relation_labels(self, item: Item, head: _Region, tail: _Region) -> Iterator[str]:
        only = "related" if self.schema is None else relation_between(self.schema, head.label, tail.label)
        given = _strings(item.get("labels")) or ([only] if only else [])
        for name in given:
            label = self.relation_id(name)
            if label is None:
                self._reject("unknown-relation", f"the schema has no relation {name!r}", item)
            else:
                yield label
        if not given:
            self._reject("unnamed-relation", f"no single relation leads from {head.label} to {tail.label}", item)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _labels(item: Item) -> Iterator[str]:
    """Yield the choices; of a taxonomy every path, its steps joined by a slash."""
    value = item["value"]
    if item["type"] == "taxonomy":
        for path in value.get("taxonomy") or []:
            if _strings(path):
                yield SEPARATOR.join(_strings(path))
    else:
        yield from _strings(value.get("choices"))


def _field_value(item: Item, control: Control | None) -> AttributeValue:
    type_, value = item["type"], item["value"]
    if type_ in LABELS:
        found = list(_labels(item))
        if control is not None and control.attribute is not None and control.attribute.type == "boolean":
            return (found == [TRUE]) if found else None
        return found[0] if len(found) == 1 else (tuple(found) or None)
    if type_ == "textarea":
        return "\n".join(_strings(value.get("text"))) or None
    number = value.get(type_)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if isinstance(number, str | int | float) else None


class _ForeignDecoder(_Decoder):
    """Decodes items by what they are, and finds their words among the titles of a schema."""

    def __init__(self, text: str, schema: Schema) -> None:
        super().__init__(text, None)
        self._labels = {label.id: label.id for label in schema.labels}
        self._labels |= {label.title: label.id for label in schema.labels}
        self._spans = {span.id: span for span in schema.spans} | {span.title: span for span in schema.spans}
        self._relations = {relation.id for relation in schema.relations}

    def label_id(self, name: str) -> str | None:
        return self._labels.get(name)

    def span_label(self, name: str) -> str | None:
        found = self._spans.get(name)
        return None if found is None else found.id

    def field_id(self, name: str, span: str) -> str | None:
        fields = self._spans[span].attributes
        by_title = (field.id for field in fields if field.title == name)
        return next(by_title, name if any(field.id == name for field in fields) else None)

    def relation_id(self, name: str) -> str | None:
        return name if name in self._relations else None
