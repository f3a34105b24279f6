"""An article as units that people label: its sentences, each with its paragraph and what part of the article it is."""

from __future__ import annotations

from toolkit.records.article import Article
from toolkit.records.sentence import Sentence
from toolkit.segment.rules import segment


def sentences(article: Article, *, splitter: str = "rules") -> list[Sentence]:
    """Cut an article into sentences."""
    text = article.text
    units = []
    paragraph, counted = 0, 0
    for start, end in segment(text, language=article.language):
        paragraph += text.count("\n", counted, start)
        counted = start
        kind = "headline" if article.title is not None and end <= len(article.title) else "body"
        units.append(Sentence.of(article, start, end, paragraph=paragraph, kind=kind))
    return units
