"""Texts that were labelled elsewhere: each is an article as it stands, of which nothing is cut."""

from __future__ import annotations

from toolkit.ingest.envelope import open_page
from toolkit.ingest.jsonpage import read_columns
from toolkit.ingest.language import identify
from toolkit.ingest.read import Extraction
from toolkit.records import Article, Page


def read_whole(raw: bytes, *, page: Page) -> Extraction:
    """Read a page that is one JSON object with a text, every character of it; answers index into it as it is.

    Args:
        raw: The bytes of the page, {"text": …, "url": …, …}; the columns of `toolkit.ingest.jsonpage.COLUMNS`.
        page: Where they lie.

    Raises:
        InvalidInput: It is no JSON object with a text.
    """
    columns = read_columns(open_page(raw, source=page.source).text, where=page.source, names={"html": "", "title": ""})
    text = columns.traced["text"]
    known = {name: value for name, value in columns.facts.items() if name not in ("fetched_at", "published_at")}
    known.setdefault("language", identify(text.text))
    pieces = tuple(text.pieces(0, len(text.text), 0))
    return Extraction((Article.of(text.text, page=page, pieces=pieces, **known),))
