"""The configs of stories: `links` between sentences, and what the ledger of each story says, as `claims` and `tolls`.

Claims and tolls follow from the decided sentences and the links of a split alone, by `toolkit.ledger`: whoever has the
release with its text makes them again, which `toolkit verify` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.ledger import Place, Statement, ledgers
from toolkit.ledger.ledger_tables import CELLS, Row, story_rows
from toolkit.ledger.mention import KINDS
from toolkit.ledger.statement import ACTS
from toolkit.records import Link, LinkDecision, Relation, Span, content_id
from toolkit.release.tables.attribute_columns import held
from toolkit.release.tables.corpus import Corpus, Indices

_STORIES: Final = 1_000  # stories that are Python objects at a time
_SENTENCE: Final = ("sentence_id", "article_id", "start", "text")
_ARTICLE: Final = ("story_id", "language", "publisher", "published_at")
_PAGE: Final = ("page_source", "page_sha256", "page_start", "page_end")


def link_rows(corpus: Corpus, rows: Indices) -> list[Row]:
    """Return the rows of `links` whose two sentences are among the given ones, by link_id."""
    if not corpus.links:
        return []
    columns = corpus.sentences.select(["sentence_id", "article_id"]).take(rows).to_pydict()
    article_of = dict(zip(columns["sentence_id"], columns["article_id"], strict=True))
    stories = dict(zip(corpus.articles["article_id"].to_pylist(), corpus.articles["story_id"].to_pylist(), strict=True))
    found = []
    for each in corpus.links:
        head, tail = each.link.head, each.link.tail
        if head.sentence_id in article_of and tail.sentence_id in article_of:
            article = article_of[head.sentence_id]
            found.append(
                {
                    **_link_row(each),
                    "article_id": article,
                    "tail_article_id": article_of[tail.sentence_id],
                    "story_id": stories[article],
                }
            )
    return sorted(found, key=lambda row: str(row["link_id"]))


def _link_row(decided: LinkDecision) -> dict[str, Any]:
    link = decided.link
    row: dict[str, Any] = {"link_id": link.link_id, "label": link.label}
    for side, end in (("head", link.head), ("tail", link.tail)):
        row |= {side: end.sentence_id, f"{side}_label": end.label, f"{side}_text": end.text}
        row |= {f"{side}_start": end.start, f"{side}_end": end.end}
    return row | {"votes": decided.drawn, "offered": decided.offered, "method": decided.method}


def corpus_ledgers(corpus: Corpus, rows: Indices, split: str) -> Iterator[dict[str, list[Row]]]:
    """Yield the rows of `claims` and `tolls` of the decided sentences given, some stories at a time, by story_id.

    Args:
        corpus: Where they are.
        rows: Of its sentences, decided ones.
        split: Where they are released.
    """
    decisions = corpus.decisions.take(corpus.decision_of[rows])
    rows = rows[_says(decisions["labels"], decisions["spans"])]
    stories = corpus.articles["story_id"].take(corpus.article_of[rows])
    links = [each.link for each in corpus.links]
    for part in _by_story(stories):
        yield ledger_rows(_statements(corpus, rows[part]), links, split)


def table_ledgers(
    table: pa.Table, made: Callable[[pa.Table], Iterable[Statement]], links: Sequence[Link], split: str
) -> Iterator[dict[str, list[Row]]]:
    """Yield the same from the rows of `default` of a split.

    Args:
        table: The rows, with labels, story_id, and spans where the schema has them.
        made: Makes statements of some of them.
        links: Those of the split.
        split: Which.
    """
    spans = table["spans"] if "spans" in table.column_names else pa.chunked_array([pa.array([[]] * len(table))])
    saying = table.filter(pa.array(_says(table["labels"], spans)))
    for part in _by_story(saying["story_id"]):
        yield ledger_rows(made(saying.take(pa.array(part))), links, split)


def _says(labels: pa.ChunkedArray, spans: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Tell which rows can stand in a ledger: `Statement.says` of columns."""
    says = np.asarray(pc.list_value_length(spans)) > 0
    owners = np.asarray(pc.list_parent_indices(labels))
    acts = pc.is_in(pc.list_flatten(labels), value_set=pa.array(ACTS, pa.string()))
    says[owners[np.asarray(acts, dtype=bool)]] = True
    return says


def _by_story(stories: pa.ChunkedArray) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of some stories at a time, by story_id."""
    whole = stories.combine_chunks()
    order = np.asarray(pc.array_sort_indices(whole))
    names = np.asarray(whole.take(pa.array(order)).dictionary_encode().indices)
    for first in range(0, int(names.max(initial=-1)) + 1, _STORIES):
        yield order[np.searchsorted(names, first) : np.searchsorted(names, first + _STORIES)]


def _statements(corpus: Corpus, rows: Indices) -> Iterator[Statement]:
    sentences = corpus.sentences.select(list(_SENTENCE)).take(rows).to_pylist()
    articles = corpus.articles.select([*_ARTICLE, *_PAGE]).take(corpus.article_of[rows]).to_pylist()
    decisions = corpus.decisions.select(["labels", "spans", "relations"]).take(corpus.decision_of[rows]).to_pylist()
    for sentence, article, decision in zip(sentences, articles, decisions, strict=True):
        yield statement(sentence | article, decision["labels"], decision["spans"], decision["relations"])


def statement(row: Row, labels: Iterable[str], spans: Iterable[Row], relations: Iterable[Row]) -> Statement:
    """Return a row of a release, or of a corpus, as a statement.

    Args:
        row: Its sentence and article, with the place of its page.
        labels: Of the decision.
        spans: Of the decision; attributes as a corpus or a release has them.
        relations: Of the decision: "label", "head" and "tail".
    """
    return Statement(
        **{name: row[name] for name in (*_SENTENCE, *_ARTICLE)},
        labels=tuple(labels),
        spans=tuple(Span(**(dict(span) | {"attributes": held(span.get("attributes"))})) for span in spans),
        relations=tuple(Relation(label=each["label"], head=each["head"], tail=each["tail"]) for each in relations),
        place=Place(page=row["page_source"], sha256=row["page_sha256"], pieces=((row["page_start"], row["page_end"]),)),
    )


def ledger_rows(statements: Iterable[Statement], links: Iterable[Link], split: str) -> dict[str, list[Row]]:
    """Return the rows of `claims` and `tolls` that a ledger of statements has.

    Args:
        statements: Of one split.
        links: Those that hold, of any story.
        split: Their split: part of a toll's id, since a story that grew together later may stand in two.
    """
    stories = [story_rows(ledger) for ledger in ledgers(statements, links=links)]
    return {
        "claims": [_claim(row) for story in stories for row in story["claims"]],
        "tolls": [_toll(row, split) for story in stories for row in story["tolls"]],
    }


def _claim(row: Row) -> Row:
    return {**row, "source_words": row["sources"], "figure_words": row["figures"]}


def _toll(row: Row, split: str) -> Row:
    kind = {name: row[name] for name in KINDS}
    return {
        **row,
        "toll_id": content_id("toll", split, row["story_id"], *(str(value or "") for value in kind.values())),
        "source_words": row["sources"],
        "corrections": [{"before": each["before"], "after": each["after"]} for each in row["corrections"]],
        **{f"{cell}_from": _sentences(row[f"{cell}_from"]) for cell in CELLS},
    }


def _sentences(places: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(place["sentence_id"] for place in places))
