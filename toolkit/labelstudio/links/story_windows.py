"""Windows of a story: some sentences of its articles one below the other, with the places that links may join.

Only decided sentences can be linked: those with a label, or a span, that an end of a link asks for. A sentence that
another article has printed word for word before is shown and can't be linked: its first copy can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.ledger.statement import words_of
from toolkit.records import Article, Decision, Sentence, content_id
from toolkit.schema import LinkLabel, Schema

SENTENCES = 60
"""Sentences of a window: about what a person reads in three minutes."""

OVERLAP = 20
"""Sentences that a window shares with the one before it."""

_REGION = 12  # digits of a region's id, which has to be unique within one task


@dataclass(frozen=True, slots=True)
class Region:
    """A place that a link may join: a sentence, or a span of it.

    Attributes:
        region_id: Its id on the page; the same for the same place.
        sentence_id: The sentence.
        labels: Labels of it that an end of a link asks for.
        start: First code point in the sentence.
        end: One past the last.
        at: First code point in the window's text.
    """

    region_id: str
    sentence_id: str
    labels: tuple[str, ...]
    start: int
    end: int
    at: int


@dataclass(frozen=True, slots=True)
class Window:
    """What one task shows.

    Attributes:
        window_id: Content id of its words and regions.
        story_id: The story.
        text: The articles, one below the other.
        regions: By their place.
    """

    window_id: str
    story_id: str
    text: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    article: Article
    sentence: Sentence
    copied: bool


def story_windows(
    articles: Iterable[Article],
    sentences: Iterable[Sentence],
    decisions: Mapping[str, Decision],
    schema: Schema,
    *,
    size: int = SENTENCES,
    overlap: int = OVERLAP,
) -> Iterator[Window]:
    """Yield the windows of each story in which a link could be drawn.

    Args:
        articles: All articles.
        sentences: All sentences; those of an article in its order.
        decisions: sentence_id → decision.
        schema: Its links say what can be linked.
        size: Sentences of a window.
        overlap: Sentences that a window shares with the one before it; fewer than `size`.

    Returns:
        By story_id, in the order of time: articles without a time come last.
    """
    of: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        of.setdefault(sentence.article_id, []).append(sentence)
    stories: dict[str, list[Article]] = {}
    for article in articles:
        stories.setdefault(article.story_id, []).append(article)
    for story_id in sorted(stories):
        lines = list(_lines(sorted(stories[story_id], key=_time), of))
        done: set[str] = set()
        for start in range(0, max(1, len(lines) - overlap), size - overlap):
            window = _window(story_id, lines[start : start + size], decisions, schema)
            places = {region.region_id for region in window.regions}
            if not places <= done and _can_be_linked(window.regions, schema):
                done |= places
                yield window


def _time(article: Article) -> tuple[bool, str, str]:
    return article.published_at is None, article.published_at or "", article.article_id


def _lines(articles: Sequence[Article], of: Mapping[str, Sequence[Sentence]]) -> Iterator[_Line]:
    seen: set[tuple[str, ...]] = set()
    for article in articles:
        for sentence in of.get(article.article_id, ()):
            words = words_of(sentence.text)
            yield _Line(article, sentence, words in seen)
            seen.add(words)


def _window(story_id: str, lines: Sequence[_Line], decisions: Mapping[str, Decision], schema: Schema) -> Window:
    text = ""
    regions: list[Region] = []
    before: _Line | None = None
    for line in lines:
        if before is None or before.article is not line.article:
            text += ("\n\n" if text else "") + _heading(line.article) + "\n"
        else:
            text += line.article.text[before.sentence.end : line.sentence.start]
        decision = decisions.get(line.sentence.sentence_id)
        if decision is not None and not line.copied:
            regions += _regions(line.sentence, decision, schema, len(text))
        text += line.sentence.text
        before = line
    window_id = content_id("links", text, *(part for region in regions for part in (region.region_id, region.at)))
    return Window(window_id, story_id, text, tuple(regions))


def _heading(article: Article) -> str:
    return f"▌ {article.publisher or '?'} · {article.published_at or article.published_text or '?'}"


def _regions(sentence: Sentence, decision: Decision, schema: Schema, at: int) -> Iterator[Region]:
    ends = {label for link in schema.links for label in (*link.head, *link.tail)}
    labels = tuple(label for label in schema.label_ids if label in decision.labels and label in ends)
    if labels:
        yield _region(sentence, labels, 0, len(sentence.text), at)
    for span in decision.spans:
        if span.label in ends:
            yield _region(sentence, (span.label,), span.start, span.end, at)


def _region(sentence: Sentence, labels: tuple[str, ...], start: int, end: int, at: int) -> Region:
    region_id = content_id(sentence.sentence_id, start, end, *labels)[:_REGION]
    return Region(region_id, sentence.sentence_id, labels, start, end, at + start)


def _can_be_linked(regions: Sequence[Region], schema: Schema) -> bool:
    return any(
        one.sentence_id != other.sentence_id and fits(link, one.labels, other.labels)
        for link in schema.links
        for one in regions
        for other in regions
    )


def fits(link: LinkLabel, head: Iterable[str], tail: Iterable[str]) -> bool:
    """Tell whether a link may lead from a place with some labels to a place with others."""
    return bool({*link.head}.intersection(head) and {*link.tail}.intersection(tail))
