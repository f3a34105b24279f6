"""The JSON Schema of a label schema's YAML, for editors: they complete and check the file while it is written."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import pydantic

from toolkit.schema import model
from toolkit.schema.model import Schema

_RECORDS = (
    Schema,
    model.Layer,
    model.Label,
    model.Example,
    model.SpanLabel,
    model.Attribute,
    model.RelationLabel,
    model.LinkLabel,
    model.Pair,
    model.Constraint,
)


def json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a label schema's YAML, ending with a line feed.

    It is derived from the model: from its types, its patterns and its docstrings.
    """
    found = pydantic.TypeAdapter(Schema).json_schema()
    definitions = {"Schema": found, **found.pop("$defs")}
    for record in _RECORDS:
        _describe(record, definitions[record.__name__])
    del found["properties"]["digest"]
    found["required"].remove("digest")
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", **definitions.pop("Schema")}
    top["title"] = "Label schema"
    top["$defs"] = definitions
    return json.dumps(top, ensure_ascii=False, indent=2) + "\n"


def _describe(record: type[Any], definition: dict[str, Any]) -> None:
    """Add a record's docstring to its definition, and the description of each field."""
    doc = " ".join((record.__doc__ or "").split("Attributes:")[0].split())
    definition["description"] = doc
    del definition["title"]
    words = _field_words(record)
    for item in fields(record):
        entry = definition["properties"][item.name]
        entry.pop("title", None)
        entry["description"] = words[item.name]


def _field_words(record: type[Any]) -> dict[str, str]:
    """Return the description of each field from the "Attributes:" section of a docstring."""
    section = (record.__doc__ or "").split("Attributes:")[1]
    entries = re.findall(r"^ {8}(\w+): (.*(?:\n {12,}.*)*)", section, flags=re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in entries}
