"""Boilerplate by statistics: short lines that recur over many pages are the site's.

    counts = Counter()
    for page, raw in …:
        counts.update(line_keys(raw, source=page.source))
    settings = Settings(recurring=recurring_lines(counts))

Counting is per page and adds up in any order, so workers can count apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.errors import InvalidInput
from toolkit.ingest.envelope import open_page
from toolkit.ingest.jsonpage import read_columns
from toolkit.ingest.lines import SUBSTANTIAL
from toolkit.ingest.profile import fold

LEAST_PAGES = 8
"""A line on fewer pages may be chance: a phrase, a column's name, the same story on several sites."""


def line_keys(raw: bytes, *, source: str, media_type: str | None = None) -> frozenset[str]:
    """Return the short lines of a text page in the form in which they are counted; of other pages, none.

    HTML pages have no say: their extractor sees the site's frame in the markup.
    """
    try:
        page = open_page(raw, source=source, media_type=media_type)
        if page.kind == "html":
            return frozenset()
        text = page.decoded.text
        if page.kind == "json":
            column = read_columns(page.text, where=source).traced.get("text")
            text = column.text if column else ""
    except InvalidInput:  # what can't be read is reported by `read`, and counts for nothing here
        return frozenset()
    short = (line.strip() for line in text.splitlines() if len(line) < 2 * SUBSTANTIAL)
    return frozenset(key for line in short if len(line) < SUBSTANTIAL and (key := fold(line)))


def recurring_lines(counts: Mapping[str, int], *, least_pages: int = LEAST_PAGES) -> frozenset[str]:
    """Return the lines to give `read` as recurring.

    Args:
        counts: Pages a line, as summed up from `line_keys`.
        least_pages: A line on this many pages is boilerplate. `read` still keeps one that stands where a card has its
            publisher or its title, as related stories recur too.
    """
    return frozenset(key for key, count in counts.items() if count >= least_pages)
