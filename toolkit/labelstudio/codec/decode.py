"""From Label Studio's result JSON to labels, spans and relations; every item is taken or named as a misfit.

A result is a flat list. A marked stretch is an item with offsets; each field of it is a further item with the same
`id`; a ticked choice is an item without offsets; a link between stretches is an item of type "relation". With a
schema, `controls(schema)` says what each `from_name` stands for. Without one (a foreign project) the values speak
for themselves: choices and taxonomy paths are labels, regions are spans, what hangs on a region is a field of it.

Answers of a foreign project under a schema of ours: its words are our titles (or ids).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.labelstudio.codec.label_config import TRUE, Control, controls
from toolkit.labelstudio.codec.offsets import locate
from toolkit.records import AttributeValue, Relation, Span
from toolkit.schema import Schema, relation_between

Item = Mapping[str, Any]

LABELS = ("choices", "taxonomy")
SPANS = ("labels",)
FIELDS = ("choices", "taxonomy", "number", "rating", "textarea", "datetime")
SEPARATOR = "/"


@dataclass(frozen=True)
class Misfit:
    """A part of a result that can't be taken.

    Attributes:
        reason: Id of the rule, such as "offset-mismatch".
        detail: What a reader needs beside it.
        start: First code point that it claims, if it claims any.
        end: One past the last.
        text: The words that it claims.
    """

    reason: str
    detail: str
    start: int | None = None
    end: int | None = None
    text: str = ""


@dataclass
class Reading:
    """What one result says.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, id.
        relations: By label, head, tail.
        note: The comment.
        misfits: What could not be taken.
        kinds: How many items of the result were of which kind; they sum to the length of the result. A misfit
            counts as "misfit" where nothing of its item was taken.
        slips: How many regions were mended, by what: "white-space", "utf-16".
        fates: How many items of each of Label Studio's types were "taken" and how many "rejected".
    """

    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    note: str | None = None
    misfits: list[Misfit] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    slips: Counter[str] = field(default_factory=Counter)
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)


def read_result(result: Sequence[Item], text: str, schema: Schema | None) -> Reading:
    """Read one result.

    Args:
        result: Label Studio's list.
        text: The text of the task, code points.
        schema: What the project's page was made from; None for a foreign project.
    """
    return Reader(text, schema).read(result)


@dataclass
class _Region:
    """A span while its fields are being gathered."""

    span_id: str
    label: str
    start: int
    end: int
    fields: dict[str, AttributeValue] = field(default_factory=dict)


_PAGES: dict[str, Mapping[str, Control]] = {}  # by digest: made once for the many answers to one page


def page_of(schema: Schema) -> Mapping[str, Control]:
    """Return `controls(schema)`, made once."""
    if schema.digest not in _PAGES:
        _PAGES[schema.digest] = controls(schema)
    return _PAGES[schema.digest]


class Reader:
    """Reads one result; the words of a page are its own schema's, or stand for themselves."""

    def __init__(self, text: str, schema: Schema | None) -> None:
        self.text = text
        self.schema = schema
        self.controls: Mapping[str, Control] = {} if schema is None else page_of(schema)
        self.out = Reading()
        self.labels: set[str] = set()
        self.notes: list[str] = []
        self.regions: dict[str, list[_Region]] = {}  # by their id: one region may carry several labels
        self.relations: set[tuple[str, str, str]] = set()

    def read(self, result: Sequence[Item]) -> Reading:
        """Read every item, spans before the fields and links that need them."""
        kinds = [(self._kind(item), item) for item in result]
        for wanted in ("span", "field", "label", "note", "relation", "misfit"):  # fields need their span, links both
            for kind, item in kinds:
                if kind == wanted:
                    before = len(self.out.misfits)
                    taken = getattr(self, f"_take_{kind}")(item)
                    taken = taken or len(self.out.misfits) == before
                    self.out.kinds[kind if taken else "misfit"] += 1
                    self.out.fates[type_of(item), "taken" if taken else "rejected"] += 1
        spans = [self._span(region) for found in self.regions.values() for region in found]
        self.out.labels = tuple(sorted(self.labels))
        self.out.spans = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id)))
        self.out.relations = tuple(Relation(label=a, head=b, tail=c) for a, b, c in sorted(self.relations))
        self.out.note = "\n".join(self.notes) or None
        return self.out

    def label_id(self, name: str) -> str | None:
        """Return what a sentence label is called in the record, None where there is no such label."""
        return name if self.schema is None or name in self.schema.label_ids else None

    def span_label(self, name: str) -> str | None:
        """Return what a span label is called in the record, None where there is no such label."""
        return name if self.schema is None or any(name == label.id for label in self.schema.spans) else None

    def field_id(self, name: str, span: str) -> str | None:
        """Return what a field of a span label is called in the record, None where there is no such field."""
        control = self.controls.get(name)
        return name if control is None or control.attribute is None else control.attribute.id

    def relation_id(self, name: str) -> str | None:
        """Return what a relation is called in the record, None where there is no such relation."""
        return name if self.schema is None or any(name == link.id for link in self.schema.relations) else None

    def _kind(self, item: Item) -> str:
        type_, value = item.get("type"), item.get("value")
        if type_ == "relation":
            return "relation"
        if not isinstance(value, Mapping) or not isinstance(item.get("from_name"), str):
            return "misfit"
        if self.schema is not None:
            control = self.controls.get(item["from_name"])
            if control is None or control.type != type_:
                return "misfit"
            return {"layer": "label", "spans": "span", "attribute": "field", "note": "note"}[control.kind]
        on_region = "start" in value or "end" in value
        if on_region and type_ in SPANS:
            return "span"
        if on_region and type_ in FIELDS:
            return "field"
        if type_ in LABELS:
            return "label"
        return "note" if type_ == "textarea" else "misfit"

    def _misfit(self, reason: str, detail: str, item: Item) -> None:
        value = item.get("value")
        value = value if isinstance(value, Mapping) else {}
        start, end, text = (value.get(key) for key in ("start", "end", "text"))
        self.out.misfits.append(
            Misfit(
                reason,
                detail,
                start if isinstance(start, int) else None,
                end if isinstance(end, int) else None,
                text if isinstance(text, str) else "",
            )
        )

    def _take_misfit(self, item: Item) -> bool:
        name, type_ = item.get("from_name"), item.get("type")
        if self.schema is not None and name not in self.controls:
            self._misfit("unknown-control", f"{self.schema.ref} has no control {name!r}", item)
        else:
            self._misfit("unsupported-type", f"control {name!r} holds a result of type {type_!r}", item)
        return False

    def _take_span(self, item: Item) -> bool:
        value = item["value"]
        place = locate(self.text, value.get("start"), value.get("end"), value.get("text"))
        if isinstance(place, str):
            self._misfit(place, self._contrast(value), item)
            return False
        region = str(item.get("id"))
        found = self.regions.setdefault(region, [])
        taken = False
        for name in _strings(value.get("labels")):
            label = self.span_label(name)
            if label is None:
                self._misfit("unknown-span", f"the schema has no span label {name!r}", item)
                continue
            span_id = f"{region}#{len(found) + 1}" if found else region
            found.append(_Region(span_id, label, place.start, place.end))
            taken = True
        if not taken and not _strings(value.get("labels")):
            self._misfit("no-span-label", "the region carries no label", item)
        if taken and place.slip:
            self.out.slips[place.slip] += 1
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
                self._misfit("field-of-another-label", f"{name!r} on a span with label {regions[0].label!r}", item)
                return False
            regions = mine
        if not regions:
            self._misfit("field-without-span", f"{name!r} hangs on no span that was taken", item)
            return False
        value = _field_value(item, control)
        if value is None:
            self._misfit("empty-field", f"{name!r} holds no value", item)
            return False
        keys = [(region, self.field_id(name, region.label)) for region in regions]
        for region, key in keys:
            if key is None:
                self._misfit("unknown-field", f"span label {region.label!r} has no field {name!r}", item)
            else:
                region.fields[key] = value
        return any(key is not None for _, key in keys)

    def _take_label(self, item: Item) -> bool:
        found = {name: self.label_id(name) for name in _labels(item)}
        good = {label for label in found.values() if label is not None}
        for name, label in found.items():
            if label is None:
                self._misfit("unknown-label", f"the schema has no label {name!r}", item)
        if not found:
            self._misfit("no-label", f"{item['from_name']!r} holds no choice", item)
        self.labels |= good
        return bool(good)

    def _take_note(self, item: Item) -> bool:
        text = "\n".join(_strings(item["value"].get("text")))
        if text:
            self.notes.append(text)
        else:
            self._misfit("empty-field", f"{item['from_name']!r} holds no words", item)
        return bool(text)

    def _take_relation(self, item: Item) -> bool:
        heads, tails = (self.regions.get(str(item.get(key)), []) for key in ("from_id", "to_id"))
        if not heads or not tails:
            self._misfit("relation-without-span", f"from {item.get('from_id')!r} to {item.get('to_id')!r}", item)
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
                self._misfit("unknown-relation", f"the schema has no relation {name!r}", item)
            else:
                yield label
        if not given:
            self._misfit("unnamed-relation", f"no single relation leads from {head.label} to {tail.label}", item)


def type_of(item: Item) -> str:
    """Return the type that Label Studio gives an item of a result."""
    return str(item.get("type") or "untyped")


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


def is_foreign(result: Sequence[Item], schema: Schema) -> bool:
    """Tell whether none of a result's items comes from a control of the schema's page."""
    page = page_of(schema)
    return not any(item.get("from_name") in page for item in result)


def read_foreign(result: Sequence[Item], text: str, schema: Schema) -> Reading:
    """Read a result whose controls are not those of the schema's page.

    Labels, span labels and fields are matched by title, then by id, as `infer_schema` writes them; what matches
    nothing is a misfit, and so is what hangs on it.

    Args:
        result: Label Studio's list.
        text: The text of the task.
        schema: The project's schema.
    """
    return _ForeignReader(text, schema).read(result)


class _ForeignReader(Reader):
    """Reads items by what they are, and finds their words among the titles of a schema."""

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
