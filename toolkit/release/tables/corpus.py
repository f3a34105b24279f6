"""The corpus of a release: articles, sentences, decisions and answers as Arrow tables, joined by row numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, LinkDecision
from toolkit.records.latest import RECENCY
from toolkit.release.tables import integrity
from toolkit.release.tables.record_tables import answer_columns, article_columns, decision_columns, sentence_columns
from toolkit.schema import Schema

Indices = npt.NDArray[np.int64]
Source = Any  # a table, or what reads one


@dataclass(frozen=True)
class Corpus:
    """The tables of one project, joined.

    Attributes:
        schema: The label schema that every label below belongs to.
        articles: By article_id.
        sentences: By (article_id, start): all of them, since undecided ones are context.
        decisions: One for each decided sentence.
        annotations: All answers, without their sentence_ids, which `sentence_of` leads to.
        article_of: For each sentence, its row in `articles`.
        decision_of: For each sentence, its row in `decisions`; -1 if it is undecided.
        annotation_order: Rows of `annotations` by (place of the sentence, annotator, annotation_id), without orphans.
        sentence_of: For each of `annotation_order`, its sentence's row in `sentences`.
        orphans: sentence_id of each annotation that was left out because its sentence is not there any more.
        taken_down: Texts of the articles that must not be released.
        partial: How many were left out because a part of them could not be taken from the server.
        links: The links between sentences that hold, by label, head and tail; both ends are decided places.
        loose_links: How many hold and were left out because an end of them is not decided, or is decided otherwise now.
        refused_links: link_ids of those that an expert has decided against.
    """

    schema: Schema
    articles: pa.Table
    sentences: pa.Table
    decisions: pa.Table
    annotations: pa.Table
    article_of: Indices
    decision_of: Indices
    annotation_order: Indices
    sentence_of: Indices
    orphans: pa.ChunkedArray
    taken_down: pa.ChunkedArray
    partial: int
    links: tuple[LinkDecision, ...] = ()
    loose_links: int = 0
    refused_links: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        schema: Schema,
        *,
        articles: Source,
        sentences: Source,
        decisions: Source,
        annotations: Iterable[Annotation],
        experts: Iterable[Annotation] = (),
        links: Iterable[LinkDecision] = (),
        models: Iterable[Annotation] = (),
        without: Collection[str] = (),
    ) -> Self:
        """Join what a release is made from. The order of the rows does not matter.

        Args:
            schema: The label schema.
            articles: All articles, as articles.parquet has them, or what reads them: then they are let go one by one.
            sentences: All their sentences, as sentences.parquet has them.
            decisions: At most one per sentence, as gold.parquet has them.
            annotations: The annotators' answers that hold.
            experts: The answers of those who settled what was disputed.
            links: The links between sentences that somebody drew, as they were decided.
            models: The answers of models that had a vote.
            without: article_ids that must not be released, with all that was said of them.

        Raises:
            InvalidInput: Every fault that was found: a row that breaks a rule of its record, an id that occurs twice,
                a sentence without article or whose text is not `article.text[start:end]`, a decision without sentence,
                a span that is not where it says, a label that is not in the schema.
        """
        gone = pa.array(sorted(without), pa.string())
        faults: list[InvalidInput] = []
        whole = _read(articles)
        taken_down = pc.filter(whole["text"], pc.is_in(whole["article_id"], value_set=gone))
        whole = _without(whole, "article_id", gone)
        faults += integrity.article_faults(whole)
        kept_articles = None if faults else _sorted(article_columns(whole), "article_id")
        whole = _read(sentences)
        removed = pc.filter(whole["sentence_id"], pc.is_in(whole["article_id"], value_set=gone))
        whole = _without(whole, "article_id", gone)
        faults += integrity.sentence_faults(whole)
        kept_sentences = None if faults else _sorted(sentence_columns(whole), "article_id", "start", "end")
        whole = _without(_read(decisions), "sentence_id", removed)
        faults += integrity.decision_faults(whole)
        if faults:
            raise InvalidInput.all_of(faults)
        kept_decisions = decision_columns(whole, schema)
        del whole
        pa.default_memory_pool().release_unused()
        answers = _without(answer_columns(annotations, experts, models), "sentence_id", removed)
        lost = pc.greater(answers["rejected"], 0)
        partial = pc.sum(lost).as_py() or 0
        drawn = list(links)
        held, loose, moved = integrity.held_links(drawn, kept_sentences, kept_decisions)
        if moved:
            raise InvalidInput.all_of(moved)
        refused = sorted(each.link.link_id for each in drawn if each.method == "expert" and not each.holds)
        answers = answers.filter(pc.invert(lost)) if partial else answers
        corpus = cls._joined(
            schema, kept_articles, kept_sentences, kept_decisions, answers, taken_down=taken_down, partial=partial
        )
        return replace(corpus, links=tuple(held), loose_links=loose, refused_links=tuple(refused))

    @classmethod
    def _joined(
        cls,
        schema: Schema,
        articles: pa.Table,
        sentences: pa.Table,
        decisions: pa.Table,
        answers: pa.Table,
        *,
        taken_down: pa.ChunkedArray,
        partial: int,
    ) -> Self:
        article_of = _places(sentences["article_id"], articles["article_id"])
        decided = _places(decisions["sentence_id"], sentences["sentence_id"])
        place = _places(answers["sentence_id"], sentences["sentence_id"])
        faults = [
            *integrity.unique(articles, "article_id"),
            *integrity.unique(sentences, "sentence_id"),
            *integrity.unique(decisions, "sentence_id"),
            *integrity.unique(answers, "annotation_id"),
            *integrity.texts(sentences, articles, article_of),
            *integrity.decided_sentences(decisions, decided),
            *integrity.judgements(decisions, "sentence_id", sentences, decided, schema),
            *integrity.judgements(answers, "annotation_id", sentences, place, schema),
        ]
        if faults:
            raise InvalidInput.all_of(faults)
        order = _annotation_order(answers, place)
        return cls(
            schema=schema,
            articles=articles,
            sentences=sentences,
            decisions=decisions,
            annotations=answers.drop_columns(["sentence_id", "rejected"]),  # `sentence_of` has the sentences
            article_of=article_of,
            decision_of=_places(sentences["sentence_id"], decisions["sentence_id"]),
            annotation_order=order,
            sentence_of=place[order],
            orphans=answers["sentence_id"].filter(pa.array(place < 0)),
            taken_down=taken_down,
            partial=partial,
        )

    @property
    def told(self) -> npt.NDArray[np.bool_]:
        """A mask of the sentences that have an answer or a decision: these are released, with their articles."""
        told: npt.NDArray[np.bool_] = self.decision_of >= 0
        told[self.sentence_of] = True
        return told

    @property
    def undecided(self) -> npt.NDArray[np.bool_]:
        """A mask of the sentences that have an answer, not a skip alone, and no decision."""
        answered = np.zeros(self.sentences.num_rows, dtype=bool)
        skipped = np.asarray(self.annotations["skipped"].take(self.annotation_order), dtype=bool)
        answered[self.sentence_of[~skipped]] = True
        undecided: npt.NDArray[np.bool_] = answered & (self.decision_of < 0)
        return undecided

    def people(self, sentences: Indices | None = None) -> Indices:
        """Count for each sentence the annotators who answered it; experts and those who skipped it are none."""
        answers = self.annotations.select(["annotator", "role", "skipped"]).take(self.annotation_order)
        answered = pc.and_(pc.equal(answers["role"].cast(pa.string()), "annotator"), pc.invert(answers["skipped"]))
        mask = np.asarray(answered, dtype=bool)
        names = answers["annotator"].cast(pa.string()).combine_chunks().dictionary_encode()
        pairs = np.unique(self.sentence_of[mask] * (len(names.dictionary) + 1) + np.asarray(names.indices)[mask])
        counts = np.bincount(pairs // (len(names.dictionary) + 1), minlength=self.sentences.num_rows).astype(np.int64)
        return counts if sentences is None else counts[sentences]

    def votes(self, sentences: Indices) -> Indices:
        """Return sentence x label: how many annotators give each label of the schema, each by the last answer."""
        at = {sentence: row for row, sentence in enumerate(sentences.tolist())}
        mine = np.flatnonzero(np.isin(self.sentence_of, sentences))
        names = ["annotator", "role", "skipped", "labels", *RECENCY]
        answers = self.annotations.select(names).take(self.annotation_order[mine]).to_pylist()
        last: dict[tuple[int, str], dict[str, Any]] = {}
        for sentence, answer in zip(self.sentence_of[mine].tolist(), answers, strict=True):
            key = (sentence, answer["annotator"])
            if answer["role"] == "annotator" and (key not in last or _recency(last[key]) < _recency(answer)):
                last[key] = answer
        numbers = {label: number for number, label in enumerate(self.schema.label_ids)}
        votes = np.zeros((len(sentences), len(numbers)), dtype=np.int64)
        for (sentence, _), answer in last.items():
            for label in () if answer["skipped"] else answer["labels"]:
                votes[at[sentence], numbers[label]] += 1
        return votes


def _recency(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(answer[name]) for name in RECENCY)


def _read(source: Source) -> pa.Table:
    return source() if callable(source) else source


def _without(table: pa.Table, column: str, gone: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table[column], value_set=gone))) if len(gone) else table


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
            "annotator": annotations["annotator"].cast(pa.string()),
            "annotation_id": annotations["annotation_id"],
        }
    )
    order: Indices = pc.sort_indices(table, [(name, "ascending") for name in table.column_names]).to_numpy()
    order = order.astype(np.int64)
    return order[place[order] >= 0]
