"""Boilerplate by statistics: short lines that recur over many pages are the site's.

    counts = Counter()
    for prose, short in {lines_to_count(raw, source=page.source) for page, raw in …}:
        counts.update(short)
    settings = Settings(recurring=recurring_lines(counts))

What stands on a page says nothing of any other page, so that workers can look at pages apart; their sums are the same
in any order.

Which short lines recur over the pages of a corpus, counted by the engine as a pure function over Arrow tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa

from toolkit.engine import Chunk
from toolkit.errors import InvalidInput
from toolkit.ingest.formats.file_type import kind_of, open_page
from toolkit.ingest.formats.json_page import read_columns
from toolkit.ingest.layout.lines import SUBSTANTIAL
from toolkit.ingest.layout.profile import fold
from toolkit.records import content_id
from toolkit.records.page import IMPORTED

LEAST_PAGES = 8
"""A line on fewer pages may be chance: a phrase, a column's name, the same story on several sites."""
_BREAKS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_ESCAPED_BREAK = re.compile(rb"\\(?:[nr]|u(?:00(?:0[a-dA-D]|1[c-eC-E]|85)|202[89]))")


class PageLines(NamedTuple):
    """What a page says for the statistics.

    Attributes:
        prose: Id of its longest line. Pages that share it are copies of one text and count once: what stands between
            their paragraphs recurs with the text, not with the site.
        short: Its short lines, folded.
    """

    prose: str
    short: frozenset[str]


_SILENT = PageLines("", frozenset())


def lines_to_count(raw: bytes, *, source: str, columns: Mapping[str, str] | None = None) -> PageLines:
    """Return the short lines of a text page in the form in which they are counted; of other pages, none.

    HTML pages have no say: their extractor sees the site's frame in the markup.

    Args:
        raw: One page.
        source: Its file.
        columns: As in `Settings`.
    """
    if is_silent(raw, source):
        return _SILENT
    try:
        page = open_page(raw, source=source)
        if page.kind == "html":  # of an archive
            return _SILENT
        text = page.decoded.text
        if page.kind == "json":
            column = read_columns(page.text, where=source, names=columns).traced.get("text")
            text = column.text if column else ""
    except InvalidInput:  # what can't be read is reported by `read`, and counts for nothing here
        return _SILENT
    lines = [line.strip() for line in text.splitlines()]
    short = frozenset(key for line in lines if len(line) < SUBSTANTIAL and (key := fold(line)))
    return PageLines(content_id(max(lines, key=len, default="")), short)


def is_silent(raw: bytes, source: str) -> bool:
    """Tell, at a glance, that a page says nothing for the statistics; what is not silent may still turn out to be.

    Args:
        raw: One page.
        source: Its file.
    """
    if raw[:1] == b"{":  # a row whose text is one line, which is its title or its body
        plain = b"\n" not in raw and b"\r" not in raw and not _ESCAPED_BREAK.search(raw)
        return plain and (raw.isascii() or not any(mark in raw for mark in _BREAKS))
    return kind_of(raw, source=source) == "html"


def recurring_lines(counts: Mapping[str, int], *, least_pages: int = LEAST_PAGES) -> frozenset[str]:
    """Return the lines to give `read` as recurring.

    Args:
        counts: Pages a line, as summed up from `lines_to_count`.
        least_pages: A line on this many pages is boilerplate. `read` still keeps one that stands where a card has its
            publisher or its title, as related stories recur too.
    """
    return frozenset(key for key, count in counts.items() if count >= least_pages)


_PAIRS = pa.schema([("line", pa.string()), ("prose", pa.string())])


def count_lines(table: pa.Table, *, columns: Mapping[str, str]) -> list[pa.Table]:
    """Return a table of (line, prose) of the pages of a table of (page, raw); see `toolkit.ingest.PageLines`."""
    pairs: set[tuple[str, str]] = set()
    for page, raw in zip(table.column("page").to_pylist(), table.column("raw").to_pylist(), strict=True):
        if not page["source"].startswith(IMPORTED):
            found = lines_to_count(raw, source=page["source"], columns=columns)
            pairs |= {(line, found.prose) for line in found.short}
    lines, prose = zip(*sorted(pairs), strict=True) if pairs else ((), ())
    return [pa.table([pa.array(lines, pa.string()), pa.array(prose, pa.string())], schema=_PAIRS)]


def recurring(chunks: Iterable[Chunk], least_pages: int) -> frozenset[str]:
    """Return the lines that stand on so many pages of different prose.

    Args:
        chunks: What `count_lines` made.
        least_pages: How many.
    """
    pairs = pa.concat_tables([_PAIRS.empty_table(), *(chunk.read() for chunk in chunks)])
    counts = pairs.group_by(["line", "prose"]).aggregate([]).group_by("line").aggregate([("prose", "count")])
    lines, pages = counts.column("line").to_pylist(), counts.column("prose_count").to_pylist()
    return recurring_lines(dict(zip(lines, pages, strict=True)), least_pages=least_pages)
