"""Which short lines recur over the pages of a corpus, counted by the engine as a pure function over Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from toolkit.engine import Chunk
from toolkit.ingest import lines_to_count, recurring_lines
from toolkit.workspace.project import IMPORTED

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
