"""Pairs of places in a story that a link could join, and what tells a linked pair from the others.

The features are numbers in [0, 1], and need no language's words:

| feature | what it says |
|---|---|
| same_article | both are in one article |
| near | 1 / sentences between them and one, in one article; 0 across articles |
| near_articles | 1 / articles between them and one |
| earlier | the tail stands before the head |
| nearest | no other candidate stands between an earlier tail and the head |
| first | no earlier sentence of the story says nearly what the tail says |
| content | share of content labels that both carry |
| sources | share of the words of sources that both name |
| accused | share of the words of the head's sources that the tail has: the one who denies is spoken of |
| words | cosine of the words, cut to beginnings and weighed by how rare they are in the story |
| numbers | share of numbers that both have |
| kind | both are figures of the same harm |
| embedded | cosine of sentence embeddings, where the extra `embeddings` is installed; else 0 |
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from toolkit.baselines.data.targets import Floats
from toolkit.ledger import Statement
from toolkit.ledger.statement import ACTS, words_of
from toolkit.records import Anchor
from toolkit.schema import LinkLabel, Schema

FEATURES: Final = (
    *("same_article", "near", "near_articles", "earlier", "nearest", "first", "content", "sources", "accused"),
    *("words", "numbers", "kind", "embedded"),
)

Embed = Callable[[Sequence[str]], Any]
"""Takes texts and returns their embeddings of length 1, a row each."""

_BEGINNING = 6  # letters of a word that are compared: endings differ by case and number
_SAME = 0.8  # cosine from which two sentences say nearly the same
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class LinkPair:
    """Two places that a link could join.

    Attributes:
        label: The link.
        head: Where it would start.
        tail: Where it would lead.
        story_id: Their story.
        within: Both are in one article.
        distance: Sentences between them in the story, those of other articles among them, and one.
        features: In the order of `FEATURES`.
    """

    label: str
    head: Anchor
    tail: Anchor
    story_id: str
    within: bool
    distance: int
    features: tuple[float, ...]

    @property
    def ends(self) -> tuple[str, str, str]:
        """Its label and the two sentences."""
        return self.label, self.head.sentence_id, self.tail.sentence_id


def link_pairs(statements: Sequence[Statement], schema: Schema, embed: Embed | None = None) -> Iterator[LinkPair]:
    """Yield every pair of places in a story that a link of the schema could join.

    A copy of a sentence is no place: its first print is.

    Args:
        statements: The decided sentences of one story, in any order.
        schema: Its links.
        embed: What makes embeddings; None: the feature is 0.

    Returns:
        By link, head and tail, both in the order of the story.
    """
    lines = _lines(statements, schema, embed)
    for link in schema.links:
        heads, tails = ([(each, end) for each in lines for end in _ends(each, ends)] for ends in (link.head, link.tail))
        for head, start in heads:
            reach = [tail.place for tail, _ in tails if tail.place < head.place]
            last = max(reach, default=-1)
            for tail, end in tails:
                if tail is not head and (link.scope == "story" or tail.article == head.article):
                    yield _pair(link, (head, start), (tail, end), nearest=tail.place == last)


@dataclass(frozen=True, slots=True)
class _Line:
    statement: Statement
    place: int
    article: int
    content: frozenset[str]
    sources: frozenset[str]
    words: Mapping[str, float]
    numbers: frozenset[str]
    first: bool
    embedded: Floats | None


def _lines(statements: Sequence[Statement], schema: Schema, embed: Embed | None) -> list[_Line]:
    ordered = sorted(statements, key=_time)
    once = {words_of(each.text): each for each in reversed(ordered)}
    kept = [each for each in ordered if once[words_of(each.text)] is each]
    articles = {name: number for number, name in enumerate(dict.fromkeys(each.article_id for each in kept))}
    beginnings = [[word[:_BEGINNING] for word in words_of(each.text)] for each in kept]
    held = Counter(word for words in beginnings for word in set(words))
    weights = {word: math.log((1 + len(kept)) / count) for word, count in held.items()}
    vectors = [_unit(Counter(words), weights) for words in beginnings]
    embedded = [None] * len(kept) if embed is None or not kept else list(_dense(embed([each.text for each in kept])))
    quiet = {*ACTS, *schema.exclusive}
    return [
        _Line(
            statement=each,
            place=place,
            article=articles[each.article_id],
            content=frozenset(each.labels) - quiet,
            sources=frozenset(word[:_BEGINNING] for span in each.sources for word in words_of(span.text)),
            words=vectors[place],
            numbers=frozenset(_NUMBER.findall(each.text)),
            first=all(_cosine(vectors[place], other) < _SAME for other in vectors[:place]),
            embedded=embedded[place],
        )
        for place, each in enumerate(kept)
    ]


def _time(statement: Statement) -> tuple[Any, ...]:
    start, end = statement.period
    return end, start, statement.article_id, statement.start


def _dense(embedded: Any) -> Floats:
    return np.asarray(embedded.toarray() if hasattr(embedded, "toarray") else embedded, dtype=np.float64)


def _unit(counts: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    found = {word: count * weights[word] for word, count in counts.items()}
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {word: value / length for word, value in found.items()}


def _ends(line: _Line, labels: Sequence[str]) -> Iterator[Anchor]:
    said = line.statement
    whole = next((label for label in labels if label in said.labels), None)
    if whole is not None:
        yield Anchor(sentence_id=said.sentence_id, label=whole, start=0, end=len(said.text), text=said.text)
    for span in said.spans:
        if span.label in labels:
            yield Anchor(sentence_id=said.sentence_id, label=span.label, start=span.start, end=span.end, text=span.text)


def _pair(link: LinkLabel, start: tuple[_Line, Anchor], end: tuple[_Line, Anchor], *, nearest: bool) -> LinkPair:
    (head, first), (tail, second) = start, end
    within = head.article == tail.article
    distance = abs(head.place - tail.place)
    features = (
        float(within),
        1 / distance if within else 0.0,
        1 / (1 + abs(head.article - tail.article)),
        float(tail.place < head.place),
        float(nearest),
        float(tail.first),
        _shared(head.content, tail.content),
        _shared(head.sources, tail.sources),
        _covered(head.sources, tail.words),
        _cosine(head.words, tail.words),
        _shared(head.numbers, tail.numbers),
        float(_harm(head, first) is not None and _harm(head, first) == _harm(tail, second)),
        _close(head.embedded, tail.embedded),
    )
    return LinkPair(link.id, first, second, head.statement.story_id, within, distance, features)


def _harm(line: _Line, end: Anchor) -> object:
    """Return the harm of the figure that an end is; None where it is another place."""
    spans = (each for each in line.statement.spans if (each.label, each.start) == (end.label, end.start))
    return next((each.attributes.get("harm") for each in spans), None)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _covered(words: frozenset[str], text: Mapping[str, float]) -> float:
    return sum(word in text for word in words) / len(words) if words else 0.0


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    less, more = sorted((one, other), key=len)
    return sum(value * more.get(word, 0.0) for word, value in less.items())


def _close(one: Floats | None, other: Floats | None) -> float:
    return 0.0 if one is None or other is None else max(0.0, float(one @ other))
