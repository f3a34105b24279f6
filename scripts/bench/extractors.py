"""The extractors of articles that `wild.py --peers` holds the project against, each as it is called by its own manual.

Each takes the bytes of an HTML page and returns what it finds: title, day, publisher and body. A peer that is not
installed is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple


class Reading(NamedTuple):
    """What an extractor reads in a page; None where it says nothing."""

    title: str | None
    published_at: str | None
    publisher: str | None
    body: str


def by_trafilatura(page: bytes) -> list[Reading]:
    """Read a page with trafilatura and its metadata."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    return [Reading(found.title, found.date, found.sitename, found.text or "")] if found else []


def by_newspaper(page: bytes) -> list[Reading]:
    """Read a page with newspaper4k."""
    import newspaper

    article = newspaper.Article("https://page.example/", language="en")
    article.download(input_html=page.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date
    publisher = article.meta_site_name or None
    return [Reading(article.title or None, date.isoformat() if date else None, publisher, article.text)]


def by_readability(page: bytes) -> list[Reading]:
    """Read a page with readability-lxml, which knows neither dates nor publishers."""
    import readability
    from lxml import html

    document = readability.Document(page.decode("utf-8", "replace"))
    body = html.fromstring(document.summary())
    blocks = ("".join(item.itertext()) for item in body.iter("p", "li", "td", "h2", "h3"))
    text = "\n".join(re.sub(r"\s+", " ", block).strip() for block in blocks)
    return [Reading(document.short_title() or None, None, None, text)]


_ALL: dict[str, tuple[str, Callable[[bytes], list[Reading]]]] = {
    "trafilatura": ("trafilatura", by_trafilatura),
    "newspaper4k": ("newspaper", by_newspaper),
    "readability": ("readability", by_readability),
}


def installed() -> dict[str, Callable[[bytes], list[Reading]]]:
    """Return the peers that are installed, by name."""
    return {name: read for name, (module, read) in _ALL.items() if find_spec(module) is not None}
