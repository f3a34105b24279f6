"""From a sentence back to the bytes of its raw page, and the proof that nothing changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.errors import UsageError
from toolkit.ingest import pages, rebuild
from toolkit.records import Annotation, Article, Decision, Piece, Sentence
from toolkit.workspace.project import GOLD, Workspace


@dataclass(frozen=True)
class Trace:
    """The chain behind one sentence.

    Attributes:
        sentence: The sentence.
        article: The article that it was cut from, without its text.
        pieces: The byte ranges of the page that hold the sentence's characters.
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
        record: "article <id>" or "sentence <id>".
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
        raise UsageError(f"{len(found)} sentences have an id that begins with {sentence_id!r}")
    sentence = found[0]
    article = next(item for item in workspace.articles() if item.article_id == sentence.article_id)
    decisions = workspace.decisions() if workspace.path(GOLD).exists() else []
    return Trace(
        sentence=sentence,
        article=article,
        pieces=tuple(piece for piece in article.pieces if piece.start < sentence.end and sentence.start < piece.end),
        answers=tuple(item for item in workspace.answers() if item.sentence_id == sentence.sentence_id),
        decision=next((item for item in decisions if item.sentence_id == sentence.sentence_id), None),
    )


def verify(workspace: Workspace) -> Verification:
    """Rebuild every article from the raw bytes of its page and cut every sentence out of it again.

    Raises:
        InvalidInput: There are no articles or sentences yet.
    """
    articles = {article.article_id: article for article in workspace.articles()}
    sentences = workspace.sentences()
    differences = [*_changed_articles(workspace, articles), *_changed_sentences(articles, sentences)]
    return Verification(len(articles), len(sentences), tuple(differences))


def _changed_articles(workspace: Workspace, articles: dict[str, Article]) -> Iterator[Difference]:
    raw_pages: dict[str, bytes] = {}
    wanted = {article.page.sha256 for article in articles.values()}
    for found in workspace.page_files():
        with found.open() as file:
            raw_pages |= {page.sha256: raw for page, raw in pages(file, source=found.source) if page.sha256 in wanted}
    for article in articles.values():
        raw = raw_pages.get(article.page.sha256)
        if raw is None:
            what = f"its page {article.page.source} is gone or has changed"
        elif rebuild(article, raw) != article.text:
            what = f"the bytes of {article.page.source} give another text"
        else:
            continue
        yield Difference(f"article {article.article_id}", what)


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
