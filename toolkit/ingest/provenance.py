"""The way back: an article's text read once more from the raw bytes of its page, and the chain behind a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.errors import InvalidInput
from toolkit.ingest.formats import html_page, json_page
from toolkit.ingest.formats.encoding import Decoded
from toolkit.ingest.formats.raw_page import RawPage
from toolkit.ingest.traced_text import Traced
from toolkit.records import Annotation, Article, Decision, PageKind, Piece, Sentence


def rebuild(article: Article, raw: RawPage) -> str:
    """Return the text that an article's pieces have in its raw page.

    A piece's bytes, decoded as the page is, are its characters. Where they are more than the piece has, they are
    escaped: in a JSON page the escapes of a string are resolved, and in an HTML page, or an HTML column, the character
    references. Between pieces stands the article's own white space, which is layout.

    Args:
        article: As `read` returned it.
        raw: The page `article.page`, as `pages` yields it.

    Returns:
        Equal to `article.text`, if the page is the one that the article was read from and neither has changed.

    Raises:
        InvalidInput: A piece lies outside the page, or begins or ends within a character.

    Examples:
        >>> from toolkit.ingest import extract, pages
        >>> file = b"<title>Ferry</title><p>The ferry sailed &amp; came back on Monday, the council said.</p>"
        >>> article, raw = extract(file, source="ferry.html")[0], next(pages(file, source="ferry.html"))
        >>> rebuild(article, raw) == article.text
        True
    """
    decoded = raw.decoded()
    parts: list[str] = []
    at = 0
    for piece in article.pieces:
        parts.append(article.text[at : piece.start])
        parts.append(_characters(decoded, piece, article, raw.page.kind).text)
        at = piece.end
    parts.append(article.text[at:])
    return "".join(parts)


def bytes_of(article: Article, raw: RawPage, start: int, end: int) -> tuple[Piece, ...]:
    """Return the bytes of the raw page that are the characters `start` to `end` of an article, and no other bytes.

    Args:
        article: As `read` returned it.
        raw: The page `article.page`, as `pages` yields it.
        start: First code point in the article's text.
        end: One past the last.

    Raises:
        InvalidInput: As `rebuild`.
    """
    decoded = raw.decoded()
    found: list[Piece] = []
    for piece in article.pieces:
        first, last = max(start, piece.start), min(end, piece.end)
        if first < last:
            within = _characters(decoded, piece, article, raw.page.kind)
            found += within.pieces(first - piece.start, last - piece.start, first)
    return tuple(found)


def _characters(page: Decoded, piece: Piece, article: Article, kind: PageKind | None) -> Traced:
    bounds = page.bounds
    start, end = np.searchsorted(bounds, (piece.byte_start, piece.byte_end)).tolist()
    if end >= len(bounds) or bounds[start] != piece.byte_start or bounds[end] != piece.byte_end:
        raise InvalidInput(
            f"bytes {piece.byte_start}-{piece.byte_end} of the page do not hold whole characters",
            where=f"article {article.article_id} ({article.page.source})",
            remedy="the raw page was changed; restore it or run `toolkit ingest` again",
        )
    source = Traced.of(page).cut(start, end)
    length = piece.end - piece.start
    if len(source.text) != length and kind == "json":
        source = json_page.unescaped(source)
    if len(source.text) != length:
        whole = html_page.resolved(source)
        if len(whole.text) != length and kind == "html":  # a string of a script
            whole = html_page.resolved(json_page.unescaped(source))
        source = whole
    return source


@dataclass(frozen=True)
class Trace:
    """The chain behind one sentence.

    Attributes:
        sentence: The sentence.
        article: The article that it was cut from.
        pieces: The byte ranges of the page that are the sentence's characters.
        answers: People's answers about it.
        decision: The project's decision about it, once it is adjudicated.
        cells: Where each piece stands in a file whose rows are read as lines of JSON, as people say it: "row 3, column
            text, characters 10-80". Empty for a page that has bytes of its own.
    """

    sentence: Sentence
    article: Article
    pieces: tuple[Piece, ...]
    answers: tuple[Annotation, ...]
    decision: Decision | None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A record or a file that is not what the raw bytes give.

    Attributes:
        record: "article <id>", "sentence <id>" or "file <name>".
        what: The difference, in words.
    """

    record: str
    what: str


@dataclass(frozen=True)
class Verification:
    """The outcome of `verify`.

    Attributes:
        articles: Number of articles that were rebuilt from raw bytes.
        sentences: Number of sentences that were compared with their article.
        differences: Empty when all is well.
        log_rows: Rows of the logs of answers that are not those that were written; empty when all is well.
    """

    articles: int
    sentences: int
    differences: tuple[Difference, ...]
    log_rows: tuple[Difference, ...] = ()
