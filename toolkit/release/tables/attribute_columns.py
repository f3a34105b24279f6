"""The attributes of spans and the fields of sentences as columns of their own types.

A project holds them as JSON, since what there is differs from label to label. A release has a column for each:

    choice     a string in the files, a ClassLabel in `datasets`
    number     float64
    boolean    bool
    text       a string

and a list of these where several values are allowed. Releases of format 1 have one string of JSON instead; `held`
reads either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from toolkit.records import AttributeValue
from toolkit.schema import Attribute, Schema

_TYPES: Final = {"choice": pa.string(), "text": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}

_PLACES: Final = ("article_id", "story_id", "sentence_id", "start", "end", "label", "labels", "split")
_WORDS: Final = ("text", "title", "byline", "tokens", "context_before", "context_after", "head_text", "tail_text")

OF_SPANS: Final = frozenset({*_PLACES, *_WORDS, "span_id", "relations", "attributes", "acled_minimum"})
"""Names that no attribute of a span has as a column: `attribute_` stands before it."""

OF_SENTENCES: Final = frozenset(
    {
        *_PLACES,
        *_WORDS,
        *("annotation_id", "annotator", "article_sha256", "context_after_end", "context_after_start", "counted"),
        *("context_before_end", "context_before_start", "created_at", "fields", "ground_truth", "kind", "label_vector"),
        *("language", "lead_time", "licence", "method", "n_annotators", "note", "origin", "page_sha256", "paragraph"),
        *("published_at", "publisher", "relations", "role", "schema", "sentence_end", "sentence_start", "skipped"),
        *("soft_labels", "spans", "split_by_language", "split_by_publisher", "split_by_time", "token_starts"),
        *("updated_at", "url", "votes"),
    }
)
"""Names that no field of a sentence has as a column: `field_` stands before it."""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """One attribute as a column.

    Attributes:
        id: The attribute's id in the schema.
        name: The column's name: the id, or with `attribute_` or `field_` before it where a release has such a column.
        type: The type of its values.
        choices: Of a choice, all that some label offers, in the order of the schema.
        title: What people see.
    """

    id: str
    name: str
    type: pa.DataType
    choices: tuple[str, ...]
    title: str


def span_attributes(schema: Schema, labels: Iterable[str] | None = None) -> tuple[AttributeColumn, ...]:
    """Return the columns for the attributes of spans, in the order of the schema.

    An attribute that two labels type differently is a string: of a value that is none, its JSON.

    Args:
        schema: The label schema.
        labels: The span labels whose attributes are wanted; None for all.

    Examples:
        >>> from toolkit.schema import load
        >>> [(each.name, str(each.type), len(each.choices)) for each in span_attributes(load("news_events@1.0.0"))][:4]
        [('type', 'string', 9), ('party_role', 'string', 4), ('low', 'double', 0), ('low_open', 'bool', 0)]
    """
    wanted = {span.id for span in schema.spans} if labels is None else {*labels}
    owners = [span for span in schema.spans if span.id in wanted]
    return _columns([attribute for span in owners for attribute in span.attributes], OF_SPANS, "attribute_")


def sentence_fields(schema: Schema) -> tuple[AttributeColumn, ...]:
    """Return the columns for the fields of sentences, in the order of the schema."""
    return _columns(schema.fields, OF_SENTENCES, "field_")


def _columns(attributes: Sequence[Attribute], taken: frozenset[str], prefix: str) -> tuple[AttributeColumn, ...]:
    by_id: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        by_id.setdefault(attribute.id, []).append(attribute)
    names = {key: key for key in by_id}
    for key in names:
        while names[key] in taken or names[key].startswith("tags") or (names[key] != key and names[key] in by_id):
            names[key] = f"{prefix}{names[key]}"
    found = []
    for key, owners in by_id.items():
        types = {_type(owner) for owner in owners}
        one = types.pop() if len(types) == 1 else pa.string()
        offered = dict.fromkeys(choice for owner in owners for choice in owner.choices)
        choices = tuple(offered) if {owner.type for owner in owners} == {"choice"} and not types else ()
        found.append(AttributeColumn(key, names[key], one, choices, owners[0].title))
    return tuple(found)


def _type(attribute: Attribute) -> pa.DataType:
    kind = _TYPES[attribute.type]
    return pa.list_(kind) if attribute.several else kind


def attribute_struct(columns: Sequence[AttributeColumn]) -> pa.StructType:
    """Return the type of the attributes of one span where spans stand in a list."""
    return pa.struct([(each.id, each.type) for each in columns])


def typed(said: pa.Array, columns: Sequence[AttributeColumn]) -> list[pa.Array]:
    """Return a column of values for each attribute from a column of JSON; each different text is read once.

    Examples:
        >>> from toolkit.schema import load
        >>> columns = span_attributes(load("news_events@1.0.0"))
        >>> found = typed(pa.array(['{"low":14,"qualifier":"at_least"}', "{}"]), columns)
        >>> {column.id: values.to_pylist() for column, values in zip(columns, found) if values[0].is_valid}
        {'low': [14.0, None], 'qualifier': ['at_least', None]}
    """
    coded = said.fill_null("{}").dictionary_encode()
    values = [json.loads(text) for text in coded.dictionary.to_pylist()]
    return [
        pa.array([as_type(each.get(column.id), column.type) for each in values], column.type).take(coded.indices)
        for column in columns
    ]


def as_type(value: Any, kind: pa.DataType) -> Any:
    """Return a value as one of a column's type; what is no string is told as JSON where a string is wanted."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
    if pa.types.is_string(kind):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return float(value) if pa.types.is_floating(kind) else bool(value)


def misfits(attributes: Sequence[Attribute], said: str) -> Iterator[str]:
    """Yield what a JSON text of attributes holds that a schema has no column, or no choice, for."""
    known = {attribute.id: attribute for attribute in attributes}
    for name, value in json.loads(said).items():
        if value is None:
            continue
        if name not in known:
            yield f"field {name}"
        elif not _is_of(known[name], value):
            yield f"{value!r} of field {name}"


def _is_of(attribute: Attribute, value: Any) -> bool:
    if attribute.type == "choice":
        given = value if isinstance(value, list) and attribute.several else [value]
        return all(each in attribute.choices for each in given)
    if attribute.type == "text":
        return isinstance(value, str | list)
    return isinstance(value, bool) if attribute.type == "boolean" else type(value) in (int, float)


def held(said: str | Mapping[str, Any] | None) -> dict[str, AttributeValue]:
    """Return the attributes that a release holds, as a record has them: those that are filled, whole numbers as such.

    Args:
        said: JSON (format 1), or a struct as a dict.

    Examples:
        >>> held('{"low":14,"harm":null}') == held({"low": 14.0, "harm": None}) == {"low": 14}
        True
    """
    found = json.loads(said) if isinstance(said, str) else said or {}
    return {name: _value(value) for name, value in found.items() if value is not None}


def _value(value: Any) -> AttributeValue:
    if isinstance(value, list):
        return tuple(value)
    whole = isinstance(value, float) and value.is_integer()
    plain: AttributeValue = int(value) if whole else value
    return plain


def held_in(row: Mapping[str, Any], columns: Sequence[AttributeColumn], name: str) -> dict[str, AttributeValue]:
    """Return the attributes of a row that has a column for each, or in format 1 one with all of them.

    Args:
        row: A row of `spans`, or of `default` or `annotations`.
        columns: What `span_attributes`, or `sentence_fields`, says.
        name: The column of format 1: "attributes", or "fields".
    """
    if name in row:
        return held(row[name])
    return held({column.id: row.get(column.name) for column in columns})
