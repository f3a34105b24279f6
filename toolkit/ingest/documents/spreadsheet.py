"""Spreadsheets (Excel, OpenDocument): a row is a page, with the place of its sheet and row."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from toolkit.ingest.documents.office import damaged, missing
from toolkit.ingest.formats.column_names import is_known
from toolkit.ingest.formats.delimited_table import column_names
from toolkit.ingest.formats.raw_page import RawPage, Rows

_HEADER_WITHIN = 10


def sheet_rows(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the rows of all sheets that have a column of texts; of the others, if no sheet has one.

    Raises:
        InvalidInput: The file is damaged, or the library for it is missing.
    """
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        raise missing("python-calamine", source, error) from error
    rows = Rows(source, most_bytes)
    with damaged("a spreadsheet", source):
        book = CalamineWorkbook.from_filelike(stream)
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        heads = {name: _header(sheet.iter_rows()) for name, sheet in sheets}
        texts = [name for name, (_, roles) in heads.items() if "text" in roles]
        for name, sheet in sheets:
            if name in texts or not texts:
                yield from _rows(sheet, name, heads[name][0], rows)


def _header(rows: Iterator[Sequence[Any]]) -> tuple[int, set[str]]:
    """Return the number of rows above the header of a sheet, and the roles that it names."""
    best: tuple[int, set[str]] = (0, set())
    for number, row in zip(range(_HEADER_WITHIN), rows, strict=False):
        roles = {role for cell in row if isinstance(cell, str) and (role := is_known(cell))}
        if len(roles) > len(best[1]):
            best = number, roles
    return best


def _rows(sheet: Any, name: str, header: int, rows: Rows) -> Iterator[RawPage]:
    first = (sheet.start or (0, 0))[0]
    names: list[str] = []
    for number, row in enumerate(sheet.iter_rows()):
        cells = [_cell(value) for value in row]
        if number < header or not any(cell is not None for cell in cells):
            continue
        if not names:
            names = column_names(["" if cell is None else str(cell) for cell in cells])
            continue
        values = {column: cell for column, cell in zip(names, cells, strict=False) if column}
        yield rows.page(values, f"sheet {name!r}, row {first + number + 1}")


def _cell(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return None if value == "" else value
