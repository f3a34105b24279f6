"""From Label Studio's result JSON to labels, spans, fields and relations; every item is taken or named in a reject.

A result is a flat list. A marked stretch is an item with offsets; each field of it is a further item with the same
`id`; a ticked choice is an item without offsets; a link between stretches is an item of type "relation". What each
`from_name` and each of its values stands for is said by the page (`toolkit.labelstudio.codec.page_map`), not guessed
from an item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolkit.labelstudio.codec.foreign_page import page_of_results, strings, values_of
from toolkit.labelstudio.codec.offsets import is_offset
from toolkit.labelstudio.codec.page_map import (
    ControlMeaning,
    PageMap,
    field_value,
    own_page,
    plain_page,
)
from toolkit.labelstudio.codec.visible_text import TaskText
from toolkit.records import AttributeValue, Reject, Relation, Span
from toolkit.schema import Schema, relation_between

Item = Mapping[str, Any]

MISFIT = "misfit"
"""The kind of an item of which nothing could be taken."""

TAKEN = "taken"
"""The fate of a value that is in the record."""

EMPTY: frozenset[str] = frozenset({"empty-field", "no-label"})
"""Reasons of rejects that lose nothing: the person said nothing there."""


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


class ValueFate(NamedTuple):
    """The fate of one value of a control.

    Attributes:
        control: The `from_name`; "relation" for a link.
        value: What was ticked, marked or drawn; empty for what is written, such as a number.
        fate: `TAKEN`, or the reason of the reject.
    """

    control: str
    value: str
    fate: str


@dataclass
class DecodedResult:
    """One result as records.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, id.
        relations: By label, head, tail.
        fields: Fields of the whole answer by their ids.
        note: The comment.
        rejects: What could not be taken; `source` is empty until somebody says which task it is of.
        tally: How many items had which fate; the counts sum to the length of the result.
        values: How many values of each control had which fate.
    """

    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    fields: dict[str, AttributeValue] = field(default_factory=dict)
    note: str | None = None
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[ItemFate] = field(default_factory=Counter)
    values: Counter[ValueFate] = field(default_factory=Counter)


def decode_result(result: Sequence[Item], text: str, schema: Schema | None) -> DecodedResult:
    """Decode one result by the page of a schema, or as it stands.

    Args:
        result: Label Studio's list.
        text: The text of the task, code points.
        schema: What the project's page was made from; None for a foreign project.
    """
    page = plain_page(page_of_results([result])) if schema is None else own_page(schema)
    return decode(result, TaskText.plain(text), page)


def decode(result: Sequence[Item], text: TaskText, page: PageMap) -> DecodedResult:
    """Decode one result.

    Args:
        result: Label Studio's list.
        text: The text of the task.
        page: The meaning of the project's page.
    """
    return _Decoder(text, page).decode(result)


def type_of(item: Item) -> str:
    """Return the type that Label Studio gives an item of a result."""
    return str((item.get("type") if isinstance(item, Mapping) else None) or "untyped")


@dataclass
class _Region:
    """A span while its fields are being gathered."""

    span_id: str
    label: str
    start: int
    end: int
    fields: dict[str, AttributeValue] = field(default_factory=dict)


class _Decoder:
    """Decodes one result by the meaning of its page."""

    def __init__(self, text: TaskText, page: PageMap) -> None:
        self.text = text
        self.page = page
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
            ("answer", self._take_answer),
            ("note", self._take_note),
            ("relation", self._take_relation),
            (MISFIT, self._take_misfit),
        )
        kinds = [(self._kind(item), item) for item in result]
        for wanted, take in steps:
            for kind, item in kinds:
                if kind == wanted:
                    self.mended = ""
                    taken = "field" if kind == "answer" else kind
                    fate = ItemFate(type_of(item), taken if take(item) else MISFIT, self.mended)
                    self.out.tally[fate] += 1
        spans = [self._span(region) for found in self.regions.values() for region in found]
        self.out.labels = tuple(sorted(self.labels))
        self.out.spans = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id)))
        self.out.relations = tuple(Relation(label=a, head=b, tail=c) for a, b, c in sorted(self.relations))
        self.out.fields = dict(sorted(self.out.fields.items()))
        self.out.note = "\n".join(self.notes) or None
        return self.out

    def _kind(self, item: Item) -> str:
        if not isinstance(item, Mapping):
            return MISFIT
        if item.get("type") == "relation":
            return "relation"
        control = self.page.control(item.get("from_name"), item.get("type"))
        if not isinstance(item.get("value"), Mapping) or control is None:
            return MISFIT
        return control.kind

    def _control(self, item: Item) -> ControlMeaning:
        found = self.page.control(item["from_name"], item["type"])
        if found is None:
            raise KeyError(item["from_name"])  # `_kind` has looked
        return found

    def _reject(self, reason: str, detail: str, item: Item, said: str | None = None) -> None:
        """Add a reject; `said` is the value that is lost, None for all that the item ticks."""
        value = item.get("value")
        value = value if isinstance(value, Mapping) else {}
        start, end, text = (value.get(key) for key in ("start", "end", "text"))
        self._count(item, reason, said)
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

    def _count(self, item: Item, fate: str, said: str | None = None) -> None:
        name = "relation" if item.get("type") == "relation" else str(item.get("from_name"))
        for value in [said] if said is not None else values_of(item) or [""]:
            self.out.values[ValueFate(name, value, fate)] += 1

    def _take_misfit(self, item: Item) -> bool:
        if not isinstance(item, Mapping):
            self._reject("unsupported-type", "an item of the result is no object", {})
            return False
        name, type_ = item.get("from_name"), item.get("type")
        control = self.page.controls.get(str(name))
        if control is None:
            self._reject("unknown-control", f"{self.page.of} has no control {name!r}", item)
        else:
            self._reject("unsupported-type", f"control {name!r} holds a result of type {type_!r}", item)
        return False

    def _take_span(self, item: Item) -> bool:
        value, control = item["value"], self._control(item)
        found = self.text.locate(value, item.get("to_name"), trim=not self.page.is_foreign)
        if isinstance(found, str):
            self._reject(found, self._contrast(found, item), item)
            return False
        region = str(item.get("id"))
        spans = self.regions.setdefault(region, [])
        taken = False
        names = values_of(item)
        for name in names:
            label = name if control.values is None else control.values.get(name)
            if label is None:
                self._reject("unknown-span", f"the schema has no span label {name!r}", item, name)
                continue
            span_id = f"{region}#{len(spans) + 1}" if spans else region
            spans.append(_Region(span_id, label, found.start, found.end))
            self._count(item, TAKEN, name)
            taken = True
        if not names:
            self._reject("no-span-label", "the region carries no label", item)
        if taken:
            self.mended = found.mended or ""
        return taken

    def _span(self, region: _Region) -> Span:
        words = self.text.text[region.start : region.end]
        fields = dict(sorted(region.fields.items()))
        return Span(
            span_id=region.span_id,
            label=region.label,
            start=region.start,
            end=region.end,
            text=words,
            attributes=fields,
        )

    def _contrast(self, reason: str, item: Item) -> str:
        value = item["value"]
        if reason == "other-text":
            return f"the region is on {item.get('to_name')!r}, which is not part of the sentence"
        start, end = value.get("start"), value.get("end")
        text = self.text.text
        held = text[start:end] if isinstance(start, int) and isinstance(end, int) and 0 <= start <= end else ""
        return f"the text holds {held[:80]!r} there, the region says {str(value.get('text'))[:80]!r}"

    def _take_field(self, item: Item) -> bool:
        name, control = item["from_name"], self._control(item)
        regions = self.regions.get(str(item.get("id")), [])
        if not regions:
            self._reject("field-without-span", f"{name!r} hangs on no span that was taken", item)
            return False
        value = field_value(
            control.type, item["value"], values_of(item), boolean=control.boolean, several=control.several
        )
        if value is None:
            self._reject("empty-field", f"{name!r} holds no value", item)
            return False
        taken = False
        for region in regions:
            key = name if control.fields is None else control.fields.get(region.label)
            if key is not None:
                region.fields[key] = value
                taken = True
        if taken:
            self._count(item, TAKEN)
        elif control.fields:
            self._reject("field-of-another-label", f"{name!r} on a span with label {regions[0].label!r}", item)
        else:
            self._reject("unknown-field", f"span label {regions[0].label!r} has no field {name!r}", item)
        return taken

    def _take_label(self, item: Item) -> bool:
        values = self._control(item).values
        names = values_of(item)
        good = False
        for name in names:
            label = name if values is None else values.get(name)
            if label is None:
                self._reject("unknown-label", f"the schema has no label {name!r}", item, name)
            else:
                self.labels.add(label)
                self._count(item, TAKEN, name)
                good = True
        if not names:
            self._reject("no-label", f"{item['from_name']!r} holds no choice", item)
        return good

    def _take_answer(self, item: Item) -> bool:
        name, control = item["from_name"], self._control(item)
        key = name if control.fields is None else control.fields.get("")
        value = field_value(
            control.type, item["value"], values_of(item), boolean=control.boolean, several=control.several
        )
        if value is None:
            self._reject("empty-field", f"{name!r} holds no value", item)
        elif key is None:
            self._reject("unknown-field", f"the schema has no field {name!r} of a sentence", item)
        else:
            self.out.fields[key] = value
            self._count(item, TAKEN)
            return True
        return False

    def _take_note(self, item: Item) -> bool:
        text = "\n".join(strings(item["value"].get("text")))
        if text:
            self.notes.append(text)
            self._count(item, TAKEN)
        else:
            self._reject("empty-field", f"{item['from_name']!r} holds no words", item)
        return bool(text)

    def _take_relation(self, item: Item) -> bool:
        heads, tails = (self.regions.get(str(item.get(key)), []) for key in ("from_id", "to_id"))
        if not heads or not tails:
            said = ", ".join(strings(item.get("labels")))
            self._reject("relation-without-span", f"from {item.get('from_id')!r} to {item.get('to_id')!r}", item, said)
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
        given, known = strings(item.get("labels")), self.page.relations
        for name in given:
            label = name if known is None else known.get(name)
            if label is None:
                self._reject("unknown-relation", f"the schema has no relation {name!r}", item, name)
            else:
                self._count(item, TAKEN, name)
                yield label
        if given:
            return
        schema = self.page.schema
        only = self.page.unnamed or (relation_between(schema, head.label, tail.label) if schema else None)
        if only:
            self._count(item, TAKEN, "")
            yield only
        else:
            self._reject("unnamed-relation", f"no single relation leads from {head.label} to {tail.label}", item, "")
