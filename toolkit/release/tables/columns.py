"""The configs of a release: their columns as Arrow types, and as the features of a README's `dataset_info`.

    default      one row per decided sentence: what most people load
    undecided    one row per sentence that was answered and is not decided
    annotations  one row per answer of one person
    spans        one row per span of a decision
    relations    one row per relation between two spans of a decision
    figures      one row per span with numbers (such as a casualty figure)
    links        one row per link between two sentences
    claims       one row per statement of who says what in a story, copies once
    tolls        one row per story and kind of people harmed: the counts, merged
    articles     one row per article

Attributes of spans and fields of sentences are columns of their own types, see
`toolkit.release.tables.attribute_columns`. Label names, tags and choices are stored as strings; `dataset_info` declares
them as ClassLabel, so that `datasets` returns numbers and every other reader sees names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from toolkit.ledger.ledger_tables import CELLS
from toolkit.ledger.mention import KINDS
from toolkit.ledger.statement import ACTS
from toolkit.release.tables.attribute_columns import (
    AttributeColumn,
    attribute_struct,
    sentence_fields,
    span_attributes,
)
from toolkit.release.tables.token_tags import tag_columns, tag_names
from toolkit.schema import Schema, SpanLabel

if TYPE_CHECKING:
    from datasets import Features

CONFIGS: Final = (
    *("default", "undecided", "annotations", "spans", "relations"),
    *("figures", "links", "claims", "tolls", "articles"),
)

KEYS: Final = {
    "default": ("sentence_id",),
    "undecided": ("sentence_id",),
    "annotations": ("annotation_id",),
    "spans": ("sentence_id", "span_id"),
    "relations": ("sentence_id", "label", "head", "tail"),
    "figures": ("sentence_id", "span_id"),
    "links": ("link_id",),
    "claims": ("sentence_id",),
    "tolls": ("toll_id",),
    "articles": ("article_id",),
}
"""Config → the columns whose values identify a row."""

TEXT_COLUMNS: Final = frozenset(
    {
        *("text", "tokens", "context_before", "context_after", "title", "byline"),
        *("head_text", "tail_text", "source_words", "figure_words"),
    }
)
"""Columns that hold words of an article."""

SNIPPETS: Final = ("default", "undecided")
"""Configs whose column "text" holds the beginning of each sentence where only that is released."""

CONTEXT_OFFSETS: Final = (
    "context_before_start",
    "context_before_end",
    "context_after_start",
    "context_after_end",
)
"""Offsets of a sentence's neighbours in its article: released in place of their text."""

_STRING, _INTEGER, _NUMBER, _FLAG, _SHORT = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.float32()
_NAMES = pa.list_(_STRING)

_LINK = pa.struct([("label", _STRING), ("tail", _STRING)])
_RELATION = pa.struct([("label", _STRING), ("head", _STRING), ("tail", _STRING)])

_PLACE = [("article_id", _STRING), ("story_id", _STRING), ("start", _INTEGER), ("end", _INTEGER)]
_ORIGIN = [
    ("title", _STRING),
    ("publisher", _STRING),
    ("url", _STRING),
    ("published_at", _STRING),
    ("language", _STRING),
    ("licence", _STRING),
    ("page_sha256", _STRING),
]


_WHERE = [("kind", _STRING), ("paragraph", _INTEGER), *_PLACE, *_ORIGIN, ("article_sha256", _STRING)]


LINKED: Final = ("contradicts", "denies", "denied_by", "confirms", "confirmed_by", "repeats")
"""Columns of `claims` that hold sentence_ids of other claims."""

HARDER: Final = ("split_by_time", "split_by_publisher", "split_by_language")
"""Columns of `default` with the side of each row in a harder split; see `toolkit.release.harder_splits`."""


def span_type(schema: Schema, *, text: bool) -> pa.DataType:
    """Return the type of a span within a row; `attributes` is a struct with those of all labels, if there are any."""
    words = [("text", _STRING)] if text else []
    head = [("span_id", _STRING), ("label", _STRING), ("start", _INTEGER), ("end", _INTEGER)]
    own = span_attributes(schema)
    return pa.struct([*head, *words, *([("attributes", attribute_struct(own))] if own else [])])


def soft_label_type(schema: Schema) -> pa.DataType:
    """Return the type of soft labels: one number per label of the schema."""
    return pa.struct([(label, _NUMBER) for label in schema.label_ids])


def vote_type(schema: Schema) -> pa.DataType:
    """Return the type of votes: how many annotators gave each label of the schema."""
    return pa.struct([(label, _INTEGER) for label in schema.label_ids])


def arrow_schemas(schema: Schema, *, text: bool = True, snippet: bool = False) -> dict[str, pa.Schema]:
    """Return config → Arrow schema.

    Args:
        schema: The label schema of the release.
        text: False leaves out every column with words of an article.
        snippet: Keep the column "text" of `default` and `undecided` all the same.
    """
    shares = [("soft_labels", soft_label_type(schema))] if schema.labels else []
    tokens = [("tokens", _NAMES), ("token_starts", pa.list_(_INTEGER))]
    tokens += [(name, _NAMES) for name in tag_columns([span.id for span in schema.spans])]
    spans = pa.list_(span_type(schema, text=text))
    parts = [("spans", spans)] if schema.spans else []
    words = [("text", _STRING)]
    context = [("context_before", _STRING), ("context_after", _STRING)]
    if not text:
        context += [(name, _INTEGER) for name in CONTEXT_OFFSETS]
    fields = [(column.name, column.type) for column in sentence_fields(schema)]
    full = {
        "default": [
            ("sentence_id", _STRING),
            *words,
            ("labels", _NAMES),
            *([("label_vector", pa.list_(_SHORT))] if schema.labels else []),
            *shares,
            *parts,
            *(tokens if schema.spans and text else []),
            ("n_annotators", _INTEGER),
            ("method", _STRING),
            *fields,
            *context,
            *_WHERE,
            *((name, _STRING) for name in HARDER),
        ],
        "undecided": [
            ("sentence_id", _STRING),
            *words,
            *([("votes", vote_type(schema))] if schema.labels else []),
            *shares,
            ("n_annotators", _INTEGER),
            *context,
            *_WHERE,
        ],
        "annotations": [
            ("annotation_id", _STRING),
            ("sentence_id", _STRING),
            ("article_id", _STRING),
            ("sentence_start", _INTEGER),
            ("sentence_end", _INTEGER),
            *words,
            ("annotator", _STRING),
            ("role", _STRING),
            ("counted", _FLAG),
            ("labels", _NAMES),
            ("spans", spans),
            ("relations", pa.list_(_RELATION)),
            *fields,
            ("skipped", _FLAG),
            ("schema", _STRING),
            ("created_at", _STRING),
            ("updated_at", _STRING),
            ("lead_time", _NUMBER),
            ("ground_truth", _FLAG),
            ("origin", _STRING),
            ("note", _STRING),
        ],
        "spans": [
            ("sentence_id", _STRING),
            ("span_id", _STRING),
            ("label", _STRING),
            ("start", _INTEGER),
            ("end", _INTEGER),
            *words,
            *((column.name, column.type) for column in span_attributes(schema)),
            ("relations", pa.list_(_LINK)),
            ("article_id", _STRING),
            ("story_id", _STRING),
        ],
        "relations": [
            ("sentence_id", _STRING),
            ("label", _STRING),
            *(field for side in ("head", "tail") for field in _end(side)),
            ("article_id", _STRING),
            ("story_id", _STRING),
        ],
        "figures": [
            ("sentence_id", _STRING),
            ("span_id", _STRING),
            ("label", _STRING),
            ("start", _INTEGER),
            ("end", _INTEGER),
            *words,
            *((column.name, column.type) for column in span_attributes(schema, map(_id, figure_labels(schema)))),
            ("article_id", _STRING),
            ("story_id", _STRING),
        ],
        "links": [
            ("link_id", _STRING),
            ("label", _STRING),
            *(field for side in ("head", "tail") for field in _end(side)),
            ("votes", _INTEGER),
            ("offered", _INTEGER),
            ("method", _STRING),
            ("article_id", _STRING),
            ("tail_article_id", _STRING),
            ("story_id", _STRING),
        ],
        "claims": [
            ("sentence_id", _STRING),
            ("article_id", _STRING),
            ("story_id", _STRING),
            ("published_at", _STRING),
            ("publisher", _STRING),
            *words,
            ("acts", _NAMES),
            ("source_words", _NAMES),
            ("source_types", _NAMES),
            ("figure_words", _NAMES),
            *((name, _NAMES) for name in LINKED),
            ("copies", _NAMES),
        ],
        "tolls": [
            ("toll_id", _STRING),
            ("story_id", _STRING),
            *((kind, _STRING) for kind in KINDS),
            *((cell, _INTEGER) for cell in CELLS),
            ("open", _FLAG),
            ("source_words", _NAMES),
            ("mentions", _INTEGER),
            ("corrections", pa.list_(pa.struct([("before", _STRING), ("after", _STRING)]))),
            ("contradiction", _NAMES),
            *((f"{cell}_from", _NAMES) for cell in CELLS),
        ],
        "articles": [
            ("article_id", _STRING),
            ("story_id", _STRING),
            *words,
            *_ORIGIN,
            ("byline", _STRING),
            ("page_source", _STRING),
            ("page_start", _INTEGER),
            ("page_end", _INTEGER),
        ],
    }
    if not figure_labels(schema):
        del full["figures"], full["tolls"]
    if not figure_labels(schema) and not {*ACTS} & {*schema.label_ids}:
        del full["claims"]
    if not schema.links:
        del full["links"]
    if not schema.relations:
        del full["relations"]
    if not schema.spans:
        del full["spans"]
    return {
        config: pa.schema(
            [
                field
                for field in fields
                if text or field[0] not in TEXT_COLUMNS or (snippet and field[0] == "text" and config in SNIPPETS)
            ]
        )
        for config, fields in full.items()
    }


def _end(side: str) -> list[tuple[str, pa.DataType]]:
    """Return the columns of one end of a link, or of a relation."""
    numbers = [(f"{side}_start", _INTEGER), (f"{side}_end", _INTEGER)]
    return [(side, _STRING), (f"{side}_label", _STRING), *numbers, (f"{side}_text", _STRING)]


def figure_labels(schema: Schema) -> tuple[SpanLabel, ...]:
    """Return the span labels that hold a number range: those with attributes "low" and "high"."""
    return tuple(span for span in schema.spans if {"low", "high"} <= {attribute.id for attribute in span.attributes})


def _id(span: SpanLabel) -> str:
    return span.id


def dataset_features(columns: pa.Schema, schema: Schema) -> Features:
    """Return the features of a config as `datasets` has them.

    "labels" is a list of ClassLabel with the names of the schema, and so are tags with theirs; a choice is one.

    Args:
        columns: Its Arrow schema.
        schema: The label schema.

    Examples:
        >>> from toolkit.schema import load
        >>> schema = load("claims@1.0.0")
        >>> dataset_features(arrow_schemas(schema)["default"], schema)["labels"]
        List(ClassLabel(names=['claim', 'denial', 'none']))
    """
    from datasets import ClassLabel, Features, List

    names = {"labels": list(schema.label_ids)} if schema.label_ids else {}
    names |= {name: tag_names(mine) for name, mine in tag_columns([span.id for span in schema.spans]).items()}
    features = Features.from_arrow_schema(columns)
    features |= {name: List(ClassLabel(names=names[name])) for name in names if name in columns.names}
    within = features["spans"].feature.get("attributes", {}) if "spans" in features else {}
    own = span_attributes(schema)
    for column in own:
        within |= _choice(column, within.get(column.id))
    whole = sentence_fields(schema) if "labels" in columns.names else ()
    for column in own if "span_id" in columns.names else whole:
        features |= _choice(column, features.get(column.name), by=column.name)
    return Features(features)


def _choice(column: AttributeColumn, feature: Any, by: str | None = None) -> dict[str, Any]:
    """Return the feature of a choice by its name; nothing of what is none, or is not there."""
    from datasets import ClassLabel, List

    if feature is None or not column.choices:
        return {}
    one = ClassLabel(names=list(column.choices))
    return {by or column.id: List(one) if pa.types.is_list(column.type) else one}
