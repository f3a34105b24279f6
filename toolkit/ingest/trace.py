"""An article's text, read once more from the raw bytes of its page.

From a sentence back to the bytes of its raw page, and the proof that nothing changed on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.errors import InvalidInput
from toolkit.ingest.formats import html_page, json_page
from toolkit.ingest.formats.file_type import Opened, open_page
from toolkit.ingest.traced_text import Traced
from toolkit.records import Annotation, Article, Decision, Piece, Sentence


def rebuild(article: Article, raw_page: bytes, *, media_type: str | None = None) -> str:
    """Return the text that an article's pieces have in its raw page.

    A piece's bytes, decoded as the page is, are its characters; where they are more than the piece has, they are
    escaped: in a JSON page the escapes of a string are resolved, and in an HTML page, or an HTML column, the character
    references. Between pieces stands the article's own white space, which is layout.

    Args:
        article: As `read` returned it.
        raw_page: The bytes of `article.page`.
        media_type: As `read` was given it.

    Returns:
        Equal to `article.text`, if the page is the one that the article was read from and neither has changed.

    Raises:
        InvalidInput: A piece lies outside the page, or begins or ends within a character.
    """
    page = open_page(raw_page, source=article.page.source, media_type=media_type)
    parts: list[str] = []
    at = 0
    for piece in article.pieces:
        parts.append(article.text[at : piece.start])
        parts.append(_characters(page, piece, article).text)
        at = piece.end
    parts.append(article.text[at:])
    return "".join(parts)


def bytes_of(article: Article, raw_page: bytes, start: int, end: int) -> tuple[Piece, ...]:
    """Return where in its raw page the characters of a stretch of an article stand: just their bytes.

    Args:
        article: As `read` returned it.
        raw_page: The bytes of `article.page`.
        start: First code point in the article's text.
        end: One past the last.

    Raises:
        InvalidInput: As `rebuild`.
    """
    page = open_page(raw_page, source=article.page.source)
    found: list[Piece] = []
    for piece in article.pieces:
        first, last = max(start, piece.start), min(end, piece.end)
        if first < last:
            found += _characters(page, piece, article).pieces(first - piece.start, last - piece.start, first)
    return tuple(found)


def _characters(page: Opened, piece: Piece, article: Article) -> Traced:
    bounds = page.decoded.bounds
    start, end = np.searchsorted(bounds, (piece.byte_start, piece.byte_end)).tolist()
    if end >= len(bounds) or bounds[start] != piece.byte_start or bounds[end] != piece.byte_end:
        raise InvalidInput(
            f"bytes {piece.byte_start}-{piece.byte_end} of the page hold no whole characters",
            where=f"article {article.article_id} ({article.page.source})",
            remedy="the raw page was changed; restore it or run `toolkit ingest` again",
        )
    source = page.text.cut(start, end)
    length = piece.end - piece.start
    if len(source.text) != length and page.kind == "json":
        source = json_page.unescaped(source)
    if len(source.text) != length:
        source = html_page.resolved(source)
    return source


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
