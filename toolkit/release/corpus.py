"""Everything that a release is made from, held as Arrow tables: a million records take megabytes, not gigabytes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Article, Decision, Relation, Sentence, Span, digest
from toolkit.release.columns import soft_label_type, span_type
from toolkit.schema import Schema

Indices = npt.NDArray[np.int64]

_BATCH = 20_000
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


@dataclass(frozen=True)
class Corpus:
    """The tables of one project, joined.

    Attributes:
        schema: The label schema that every label below belongs to.
        articles: By article_id.
        sentences: By (article_id, start): all of them, since undecided ones are context.
        decisions: One for each decided sentence.
        annotations: By (place of the sentence, annotator, annotation_id), each of a sentence that is there.
        article_of: For each sentence, its row in `articles`.
        decision_of: For each sentence, its row in `decisions`; -1 if it is undecided.
        sentence_of: For each annotation, its row in `sentences`.
        orphans: How many annotations were left out because their sentence is not there any more.
    """

    schema: Schema
    articles: pa.Table
    sentences: pa.Table
    decisions: pa.Table
    annotations: pa.Table
    article_of: Indices
    decision_of: Indices
    sentence_of: Indices
    orphans: int


def gather(
    schema: Schema,
    *,
    articles: Iterable[Article],
    sentences: Iterable[Sentence],
    decisions: Iterable[Decision],
    annotations: Iterable[Annotation],
    experts: Iterable[Annotation] = (),
    without: Collection[str] = (),
) -> Corpus:
    """Join what a release is made from. The order of the records does not matter.

    Args:
        schema: The label schema.
        articles: All articles.
        sentences: All their sentences.
        decisions: At most one a sentence.
        annotations: The annotators' answers that hold.
        experts: The answers of those who settled what was disputed.
        without: article_ids that must not be released, with all that was said of them.

    Raises:
        InvalidInput: Every fault that was found: an id that occurs twice, a sentence without article or whose text is
            not `article.text[start:end]`, a decision without sentence, a span that is not where it says, a label that
            is not in the schema.
    """
    rows = _Rows(schema, frozenset(without))
    article_table = _sorted(_table(rows.articles(articles), _ARTICLES), "article_id")
    sentence_table = _sorted(_table(rows.sentences(sentences), _SENTENCES), "article_id", "start", "end")
    decision_table = _table(rows.decisions(decisions), _decision_schema(schema))
    answers = itertools.chain(rows.annotations(annotations, "annotator"), rows.annotations(experts, "expert"))
    annotation_table = _table(answers, _ANNOTATIONS)
    faults = [
        *rows.faults,
        *_repeated(article_table, "article_id"),
        *_repeated(sentence_table, "sentence_id"),
        *_repeated(decision_table, "sentence_id"),
        *_repeated(annotation_table, "annotation_id"),
        *_unknown(decision_table, sentence_table),
    ]
    if faults:
        raise InvalidInput.all_of(faults)
    place = _places(annotation_table["sentence_id"], sentence_table["sentence_id"])
    order = _annotation_order(annotation_table, place)
    order = order[place[order] >= 0]
    return Corpus(
        schema=schema,
        articles=article_table,
        sentences=sentence_table,
        decisions=decision_table,
        annotations=annotation_table.take(order),
        article_of=_places(sentence_table["article_id"], article_table["article_id"]),
        decision_of=_places(sentence_table["sentence_id"], decision_table["sentence_id"]),
        sentence_of=place[order],
        orphans=len(place) - len(order),
    )


class _Rows:
    """Records as rows for Arrow, checked on the way; what is wrong is collected in `faults`."""

    def __init__(self, schema: Schema, without: frozenset[str]) -> None:
        self.faults: list[InvalidInput] = []
        self._without = without
        self._labels = frozenset(schema.label_ids)
        self._span_labels = frozenset(span.id for span in schema.spans)
        self._schema = schema.ref
        self._label_names = schema.label_ids
        self._article_texts: dict[str, str] = {}
        self._texts: dict[str, str] = {}  # sentence_id → text
        self._gone: set[str] = set()  # sentences of articles that are left out

    def articles(self, articles: Iterable[Article]) -> Iterator[dict[str, Any]]:
        for article in articles:
            if article.article_id not in self._without:
                self._article_texts[article.article_id] = article.text
                yield _article_row(article)

    def sentences(self, sentences: Iterable[Sentence]) -> Iterator[dict[str, Any]]:
        for sentence in sentences:
            if sentence.article_id in self._without:
                self._gone.add(sentence.sentence_id)
                continue
            text = self._article_texts.get(sentence.article_id)
            if text is None:
                self._fault(f"sentence {sentence.sentence_id}", f"its article {sentence.article_id} is not there")
            elif text[sentence.start : sentence.end] != sentence.text:
                self._fault(f"sentence {sentence.sentence_id}", "its text is not what its article has at its offsets")
            self._texts[sentence.sentence_id] = sentence.text
            yield {name: getattr(sentence, name) for name in _SENTENCES.names}
        self._article_texts.clear()

    def decisions(self, decisions: Iterable[Decision]) -> Iterator[dict[str, Any]]:
        for decision in decisions:
            if decision.sentence_id in self._gone:
                continue
            self._check(decision, f"decision on sentence {decision.sentence_id}")
            yield {
                "sentence_id": decision.sentence_id,
                "labels": decision.labels,
                "soft_labels": {label: decision.soft_labels.get(label) for label in self._label_names},
                "method": decision.method,
                "votes": decision.votes,
                "spans": list(map(_span_row, decision.spans)),
                "relations": list(map(_relation_row, decision.relations)),
            }

    def annotations(self, annotations: Iterable[Annotation], role: str) -> Iterator[dict[str, Any]]:
        plain = [name for name in _ANNOTATIONS.names if name not in ("role", "spans", "relations")]
        for item in annotations:
            if item.sentence_id in self._gone:
                continue
            if item.sentence_id in self._texts:
                self._check(item, f"annotation {item.annotation_id} of sentence {item.sentence_id}")
            yield {
                **{name: getattr(item, name) for name in plain},
                "role": role,
                "spans": list(map(_span_row, item.spans)),
                "relations": list(map(_relation_row, item.relations)),
            }

    def _check(self, item: Decision | Annotation, where: str) -> None:
        text = self._texts.get(item.sentence_id)
        unknown = [label for label in item.labels if label not in self._labels]
        unknown += [span.label for span in item.spans if span.label not in self._span_labels]
        for label in unknown:
            remedy = f"migrate from {item.schema} with `toolkit schema migrate`"
            self._fault(where, f"label {label} is not in {self._schema}", remedy)
        for span in item.spans if text is not None else ():
            if text is not None and text[span.start : span.end] != span.text:
                self._fault(where, f"span {span.span_id} is not what the sentence has at {span.start}-{span.end}")

    def _fault(self, where: str, what: str, remedy: str | None = None) -> None:
        self.faults.append(InvalidInput(what, where=where, remedy=remedy))


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
    return pa.schema([*fields, ("spans", _SPANS), ("relations", _RELATIONS)])


def _table(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    waiting = iter(rows)
    batches = []
    while batch := list(itertools.islice(waiting, _BATCH)):
        batches.append(pa.Table.from_pylist(batch, schema=schema))
    table = pa.concat_tables(batches) if batches else schema.empty_table()
    return table.unify_dictionaries().combine_chunks()


def _sorted(table: pa.Table, *keys: str) -> pa.Table:
    return table.take(pc.sort_indices(table, [(key, "ascending") for key in keys])).combine_chunks()


def _places(values: pa.ChunkedArray, among: pa.ChunkedArray) -> Indices:
    """Return for each value its place in `among`, -1 if it is not there."""
    found: Indices = pc.index_in(values, among).fill_null(-1).to_numpy().astype(np.int64)
    return found


def _annotation_order(annotations: pa.Table, place: Indices) -> Indices:
    table = pa.table(
        {
            "place": place,
            "annotator": annotations["annotator"].cast(_STRING),
            "annotation_id": annotations["annotation_id"],
        }
    )
    order: Indices = pc.sort_indices(table, [(name, "ascending") for name in table.column_names]).to_numpy()
    return order.astype(np.int64)


def _repeated(table: pa.Table, key: str) -> list[InvalidInput]:
    if pc.count_distinct(table[key]).as_py() == table.num_rows:
        return []
    counts = pc.value_counts(table[key].combine_chunks())
    twice = sorted(item["values"] for item in counts.to_pylist() if item["counts"] > 1)
    return [InvalidInput("occurs more than once", where=f"{key} {value}") for value in twice]


def _unknown(decisions: pa.Table, sentences: pa.Table) -> list[InvalidInput]:
    missing = decisions["sentence_id"].filter(pc.invert(pc.is_in(decisions["sentence_id"], sentences["sentence_id"])))
    return [
        InvalidInput("is decided but not there", where=f"sentence {value}", remedy="run `toolkit adjudicate` again")
        for value in sorted(missing.to_pylist())
    ]
