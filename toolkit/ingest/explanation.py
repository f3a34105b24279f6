"""A page as a person wants to see it: what was kept, what was cut, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.ingest.extraction import Extraction
from toolkit.records import Article


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a page.

    Attributes:
        start: First byte within the page.
        end: One past its last byte.
        text: Its characters.
        article: The title (or the beginning) of the article that it is in; None for what was cut.
        reason: Why it was cut; None for what was kept.
    """

    start: int
    end: int
    text: str
    article: str | None
    reason: str | None


def explain(extraction: Extraction) -> list[Passage]:
    """Return the passages of a page in the order in which they stand there.

    What was cut without a place of its own, such as a page that can't be read, comes first.
    """
    cut = [
        Passage(reject.start or 0, reject.end or 0, reject.text, None, reject.reason) for reject in extraction.rejects
    ]
    kept = [passage for article in extraction.articles for passage in _lines(article)]
    return sorted(cut + kept, key=lambda passage: (passage.start, passage.end, passage.reason or ""))


def _lines(article: Article) -> Iterator[Passage]:
    """Yield an article's paragraphs with the bytes that their pieces cover."""
    name, at = article.title or article.text[:40], 0
    for line in article.text.split("\n"):
        end = at + len(line)
        pieces = [piece for piece in article.pieces if piece.start < end and at < piece.end]
        if pieces:
            yield Passage(pieces[0].byte_start, pieces[-1].byte_end, line, name, None)
        at = end + 1
