"""Records and small projects for tests, made from as little as a test says; everything else is fixed.

`from builders import answer, article, decision, sentence, span, write_corpus` works in every test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project import Workspace
from toolkit.records import Annotation, Article, Decision, Page, Piece, Sentence, Span, content_id

WHEN = "2026-01-01T00:00:00Z"
SCHEMA = "news_events@1.0.0"


def article(text: str, *, source: str = "test.txt", **known: Any) -> Article:
    """Return an article that is the whole of a UTF-8 page."""
    raw = text.encode()
    piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw))
    return Article.of(text, page=Page.of(raw, source=source), pieces=(piece,), **known)


def sentence(text: str, within: Article | None = None, *, paragraph: int = 0, **known: Any) -> Sentence:
    """Return a sentence by its words: the first place where they stand in an article, or an article of its own."""
    whole = within or article(text)
    start = whole.text.index(text)
    return Sentence.of(whole, start, start + len(text), paragraph=paragraph, **known)


def span(text: str, words: str, label: str = "FIGURE", *, span_id: str | None = None, **attributes: Any) -> Span:
    """Return a span by the words that it marks, the first place where they stand in a text."""
    start = text.index(words)
    return Span(
        span_id=span_id or f"{label}-{start}",
        label=label,
        start=start,
        end=start + len(words),
        text=words,
        attributes=attributes,
    )


def answer(sentence_id: str, annotator: str = "ada", *labels: str, schema: str = SCHEMA, **more: Any) -> Annotation:
    """Return one person's answer; `when` sets both of its times, any field can be given by its name."""
    when = more.pop("when", WHEN)
    fields: dict[str, Any] = {
        "annotation_id": content_id(sentence_id, annotator),
        "sentence_id": sentence_id,
        "annotator": annotator,
        "labels": tuple(sorted(labels)),
        "schema": schema,
        "created_at": when,
        "updated_at": when,
    }
    return Annotation(**(fields | more))


def decision(sentence_id: str, *labels: str, method: str = "majority", schema: str = SCHEMA, **more: Any) -> Decision:
    """Return what a project holds to be true of a sentence."""
    fields: dict[str, Any] = {
        "sentence_id": sentence_id,
        "labels": tuple(sorted(labels)),
        "schema": schema,
        "method": method,
        "votes": (),
        "soft_labels": dict.fromkeys(sorted(labels), 1.0),
    }
    return Decision(**(fields | more))


def lines_of(whole: Article) -> Iterator[Sentence]:
    """Yield each line of an article that is not empty as a sentence, each in a paragraph of its own."""
    at = 0
    for paragraph, line in enumerate(whole.text.split("\n")):
        if line.strip():
            yield Sentence.of(whole, at, at + len(line), paragraph=paragraph)
        at += len(line) + 1


def write_corpus(workspace: Workspace, texts: Sequence[str]) -> None:
    """Write articles.parquet and sentences.parquet of these texts, as ingest and segment would: a sentence per line."""
    url = "https://example.org/a?b=1&c=2"
    articles = [article(text, title=text.partition("\n")[0], url=url) for text in texts]
    sentences = [line for whole in articles for line in lines_of(whole)]
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, sentences)))
