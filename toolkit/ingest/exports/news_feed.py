"""RSS and Atom: each item is an article, with the text that the feed gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.raw_page import RawPage, Rows

_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>", b"</channel>")


_ESCAPED_CDATA = re.compile(rb"&lt;!\[CDATA\[(.*?)\]\]&gt;", re.S)
"""A CDATA section whose own marks are escaped: parsers take it for a declaration, and its text is lost."""


def items(raw: bytes, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the items of a feed as pages.

    Args:
        raw: The file.
        source: Its name.
        most_bytes: Bytes that an item may have.

    Raises:
        InvalidInput: It has no items.
    """
    import feedparser

    bare = _ESCAPED_CDATA.sub(rb"\1", raw)
    found = feedparser.parse(bare, response_headers={"content-type": "application/xml"})
    entries = found.entries
    if not entries:
        why = f": {found.bozo_exception}" if found.bozo else ""
        raise InvalidInput(f"a feed without items{why}", where=source, remedy="fetch it again, or remove it")
    cut = bool(found.bozo) and not raw.rstrip()[-40:].lower().endswith(_ENDS)
    rows = Rows(source, most_bytes)
    for number, entry in enumerate(entries, start=1):
        fault = "the feed is cut short within it" if cut and number == len(entries) else None
        place = f"item {number}"
        yield rows.guarded(place, partial(_item, entry, found.feed, rows, place, fault))


def _item(entry: Mapping[str, Any], feed: Mapping[str, Any], rows: Rows, place: str, fault: str | None) -> RawPage:
    values = _values(entry, feed)
    text = "html" in values or "text" in values
    return rows.page(values, place, fault, aside=None if text else "an item without a text")


def _values(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, str]:
    said = {
        "title": entry.get("title"),
        "url": entry.get("link"),
        "byline": entry.get("author"),
        "published_at": entry.get("published") or entry.get("updated"),
        "publisher": (entry.get("source") or {}).get("title") or feed.get("title"),
        "language": feed.get("language"),
        "licence": entry.get("license"),
    }
    bodies = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    body = max(bodies, key=lambda part: len(part.get("value") or ""))
    if (body.get("value") or "").strip():
        said["text" if body.get("type") == "text/plain" else "html"] = body["value"]
    return {name: value for name, value in said.items() if value}
