"""Boilerplate by statistics: short lines that recur over many pages belong to the site.

A line that ends as a sentence does not, on however many pages it stands: agencies write "No one was hurt." every day.

    counts = Counter()
    for prose, short in {lines_to_count(page) for page in …}:
        counts.update(short)
    settings = Settings(recurring=recurring_lines(counts))

Each page is counted by itself, so workers can share the pages among them; the sums are the same in any order.
`count_lines` and `recurring` do the same over the chunks of a corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isqrt
from typing import NamedTuple

import pyarrow as pa

from toolkit.engine import Chunk
from toolkit.errors import InvalidInput, border
from toolkit.ingest.formats.column_names import TEXTS
from toolkit.ingest.formats.json_page import read_columns
from toolkit.ingest.formats.raw_page import RawPage, pages_in
from toolkit.ingest.layout.lines import SUBSTANTIAL, is_stopped
from toolkit.ingest.layout.profile import fold
from toolkit.ingest.traced_text import Traced
from toolkit.records import IMPORTED, content_id

LEAST_PAGES = 8
"""Pages from which on a line is boilerplate; on fewer it may be chance: a phrase, or a story on several sites."""
_BREAKS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_ESCAPED_BREAK = re.compile(rb"\\(?:[nr]|u(?:00(?:0[a-dA-D]|1[c-eC-E]|85)|202[89]))")


class PageLines(NamedTuple):
    """The lines of a page that the statistics count.

    Attributes:
        prose: Id of its longest line. Pages that share it are copies of one text and count once: what stands between
            their paragraphs recurs with the text, not with the site.
        short: Its short lines that do not end as a sentence, folded.
    """

    prose: str
    short: frozenset[str]


_SILENT = PageLines("", frozenset())


def lines_to_count(raw: RawPage, *, columns: Mapping[str, str] | None = None) -> PageLines:
    """Return the short lines of a page in the form in which they are counted; of an HTML page none.

    The extractor of HTML pages sees the site's frame in the markup.

    Args:
        raw: One page.
        columns: As in `Settings`.
    """
    if is_silent(raw):
        return _SILENT
    try:
        with border("can't be read", where=raw.where):
            decoded = raw.decoded()
            text = decoded.text
            if raw.page.kind == "json":
                traced = read_columns(Traced.of(decoded), where=raw.source, names=columns).traced
                text = next((traced[role].text for role in TEXTS if role in traced and role != "html"), "")
    except InvalidInput:  # what can't be read is reported by `read`, and counts for nothing here
        return _SILENT
    lines = [line.strip() for line in text.splitlines()]
    labels = (line for line in lines if len(line) < SUBSTANTIAL and not is_stopped(line))
    short = frozenset(key for line in labels if (key := fold(line)))
    return PageLines(content_id(max(lines, key=len, default="")), short)


def is_silent(raw: RawPage) -> bool:
    """Tell, at a glance, that a page has no lines to count; one that is not silent may still turn out to have none.

    Args:
        raw: One page.
    """
    if raw.page.kind == "json":  # a row whose text is one line, which is its title or its body
        data = raw.data
        plain = b"\n" not in data and b"\r" not in data and not _ESCAPED_BREAK.search(data)
        return plain and (data.isascii() or not any(mark in data for mark in _BREAKS))
    return raw.page.kind == "html"


def recurring_lines(counts: Mapping[str, int], *, least_pages: int = LEAST_PAGES) -> frozenset[str]:
    """Return the lines to give `read` as recurring.

    Args:
        counts: Number of pages per line, as summed up from `lines_to_count`.
        least_pages: A line on this many pages or more is boilerplate. `read` still keeps it as the publisher or the
            title of a card, as related stories recur too.
    """
    return frozenset(key for key, count in counts.items() if count >= least_pages)


_PAIRS = pa.schema([("line", pa.string()), ("prose", pa.string())])


def count_lines(table: pa.Table, *, columns: Mapping[str, str]) -> list[pa.Table]:
    """Return a table of (line, prose), see `PageLines`, of the pages in a table that `page_table` made."""
    pairs: set[tuple[str, str]] = set()
    for raw in pages_in(table):
        if not raw.source.startswith(IMPORTED):
            found = lines_to_count(raw, columns=columns)
            pairs |= {(line, found.prose) for line in found.short}
    lines, prose = zip(*sorted(pairs), strict=True) if pairs else ((), ())
    return [pa.table([pa.array(lines, pa.string()), pa.array(prose, pa.string())], schema=_PAIRS)]


def least_in(pages: int, least_pages: int = LEAST_PAGES) -> int:
    """Return on how many pages of a corpus a line is boilerplate: the square root of its size, and at least a few.

    In a large corpus a subheading such as "What happened" stands on eight pages by chance.
    """
    return max(least_pages, isqrt(pages))


def recurring(chunks: Iterable[Chunk], least_pages: int) -> frozenset[str]:
    """Return the lines that stand on at least `least_pages` pages of different prose.

    Args:
        chunks: The tables that `count_lines` made.
        least_pages: As in `recurring_lines`.
    """
    pairs = pa.concat_tables([_PAIRS.empty_table(), *(chunk.read() for chunk in chunks)])
    counts = pairs.group_by(["line", "prose"]).aggregate([]).group_by("line").aggregate([("prose", "count")])
    lines, pages = counts.column("line").to_pylist(), counts.column("prose_count").to_pylist()
    return recurring_lines(dict(zip(lines, pages, strict=True)), least_pages=least_pages)
