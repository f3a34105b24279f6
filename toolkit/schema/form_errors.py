"""Faults in the form of a schema's YAML, in the words of this project, and how to read on in spite of them.

A key that is unknown, missing or of a wrong type must not hide what else is wrong. So whatever has a faulty form is
replaced by something harmless, and the places where that was done are remembered: nothing is said about them again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any

import pydantic
from pydantic_core import ErrorDetails

from toolkit.errors import InvalidInput, nearest
from toolkit.schema import model
from toolkit.schema.model import Schema
from toolkit.schema.yaml_document import Document, Path

_ADAPTER = pydantic.TypeAdapter(Schema)
_UNKNOWN = "unexpected_keyword_argument"
_ROUNDS = 20  # a replaced value can bring out what stood behind it, as deep as a schema is nested

_BELOW: Mapping[type[Any], Mapping[str, type[Any]]] = MappingProxyType(
    {
        Schema: {
            "layers": model.Layer,
            "labels": model.Label,
            "spans": model.SpanLabel,
            "relations": model.RelationLabel,
            "constraints": model.Constraint,
        },
        model.Label: {"positives": model.Example, "near_misses": model.Example},
        model.SpanLabel: {"attributes": model.Attribute},
    }
)
"""Which records stand in which list of a record."""

_HARMLESS: Mapping[str, Any] = MappingProxyType(
    {"version": "0.0.0", "layers": [], "labels": [], "head": [], "tail": [], "choices": [], "type": "text"}
)
"""Values that fit where a required key is faulty; every other is a text."""


def schema_of(data: Mapping[str, Any], digest: str) -> Schema:
    """Return the schema that a mapping spells.

    Raises:
        pydantic.ValidationError: Its form has faults.
    """
    return _ADAPTER.validate_python({**data, "digest": digest}, strict=False)


def mended(data: Mapping[str, Any], digest: str) -> tuple[Schema | None, dict[Path, ErrorDetails]]:
    """Read a mapping in spite of the faults of its form.

    Returns:
        The schema with something harmless in their places, None where that is not enough to go on; and the faults.
    """
    remainder: dict[str, Any] = copy.deepcopy(dict(data))
    faults: dict[Path, ErrorDetails] = {}
    for _ in range(_ROUNDS):
        try:
            return schema_of(remainder, digest), faults
        except pydantic.ValidationError as error:
            for detail in error.errors(include_url=False):
                faults.setdefault(detail["loc"], detail)
                _replace(remainder, detail)
    return None, faults


def translated(document: Document, detail: ErrorDetails) -> InvalidInput:
    """Return a fault of a schema's form in the words of this project."""
    return said(document, detail["loc"], detail, _keys(detail["loc"]))


def said(document: Document, path: Path, detail: ErrorDetails, keys: Sequence[str]) -> InvalidInput:
    """Return a fault of pydantic's in the words of this project.

    Args:
        document: Where it stands.
        path: Its path in the document.
        detail: What pydantic says.
        keys: Those that are known there.
    """
    kind, value = detail["type"], detail["input"]
    if kind == _UNKNOWN:
        return document.fault(path, f"unknown key {path[-1]!r}{nearest(str(path[-1]), keys)}")
    if kind.startswith("missing"):
        return document.fault(path, f"{path[-1]!r} is missing")
    if kind == "string_type" and isinstance(value, bool | int | float):
        return document.fault(path, f"a text is wanted and {value!r} is none", remedy="write it in quotes")
    wanted = _PATTERNS.get(detail.get("ctx", {}).get("pattern", ""), _WANTED.get(kind))
    message = detail["msg"][0].lower() + detail["msg"][1:] if wanted is None else f"{wanted} is wanted"
    return document.fault(path, f"{message}, not {value!r}")


_WANTED = {
    "string_type": "a text",
    "tuple_type": "a list",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dataclass_type": "a mapping",
}

_PATTERNS = {
    model.LOWER: "a word of lower-case letters, digits and _ that begins with a letter",
    model.UPPER: "a word of capitals, digits and _ that begins with a letter",
    model.KEY: "a letter, a digit or shift+letter, in lower case,",
    model.HEX: 'a colour such as "#2563eb", in lower case,',
    model.VERSION: 'a version such as "1.0.0"',
}


def _keys(path: Path) -> list[str]:
    """Return the keys that may stand where `path` ends."""
    record = _record_at(path[:-1])
    return [] if record is None else [item.name for item in fields(record) if item.name != "digest"]


def _record_at(path: Path) -> type[Any] | None:
    """Return the record that stands at a path; None where another value does."""
    record: type[Any] | None = Schema
    for part in path[::2]:
        record = _BELOW.get(record, {}).get(str(part)) if record is not None else None
    return record if len(path) % 2 == 0 else None


def _replace(data: dict[str, Any], detail: ErrorDetails) -> None:
    """Put something harmless in the place of a fault."""
    path = detail["loc"]
    while isinstance(path[-1], int) and _record_at(path) is None:  # a word in a list: the list is at fault
        path = path[:-1]
    holder: Any = data
    for part in path[:-1]:
        holder = holder[part]
    here = _record_at(path)
    record = _record_at(path[:-1])
    if here is not None:
        holder[path[-1]] = dict(_required(here, path))
    elif detail["type"] == _UNKNOWN or record is None or str(path[-1]) not in dict(_required(record, path[:-1])):
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = dict(_required(record, path[:-1]))[str(path[-1])]


def _required(record: type[Any], path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the keys that a record needs, with values that nothing else in the file has."""
    word = "x" + "_".join(map(str, path))
    ident = word.upper() if record is model.SpanLabel else word
    for item in fields(record):
        if item.default is MISSING and item.default_factory is MISSING and item.name != "digest":
            values = {**_HARMLESS, "type": "ordered"} if record is model.Constraint else _HARMLESS
            yield item.name, ident if item.name == "id" else copy.copy(values.get(item.name, word))


def related(path: Path, others: Sequence[Path]) -> bool:
    """Return whether a path lies above or below one of the others, or is one of them."""
    return any(path[: len(other)] == other[: len(path)] for other in others)
