"""Records as Arrow tables, a batch at a time: a million of them take megabytes, not gigabytes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from toolkit.records import Annotation, Article, Decision, Relation, Sentence, Span, digest
from toolkit.release.tables.columns import soft_label_type, span_type
from toolkit.schema import Schema

_BATCH = 2_000  # records that are Python objects at a time
_STRING, _INTEGER = pa.string(), pa.int64()
_REPEATED = pa.dictionary(pa.int32(), pa.string())  # a value that many rows share
_NAMES = pa.list_(_STRING)
_SPANS = pa.list_(span_type(text=True))
_RELATIONS = pa.list_(pa.struct([("label", _STRING), ("head", _STRING), ("tail", _STRING)]))

_ARTICLES = pa.schema(
    [(name, _STRING) for name in ("article_id", "story_id", "text", "title", "byline", "url", "published_at")]
    + [(name, _STRING) for name in ("publisher", "language", "licence", "page_source", "page_sha256")]
    + [("page_start", _INTEGER), ("page_end", _INTEGER), ("article_sha256", _STRING)]
)
_SENTENCES = pa.schema(
    [
        ("sentence_id", _STRING),
        ("article_id", _STRING),
        ("start", _INTEGER),
        ("end", _INTEGER),
        ("text", _STRING),
        ("paragraph", _INTEGER),
        ("kind", _REPEATED),
    ]
)
_ANNOTATIONS = pa.schema(
    [
        ("annotation_id", _STRING),
        ("sentence_id", _STRING),
        ("annotator", _REPEATED),
        ("role", _REPEATED),
        ("labels", _NAMES),
        ("spans", _SPANS),
        ("relations", _RELATIONS),
        ("skipped", pa.bool_()),
        ("schema", _REPEATED),
        ("created_at", _STRING),
        ("updated_at", _STRING),
        ("lead_time", pa.float64()),
        ("ground_truth", pa.bool_()),
        ("origin", _REPEATED),
        ("note", _STRING),
    ]
)


def article_table(articles: Iterable[Article]) -> pa.Table:
    """Put articles into a table, the page's place and the digest of the text with them."""
    return _table(map(_article_row, articles), _ARTICLES)


def sentence_table(sentences: Iterable[Sentence]) -> pa.Table:
    """Put sentences into a table."""
    return _table(({name: getattr(item, name) for name in _SENTENCES.names} for item in sentences), _SENTENCES)


def decision_table(decisions: Iterable[Decision], schema: Schema) -> pa.Table:
    """Put decisions into a table.

    Soft labels become a struct of the schema's labels: 0 for those that nobody gave, and where a decision has none
    (an expert's), 1 for the labels that it gives.
    """
    return _table((_decision_row(item, schema.label_ids) for item in decisions), _decision_schema(schema))


def annotation_table(annotations: Iterable[Annotation], experts: Iterable[Annotation]) -> pa.Table:
    """Put the answers of annotators and experts into one table; "role" tells them apart."""
    rows = itertools.chain(_annotation_rows(annotations, "annotator"), _annotation_rows(experts, "expert"))
    return _table(rows, _ANNOTATIONS)


def _annotation_rows(annotations: Iterable[Annotation], role: str) -> Iterator[dict[str, Any]]:
    plain = [name for name in _ANNOTATIONS.names if name not in ("role", "spans", "relations")]
    for item in annotations:
        yield {
            **{name: getattr(item, name) for name in plain},
            "role": role,
            "spans": list(map(_span_row, item.spans)),
            "relations": list(map(_relation_row, item.relations)),
        }


def _decision_row(decision: Decision, labels: tuple[str, ...]) -> dict[str, Any]:
    shares = decision.soft_labels or dict.fromkeys(decision.labels, 1.0)
    return {
        "sentence_id": decision.sentence_id,
        "labels": decision.labels,
        "soft_labels": {label: shares.get(label, 0.0) for label in labels},
        "method": decision.method,
        "votes": decision.votes,
        "spans": list(map(_span_row, decision.spans)),
        "relations": list(map(_relation_row, decision.relations)),
        "schema": decision.schema,
    }


def _article_row(article: Article) -> dict[str, Any]:
    plain = {name: getattr(article, name) for name in _ARTICLES.names if hasattr(article, name)}
    page = article.page
    origin = {"page_source": page.source, "page_sha256": page.sha256, "page_start": page.start, "page_end": page.end}
    return plain | origin | {"article_sha256": digest(article.text.encode())}


def _span_row(span: Span) -> dict[str, Any]:
    attributes = json.dumps(dict(span.attributes), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "span_id": span.span_id,
        "label": span.label,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "attributes": attributes,
    }


def _relation_row(relation: Relation) -> dict[str, Any]:
    return {"label": relation.label, "head": relation.head, "tail": relation.tail}


def _decision_schema(schema: Schema) -> pa.Schema:
    soft = [("soft_labels", soft_label_type(schema))] if schema.labels else []
    fields = [("sentence_id", _STRING), ("labels", _NAMES), *soft, ("method", _REPEATED), ("votes", _NAMES)]
    return pa.schema([*fields, ("spans", _SPANS), ("relations", _RELATIONS), ("schema", _REPEATED)])


def _table(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    waiting = iter(rows)
    batches = []
    while batch := list(itertools.islice(waiting, _BATCH)):
        batches.append(pa.Table.from_pylist(batch, schema=schema))
    table = (pa.concat_tables(batches) if batches else schema.empty_table()).unify_dictionaries()
    columns = table.columns
    del table
    batches.clear()
    for place in range(len(columns)):  # one at a time: the chunks of each are let go before the next
        columns[place] = columns[place].combine_chunks()
    pa.default_memory_pool().release_unused()
    return pa.table(columns, schema=schema)
