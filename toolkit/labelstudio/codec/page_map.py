"""The meaning of a page: for each (control, value) of Label Studio's results, what it is in our records.

    own_page      a page rendered from a schema: its ids are stored as they are
    fitted_page   a foreign page under a schema: the layer is the one that bears the control's name, the label the one
                  of that layer that bears the value, as `infer_schema` writes them
    plain_page    a foreign page without a schema: names stand for themselves, and a word that two questions share
                  carries the name of its question, as in "checkable:No"

A result is never asked whether it looks like ours: the map is made once for a project, and every answer is read by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from toolkit.labelstudio.codec.foreign_page import (
    LABEL_TYPES,
    ForeignPage,
    Kind,
    PageControl,
    ShownText,
    control_key,
)
from toolkit.labelstudio.codec.label_config import TEXT, TRUE, controls
from toolkit.records import AttributeValue
from toolkit.records.base import record
from toolkit.schema import Attribute, Schema, SpanLabel

UNNAMED = "related"
"""What a link without a name is called in a foreign project."""


@record
class ControlMeaning:
    """What the results of one control are.

    Attributes:
        type: The only type of result that it gives.
        kind: "label", "span", "field" (of a span), "answer" (a field of the whole answer), "note" or "misfit".
        values: Value → id of the label, span label; of a field the value itself; None: every value stands for itself.
        fields: Of a field: id of a span label → id of its attribute; of an answer's field: "" → its id. None: the
            field has the control's name, on every span.
        boolean: A ticked box.
        several: Of a field: it holds a tuple of values, also where one is given.
    """

    type: str
    kind: Kind
    values: Mapping[str, str] | None = None
    fields: Mapping[str, str] | None = None
    boolean: bool = False
    several: bool = False


@record
class PageMap:
    """The meaning of a page.

    Attributes:
        of: Whose page it is, for messages.
        texts: The texts that make the sentence, in their order.
        others: Names of further objects, which are not part of it.
        controls: By their names; see `control_key`.
        relations: Name of a link → id; None: every name stands for itself.
        unnamed: Id of a link without a name; None: the schema decides by its ends.
        schema: Whose relations are looked up; None without one.
        is_foreign: It was not rendered from our schema.
    """

    of: str
    texts: tuple[ShownText, ...]
    others: frozenset[str] = frozenset()
    controls: Mapping[str, ControlMeaning] = field(default_factory=dict)
    relations: Mapping[str, str] | None = None
    unnamed: str | None = None
    schema: Schema | None = None
    is_foreign: bool = True

    def control(self, name: object, type_: object) -> ControlMeaning | None:
        """Return the control that gives results of this type under this name; None if there is none."""
        for key in (str(name), f"{name} ({type_})"):
            found = self.controls.get(key)
            if found is not None and found.type == type_:
                return found
        return None


_OWN: dict[str, PageMap] = {}  # by the schema's digest: made once for the many answers to one page
_KINDS: Mapping[str, Kind] = {
    "layer": "label",
    "spans": "span",
    "attribute": "field",
    "field": "answer",
    "note": "note",
}


def own_page(schema: Schema) -> PageMap:
    """Return the meaning of the page that is rendered from a schema."""
    if schema.digest not in _OWN:
        _OWN[schema.digest] = PageMap(
            of=schema.ref,
            texts=(ShownText(name=TEXT, key=TEXT),),
            controls=_own_controls(schema),
            relations={relation.id: relation.id for relation in schema.relations},
            schema=schema,
            is_foreign=False,
        )
    return _OWN[schema.digest]


def _own_controls(schema: Schema) -> dict[str, ControlMeaning]:
    labels, spans = schema.label_ids, [span.id for span in schema.spans]
    found = {}
    for name, control in controls(schema).items():
        values = {"layer": labels, "spans": spans}.get(control.kind)
        attribute = control.attribute
        found[name] = ControlMeaning(
            type=control.type,
            kind=_KINDS[control.kind],
            values=None if values is None else {value: value for value in values},
            fields=None if attribute is None else {control.span or "": attribute.id},
            boolean=attribute is not None and attribute.type == "boolean",
            several=attribute is not None and attribute.several,
        )
    return found


def plain_page(page: ForeignPage, texts: tuple[ShownText, ...] = ()) -> PageMap:
    """Return the meaning of a foreign page without a schema: see above."""
    names = plain_names(page)
    written = [
        control for control in page.controls if control.kind in ("answer", "note") and control.type == "textarea"
    ]
    meanings: dict[str, ControlMeaning] = {}
    for control in page.controls:
        kind: Kind = "note" if written == [control] else control.kind
        meaning = ControlMeaning(type=control.type, kind=kind, values=names.get(control.name))
        meanings[control_key(control.name, control.type, meanings)] = meaning
    return PageMap(
        of="the page",
        texts=texts,
        others=_others(page, texts),
        controls=meanings,
        unnamed=UNNAMED,
    )


def plain_names(page: ForeignPage) -> dict[str, dict[str, str]]:
    """Return control → value → name, for the controls that give labels and spans; no name has two meanings."""
    found: dict[str, dict[str, str]] = {}
    for kind in ("label", "span"):
        mine = [control for control in page.controls if control.kind == kind]
        often = Counter(value for _, value in {(each.name, value) for each in mine for value in each.values})
        for control in mine:
            found.setdefault(control.name, {}).update(
                (value, value if often[value] == 1 else f"{control.name}:{value}") for value in control.values
            )
    return found


def fitted_page(page: ForeignPage, schema: Schema, texts: tuple[ShownText, ...] = ()) -> PageMap:
    """Return the meaning of a foreign page under a schema.

    Controls, labels, spans, fields and relations are found by title, then by id. A control whose name the schema does
    not have gives those labels whose words the schema has once.

    Args:
        page: The page.
        schema: The schema that answers are read under.
        texts: The texts that make the sentence.
    """
    own = own_page(schema).controls
    meanings: dict[str, ControlMeaning] = {}
    for control in page.controls:
        mine = own.get(control.name)
        fits = mine if mine is not None and _is_own(control, mine) else _fitted(control, schema)
        meanings[control_key(control.name, control.type, meanings)] = fits
    relations = {relation.id: relation.id for relation in schema.relations}
    relations |= {relation.title: relation.id for relation in schema.relations}
    return PageMap(
        of=schema.ref,
        texts=texts,
        others=_others(page, texts),
        controls=meanings,
        relations=relations,
        unnamed=relations.get(UNNAMED),
        schema=schema,
    )


def _is_own(control: PageControl, mine: ControlMeaning) -> bool:
    """Tell whether a control can be the one of the schema's own page: the same type, and no value that it lacks."""
    same = control.type == mine.type and control.kind == mine.kind
    return same and (mine.values is None or set(control.values) <= mine.values.keys())


def _fitted(control: PageControl, schema: Schema) -> ControlMeaning:
    values: Mapping[str, str] | None = None
    fields: Mapping[str, str] | None = None
    if control.kind == "label":
        values = _labels(control.name, schema)
    elif control.kind == "span":
        values = _spans(control, schema.spans)
    elif control.kind == "field":
        fields = {span.id: found for span in schema.spans if (found := _attribute(control.name, span.attributes))}
    elif control.kind == "answer":
        found = _attribute(control.name, schema.fields)
        fields = {"": found} if found else {}
        if not found and control.type == "textarea":
            return ControlMeaning(type=control.type, kind="note")
    owners = {**{span.id: span.attributes for span in schema.spans}, "": schema.fields}
    named = ((owner, field_id) for owner, field_id in (fields or {}).items())
    asked = [each for owner, field_id in named for each in owners[owner] if each.id == field_id]
    return ControlMeaning(
        type=control.type,
        kind=control.kind,
        values=values,
        fields=fields,
        boolean=bool(asked) and all(each.type == "boolean" for each in asked),
        several=any(each.several for each in asked),
    )


def _labels(name: str, schema: Schema) -> dict[str, str]:
    """Return title and id → label of the layer that bears a control's name; of all layers, where none does."""
    by_title = [layer.id for layer in schema.layers if layer.title == name]
    by_id = [layer.id for layer in schema.layers if layer.id in (name, lower_id(name))]
    layers = set((by_title or by_id)[:1]) or {layer.id for layer in schema.layers}
    mine = [label for label in schema.labels if label.layer in layers]
    often = Counter(label.title for label in mine)
    return {label.id: label.id for label in mine} | {label.title: label.id for label in mine if often[label.title] == 1}


def _spans(control: PageControl, spans: tuple[SpanLabel, ...]) -> dict[str, str]:
    named = {span.title: span.id for span in spans}
    found = {span.id: span.id for span in spans} | named
    ending = f" ({control.name})"
    return found | {title.removesuffix(ending): id_ for title, id_ in named.items() if title.endswith(ending)}


def _attribute(name: str, attributes: tuple[Attribute, ...]) -> str | None:
    by_title = (attribute.id for attribute in attributes if attribute.title == name)
    return next(by_title, None) or next((each.id for each in attributes if each.id == name), None)


def _others(page: ForeignPage, texts: tuple[ShownText, ...]) -> frozenset[str]:
    keys = {text.key for text in texts}
    return frozenset(text.name for text in page.texts if text.key not in keys)


def field_value(
    type_: str, value: Mapping[str, object], ticked: list[str], *, boolean: bool, several: bool = False
) -> AttributeValue:
    """Return the value of a field; None where it is empty.

    Args:
        type_: Label Studio's type of the result.
        value: Its value.
        ticked: What it ticks.
        boolean: It is a box that is ticked or not.
        several: Its value is a tuple, also where one is given.
    """
    if type_ in LABEL_TYPES:
        if boolean:
            return (ticked == [TRUE]) if ticked else None
        return ticked[0] if len(ticked) == 1 and not several else (tuple(ticked) or None)
    if type_ == "textarea":
        text = value.get("text")
        lines = [text] if isinstance(text, str) else text if isinstance(text, list) else []
        words = [line for line in lines if isinstance(line, str)]
        return (tuple(words) or None) if several else ("\n".join(words) or None)
    number = value.get(type_)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if isinstance(number, str | int | float) else None


def unique_ids(titles: Iterable[str], make: Callable[[str], str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an id for each title; titles that would share one are numbered in their order.

    Args:
        titles: The titles, each once.
        make: Title → id.
        taken: Ids that none may have.
    """
    ids: dict[str, str] = {}
    used = set(taken)
    for title in titles:
        base = make(title)
        found, number = base, 1
        while found in used:
            number += 1
            found = f"{base}_{number}"
        used.add(found)
        ids[title] = found
    return ids


def lower_id(title: str) -> str:
    """Return an id of lower-case letters, digits and underscores; accents are left out."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", title) if not unicodedata.combining(each))
    found = re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")
    return found if found[:1].isalpha() else f"x_{found}".rstrip("_")


def upper_id(title: str) -> str:
    """Return the same in upper case."""
    return lower_id(title).upper()
