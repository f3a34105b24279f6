"""One sentence: the unit that people label."""

from __future__ import annotations

from typing import Literal, Protocol, Self, get_args

from toolkit.records.base import content_id, record

Kind = Literal["headline", "byline", "dateline", "caption", "list", "body"]
"""What part of an article a unit is."""

KINDS: tuple[Kind, ...] = get_args(Kind)


class Named(Protocol):
    """A text with an id: an `Article`, or as much of one as a sentence is cut from."""

    @property
    def article_id(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


@record
class Sentence:
    """A stretch of an article's text.

    Attributes:
        sentence_id: Content id of (article_id, start, end): segmenting again keeps the ids of what did not change.
        article_id: The article.
        start: First code point in the article's text.
        end: One past the last code point.
        text: `article.text[start:end]`, always.
        paragraph: Number of its paragraph (line) in the article, from 0.
        kind: What part of the article it is.
    """

    sentence_id: str
    article_id: str
    start: int
    end: int
    text: str
    paragraph: int
    kind: Kind = "body"

    def __post_init__(self) -> None:
        """Check the id and the length."""
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text:
            raise ValueError(f"offsets {self.start}-{self.end} do not hold a text of {len(self.text)} characters")
        if self.sentence_id != content_id(self.article_id, self.start, self.end):
            raise ValueError("sentence_id is not the content id of (article_id, start, end)")

    @classmethod
    def of(cls, article: Named, start: int, end: int, *, paragraph: int, kind: Kind = "body") -> Self:
        """Cut the sentence out of its article."""
        return cls(
            sentence_id=content_id(article.article_id, start, end),
            article_id=article.article_id,
            start=start,
            end=end,
            text=article.text[start:end],
            paragraph=paragraph,
            kind=kind,
        )
