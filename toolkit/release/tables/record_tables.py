"""The tables of a corpus, made from those of articles, sentences and decisions column by column, and from answers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.engine.arrow import to_table
from toolkit.records import Annotation, digest
from toolkit.release.tables.columns import soft_label_type
from toolkit.schema import Schema

_BATCH = 2_000  # records that are Python objects at a time
_REPEATED = pa.dictionary(pa.int32(), pa.string())  # a value that many rows share

_ARTICLE = (
    "article_id",
    "story_id",
    "text",
    "title",
    "byline",
    "url",
    "published_at",
    "publisher",
    "language",
    "licence",
)
_SENTENCE = ("sentence_id", "article_id", "start", "end", "text", "paragraph")
_DECISION = ("sentence_id", "labels", "votes", "spans", "relations", "fields")
_ANSWER = ("annotator", "schema", "origin")


def article_columns(articles: pa.Table) -> pa.Table:
    """Return the columns of articles that are released, the page's place and the digest of the text with them.

    Args:
        articles: Records, as articles.parquet has them.
    """
    columns = {name: articles[name] for name in _ARTICLE}
    columns |= {
        f"page_{name}": pc.struct_field(articles["page"], name) for name in ("source", "sha256", "start", "end")
    }
    if "truncated" in articles.column_names:  # a project of an earlier version has none
        columns["truncated"] = articles["truncated"]
    sums = (digest(text.as_py().encode()) for text in articles["text"])
    return _compact(columns | {"article_sha256": pa.array(sums, pa.string())})


def sentence_columns(sentences: pa.Table) -> pa.Table:
    """Return the columns of sentences that are released."""
    return _compact({**{name: sentences[name] for name in _SENTENCE}, "kind": _repeated(sentences["kind"])})


def decision_columns(decisions: pa.Table, schema: Schema) -> pa.Table:
    """Return the columns of decisions that are released.

    Soft labels become a struct of the schema's labels: 0 for those that nobody gave, and where a decision has none
    (an expert's), 1 for the labels that it gives.

    Args:
        decisions: Records, as gold.parquet has them.
        schema: The schema of the release.
    """
    columns = {name: decisions[name] for name in _DECISION}
    columns |= {name: _repeated(decisions[name]) for name in ("method", "schema")}
    if schema.labels:
        columns["soft_labels"] = _soft_labels(decisions, schema)
    return _compact(columns)


def answer_columns(
    annotations: Iterable[Annotation], experts: Iterable[Annotation], models: Iterable[Annotation] = ()
) -> pa.Table:
    """Put the answers of annotators, experts and models into one table; "role" tells them apart."""
    tables = [_answers(batch, "annotator") for batch in _batches(annotations)]
    tables += [_answers(batch, "expert") for batch in _batches(experts)]
    tables += [_answers(batch, "model") for batch in _batches(models)]
    table = pa.concat_tables(tables or [_answers([], "annotator")]).unify_dictionaries()
    columns = dict(zip(table.column_names, table.columns, strict=True))
    del table
    tables.clear()
    return _compact(columns)


def _batches(annotations: Iterable[Annotation]) -> Iterable[list[Annotation]]:
    waiting = iter(annotations)
    while batch := list(itertools.islice(waiting, _BATCH)):
        yield batch


def _answers(batch: list[Annotation], role: str) -> pa.Table:
    table = to_table(Annotation, batch)
    if role == "model":  # nobody wrote down when
        for name in ("created_at", "updated_at"):
            table = table.set_column(
                table.column_names.index(name), name, pa.nulls(len(batch), table.schema.field(name).type)
            )
    for name in _ANSWER:
        table = table.set_column(table.column_names.index(name), name, _repeated(table[name]))
    return table.append_column("role", _repeated(pa.chunked_array([pa.array([role] * len(batch), pa.string())])))


def _soft_labels(decisions: pa.Table, schema: Schema) -> pa.Array:
    labels = schema.label_ids
    coded = decisions["soft_labels"].combine_chunks().dictionary_encode()
    said = [json.loads(text) for text in coded.dictionary.to_pylist()]  # few of a million differ
    shares = np.array([[each.get(label, 0.0) for label in labels] for each in said], dtype=float)
    rows = shares.reshape(-1, len(labels))[np.asarray(coded.indices)]
    silent = np.array([not each for each in said], dtype=bool)[np.asarray(coded.indices)]
    given = decisions["labels"].combine_chunks()
    places = np.asarray(pc.index_in(given.flatten(), value_set=pa.array(labels)).fill_null(-1))
    owners = np.asarray(pc.list_parent_indices(given))
    counted = silent[owners] & (places >= 0)
    rows[owners[counted], places[counted]] = 1.0
    return pa.StructArray.from_arrays([pa.array(column) for column in rows.T], fields=list(soft_label_type(schema)))


def _repeated(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(_REPEATED)


def _compact(columns: dict[str, pa.ChunkedArray | pa.Array]) -> pa.Table:
    """Return a table whose columns are one chunk each; those that are given are let go one by one."""
    names, arrays = list(columns), list(columns.values())
    columns.clear()
    for place, column in enumerate(arrays):
        arrays[place] = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    pa.default_memory_pool().release_unused()
    return pa.table(arrays, names=names)
