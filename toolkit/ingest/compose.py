"""Lines and their layout → records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from toolkit.ingest.language import identify
from toolkit.ingest.layout import Draft, Layout
from toolkit.ingest.lines import Line
from toolkit.ingest.traced import Traced
from toolkit.records import Article, Page, Piece, Reject

Known = Mapping[str, str | None]
"""What is known of a page beside its text: publisher, byline, url, published_at, published_text, language, licence."""


def compose(
    page: Page, text: Traced, lines: Sequence[Line], found: Layout, *, known: Known, fetched_at: datetime | None
) -> tuple[list[Article], list[Reject]]:
    """Make the articles and the rejects of a page.

    Args:
        page: The raw page.
        text: Its text, of which `lines` are the lines.
        lines: As `layout` was given them.
        found: What `layout` found.
        known: Holds for the page's own article, which is the first; of the rest only the language and the licence.
        fetched_at: Against which relative times are resolved.
    """
    articles = []
    for number, draft in enumerate(found.drafts):
        outside = known if number == 0 else {"licence": known.get("licence")}
        articles.append(_article(page, text, lines, draft, outside, fetched_at))
    rejects = [
        reject(page, text, lines[index].start, lines[index].end, reason) for index, reason in sorted(found.cuts.items())
    ]
    return articles, rejects


def reject(page: Page, text: Traced, start: int, end: int, reason: str, detail: str | None = None) -> Reject:
    """Return the reject of code points `start` to `end` of a page's text."""
    return Reject(
        stage="ingest",
        reason=reason,
        source=page.source,
        start=int(text.starts[start:end].min()),
        end=int(text.ends[start:end].max()),
        text=text.text[start:end],
        detail=detail,
    )


def _article(
    page: Page, text: Traced, lines: Sequence[Line], draft: Draft, known: Known, fetched_at: datetime | None
) -> Article:
    indexes = [draft.title, *draft.body] if draft.title is not None else draft.body
    pieces: list[Piece] = []
    at = 0
    for index in indexes:
        line = lines[index]
        pieces += text.pieces(line.start, line.end, at)
        at += len(line.text) + 1
    whole = "\n".join(lines[index].text for index in indexes)
    moment = lines[draft.when].moment if draft.when is not None else None
    said = {
        "publisher": draft.publisher,
        "byline": lines[draft.byline].text if draft.byline is not None else None,
        "published_at": moment.at(fetched_at) if moment else None,
        "published_text": moment.text if moment else None,
    }
    facts = {**said, **{name: value for name, value in known.items() if value}}
    facts["language"] = facts.get("language") or identify(whole)
    title = lines[draft.title].text if draft.title is not None else None
    return Article.of(whole, page=page, pieces=tuple(pieces), title=title, **facts)
