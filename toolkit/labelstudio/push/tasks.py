"""Sentences as Label Studio tasks: the sentence, what stands around it, and the two keys that join it back."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.project.logs.push_ledger import Key
from toolkit.records import Article, Sentence, digest

_BEFORE, _AFTER = (-2, -1), (1,)  # the sentences around it that the page shows, by their distance


def key_of(data: dict[str, Any]) -> Key | None:
    """Return the key that stands in a task's data; None for a task that is not ours."""
    sentence_id, sha256 = data.get("sentence_id"), data.get("text_sha256")
    return (sentence_id, sha256) if isinstance(sentence_id, str) and isinstance(sha256, str) else None


def task_data(sentences: Sequence[Sentence], articles: Iterable[Article]) -> Iterator[dict[str, str]]:
    """Yield the data of each sentence's task, in the order given.

    Args:
        sentences: All sentences of the articles that they belong to, each article's in order and together.
        articles: The articles.

    Raises:
        InvalidInput: A sentence's article is missing, or does not hold the sentence's text.
    """
    by_id = {article.article_id: article for article in articles}
    about: dict[str, dict[str, str]] = {}
    many = Counter(sentence.article_id for sentence in sentences)
    first = 0
    for number, sentence in enumerate(sentences):
        article = by_id.get(sentence.article_id)
        if article is None or article.text[sentence.start : sentence.end] != sentence.text:
            raise InvalidInput(
                "its article does not hold it",
                where=f"sentence {sentence.sentence_id}",
                remedy="run `toolkit segment`",
            )
        if sentence.article_id not in about:
            about, first = {sentence.article_id: _origin(article)}, number
        yield {
            "text": sentence.text,
            "before": " ".join(_neighbours(sentences, number, _BEFORE)),
            "after": " ".join(_neighbours(sentences, number, _AFTER)),
            "place": f"¶ {number - first + 1} / {many[sentence.article_id]}",
            **about[sentence.article_id],
            "sentence_id": sentence.sentence_id,
            "text_sha256": digest(sentence.text.encode()),
        }


def _origin(article: Article) -> dict[str, str]:
    """Return what the page shows of where a sentence stands."""
    return {
        "article": article.text,
        "headline": article.title or "",
        "publisher": article.publisher or "",
        "date": article.shown_date,
        "link": link_of(article.url),
    }


def _neighbours(sentences: Sequence[Sentence], number: int, steps: Iterable[int]) -> Iterator[str]:
    """Yield the texts of the sentences so many steps away, within the same article."""
    for step in steps:
        other = number + step
        if 0 <= other < len(sentences) and sentences[other].article_id == sentences[number].article_id:
            yield sentences[other].text


def link_of(url: str | None) -> str:
    """Return a link as HTML; an address that a browser would not open as a page stays words."""
    if not url:
        return ""
    shown = html.escape(url)
    if not url.lower().startswith(("http://", "https://")):
        return shown
    return f'<a href="{shown}" target="_blank" rel="noopener noreferrer">{shown}</a>'
