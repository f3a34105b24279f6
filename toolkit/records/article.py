"""One article: a canonical text, what is known about it, and the bytes of the page that every character came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from toolkit.records.base import content_id, record
from toolkit.records.page import Page


@record
class Piece:
    """A run of an article's text and the bytes of the raw page that it was read from.

    Attributes:
        start: First code point in the article's text.
        end: One past the last code point.
        byte_start: First byte within the page.
        byte_end: One past the last byte.
    """

    start: int
    end: int
    byte_start: int
    byte_end: int

    def __post_init__(self) -> None:
        """Check both ranges."""
        if not (0 <= self.start < self.end and 0 <= self.byte_start < self.byte_end):
            raise ValueError(f"piece {self.start}-{self.end} of bytes {self.byte_start}-{self.byte_end} is empty")


@record
class Article:
    """One article as the rest of the project sees it.

    `text` is what every offset in the project indexes into: the title as first line, if there is one, then
    the body, paragraphs separated by a line feed. Its characters are those of the page: nothing is normalised.

    Attributes:
        article_id: Content id of `text`.
        text: The canonical text, code points.
        title: The headline; the first line of `text` when not None.
        publisher: Who published it, as the page names it.
        byline: Who wrote it, as the page names them.
        url: Where it was published.
        published_at: ISO 8601 date or time, only where the page is unambiguous.
        published_text: The date as the page writes it ("2 hours ago"), when there is one.
        language: ISO 639-1 code, "und" where unknown.
        licence: The licence of the text as the source states it (SPDX id where there is one).
        truncated: The page shows only the beginning of the article: a paywall or a feed has cut it off.
        page: The raw page that it was cut from.
        pieces: Where in the page each run of `text` stands, in the order of `text`, without overlap. What no
            piece covers is white space that separates paragraphs.
        copies: Further pages with exactly this text.
        addresses: Further addresses at which exactly this text was published, sorted.
        story_id: The cluster of near-duplicates that it belongs to: the smallest article_id among them.
    """

    article_id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    byline: str | None = None
    url: str | None = None
    published_at: str | None = None
    published_text: str | None = None
    language: str = "und"
    licence: str | None = None
    truncated: bool = False
    page: Page
    pieces: tuple[Piece, ...]
    copies: tuple[Page, ...] = ()
    addresses: tuple[str, ...] = ()
    story_id: str

    def __post_init__(self) -> None:
        """Check the id, the title line and that the pieces cover the text."""
        if self.article_id != content_id(self.text):
            raise ValueError("article_id is not the content id of the text")
        if self.title is not None and not (self.text == self.title or self.text.startswith(self.title + "\n")):
            raise ValueError("the title is not the first line of the text")
        at = 0
        for piece in self.pieces:
            if piece.start < at or piece.end > len(self.text):
                raise ValueError(f"piece {piece.start}-{piece.end} overlaps another or passes the text's end")
            if self.text[at : piece.start].strip():
                raise ValueError(f"characters {at}-{piece.start} come from no byte of the page")
            at = piece.end
        if self.text[at:].strip():
            raise ValueError(f"characters {at}-{len(self.text)} come from no byte of the page")

    @classmethod
    def of(
        cls, text: str, *, page: Page, pieces: tuple[Piece, ...], truncated: bool = False, **known: str | None
    ) -> Self:
        """Make the article of `text`, alone in its story until near-duplicates are looked for.

        Args:
            text: The canonical text.
            page: The page it was cut from.
            pieces: Where in the page its runs stand.
            truncated: The page shows only its beginning.
            **known: Any of title, publisher, byline, url, published_at, published_text, language, licence.
        """
        article_id = content_id(text)
        return cls(
            article_id=article_id,
            story_id=article_id,
            text=text,
            page=page,
            pieces=pieces,
            truncated=truncated,
            **known,  # type: ignore[arg-type]
        )

    @property
    def body(self) -> str:
        """The text without its title line."""
        return self.text if self.title is None else self.text[len(self.title) :].lstrip("\n")

    @property
    def shown_date(self) -> str:
        """When it was published, for readers: "2026-01-07 08:00 UTC+03:00"; if that is not known, as its page says."""
        said = self.published_at or self.published_text or ""
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            return said
        return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".rstrip() if len(said) > len("2026-01-07") else said


def parse_instant(said: str | datetime | None) -> datetime | None:
    """Return an aware time from ISO 8601; one without a zone is UTC. None when it is no such time."""
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
        except ValueError:
            return None
    return said.replace(tzinfo=UTC) if said is not None and said.tzinfo is None else said
