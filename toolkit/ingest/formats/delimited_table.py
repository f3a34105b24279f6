"""CSV and its kin: a row is a page, whatever separates its cells and however they are encoded.

The separator is the one with which the header names columns that are known, and with which most rows have as many cells
as the header. A row that has more is not read: its text would stand under another column's name.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.column_names import is_known
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.raw_page import RawPage, Rows

_SAMPLE = 1 << 18
_SAMPLE_ROWS = 60
_SEPARATORS = (",", ";", "\t", "|")
_HEADER_WITHIN = 10  # rows; what exports write above the header is shorter


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    Attributes:
        separator: Between two cells.
        escape: What stands before a quote within quotes; None if quotes are doubled.
        header: Number of rows above the header.
    """

    separator: str
    escape: str | None
    header: int


def delimited(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the rows of a table as pages.

    Args:
        stream: The file.
        source: Its name.
        most_bytes: Bytes that a row may have.

    Raises:
        InvalidInput: There is no header, or a quote is not closed.
    """
    csv.field_size_limit(max(csv.field_size_limit(), most_bytes))
    head = stream.read(_SAMPLE)
    encoding, text = _encoding(head, whole=len(head) < _SAMPLE)
    if not text.strip("\ufeff \t\r\n"):
        raise InvalidInput("the page is empty", where=source, remedy="remove it or fetch it again")
    how = dialect(text)
    if how is None:
        raise InvalidInput(
            "no table with a header", where=source, remedy="write the names of the columns on its first row"
        )
    joined = io.BufferedReader(cast("io.RawIOBase", _Joined(head, stream)), _SAMPLE)
    lines = io.TextIOWrapper(joined, encoding, errors="surrogateescape", newline="")
    records = _records(lines, how)
    names: list[str] = []
    rows = Rows(source, most_bytes)
    for number, cells in enumerate(records, start=1):
        if number <= how.header or not any(map(str.strip, cells)):
            continue
        if not names:
            names = column_names(cells)
            continue
        values = {name: _sound(cell) for name, cell in zip(names, cells, strict=False) if name}
        yield rows.page(values, f"row {number}", _fault(cells, names, how))


def _encoding(head: bytes, *, whole: bool) -> tuple[str, str]:
    """Return the encoding of a table and the text of its beginning."""
    sample = head if whole else head[: head.rfind(b"\n") + 1] or head
    found = decode(sample)
    if found.marked:
        return {"utf-8": "utf-8-sig"}.get(found.encoding, found.encoding[:6]), found.text
    if " and " in found.encoding or (found.encoding.startswith("cp") and any(map(_is_utf8, sample.splitlines()))):
        return "utf-8", sample.decode(errors="replace")  # some cells are in another encoding, see `_sound`
    return found.encoding, found.text


def _is_utf8(line: bytes) -> bool:
    """Return whether a line has characters beyond ASCII, all well-formed in UTF-8, which chance hardly makes."""
    try:
        return not line.isascii() and bool(line.decode())
    except UnicodeDecodeError:
        return False


class _Joined(io.RawIOBase):
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than any writable buffer
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _records(lines: io.TextIOBase, how: Dialect) -> Iterator[list[str]]:
    options = {"delimiter": how.separator, "escapechar": how.escape, "doublequote": how.escape is None}
    return csv.reader(lines, skipinitialspace=True, **options)  # type: ignore[arg-type]


def column_names(cells: Sequence[str]) -> list[str]:
    """Return the names of columns; the second one of a name gets a number, and one without a name is left out."""
    seen: Counter[str] = Counter()
    names = []
    for cell in cells:
        name = cell.strip().strip("\ufeff")
        seen[name] += 1
        names.append(name if seen[name] == 1 or not name else f"{name} {seen[name]}")
    return names


def _sound(cell: str) -> str:
    """Return a cell; one in another encoding than the table is decoded by itself."""
    if cell.isascii() or not any("\udc80" <= ch <= "\udcff" for ch in cell):
        return cell
    return decode(cell.encode("utf-8", "surrogateescape")).text


def _fault(cells: Sequence[str], names: Sequence[str], how: Dialect) -> str | None:
    extra = [cell for cell in cells[len(names) :] if cell.strip()]
    if extra:
        return f"{len(cells)} cells, where the header has {len(names)}: a separator within a text is not quoted"
    for cell in cells:
        if cell.count("\n") > 1:
            within = [line.count(how.separator) + 1 for line in cell.split("\n")[1:-1]]
            if len(names) > 2 and sum(count == len(names) for count in within) > max(1, len(within) // 2):
                return "a quote is not closed, so that the rows below it stand in its cell"
    return None


def has_header(text: str) -> bool:
    """Return whether a text begins with a header that names the text of articles and more."""
    first, _, rest = text.removeprefix("\ufeff").partition("\n")
    if not rest.strip() or len(first) > 2000:
        return False
    for separator in _SEPARATORS:
        cells = [cell.strip().strip('"') for cell in first.split(separator)]
        if len(cells) > 1 and all(len(cell) <= 40 for cell in cells) and is_header(cells):
            return True
    return False


def is_header(cells: Sequence[str]) -> bool:
    """Return whether one of the cells is the name of a text, and another that of something else."""
    roles = {role for cell in cells if (role := is_known(cell))}
    return "text" in roles and len(roles) > 1


def dialect(text: str) -> Dialect | None:
    """Return how a table is written, from its beginning; None if it is none."""
    lead = text[:20].removeprefix("\ufeff").casefold()
    if lead.startswith("sep=") and len(lead) > 4:
        return Dialect(lead[4], None, 1)
    found = [
        (score, Dialect(separator, escape, header))
        for separator in _SEPARATORS
        for escape in ((None, "\\") if '\\"' in text else (None,))
        for score, header in [_score(text, separator, escape)]
        if score is not None
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


_Score = tuple[int, float, int]


def _score(text: str, separator: str, escape: str | None) -> tuple[_Score | None, int]:
    """Return how well a separator explains a table, and the number of rows above its header."""
    lines = io.StringIO(text, newline="")
    rows = list(itertools.islice(_records(lines, Dialect(separator, escape, 0)), _SAMPLE_ROWS))
    filled = [(number, row) for number, row in enumerate(rows) if any(map(str.strip, row))]
    if not filled:
        return None, 0
    known = [(len({is_known(cell) for cell in row} - {None}), -number) for number, row in filled[:_HEADER_WITHIN]]
    best, at = max(known)
    header = -at if best else filled[0][0]
    width = len(rows[header])
    below = [row for number, row in filled if number > header]
    alike = sum(len(row) == width for row in below) / max(len(below), 1)
    if width < 2 and not best:
        return None, header
    return (best, alike, width), header
