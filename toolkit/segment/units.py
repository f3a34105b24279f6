"""An article as the units that people label: its sentences, each with its paragraph and its kind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Protocol

from toolkit.records.sentence import Kind, Named, Sentence
from toolkit.segment.kinds import looks
from toolkit.segment.languages import resolve
from toolkit.segment.rules import Span
from toolkit.segment.splitters import RULES, split


class Cuttable(Named, Protocol):
    """What is asked of an article: `Article` has it, and so has a row of few columns."""

    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102


def sentences(article: Cuttable, *, splitter: str = RULES) -> list[Sentence]:
    """Cut an article into its units, in the order of the text.

    A headline and a byline are one unit each, whatever stops they hold; a dateline is cut from the sentence that it
    opens. Their neighbours are the units before and after them in the list.

    Args:
        article: The article; its language says which rules hold.
        splitter: "rules", or the name of one that an installed package offers.

    Raises:
        UsageError: There is no such splitter.
        InvalidInput: The splitter's spans lose characters, overlap or leave the text.
    """
    spans = split(article.text, language=article.language, splitter=splitter, where=article.article_id)
    units = []
    for paragraph, line in groupby(_numbered(article.text, spans), key=lambda pair: pair[0]):
        for start, end, kind in _units(article, [span for _, span in line]):
            units.append(Sentence.of(article, start, end, paragraph=paragraph, kind=kind))
    return units


def _numbered(text: str, spans: list[Span]) -> Iterator[tuple[int, Span]]:
    """Yield each span with the number of its line."""
    paragraph = counted = 0
    for start, end in spans:
        paragraph += text.count("\n", counted, start)
        counted = start
        yield paragraph, (start, end)


def _units(article: Cuttable, spans: list[Span]) -> Iterator[tuple[int, int, Kind]]:
    """Yield the units of one line from its sentences."""
    first, last = spans[0][0], spans[-1][1]
    if article.title is not None and last <= len(article.title):
        yield first, last, "headline"
        return
    line = article.text[first:last]
    look = looks(resolve(article.language))
    kind = look.kind(line)
    if kind == "byline":
        yield first, last, kind
        return
    dateline = look.dateline(line) if kind == "body" else 0
    start = first + dateline
    if dateline:
        yield first, start, "dateline"
    for begin, end in spans:
        if end > start:
            body = article.text[max(begin, start) : end]
            yield end - len(body.lstrip()), end, kind
