"""Reading the records of a schema's YAML in spite of faults in their form.

A key that is unknown, missing or of the wrong type must not hide what else is wrong in the file. So every record is
read field by field. Where a field has a fault, the fault is noted with its path, and a stand-in takes the field's
place: an empty list, or a word that occurs nowhere else. Later checks run on the schema with its stand-ins; what they
find at a noted path is left out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

import pydantic
from pydantic_core import ErrorDetails

from toolkit.errors import InvalidInput, nearest
from toolkit.schema.model import EITHER, HEX, KEY, LANGUAGE, LOWER, UPPER, VERSION, Attribute, Schema, SpanLabel
from toolkit.schema.yaml_document import Document, Path, spelled

UNSIGNED = "0" * 64
"""The digest of a schema that is still being read."""

_LONGEST = 60  # characters of a wrong value that a message shows


@dataclass(frozen=True)
class Form:
    """A schema as its YAML spells it, with a stand-in wherever the form has a fault.

    Attributes:
        schema: It has no digest yet.
        faults: Path of each place with a fault → the fault.
        stand_ins: Stand-in of an id → how messages call the thing.
    """

    schema: Schema
    faults: Mapping[Path, InvalidInput]
    stand_ins: Mapping[str, str]

    def covers(self, path: Path) -> bool:
        """Return whether a fault is noted at a path, above it or below it: nothing more can be said about the place."""
        return any(path[: len(noted)] == noted[: len(path)] for noted in self.faults)

    def named(self, what: str) -> str:
        """Return a message with the words of the file in place of stand-ins."""
        for word, words in self.stand_ins.items():
            what = what.replace(repr(word), words)
        return what


def read_form(document: Document) -> Form:
    """Read a schema, whatever the faults of its form, from a document whose data is a mapping."""
    reader = _Reader(document)
    schema = reader.record(Schema, document.data, (), digest=UNSIGNED)
    return Form(schema, reader.faults, reader.stand_ins)


@dataclass(frozen=True)
class _Field:
    """A field of a record in the file.

    Attributes:
        name: Its key.
        adapter: Checks its value.
        records: The class of the records that it lists; None where it holds something else.
        required: The key has to be there.
    """

    name: str
    adapter: pydantic.TypeAdapter[Any]
    records: type[Any] | None
    required: bool


@cache
def _fields(cls: type[Any]) -> tuple[_Field, ...]:
    """Return the fields of a record class, without the digest, which is computed."""
    hints = get_type_hints(cls, include_extras=True)
    found = []
    for item in fields(cls):
        if item.name != "digest":
            hint = hints[item.name]
            inner = next(iter(get_args(hint)), None)  # `Layer` of `tuple[Layer, ...]`
            records = inner if isinstance(inner, type) and is_dataclass(inner) else None
            required = item.default is MISSING and item.default_factory is MISSING
            found.append(_Field(item.name, pydantic.TypeAdapter(hint), records, required))
    return tuple(found)


class _Reader:
    """Reads the records of one document and notes the faults of their form."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.faults: dict[Path, InvalidInput] = {}
        self.stand_ins: dict[str, str] = {}

    def record(self, cls: type[Any], data: Any, path: Path, **computed: Any) -> Any:
        """Return the record that a mapping spells.

        Args:
            cls: Its class.
            data: The mapping; anything else is a fault.
            path: Its place in the document.
            **computed: Values of fields that must not stand in the file.
        """
        known = _fields(cls)  # type: ignore[arg-type]  # a class is hashable
        mapping = isinstance(data, dict)
        if not mapping:
            self.faults[path] = self._document.fault(path, f"expected a mapping, not {_shown(data)}")
        given: dict[str, Any] = data if mapping else {}
        values: dict[str, Any] = {}
        for field in known:
            place = (*path, field.name)
            if field.name in given:
                values |= self._value(field, given[field.name], place)
            elif field.required and mapping:
                self.faults[place] = missing_key(self._document, place)
            if field.required and field.name not in values:
                values[field.name] = self._stand_in(cls, field.name, path, given.get("id"))
        self._note_others(given, [field.name for field in known], computed, path)
        return cls(**values, **computed)

    def _value(self, field: _Field, value: Any, path: Path) -> dict[str, Any]:
        """Return the field with its value; nothing if the value has a fault."""
        if field.records is not None and isinstance(value, list):
            return {field.name: tuple(self.record(field.records, part, (*path, at)) for at, part in enumerate(value))}
        try:
            return {field.name: field.adapter.validate_python(value, strict=False)}
        except pydantic.ValidationError as error:
            for detail in error.errors(include_url=False):
                place = (*path, *detail["loc"])
                self.faults[place] = wrong_value(self._document, place, detail)
            return {}

    def _note_others(
        self, given: Mapping[str, Any], known: Sequence[str], computed: Container[str], path: Path
    ) -> None:
        """Note the keys of a mapping that do not belong there."""
        for key in given:
            place = (*path, key)
            if key in computed:
                self.faults[place] = self._document.fault(place, f"the {key} is computed, not written")
            elif key not in known:
                self.faults[place] = unknown_key(self._document, place, known)

    def _stand_in(self, cls: type[Any], name: str, path: Path, said: Any) -> Any:
        """Return a value that fits a required field; an id that nothing else in the file has."""
        if name in ("layers", "labels", "head", "tail"):
            return ()
        if name == "version":
            return "0.0.0"
        if name == "type":
            return "text" if cls is Attribute else "ordered"
        word = "x" + "_".join(map(str, path))
        if name == "id":
            word = word.upper() if cls is SpanLabel else word
            self.stand_ins[word] = _shown(said) if isinstance(said, str) else spelled(path)
        return word


def missing_key(document: Document, path: Path) -> InvalidInput:
    """Return the fault of a mapping without a key that it needs; the path ends with the key."""
    return document.fault(path, f"{path[-1]!r} is missing")


def unknown_key(document: Document, path: Path, known: Sequence[str]) -> InvalidInput:
    """Return the fault of a key that a mapping does not have; the nearest known one is offered."""
    return document.fault(path, f"unknown key {path[-1]!r}{nearest(str(path[-1]), known)}")


def wrong_value(document: Document, path: Path, detail: ErrorDetails) -> InvalidInput:
    """Return the fault of a value of the wrong type or form.

    Args:
        document: The file.
        path: The value's path there.
        detail: The fault as pydantic describes it.
    """
    kind, value, more = detail["type"], detail["input"], detail.get("ctx", {})
    if more.get("pattern") in _RULES:
        rule, example = _RULES[more["pattern"]]
        if more["pattern"] in (LOWER, UPPER):
            rule, example = _id_rule(str(value), rule, example)
        return document.fault(path, f"{_shown(value)} is not allowed here: use {rule}, e.g. {example!r}")
    if kind == "string_type" and isinstance(value, bool | int | float):
        return document.fault(path, f"expected text, not {value!r}", remedy="write it in quotes")
    expected = more["expected"] if kind == "literal_error" else _EXPECTED.get(kind)
    message = f"expected {expected}" if expected else detail["msg"][0].lower() + detail["msg"][1:]
    return document.fault(path, f"{message}, not {_shown(value)}")


_EXPECTED = {
    "string_type": "text",
    "tuple_type": "a list",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "dataclass_type": "a mapping",
    "mapping_type": "a mapping",
}
"""pydantic's name of a fault → what the place should hold."""

_RULES = {
    LOWER: ("lower-case letters, digits and _", "rain"),
    UPPER: ("capital letters, digits and _", "AMOUNT"),
    EITHER: ("the id of a label or of a span label", "rain"),
    KEY: ("a lower-case letter, a digit, or shift+letter", "shift+r"),
    HEX: ("a colour in lower case", "#2563eb"),
    LANGUAGE: ("a language code of two lower-case letters (ISO 639-1)", "en"),
    VERSION: ("a version of three numbers", "1.0.0"),
}
"""Pattern → its rule in words, and an example."""


def _id_rule(value: str, rule: str, example: str) -> tuple[str, str]:
    """Return the rule of ids as it concerns a wrong id, with the id put right as the example where that is possible."""
    words = re.sub(r"[^A-Za-z0-9_]+", "_", value).strip("_").lower()
    if re.match(LOWER, words):
        return rule, words.upper() if example.isupper() else words
    return f"{rule}, with a letter first", example


def _shown(value: Any) -> str:
    """Return a value as a message shows it."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
