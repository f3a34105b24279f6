"""The JSON schema of an answer, made from a label schema: what a server's structured output is held to.

It is written in what OpenAI's strict mode, vLLM, Ollama and llama.cpp all take: every property is required, an optional
one may be null, nothing else may stand there. It holds the form; rules between labels, minima and quotes are checked on
the answer itself (`model_answer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.schema import Attribute, Schema

MOST_SPANS = 24
"""Spans, and relations, that an answer may have: without an end a small model repeats one for ever."""


def answer_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON schema of an answer to one sentence.

    Args:
        schema: The label schema; retired labels are left out.

    Returns:
        A schema of an object with the key "labels", and "spans", "relations" and "fields" where there are such.

    Examples:
        >>> from toolkit.schema import load
        >>> answer_schema(load("claims@1.0.1"))["properties"]["labels"]["items"]["enum"]
        ['claim', 'denial', 'none']
    """
    labels = [label.id for label in schema.active]
    properties: dict[str, Any] = {
        "labels": {"type": "array", "maxItems": len(labels), "items": {"type": "string", "enum": labels}}
    }
    if schema.spans:
        kinds = [
            _object(
                {"label": {"type": "string", "enum": [span.id]}, "quote": {"type": "string"}} | _fields(span.attributes)
            )
            for span in schema.spans
        ]
        properties["spans"] = _list({"anyOf": kinds} if len(kinds) > 1 else kinds[0])
    if schema.spans and schema.relations:
        name = {"type": "string", "enum": [relation.id for relation in schema.relations]}
        number = {"type": "integer"}
        properties["relations"] = _list(_object({"label": name, "from": number, "to": number}))
    if schema.fields:
        properties["fields"] = _object(_form(schema.fields))
    return _object(properties)


def _fields(attributes: Sequence[Attribute]) -> dict[str, Any]:
    return {"fields": _object(_form(attributes))} if attributes else {}


def _form(attributes: Sequence[Attribute]) -> dict[str, Any]:
    return {attribute.id: _value(attribute) for attribute in attributes}


def _value(attribute: Attribute) -> dict[str, Any]:
    kind = {"choice": "string", "text": "string", "number": "number", "boolean": "boolean"}[attribute.type]
    if attribute.several:
        items: dict[str, Any] = {"type": "string"} | ({"enum": [*attribute.choices]} if attribute.choices else {})
        return {"type": "array" if attribute.required else ["array", "null"], "items": items}
    value: dict[str, Any] = {"type": kind if attribute.required else [kind, "null"]}
    if attribute.choices:
        value["enum"] = [*attribute.choices, *([] if attribute.required else [None])]
    return value


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "maxItems": MOST_SPANS, "items": items}
