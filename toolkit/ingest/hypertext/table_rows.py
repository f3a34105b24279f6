"""Tables of data: each row is one line, and each figure in it stands behind the head of its column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from toolkit.ingest.traced_text import Traced

_LONGEST_CELL = 200  # code points; a longer one is a paragraph, and the table only arranges the page
_LONGEST_HEAD = 60
_FEWEST_ROWS = 2

Rows = list[list[tuple[str, bool]]]
"""The cells of each row of a table, and whether each is a head."""
Find = Callable[[str], Traced | None]
"""Returns the characters of a paragraph with their bytes, as `Aligner.find` does."""


def tables_of(tree: Any) -> list[Rows]:
    """Return the tables of a page, from lxml, that have data and not paragraphs."""
    tables = []
    for table in tree.iter("table"):
        rows = _data(_grid(table)) if next(table.iterdescendants("table"), None) is None else None
        if rows:
            tables.append(rows)
    return tables


def _grid(table: Any) -> Rows:
    """Return the rows of a table, a cell per column: one that spans rows stands in each, a head in each column."""
    grid: Rows = []
    below: dict[int, tuple[int, tuple[str, bool]]] = {}  # column → rows that a cell from above still covers, the cell
    for row in table.iter("tr"):
        cells: list[tuple[str, bool]] = []
        for cell in row.iterchildren("th", "td"):
            _take_spans(cells, below)
            item = (_text(cell), cell.tag == "th")
            for place in range(_span(cell, "colspan")):
                if (rows := _span(cell, "rowspan")) > 1:
                    below[len(cells)] = (rows - 1, item)
                cells.append(item if place == 0 or item[1] else ("", False))
        _take_spans(cells, below)
        if cells:
            grid.append(cells)
    return grid


def _take_spans(cells: list[tuple[str, bool]], below: dict[int, tuple[int, tuple[str, bool]]]) -> None:
    while len(cells) in below:
        rows, item = below.pop(len(cells))
        if rows > 1:
            below[len(cells)] = (rows - 1, item)
        cells.append(item)


def _span(cell: Any, name: str) -> int:
    said = cell.get(name) or ""
    return min(max(int(said), 1), _WIDEST) if said.isdecimal() and len(said) < _DIGITS else 1


_WIDEST, _DIGITS = 50, 4


def rows_of(table: Any, tables: Sequence[Rows]) -> Rows | None:
    """Return the rows of an extractor's table as they stand on the page; None for a table of paragraphs.

    Args:
        table: The table as the extractor gives it, which may have lost the lists in its cells.
        tables: The tables of the page.
    """
    cells = ([(cell, cell.get("role") == "head") for cell in row.iter("cell")] for row in table.iter("row"))
    rows = [[(_text(cell), head) for cell, head in row] for row in cells if row]
    said = [text for row in rows for text, _ in row if text]
    for whole in tables:
        words = {text for row in whole for text, _ in row}
        if said and said[0] in words and sum(text in words for text in said) * 2 >= len(said):
            return whole
    return _data(rows)


def _data(rows: Rows) -> Rows | None:
    """Return the rows if they are data: several, of several columns, with short cells."""
    if len(rows) < _FEWEST_ROWS or max(map(len, rows)) < _FEWEST_ROWS:
        return None
    return None if any(len(text) > _LONGEST_CELL for row in rows for text, _ in row) else rows


def _text(cell: Any) -> str:
    """Return the text of a cell on one line, with a space at each of its blocks."""
    parts = [cell.text or ""]
    for child in cell.iterdescendants():
        apart = "" if child.tag in _WITHIN_WORDS else " "
        parts += [apart, child.text or "" if isinstance(child.tag, str) else "", apart, child.tail or ""]
    return " ".join("".join(parts).split())


_WITHIN_WORDS_NAMES = "a abbr b bdi em font hi i ins mark ref small span strong sub sup u"
_WITHIN_WORDS = frozenset(_WITHIN_WORDS_NAMES.split())


def traced_rows(rows: Sequence[Sequence[tuple[str, bool]]], find: Find) -> list[Traced]:
    """Return one line per row: head and figure of each column, the columns apart by a tab.

    A table without a row of heads gives its cells alone. What is not on the page is left out.
    """
    heads = _heads(rows)
    found = [[find(text) if text else None for text, _ in row] for row in rows]
    names = found[0] if heads else []
    lines = []
    for number, row in enumerate(found):
        if heads and number == 0:
            continue
        columns = [
            _spaced([names[place], cell] if place < len(names) else [cell], " ")
            for place, cell in enumerate(row)
            if cell
        ]
        if columns:
            lines.append(_spaced(columns, "\t"))
    return lines


def _heads(rows: Sequence[Sequence[tuple[str, bool]]]) -> bool:
    """Return whether the first row names the columns: all its cells say so, or only the rows below it have figures."""
    first, others = rows[0], rows[1:]
    if all(head or not text for text, head in first):
        return True
    if any(head for row in rows for _, head in row):
        return False
    short = all(0 < len(text) <= _LONGEST_HEAD and not any(map(str.isdecimal, text)) for text, _ in first)
    return short and all(any(any(map(str.isdecimal, text)) for text, _ in row) for row in others)


def _spaced(parts: Sequence[Traced | None], blank: str) -> Traced:
    """Return texts with white space between them that has no bytes."""
    some = [part for part in parts if part is not None]
    nowhere = np.zeros(1, dtype=np.int64)
    starts, ends = [some[0].starts], [some[0].ends]
    for part in some[1:]:
        starts += [nowhere, part.starts]
        ends += [nowhere, part.ends]
    return Traced(blank.join(part.text for part in some), np.concatenate(starts), np.concatenate(ends))
