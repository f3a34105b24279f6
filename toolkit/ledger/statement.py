"""A sentence with what is held to be true of it, and when it was published: what a ledger is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from toolkit.records import Relation, Span, parse_instant

ACTS = ("claim", "denial", "confirmation", "non_disclosure")
"""Labels that say who commits to what; a sentence with one of them is a row of the ledger."""

SOURCE = "SOURCE"
"""The span label of whoever says it."""

_WORD = re.compile(r"\w+")
_DAY = len("2026-01-01")
_ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sentence stands in the raw pages.

    Attributes:
        page: The file, relative to pages/.
        sha256: SHA-256 of the page's bytes.
        pieces: The byte ranges of the file that hold it, first and one past the last; those of the whole page where no
            more is known, as in a release.
    """

    page: str
    sha256: str
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of a story.

    Attributes:
        story_id: The story.
        article_id: The article.
        sentence_id: The sentence.
        start: Its first code point in the article.
        text: Its words.
        language: ISO 639-1 code of the article.
        publisher: Who published the article, if that is known.
        published_at: ISO 8601 date or time; None where it is not known.
        labels: Labels of the sentence.
        spans: Its spans.
        relations: Links between its spans.
        place: Where it stands in the raw pages.
        probability: How sure a model is of the labels, in [0, 1]; None for a decision of people.
    """

    story_id: str
    article_id: str
    sentence_id: str
    start: int
    text: str
    language: str
    publisher: str | None
    published_at: str | None
    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    place: Place
    probability: float | None = None

    @property
    def acts(self) -> tuple[str, ...]:
        """The labels among `ACTS`, in their order."""
        return tuple(act for act in ACTS if act in self.labels)

    @property
    def says(self) -> bool:
        """It commits somebody to something or counts something: it has an act or a span."""
        return bool(self.spans or self.acts)

    @property
    def sources(self) -> tuple[Span, ...]:
        """The spans of whoever says it, in the order of the words."""
        return tuple(span for span in self.spans if span.label == SOURCE)

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The first and the last instant at which it may have been published.

        Examples:
            >>> place = Place(page="a.txt", sha256="0" * 64, pieces=())
            >>> day = Statement(
            ...     story_id="s", article_id="a", sentence_id="1", start=0, text="Shells fell.", language="en",
            ...     publisher=None, published_at="2026-03-12", labels=(), place=place,
            ... )
            >>> [str(end) for end in day.period]
            ['2026-03-12 00:00:00+00:00', '2026-03-12 23:59:59.999999+00:00']
        """
        instant = parse_instant(self.published_at)
        if instant is None:
            return _ALWAYS
        whole_day = len(str(self.published_at).strip()) == _DAY
        return instant, instant + timedelta(days=1, microseconds=-1) if whole_day else instant


@dataclass(frozen=True, slots=True)
class Told:
    """A statement and its copies in other articles of the story, which count once.

    Attributes:
        first: The one that stands for all.
        copies: The others.
        earliest: The first instant at which the first of them may have been published.
        latest: The last instant at which the first of them may have been published.
    """

    first: Statement
    copies: tuple[Statement, ...]
    earliest: datetime
    latest: datetime

    @property
    def order(self) -> tuple[bool, datetime, datetime, str, int, str]:
        """The key that sorts statements in time, those without a time last."""
        first = self.first
        undated = (self.earliest, self.latest) == _ALWAYS
        return undated, self.earliest, self.latest, first.article_id, first.start, first.sentence_id

    def before(self, other: Told) -> bool:
        """Tell whether this was certainly published before another; what has no time is before nothing."""
        return self.latest < other.earliest


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that tell a sentence from its copies, whatever their case and the marks between them."""
    return tuple(_WORD.findall(text.casefold()))


def told_once(statements: Iterable[Statement]) -> list[Told]:
    """Return the statements of a story in time, each with its copies.

    A copy has the same words, whatever their case and the marks between them: wire copies, reprints, and headlines that
    the text repeats. It was said when it was first published.

    Args:
        statements: Of one story, in any order.
    """
    groups: dict[object, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(words_of(statement.text) or statement.sentence_id, []).append(statement)
    return sorted(map(_told, groups.values()), key=lambda told: told.order)


def _told(group: list[Statement]) -> Told:
    """Make the earliest copy that says something stand for all."""
    group = sorted(group, key=_rank)
    periods = [statement.period for statement in group]
    return Told(group[0], tuple(group[1:]), min(start for start, _ in periods), min(end for _, end in periods))


def _rank(statement: Statement) -> tuple[bool, datetime, datetime, str, int]:
    start, end = statement.period
    silent = not statement.acts and not statement.spans
    return silent, end, start, statement.article_id, statement.start
