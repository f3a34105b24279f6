"""The table of sentences: the choice of those that are shown, and their data as the page's script reads it.

Strings that come again (publishers, labels, people) are stored once and numbered. A row is a list

    [line, id, differs, answers, decision, place, bytes, tasks on the server: [address, who has answered it]]

whose `line` is an index into `lines`, [ordinal, article, text] in the order of the corpus: neighbours of a shown
sentence are among them, so that its context can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from toolkit.engine.arrow import read_parquet
from toolkit.labelstudio.task_links import TaskLink
from toolkit.project import Workspace
from toolkit.project.workspace import ARTICLES, SENTENCES
from toolkit.records import Annotation, Decision, Span

SHOWN = 10_000
"""Most sentences that the table holds: the page stays below 10 MB."""

UNKNOWN = "unknown"
_FIELDS = ["article_id", "title", "publisher", "url", "published_at", "language", "licence", "story_id", "page"]


@dataclass(frozen=True, slots=True)
class Head:
    """An article without its text.

    Attributes:
        article_id: Its id.
        title: Its headline.
        publisher: Who published it.
        url: Where.
        published_at: When.
        language: Its language.
        licence: The licence of its text.
        story_id: Its story.
        page: Source, SHA-256 and bytes of its raw page.
    """

    article_id: str
    title: str | None
    publisher: str | None
    url: str | None
    published_at: str | None
    language: str
    licence: str | None
    story_id: str
    page: Mapping[str, Any]

    @property
    def source(self) -> str:
        """Its publisher, or "unknown"."""
        return self.publisher or UNKNOWN

    @property
    def month(self) -> str:
        """Month of its publication as "YYYY-MM", or "unknown"."""
        return self.published_at[:7] if self.published_at else UNKNOWN


@dataclass(frozen=True)
class Texts:
    """Articles and sentences as Arrow columns; rows are made only of what is shown.

    Attributes:
        articles: Every article, without its text.
        pieces: Byte ranges of each article, a column.
        sentences: sentence_id, article_id, start, end, text; in the order of the corpus. Empty before `segment`.
    """

    articles: tuple[Head, ...]
    pieces: pa.ChunkedArray
    sentences: pa.Table

    @classmethod
    def of(cls, workspace: Workspace) -> Texts:
        """Read the two tables.

        Raises:
            InvalidInput: One of them is damaged.
        """
        table = read_parquet(workspace.path(ARTICLES))
        heads = tuple(Head(**row) for row in table.select(_FIELDS).to_pylist())
        path = workspace.path(SENTENCES)
        columns = ["sentence_id", "article_id", "start", "end", "text"]
        sentences = read_parquet(path).select(columns) if path.exists() else pa.table({name: [] for name in columns})
        return cls(heads, table["pieces"], sentences.combine_chunks())

    @property
    def sentence_count(self) -> int:
        """Number of sentences."""
        return int(self.sentences.num_rows)

    @cached_property
    def sentence_ids(self) -> list[str]:
        """Ids in the order of the corpus."""
        return list(self.sentences["sentence_id"].to_pylist())

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """Place of each sentence in the corpus."""
        return {sentence_id: ordinal for ordinal, sentence_id in enumerate(self.sentence_ids)}

    @cached_property
    def owners(self) -> list[str]:
        """The article_id of each sentence."""
        return list(self.sentences["article_id"].to_pylist())

    @cached_property
    def places(self) -> dict[str, int]:
        """Place of each article."""
        return {head.article_id: place for place, head in enumerate(self.articles)}

    def article_of(self, sentence_id: str) -> Head | None:
        """Return the article of a sentence; None when either is gone."""
        ordinal = self.ordinals.get(sentence_id)
        place = None if ordinal is None else self.places.get(self.owners[ordinal])
        return None if place is None else self.articles[place]


class _Names:
    """Strings, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


def sentence_rows(
    texts: Texts,
    answers: Sequence[Annotation],
    experts: Sequence[Annotation],
    decisions: Sequence[Decision],
    *,
    shown: int = SHOWN,
    links: Mapping[str, Sequence[TaskLink]] = MappingProxyType({}),
) -> tuple[dict[str, Any], int]:
    """Return what the page's script reads, and the number of its rows.

    Args:
        texts: Articles and sentences.
        answers: The last answer of each person to each sentence.
        experts: Experts' answers.
        decisions: Decisions.
        shown: Rows at most.
        links: sentence_id → its tasks on the server.
    """
    said: dict[str, list[Annotation]] = {}
    for answer in answers:
        said.setdefault(answer.sentence_id, []).append(answer)
    expert: dict[str, list[Annotation]] = {}
    for answer in experts:
        expert.setdefault(answer.sentence_id, []).append(answer)
    decided = {decision.sentence_id: decision for decision in decisions}
    chosen = _chosen(texts, said.keys() | decided.keys(), shown)
    names, lines = _Names(), _lines(texts, chosen)
    places = {ordinal: place for place, (ordinal, _, _) in enumerate(lines)}
    rows = []
    for ordinal in chosen:
        sentence_id = texts.sentence_ids[ordinal]
        mine, decision = said.get(sentence_id, []), decided.get(sentence_id)
        every = [*((item, 0) for item in mine), *((item, 1) for item in expert.get(sentence_id, []))]
        sets = {item.labels for item in mine if not item.skipped}
        rows.append([
            places[ordinal],
            sentence_id,
            1 if len(sets) > 1 else 0,
            [_answer(item, names, is_expert) for item, is_expert in every],
            None if decision is None else _decision(decision, names),
            [texts.sentences["start"][ordinal].as_py(), texts.sentences["end"][ordinal].as_py()],
            _bytes(texts, ordinal),
            [[link.url, [names.number(who) for who in link.annotators]] for link in links.get(sentence_id, ())],
        ])  # fmt: skip
    used = sorted({place for _, place, _ in lines})
    at = {place: number for number, place in enumerate(used)}
    articles = [_article(texts.articles[place]) for place in used]
    stored = {
        "names": list(names.numbers),
        "articles": articles,
        "lines": [[ordinal, at[place], text] for ordinal, place, text in lines],
        "rows": rows,
    }
    return stored, len(rows)


def _chosen(texts: Texts, judged: Iterable[str], shown: int) -> list[int]:
    """Return the ordinals of the rows that are shown, in the order of the corpus."""
    if texts.sentence_count <= shown:
        return [o for o in range(texts.sentence_count) if texts.owners[o] in texts.places]
    first = [texts.ordinals[item] for item in sorted(judged) if item in texts.ordinals][:shown]
    taken = set(first)
    by_article: dict[str, list[int]] = {}
    for ordinal, owner in enumerate(texts.owners):
        by_article.setdefault(owner, []).append(ordinal)
    for article in sorted(by_article):
        if len(taken) >= shown:
            break
        taken.update([ordinal for ordinal in by_article[article] if ordinal not in taken][: shown - len(taken)])
    return sorted(ordinal for ordinal in taken if texts.owners[ordinal] in texts.places)


def _lines(texts: Texts, chosen: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return (ordinal, place of its article, text) of the chosen sentences and of their neighbours in the article."""
    wanted = set(chosen)
    for ordinal in chosen:
        for near in (ordinal - 1, ordinal + 1):
            if 0 <= near < texts.sentence_count and texts.owners[near] == texts.owners[ordinal]:
                wanted.add(near)
    ordinals = sorted(wanted)
    words = texts.sentences["text"].take(pa.array(ordinals, pa.int64())).to_pylist()
    return [(ordinal, texts.places[texts.owners[ordinal]], text) for ordinal, text in zip(ordinals, words, strict=True)]


def _article(head: Head) -> list[Any]:
    page = head.page
    return [
        head.title,
        head.source,
        head.published_at,
        head.language,
        head.url,
        head.licence,
        page["source"],
        page["sha256"],
        head.article_id,
    ]


def _bytes(texts: Texts, ordinal: int) -> list[int]:
    """Return the first byte within the page that the sentence stands in, and one past the last."""
    start, end = texts.sentences["start"][ordinal].as_py(), texts.sentences["end"][ordinal].as_py()
    pieces = texts.pieces[texts.places[texts.owners[ordinal]]].as_py()
    held = [piece for piece in pieces if piece["start"] < end and start < piece["end"]]
    return [held[0]["byte_start"], held[-1]["byte_end"]] if held else []


def _answer(answer: Annotation, names: _Names, expert: int) -> list[Any]:
    return [
        names.number(answer.annotator),
        [names.number(label) for label in answer.labels],
        _spans(answer.spans, names),
        1 if answer.skipped else 0,
        answer.note or "",
        expert,
        answer.updated_at[:16],
    ]


def _decision(decision: Decision, names: _Names) -> list[Any]:
    soft = [[names.number(label), round(share, 3)] for label, share in sorted(decision.soft_labels.items())]
    return [
        names.number(decision.method),
        [names.number(label) for label in decision.labels],
        _spans(decision.spans, names),
        soft,
        decision.note or "",
    ]


def _spans(spans: Sequence[Span], names: _Names) -> list[list[int]]:
    return [[names.number(span.label), span.start, span.end] for span in spans]
