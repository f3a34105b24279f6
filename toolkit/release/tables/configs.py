"""The rows of each config, made from a corpus slice by slice so that memory does not grow with the release."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.release.privacy.withheld import TextRule
from toolkit.release.tables.attribute_columns import sentence_fields, span_attributes, typed
from toolkit.release.tables.columns import HARDER, figure_labels, soft_label_type, vote_type
from toolkit.release.tables.corpus import Corpus, Indices
from toolkit.release.tables.story_tables import corpus_ledgers, link_rows
from toolkit.release.tables.token_tags import token_columns

SLICE_ROWS: Final = 20_000
"""Rows that are written and hashed at a time. Part of the file format, see `content_hash`."""

_FROM_SENTENCE = ("sentence_id", "kind", "paragraph", "article_id", "start", "end")


class Configs:
    """The configs of a corpus.

    Args:
        corpus: The tables that the rows come from.
        columns: Config → Arrow schema.
        rule: How much of the articles' words is released.
        withheld: Annotators whose answers are left out of `annotations`; decisions and counts still include them.
        coarse: Tell times of answers by the day, and how long one took in whole seconds.
        sides: Column of a harder split → the side of each article.
    """

    def __init__(
        self,
        corpus: Corpus,
        columns: Mapping[str, pa.Schema],
        rule: TextRule,
        withheld: Collection[str] = (),
        *,
        coarse: bool = False,
        sides: Mapping[str, Sequence[str | None]] = MappingProxyType({}),
    ) -> None:
        self._coarse = coarse
        self._sides = {
            name: pa.array(sides.get(name, [None] * corpus.articles.num_rows), pa.string()) for name in HARDER
        }
        self._corpus = corpus
        self._columns = columns
        self._rule = rule
        self._annotators = corpus.people()
        names = corpus.annotations["annotator"].cast(pa.string()).take(corpus.annotation_order)
        self._released = ~np.asarray(pc.is_in(names, value_set=pa.array(sorted(withheld), pa.string())), dtype=bool)

    def slices(self, config: str, sentences: npt.NDArray[np.bool_], split: str) -> Iterator[pa.Table]:
        """Yield the rows of a config that belong to the given sentences.

        Args:
            config: One of those in `columns`.
            sentences: A mask over the corpus's sentences: those of one split.
            split: Its name.
        """
        if config == "annotations":
            rows = np.flatnonzero(sentences[self._corpus.sentence_of] & self._released)
            yield from (self._annotation_rows(part) for part in in_parts(rows))
        elif config == "articles":
            rows = np.unique(self._corpus.article_of[sentences])
            yield from (self._article_rows(part) for part in in_parts(rows))
        elif config in ("links", "claims", "tolls"):
            yield from _even(list(self._story_rows(config, sentences, split)))
        else:
            decided = np.flatnonzero(sentences & (self._corpus.decision_of >= 0))
            if config == "default":
                yield from (self._default_rows(part) for part in in_parts(decided))
            elif config == "undecided":
                open_ = np.flatnonzero(sentences & self._corpus.undecided)
                yield from (self._undecided_rows(part) for part in in_parts(open_))
            elif config == "relations":
                yield from _even([self._relation_rows(part) for part in in_parts(decided)])
            else:
                yield from _even([self._span_rows(config, part) for part in in_parts(decided)])

    def _default_rows(self, rows: Indices) -> pa.Table:
        corpus = self._corpus
        decisions = corpus.decisions.take(corpus.decision_of[rows])
        values = self._sentence_values(rows)
        values |= {name: decisions[name] for name in decisions.column_names if name not in ("sentence_id", "schema")}
        values |= {name: sides.take(pa.array(corpus.article_of[rows])) for name, sides in self._sides.items()}
        columns = self._columns["default"]
        if "label_vector" in columns.names:
            values["label_vector"] = _vectors(decisions["labels"], corpus.schema.label_ids)
        if "tokens" in columns.names:
            spans = _listed(decisions["spans"])
            texts = corpus.sentences["text"].take(rows).to_pylist()
            values |= token_columns(texts, spans, [span.id for span in corpus.schema.spans])
        return self._as_config("default", values)

    def _undecided_rows(self, rows: Indices) -> pa.Table:
        values = self._sentence_values(rows)
        labels = self._corpus.schema.label_ids
        if labels:
            votes = self._corpus.votes(rows)
            people = np.maximum(self._annotators[rows], 1)
            fields = [pa.array(column) for column in votes.T]
            shares = [pa.array(column / people) for column in votes.T]
            values["votes"] = pa.StructArray.from_arrays(fields, fields=list(vote_type(self._corpus.schema)))
            values["soft_labels"] = pa.StructArray.from_arrays(
                shares, fields=list(soft_label_type(self._corpus.schema))
            )
        return self._as_config("undecided", values)

    def _sentence_values(self, rows: Indices) -> dict[str, Any]:
        """Return what is known of sentences without their decisions."""
        corpus = self._corpus
        sentences, articles = corpus.sentences, corpus.articles.take(corpus.article_of[rows])
        values: dict[str, Any] = {name: sentences[name].take(rows) for name in _FROM_SENTENCE}
        values |= {name: articles[name] for name in articles.column_names if name not in ("article_id", "text")}
        values["text"] = self._rule.shorten(sentences["text"].take(rows))
        for side, step in (("before", -1), ("after", +1)):
            values[f"context_{side}"] = self._neighbour("text", rows, step)
            values[f"context_{side}_start"] = self._neighbour("start", rows, step)
            values[f"context_{side}_end"] = self._neighbour("end", rows, step)
        values["n_annotators"] = pa.array(self._annotators[rows])
        return values

    def _neighbour(self, column: str, rows: Indices, step: int) -> pa.ChunkedArray:
        """Return a column of the sentence before or after, null at the edge of an article."""
        article_of = self._corpus.article_of
        other = np.clip(rows + step, 0, len(article_of) - 1)
        there = (other == rows + step) & (article_of[other] == article_of[rows])
        return self._corpus.sentences[column].take(pa.array(other, mask=~there))

    def _annotation_rows(self, rows: Indices) -> pa.Table:
        own = self._corpus.annotation_order[rows]
        taken = self._corpus.annotations.take(own)
        values = {name: taken[name] for name in taken.column_names}
        of = self._corpus.sentence_of[rows]
        sentences = self._corpus.sentences.select(["sentence_id", "article_id", "start", "end", "text"]).take(of)
        values |= {name: sentences[name] for name in ("sentence_id", "article_id", "text")}
        values |= {"sentence_start": sentences["start"], "sentence_end": sentences["end"]}
        values["counted"] = pc.is_in(taken["annotation_id"], value_set=self._votes(of))
        if self._coarse:
            for name in ("created_at", "updated_at"):
                values[name] = pc.utf8_slice_codeunits(taken[name], 0, len("2026-01-01"))
            values["lead_time"] = pc.round(taken["lead_time"])
        return self._as_config("annotations", values)

    def _votes(self, sentences: Indices) -> pa.ChunkedArray:
        """Return the annotation_ids that the decisions on these sentences rest on."""
        decisions = np.unique(self._corpus.decision_of[sentences])
        return pc.list_flatten(self._corpus.decisions["votes"].take(decisions[decisions >= 0]))

    def _article_rows(self, rows: Indices) -> pa.Table:
        taken = self._corpus.articles.take(rows)
        return self._as_config("articles", {name: taken[name] for name in taken.column_names})

    def _span_rows(self, config: str, rows: Indices) -> pa.Table:
        """Return the spans of sentences, or those of them that hold a number range."""
        corpus = self._corpus
        decisions = corpus.decisions.select(["spans", "relations"]).take(corpus.decision_of[rows])
        spans = _array(decisions["spans"])
        of = rows[np.asarray(pc.list_parent_indices(spans)).astype(np.int64)]
        values: dict[str, Any] = {
            field.name: pc.struct_field(spans.flatten(), field.name) for field in spans.type.value_type
        }
        own = span_attributes(corpus.schema)
        values |= dict(zip((each.name for each in own), typed(values.pop("attributes"), own), strict=True))
        values |= {name: corpus.sentences[name].take(of) for name in ("sentence_id", "article_id")}
        values["story_id"] = corpus.articles["story_id"].take(corpus.article_of[of])
        if config == "spans":
            values["relations"] = _from_spans(decisions, values["span_id"])
            return self._as_config(config, values)
        of_numbers = pc.is_in(values["label"], value_set=pa.array([each.id for each in figure_labels(corpus.schema)]))
        return self._as_config(config, {name: column.filter(of_numbers) for name, column in values.items()})

    def _relation_rows(self, rows: Indices) -> pa.Table:
        corpus = self._corpus
        decisions = corpus.decisions.select(["spans", "relations"]).take(corpus.decision_of[rows])
        related = np.asarray(pc.list_value_length(decisions["relations"])) > 0
        rows, decisions = rows[related], decisions.filter(pa.array(related))
        places = corpus.sentences.select(["sentence_id", "article_id"]).take(rows).to_pylist()
        stories = corpus.articles["story_id"].take(corpus.article_of[rows]).to_pylist()
        found = []
        for place, story, decision in zip(places, stories, decisions.to_pylist(), strict=True):
            spans = {span["span_id"]: span for span in decision["spans"]}
            for link in sorted(decision["relations"], key=lambda item: (item["label"], item["head"], item["tail"])):
                row = {**place, "story_id": story, **link}
                for side in ("head", "tail"):
                    end = spans[link[side]]
                    row |= {f"{side}_{name}": end[name] for name in ("label", "start", "end", "text")}
                found.append(row)
        return pa.Table.from_pylist(found, schema=self._columns["relations"])

    def _story_rows(self, config: str, sentences: npt.NDArray[np.bool_], split: str) -> Iterator[pa.Table]:
        decided = np.flatnonzero(sentences & (self._corpus.decision_of >= 0))
        if config == "links":
            parts: Iterable[Sequence[Mapping[str, Any]]] = [link_rows(self._corpus, decided)]
        else:
            parts = (part[config] for part in corpus_ledgers(self._corpus, decided, split))
        for rows in parts:
            yield pa.Table.from_pylist(rows, schema=self._columns[config])

    def _as_config(self, config: str, values: Mapping[str, Any]) -> pa.Table:
        columns = self._columns[config]
        if "fields" in values:
            own = sentence_fields(self._corpus.schema)
            said = typed(_array(values["fields"]), own)
            values = {**values, **dict(zip((each.name for each in own), said, strict=True))}
        return pa.table([self._cast(values[field.name], field.type) for field in columns], schema=columns)

    def _cast(self, values: Any, kind: pa.DataType) -> Any:
        """Return a column of a type; of structs, such as spans without text, only the fields that the type has."""
        if values.type == kind:
            return values
        if not (pa.types.is_list(kind) and pa.types.is_struct(kind.value_type)):
            return values.cast(kind)
        whole = _array(values)
        parts = []
        for field in kind.value_type:
            part = pc.struct_field(whole.flatten(), field.name)
            if field.name == "attributes":
                said = typed(part, span_attributes(self._corpus.schema))
                part = pa.StructArray.from_arrays(said, fields=list(field.type))
            parts.append(part.cast(field.type))
        items = pa.StructArray.from_arrays(parts, fields=list(kind.value_type))
        ends = pc.cumulative_sum(pc.list_value_length(whole)).cast(pa.int32())
        return pa.ListArray.from_arrays(pa.concat_arrays([pa.array([0], pa.int32()), ends]), items, type=kind)


def _array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _from_spans(decisions: pa.Table, span_ids: pa.Array) -> pa.Array:
    """Return for each span of some decisions the relations that lead from it."""
    found: list[list[dict[str, str]]] = []
    of = decisions.filter(pc.greater(pc.list_value_length(decisions["spans"]), 0)).select(["spans", "relations"])
    counts = pc.list_value_length(of["spans"]).to_pylist()
    names = iter(span_ids.to_pylist())
    for count, links in zip(counts, of["relations"].to_pylist(), strict=True):
        for span_id in itertools.islice(names, count):
            found.append([{"label": link["label"], "tail": link["tail"]} for link in links if link["head"] == span_id])
    return pa.array(found, pa.list_(pa.struct([("label", pa.string()), ("tail", pa.string())])))


def _vectors(labels: pa.ChunkedArray, names: Sequence[str]) -> pa.Array:
    """Return lists of labels as vectors of 1 and 0, in the order of the schema."""
    whole = pa.concat_arrays(labels.chunks) if labels.num_chunks else pa.array([], pa.list_(pa.string()))
    hot = np.zeros((len(whole), len(names)), dtype=np.float32)
    places = np.asarray(pc.index_in(whole.flatten(), value_set=pa.array(names, pa.string())).fill_null(-1))
    owners = np.asarray(pc.list_parent_indices(whole))
    hot[owners[places >= 0], places[places >= 0]] = 1.0
    borders = pa.array(np.arange(len(whole) + 1, dtype=np.int32) * len(names), pa.int32())
    return pa.ListArray.from_arrays(borders, pa.array(hot.reshape(-1)))


def _listed(spans: pa.ChunkedArray) -> list[list[dict[str, Any]]]:
    """Return the spans of each sentence; most have none, and are not made into objects."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(spans))]
    for row in np.flatnonzero(np.asarray(pc.list_value_length(spans)) > 0).tolist():
        found[row] = spans[row].as_py()
    return found


def in_slices(table: pa.Table) -> Iterator[pa.Table]:
    """Cut a whole table where `Configs.slices` cuts it."""
    for start in range(0, table.num_rows, SLICE_ROWS):
        yield table.slice(start, SLICE_ROWS)


def in_parts(rows: Indices) -> Iterator[Indices]:
    """Cut row numbers where `in_slices` cuts a table."""
    for start in range(0, len(rows), SLICE_ROWS):
        yield rows[start : start + SLICE_ROWS]


def _even(tables: list[pa.Table]) -> Iterator[pa.Table]:
    """Cut the rows of uneven tables into even slices."""
    if tables:
        yield from in_slices(pa.concat_tables(tables).combine_chunks())
