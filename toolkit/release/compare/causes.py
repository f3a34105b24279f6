"""The causes of changed decisions between two releases, on sentences and on links between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.release.compare.row_match import Indices, Mask, matched_rows, unequal
from toolkit.release.reader import Release
from toolkit.release.tables.attribute_columns import (
    AttributeColumn,
    held,
    held_in,
    sentence_fields,
    span_attributes,
)

GONE: Final = "gone.json"
"""Which sentences of the release before are not in the corpus any more."""

_SPAN_COLUMNS = ["span_id", "label", "start", "end"]


def label_changes(older: Release, newer: Release) -> pa.Table:
    """Return one row for each sentence whose decision changed or was removed.

    Returns:
        sentence_id, before and after (labels; `after` is null for a removed one), and the cause:

        takedown      the article was taken down
        article       the article is no longer there
        segmentation  the article is there, but was cut into other sentences
        migration     the label schema is another one
        annotation    an annotator's answer was added, changed or withdrawn
        adjudication  the answers are the same, but an expert or another method decided differently
    """
    columns = ["sentence_id", "article_id", "labels"]
    before, after = older.table(columns=columns), newer.table(columns=columns)
    pairs = matched_rows(before, after, ("sentence_id",))
    mine, yours = before["labels"].take(pairs.older), after["labels"].take(pairs.newer)
    differs = unequal(_whole(mine), _whole(yours))
    ids = before["sentence_id"].take(pairs.older)
    differs |= np.asarray(pc.is_in(ids, value_set=_sentences_with_other_spans(older, newer)), dtype=bool)
    changed, removed = pairs.older[differs], pairs.removed
    lost = pa.nulls(len(removed), mine.type)
    return pa.table(
        {
            "sentence_id": _rows(before["sentence_id"], changed, removed),
            "before": _rows(before["labels"], changed, removed),
            "after": pa.concat_arrays([_whole(after["labels"].take(pairs.newer[differs])), lost]),
            "cause": pa.array(
                [*_causes_of_change(older, newer, before, changed), *_causes_of_loss(newer, before, after, removed)],
                pa.string(),
            ),
        }
    )


def link_changes(older: Release, newer: Release, sentences: pa.Table) -> pa.Table:
    """Return one row for each link between sentences that is decided otherwise now, or was removed.

    Args:
        older: Where to start.
        newer: Where to end.
        sentences: What `label_changes` returned: a link falls with its sentences.

    Returns:
        link_id, label, head and tail (sentence_ids), removed, and the cause, one of those of `label_changes`.
    """
    fields = [("link_id", pa.string()), ("label", pa.string()), ("head", pa.string()), ("tail", pa.string())]
    columns = pa.schema([*fields, ("removed", pa.bool_()), ("cause", pa.string())])
    before, after = (_links_of(release) for release in (older, newer))
    causes = dict(zip(sentences["sentence_id"].to_pylist(), sentences["cause"].to_pylist(), strict=True))
    known = {link.id for link in newer.schema.links}
    refused = set(_gone(newer).get("refused_links", ()))
    rows = []
    for link_id, old in before.items():
        new = after.get(link_id)
        if new is not None and _decided(new) == _decided(old):
            continue
        fallen = sorted({causes[old[end]] for end in ("head", "tail") if old[end] in causes}, key=_CAUSES.index)
        if new is not None:
            cause = "adjudication" if "expert" in (old["method"], new["method"]) else "annotation"
        elif fallen:
            cause = fallen[0]
        elif old["label"] not in known:
            cause = "migration"
        else:
            cause = "adjudication" if link_id in refused or old["method"] == "expert" else "annotation"
        rows.append({**old, "removed": new is None, "cause": cause})
    return pa.Table.from_pylist(rows, schema=columns)


_CAUSES: Final = ("takedown", "article", "segmentation", "migration", "adjudication", "annotation")
_DECIDED: Final = ("head_label", "head_start", "head_end", "tail_label", "tail_start", "tail_end", "method")


def _links_of(release: Release) -> dict[str, dict[str, Any]]:
    """Return link_id → row."""
    if "links" not in release.configs:
        return {}
    table = release.table("links", columns=["link_id", "label", "head", "tail", *_DECIDED])
    return {row["link_id"]: row for row in table.to_pylist()}


def _decided(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _DECIDED)


def _rows(column: pa.ChunkedArray, changed: Indices, removed: Indices) -> pa.Array:
    return _whole(column.take(np.concatenate([changed, removed])))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _causes_of_change(older: Release, newer: Release, before: pa.Table, changed: Indices) -> list[str]:
    if older.schema_ref != newer.schema_ref:
        return ["migration"] * len(changed)
    touched = _in(before["sentence_id"].take(changed), _sentences_with_other_answers(older, newer))
    causes: list[str] = np.where(touched, "annotation", "adjudication").tolist()
    return causes


def _causes_of_loss(newer: Release, before: pa.Table, after: pa.Table, removed: Indices) -> list[str]:
    articles = before["article_id"].take(removed)
    sentences = before["sentence_id"].take(removed)
    taken_down = _in(articles, pa.array(newer.manifest["takedowns"], pa.string()))
    there = _in(articles, after["article_id"])
    if "annotations" not in newer.configs:
        answered: Mask | bool = False
    else:
        answers = newer.table("annotations", columns=["sentence_id", "article_id", "skipped"])
        answered = _in(sentences, answers["sentence_id"].filter(pc.invert(answers["skipped"])))
        there |= _in(articles, answers["article_id"])
    gone = gone_sentences(newer)
    if gone is None:  # an earlier toolkit made it, and does not say which sentences are gone
        withdrawn: Mask | bool = False
    else:
        withdrawn = ~_in(sentences, pa.array(gone, pa.string()))
        there |= _in(articles, pa.array(articles_there(newer), pa.string()))
    conditions = [taken_down, answered, withdrawn, there]
    causes: list[str] = np.select(
        conditions, ["takedown", "adjudication", "annotation", "segmentation"], "article"
    ).tolist()
    return causes


def gone_sentences(release: Release) -> list[str] | None:
    """Return the sentences that were answered, or stood in the release before, and are not in the corpus any more."""
    if GONE not in release.manifest["files"]:
        return None
    return list(_gone(release)["sentences"])


def articles_there(release: Release) -> list[str]:
    """Return the articles that have such sentences and are in the corpus still, cut into other ones."""
    return list(_gone(release)["articles_there"])


def _gone(release: Release) -> dict[str, Any]:
    return dict(json.loads(release.read(GONE))) if GONE in release.manifest["files"] else {}


def _in(values: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> Mask:
    found: Mask = np.asarray(pc.is_in(values, value_set=among), dtype=bool)
    return found


def _sentences_with_other_answers(older: Release, newer: Release) -> pa.Array:
    """Return the sentences with an answer of an annotator that was added, changed or withdrawn."""
    return _sentences_with_other_rows(older, newer, "annotations", ("annotation_id",), _answers)


def _sentences_with_other_spans(older: Release, newer: Release) -> pa.Array:
    return _sentences_with_other_rows(older, newer, "spans", ("sentence_id", "span_id"), _spans)


def _answers(release: Release) -> pa.Table:
    """Return the answers of annotators; spans as texts, since their type follows the schema and the format."""
    names = ["sentence_id", "annotation_id", "role", "labels", "spans"]
    there = release.columns("annotations").names
    asked = sentence_fields(release.schema)
    more = [name for name in ("fields", *(column.name for column in asked)) if name in there]
    table = release.table("annotations", columns=[*names, *more])
    table = table.filter(pc.equal(table["role"], "annotator"))
    spans = np.full(table.num_rows, "[]", dtype=object)
    drawn = np.flatnonzero(np.asarray(pc.list_value_length(table["spans"]).fill_null(0)))
    for row, of in zip(drawn.tolist(), table["spans"].take(pa.array(drawn)).to_pylist(), strict=True):
        spans[row] = _text([[*(span[name] for name in _SPAN_COLUMNS), held(span.get("attributes"))] for span in of])
    plain = table.select(["sentence_id", "annotation_id", "labels"])
    plain = plain.append_column("spans", pa.array(spans, pa.string()))
    return plain.append_column("fields", _held_texts(table.select(more), table.num_rows, asked, "fields"))


def _spans(release: Release) -> pa.Table:
    """Return the spans of decisions, their attributes as a text."""
    there = release.columns("spans").names
    own = span_attributes(release.schema)
    more = [name for name in ("attributes", *(column.name for column in own)) if name in there]
    table = release.table("spans", columns=["sentence_id", *_SPAN_COLUMNS, *more])
    plain = table.select(["sentence_id", *_SPAN_COLUMNS])
    return plain.append_column("attributes", _held_texts(table.select(more), table.num_rows, own, "attributes"))


def _held_texts(table: pa.Table, rows: int, columns: Sequence[AttributeColumn], name: str) -> pa.Array:
    """Return the attributes of rows as texts that are equal in every format."""
    if not table.column_names:
        return pa.nulls(rows, pa.string())
    return pa.array([_text(held_in(row, columns, name)) for row in table.to_pylist()], pa.string())


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _sentences_with_other_rows(
    older: Release, newer: Release, config: str, keys: tuple[str, ...], read: Callable[[Release], pa.Table]
) -> pa.Array:
    if older.same_rows(newer, config):
        return pa.array([], pa.string())
    there = [read(release) for release in (older, newer) if config in release.configs]
    if len(there) < 2:
        return _whole(there[0]["sentence_id"]) if there else pa.array([], pa.string())
    before, after = there
    pairs = matched_rows(before, after, keys)
    differs = np.zeros(len(pairs.older), dtype=bool)
    for name in before.column_names:
        mine, yours = _whole(before[name].take(pairs.older)), _whole(after[name].take(pairs.newer))
        differs |= unequal(mine, yours)
    parts = [before["sentence_id"].take(rows) for rows in (pairs.removed, pairs.older[differs])]
    parts.append(after["sentence_id"].take(pairs.added))
    return pc.unique(pa.chunked_array([_whole(part) for part in parts], pa.string()))
