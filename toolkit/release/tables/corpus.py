"""Everything that a release is made from, as Arrow tables that know each other's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Article, Decision, Sentence
from toolkit.release.tables import integrity
from toolkit.release.tables.record_tables import annotation_table, article_table, decision_table, sentence_table
from toolkit.schema import Schema

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """The tables of one project, joined.

    Attributes:
        schema: The label schema that every label below belongs to.
        articles: By article_id.
        sentences: By (article_id, start): all of them, since undecided ones are context.
        decisions: One for each decided sentence.
        annotations: All answers.
        article_of: For each sentence, its row in `articles`.
        decision_of: For each sentence, its row in `decisions`; -1 if it is undecided.
        annotation_order: Rows of `annotations` by (place of the sentence, annotator, annotation_id), without orphans.
        sentence_of: For each of `annotation_order`, its sentence's row in `sentences`.
        orphans: How many annotations were left out because their sentence is not there any more.
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
    orphans: int

    @property
    def told(self) -> npt.NDArray[np.bool_]:
        """A mask of the sentences that somebody answered or that are decided: what is released, with its articles."""
        told: npt.NDArray[np.bool_] = self.decision_of >= 0
        told[self.sentence_of] = True
        return told


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
    gone = frozenset(without)
    removed: set[str] = set()  # sentences of articles that are left out
    article_rows = _sorted(article_table(item for item in articles if item.article_id not in gone), "article_id")
    sentence_rows = _sorted(sentence_table(_kept(sentences, gone, removed)), "article_id", "start", "end")
    decision_rows = decision_table((item for item in decisions if item.sentence_id not in removed), schema)
    answers = annotation_table(
        (item for item in annotations if item.sentence_id not in removed),
        (item for item in experts if item.sentence_id not in removed),
    )
    article_of = _places(sentence_rows["article_id"], article_rows["article_id"])
    decided = _places(decision_rows["sentence_id"], sentence_rows["sentence_id"])
    place = _places(answers["sentence_id"], sentence_rows["sentence_id"])
    faults = [
        *integrity.unique(article_rows, "article_id"),
        *integrity.unique(sentence_rows, "sentence_id"),
        *integrity.unique(decision_rows, "sentence_id"),
        *integrity.unique(answers, "annotation_id"),
        *integrity.texts(sentence_rows, article_rows, article_of),
        *integrity.decided_sentences(decision_rows, decided),
        *integrity.judgements(decision_rows, "sentence_id", sentence_rows, decided, schema),
        *integrity.judgements(answers, "annotation_id", sentence_rows, place, schema),
    ]
    if faults:
        raise InvalidInput.all_of(faults)
    order = _annotation_order(answers, place)
    return Corpus(
        schema=schema,
        articles=article_rows,
        sentences=sentence_rows,
        decisions=decision_rows,
        annotations=answers,
        article_of=article_of,
        decision_of=_places(sentence_rows["sentence_id"], decision_rows["sentence_id"]),
        annotation_order=order,
        sentence_of=place[order],
        orphans=len(place) - len(order),
    )


def _kept(sentences: Iterable[Sentence], gone: Collection[str], removed: set[str]) -> Iterable[Sentence]:
    for sentence in sentences:
        if sentence.article_id in gone:
            removed.add(sentence.sentence_id)
        else:
            yield sentence


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
