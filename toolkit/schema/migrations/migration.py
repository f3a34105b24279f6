"""Migrations: a YAML file, read and approved by a person, that says what becomes of answers under the next version.

from: weather@1.2.0
to: weather@2.0.0
reviewed_by: the person who read it
steps:
  - {type: rename, label: rain, to: rainfall}
  - {type: merge, labels: [snow, hail], to: frozen}
  - {type: split, label: wind, into: [breeze, storm]}
  - {type: retire, label: fog, to: none}
  - {type: add_attribute, span: AMOUNT, attribute: unit, value: mm}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import pydantic
from pydantic_core import ErrorDetails

from toolkit.errors import InvalidInput, UsageError, nearest
from toolkit.records.base import record
from toolkit.schema.form_errors import missing_key, unknown_key, wrong_value
from toolkit.schema.model import LowerId, Schema, UpperId
from toolkit.schema.yaml_document import Document, read_document, text_of


@record
class Rename:
    """A label, span label, relation, link, field of a span or choice of a field gets another id.

    Attributes:
        type: "rename".
        to: Its new id.
        label: Old id of a label.
        relation: Old id of a relation.
        link: Old id of a link between sentences.
        span: Old id of a span label; with `attribute`, the span label whose field it is.
        attribute: Old id of a field; with `choice`, the field whose choice it is.
        choice: Old choice.
    """

    type: Literal["rename"]
    to: str
    label: LowerId | None = None
    relation: LowerId | None = None
    link: LowerId | None = None
    span: UpperId | None = None
    attribute: LowerId | None = None
    choice: LowerId | None = None


@record
class Merge:
    """Several labels become one.

    Attributes:
        type: "merge".
        labels: The old labels.
        to: The label that each of them becomes.
    """

    type: Literal["merge"]
    labels: tuple[LowerId, ...]
    to: LowerId


@record
class By:
    """The field of a span that decides a split, so that people need not be asked.

    Attributes:
        span: Span label.
        attribute: Its field.
        values: Value of the field → the new label.
    """

    span: UpperId
    attribute: LowerId
    values: Mapping[str, LowerId]


@record
class Split:
    """One label becomes several; people decide which, unless a field of the answer's spans does.

    Attributes:
        type: "split".
        label: The old label.
        into: The new ones.
        by: The field that decides; an answer for which it does not is ambiguous.
    """

    type: Literal["split"]
    label: LowerId
    into: tuple[LowerId, ...]
    by: By | None = None


@record
class Retire:
    """A label, span label, relation, link or field can no longer be given.

    Attributes:
        type: "retire".
        label: The label.
        to: The label that takes its place in answers that have no other left.
        relation: The relation.
        link: The link between sentences.
        span: The span label; its relations go with it. With `attribute`, the span label whose field it is.
        attribute: The field.
    """

    type: Literal["retire"]
    label: LowerId | None = None
    to: LowerId | None = None
    relation: LowerId | None = None
    link: LowerId | None = None
    span: UpperId | None = None
    attribute: LowerId | None = None


@record
class AddAttribute:
    """A span label has a new field.

    Attributes:
        type: "add_attribute".
        span: The span label.
        attribute: The new field.
        value: Its value in the spans of old answers; None leaves it empty.
    """

    type: Literal["add_attribute"]
    span: UpperId
    attribute: LowerId
    value: str | int | float | bool | None = None


_STEPS: Mapping[str, type[Any]] = MappingProxyType(
    {"rename": Rename, "merge": Merge, "split": Split, "retire": Retire, "add_attribute": AddAttribute}
)

Step = Annotated[Rename | Merge | Split | Retire | AddAttribute, pydantic.Field(discriminator="type")]


@record
class Migration:
    """The steps from answers under one version of a schema to answers under another.

    Attributes:
        source: "name@version" of the old answers; `from` in the file.
        target: "name@version" of the new ones; `to` in the file.
        reviewed_by: Who read and approved it.
        steps: Applied one after another.
    """

    source: str
    target: str
    reviewed_by: str
    steps: tuple[Step, ...]


_ADAPTER = pydantic.TypeAdapter(Migration)


def load_migration(path: str | Path, old: Schema, new: Schema) -> Migration:
    """Read a migration and check it against the two schemas.

    Raises:
        UsageError: There is no such file.
        InvalidInput: It breaks a rule; `faults` holds all of them.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError("there is no such migration file", where=str(path))
    return parse_migration(text_of(file), old, new, name=str(path))


def parse_migration(text: str, old: Schema, new: Schema, *, name: str = "migration.yaml") -> Migration:
    """Read a migration from its text, as `load_migration` does from its file."""
    document = read_document(text, name)
    if not isinstance(document.data, dict):
        raise document.fault((), "a migration is a mapping with from, to, reviewed_by and steps")
    keys = {"from": "source", "to": "target"}
    data = {keys.get(key, key): value for key, value in document.data.items()}
    try:
        migration = _ADAPTER.validate_python(data, strict=False)
    except pydantic.ValidationError as error:
        faults = [_fault(document, detail) for detail in error.errors(include_url=False)]
        raise InvalidInput.all_of([*document.faults, *faults]) from error
    faults = [*document.faults, *_faults(migration, old, new, document)]
    if faults:
        raise InvalidInput.all_of(faults)
    return migration


def _place(location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Return pydantic's location without the tag of the step's type, with the keys of the file."""
    names = {"source": "from", "target": "to"}
    parts = [names.get(str(part), part) if at == 0 else part for at, part in enumerate(location)]
    return tuple(part for at, part in enumerate(parts) if not (at == 2 and parts[0] == "steps"))


def _fault(document: Document, detail: ErrorDetails) -> InvalidInput:
    """Return a fault of a migration's form in the words of this project."""
    location, place = detail["loc"], _place(detail["loc"])
    if detail["type"].startswith("union_tag"):
        return document.fault(place, f"the type of a step is one of {', '.join(_STEPS)}")
    if detail["type"] == "model_attributes_type":
        return document.fault(place, f"a step is a mapping, not {detail['input']!r}")
    record = By if "by" in location[3:-1] else _STEPS.get(str(location[2])) if len(location) > 2 else None
    keys = [item.name for item in fields(record)] if record else ["from", "to", "reviewed_by", "steps"]
    if detail["type"] == "unexpected_keyword_argument":
        return unknown_key(document, place, keys)
    return (
        missing_key(document, place) if detail["type"].startswith("missing") else wrong_value(document, place, detail)
    )


def _faults(migration: Migration, old: Schema, new: Schema, document: Document) -> Iterator[InvalidInput]:
    if migration.source != old.ref:
        yield document.fault(("from",), f"it migrates answers under {migration.source}, but these are under {old.ref}")
    if migration.target != new.ref:
        yield document.fault(("to",), f"it leads to {migration.target}, but the new schema is {new.ref}")
    if not migration.reviewed_by.strip():
        yield document.fault(("reviewed_by",), "it names no person who reviewed it")
    for at, step in enumerate(migration.steps):
        yield from (document.fault(("steps", at), what) for what in _step_faults(step, old, new))
    active = {label.id for label in new.active}
    for label in old.active:
        if label.id not in active and label.id not in _handled(migration):
            what = f"label {label.id!r} can no longer be given, and no step says what becomes of it"
            yield document.fault(("steps",), what)
    handled = {str(step.link) for step in migration.steps if isinstance(step, Rename | Retire)}
    for link in sorted({link.id for link in old.links} - {link.id for link in new.links} - handled):
        what = f"link {link!r} can no longer be drawn, and no step says what becomes of it"
        yield document.fault(("steps",), what)


def _handled(migration: Migration) -> set[str]:
    """Return the labels that a step takes away."""
    found: set[str] = set()
    for step in migration.steps:
        match step:
            case Merge(labels=labels):
                found |= set(labels)
            case Rename(label=str(label)) | Split(label=label) | Retire(label=str(label)):
                found.add(label)
    return found


def _step_faults(step: Rename | Merge | Split | Retire | AddAttribute, old: Schema, new: Schema) -> Iterator[str]:
    before, after = [label.id for label in old.active], [label.id for label in new.active]
    match step:
        case Merge():
            yield from _absent(step.labels, before, old.ref)
            yield from _absent([step.to], after, new.ref)
        case Split():
            yield from _absent([step.label], before, old.ref)
            yield from _absent([*step.into, *(step.by.values.values() if step.by else ())], after, new.ref)
        case Rename(label=str(label)):
            yield from _absent([label], before, old.ref)
            yield from _absent([step.to], after, new.ref)
        case Retire(label=str(label)):
            yield from _absent([label], before, old.ref)
            yield from _absent([step.to] if step.to else [], after, new.ref)
        case AddAttribute():
            yield from _absent_field(step, new)
        case Rename(link=str(link)):
            yield from _absent([link], [each.id for each in old.links], old.ref, "link")
            yield from _absent([step.to], [each.id for each in new.links], new.ref, "link")
        case Retire(link=str(link)):
            yield from _absent([link], [each.id for each in old.links], old.ref, "link")
        case Rename(relation=None, span=None) | Retire(relation=None, span=None):
            yield f"the step {step.type} needs a label, a relation, a link or a span"


def _absent(words: Sequence[str], known: Sequence[str], where: str, kind: str = "label") -> Iterator[str]:
    for word in words:
        if word not in known:
            yield f"{where} has no {kind} {word!r} that can be given{nearest(word, known)}"


def _absent_field(step: AddAttribute, new: Schema) -> Iterator[str]:
    fields = {span.id: [attribute.id for attribute in span.attributes] for span in new.spans}
    if step.attribute not in fields.get(step.span, []):
        yield f"{new.ref} has no field {step.span}.{step.attribute}"
