"""From a sentence back to the bytes of its raw page, and the proof that nothing changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from toolkit.errors import InvalidInput, UsageError
from toolkit.ingest import bytes_of, pages, rebuild
from toolkit.records import Annotation, Article, Decision, Page, Piece, Sentence
from toolkit.workspace.derive import read_lock
from toolkit.workspace.files import file_digest
from toolkit.workspace.project import GOLD, Workspace


@dataclass(frozen=True)
class Trace:
    """The chain behind one sentence.

    Attributes:
        sentence: The sentence.
        article: The article that it was cut from, without its text.
        pieces: The byte ranges of the page that are the sentence's characters.
        answers: What people said of it.
        decision: What the project holds to be true of it, once it is adjudicated.
    """

    sentence: Sentence
    article: Article
    pieces: tuple[Piece, ...]
    answers: tuple[Annotation, ...]
    decision: Decision | None


@dataclass(frozen=True)
class Difference:
    """Something that a rebuild from raw bytes gives otherwise.

    Attributes:
        record: "article <id>", "sentence <id>" or "file <name>".
        what: What differs.
    """

    record: str
    what: str


@dataclass(frozen=True)
class Verification:
    """What `verify` looked at and found.

    Attributes:
        articles: How many were rebuilt from raw bytes.
        sentences: How many were compared with their article.
        differences: What did not fit; none when all is well.
    """

    articles: int
    sentences: int
    differences: tuple[Difference, ...]


def trace(workspace: Workspace, sentence_id: str) -> Trace:
    """Return the chain behind a sentence.

    Args:
        workspace: The project.
        sentence_id: The id, or as much of its beginning as tells it apart.

    Raises:
        UsageError: No sentence, or more than one, has such an id.
    """
    found = [item for item in workspace.sentences() if item.sentence_id.startswith(sentence_id)]
    if len(found) != 1:
        what = f"{len(found) or 'no'} sentences have an id that begins with {sentence_id!r}"
        raise UsageError(what, remedy="give more of the id" if found else "copy one out of sentences.parquet or a task")
    sentence = found[0]
    article = next(item for item in workspace.articles() if item.article_id == sentence.article_id)
    decisions = workspace.decisions() if workspace.path(GOLD).exists() else []
    return Trace(
        sentence=sentence,
        article=article,
        pieces=_bytes_of(workspace, article, sentence),
        answers=tuple(item for item in workspace.answers() if item.sentence_id == sentence.sentence_id),
        decision=next((item for item in decisions if item.sentence_id == sentence.sentence_id), None),
    )


def _bytes_of(workspace: Workspace, article: Article, sentence: Sentence) -> tuple[Piece, ...]:
    """Return where a sentence's characters stand in its page; without the page, where the runs that hold them do."""
    with suppress(InvalidInput):  # no page is there any more
        for page, raw in _raw_pages(workspace, article.page.source):
            if page == article.page:
                return bytes_of(article, raw, sentence.start, sentence.end)
    return tuple(piece for piece in article.pieces if piece.start < sentence.end and sentence.start < piece.end)


def verify(workspace: Workspace) -> Verification:
    """Rebuild every article from the raw bytes of its page and cut every sentence out of it again.

    Every copy's page must still be there too, and the derived files must be those that the stages wrote.

    Raises:
        InvalidInput: There are no articles or sentences yet.
    """
    articles = {article.article_id: article for article in workspace.articles()}
    sentences = workspace.sentences()
    differences = [
        *_changed_files(workspace),
        *_changed_articles(workspace, articles),
        *_changed_sentences(articles, sentences),
    ]
    return Verification(len(articles), len(sentences), tuple(differences))


def _changed_files(workspace: Workspace) -> Iterator[Difference]:
    """Hold the derived files against what toolkit.lock says was written: a row that is gone has no other trace."""
    lock = read_lock(workspace.root)
    for stage in ("ingest", "segment"):
        for name, sha256 in lock.get(stage, {}).get("outputs", {}).items():
            if file_digest(workspace.root / name) != sha256:
                yield Difference(f"file {name}", f"it is not the one that `toolkit {stage}` wrote")


def _changed_articles(workspace: Workspace, articles: dict[str, Article]) -> Iterator[Difference]:
    awaited: dict[tuple[str, str], list[Article]] = {}
    for article in articles.values():
        for page in (article.page, *article.copies):
            awaited.setdefault((page.source, page.sha256), []).append(article)
    for page, raw in _raw_pages(workspace):
        for article in awaited.pop((page.source, page.sha256), ()):
            if article.page.sha256 == page.sha256 and rebuild(article, raw) != article.text:
                yield Difference(f"article {article.article_id}", f"the bytes of {page.source} give another text")
    for (source, _), missed in awaited.items():
        for article in missed:
            yield Difference(f"article {article.article_id}", f"its page {source} is gone or has changed")


def _raw_pages(workspace: Workspace, source: str | None = None) -> Iterator[tuple[Page, bytes]]:
    """Yield the pages of every file, or of one, and of one that can't be read those before the fault."""
    for found in workspace.page_files():
        if source not in (None, found.source):
            continue
        try:
            with found.open() as file:
                yield from pages(file, source=found.source)
        except InvalidInput:  # `ingest` told it; an article that stood behind the fault is now missed
            continue


def _changed_sentences(articles: dict[str, Article], sentences: list[Sentence]) -> Iterator[Difference]:
    for sentence in sentences:
        article = articles.get(sentence.article_id)
        if article is None:
            what = f"its article {sentence.article_id} is gone"
        elif article.text[sentence.start : sentence.end] != sentence.text:
            what = "its article has another text at its offsets"
        else:
            continue
        yield Difference(f"sentence {sentence.sentence_id}", what)
