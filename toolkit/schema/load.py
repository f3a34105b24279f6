"""From the YAML of a schema to a `Schema`."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pydantic
from pydantic_core import ErrorDetails

from toolkit.errors import InvalidInput
from toolkit.records.base import to_row
from toolkit.records.ids import digest
from toolkit.schema import model
from toolkit.schema.check import faults_of
from toolkit.schema.document import Document, read_document, text_of
from toolkit.schema.model import Schema
from toolkit.schema.shipped import find
from toolkit.schema.text import nearest

_ADAPTER = pydantic.TypeAdapter(Schema)
_PENDING = "0" * 64  # a schema carries its digest, which needs the schema


def load(reference: str | Path) -> Schema:
    """Read a schema and check it.

    Args:
        reference: Path of a YAML file, "name" (newest shipped version) or "name@version".

    Raises:
        UsageError: There is no such schema.
        InvalidInput: It breaks a rule; `faults` holds all of them.
    """
    path = find(str(reference))
    return parse(text_of(path), str(path))


def parse(text: str, name: str = "schema.yaml") -> Schema:
    """Read a schema from the text of its YAML and check it.

    Args:
        text: The YAML.
        name: What to call it in messages: "…/<name>/<version>.yaml" has to agree with what it says.

    Raises:
        InvalidInput: It breaks a rule; `faults` holds all of them.
    """
    schema, faults = _read(text, name)
    if faults or schema is None:
        raise InvalidInput.all_of(faults)
    return schema


def check(path: str | Path) -> list[InvalidInput]:
    """Return every fault of a schema file, by place; none for a schema that can be used.

    Raises:
        UsageError: There is no such file.
    """
    found = find(str(path))
    try:
        text = text_of(found)
    except InvalidInput as error:
        return [error]
    return _read(text, str(found))[1]


def _read(text: str, name: str) -> tuple[Schema | None, list[InvalidInput]]:
    try:
        document = read_document(text, name)
    except InvalidInput as error:
        return None, [error]
    if not isinstance(document.data, dict):
        return None, [document.fault((), "a schema is a mapping with name, version, title, layers and labels")]
    faults = list(document.faults)
    if "digest" in document.data:
        faults.append(document.fault(("digest",), "the digest is computed, not written"))
    try:
        schema = _schema(document.data)
    except pydantic.ValidationError as error:
        faults += [_translated(document, detail) for detail in error.errors(include_url=False)]
        return None, _by_place(faults)
    return schema, _by_place([*faults, *faults_of(schema, document)])


def _schema(data: dict[str, Any]) -> Schema:
    """Build the record from the mapping and enter its digest."""
    schema = _ADAPTER.validate_python({**data, "digest": _PENDING}, strict=False)
    content = to_row(schema)
    del content["digest"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _ADAPTER.validate_python({**content, "digest": digest(canonical.encode())}, strict=False)


def _translated(document: Document, detail: ErrorDetails) -> InvalidInput:
    """Return a fault of pydantic's in the words of this project."""
    path = tuple(part for part in detail["loc"])
    kind = detail["type"]
    if kind == "unexpected_keyword_argument":
        return document.fault(path, f"unknown key {path[-1]!r}{nearest(str(path[-1]), _keys_beside(path))}")
    if kind in {"missing", "missing_argument", "missing_keyword_only_argument"}:
        return document.fault(path, f"{path[-1]!r} is missing")
    message = detail["msg"][0].lower() + detail["msg"][1:]
    return document.fault(path, f"{message}, not {detail['input']!r}")


_RECORDS = {
    "layers": model.Layer,
    "labels": model.Label,
    "spans": model.SpanLabel,
    "relations": model.RelationLabel,
    "constraints": model.Constraint,
    "positives": model.Example,
    "near_misses": model.Example,
    "attributes": model.Attribute,
}


def _keys_beside(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand where `path` ends."""
    holders = [part for part in path[:-1] if isinstance(part, str)]
    record = _RECORDS[holders[-1]] if holders else Schema
    return [item.name for item in fields(record) if item.name != "digest"]


def _by_place(faults: list[InvalidInput]) -> list[InvalidInput]:
    """Return faults in the order of their lines, those of one line as they were found."""

    def place(fault: InvalidInput) -> list[int]:
        return [int(part) for part in (fault.where or "").rsplit(":", 2)[1:]]

    return sorted(faults, key=place)
