"""Table files of anyone: the rows of JSON, JSON Lines, CSV, TSV and Parquet files, text also gzipped.

Every row comes with its line; one that can't be read is a `Fault` in its place, so that a caller can tell all at once.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyarrow.parquet as pq

from toolkit.engine.foreign_file import open_text, text_lines
from toolkit.engine.parquet_growth import check_parquet
from toolkit.errors import InvalidInput, border, described
from toolkit.limits import Budget, Limits, check_items, too_long

FORMATS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
"""Endings of the names of files that rows are read from; all but Parquet may be followed by .gz."""

FROM_CSV = "\0csv"
"""A field of every record out of CSV or TSV, where a list can only be text."""

_REST = "\0rest"
_TOO_DEEP = "is JSON that is too deep, or has a number that is too long"
_STDIN = ("-", "/dev/stdin")
_KINDS = {int: "a whole number", bool: "true or false", dict: "an object"}
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a zip archive",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_RENAMED = {"gzip": "a name that ends in .gz", "Parquet": "a name that ends in .parquet"}
_SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)  # the first line of CSV that Excel is to open right
_ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that is not UTF-8, as "surrogateescape" reads it


class Fault(NamedTuple):
    """Why a record can't be read or used.

    Attributes:
        reason: Id of the rule that it breaks, such as "not-utf-8", "not-json" or "not-an-object".
        what: The same in words.
        text: The line, as far as it is text.
        column: Where in the line, from 1, if that is known.
    """

    reason: str
    what: str
    text: str
    column: int | None = None


Record = tuple[int, Mapping[str, Any] | Fault]
"""Line (of Parquet and JSON: row) from 1, and its fields."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that is being read.

    Attributes:
        name: The file, for people.
        records: Its rows, read as they are asked for.
        unit: What stands between the name and the number of a record: ":" before a line.
        classes: Column → what the numbers in it stand for, of Parquet as `datasets` writes it.
    """

    name: str
    records: Iterator[Record]
    unit: str = ":"
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def place(self, number: int, column: int | None = None) -> str:
        """Return where a record, or a column of its line, is, for people."""
        return f"{self.name}{self.unit}{number}" + ("" if column is None else f":{column}")


@contextmanager
def table_file(path: Path) -> Iterator[TableFile]:
    r"""Open a file by the ending of its name; empty lines are passed over.

    Raises:
        InvalidInput: There is no such file, it is of another kind than its name says, or it is damaged: on opening or
            when the record at that place is asked for.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "rows.csv"
        >>> _ = path.write_text("text,label\nThe bridge is open.,claim\n")
        >>> with table_file(path) as table:
        ...     for number, fields in table.records:
        ...         print(number, fields["label"])
        2 claim
    """
    suffix = _suffix(path)
    _check(path, suffix)
    if suffix == ".parquet":
        yield TableFile(str(path), _counted(path, _parquet_records(path)), ", row ", _classes(path))
    elif suffix == ".json":
        yield TableFile(str(path), _counted(path, _listed_records(path)), ", row ")
    else:
        with closing(_lines(path)) as lines:
            records = _csv_records(path, lines, suffix) if suffix in (".csv", ".tsv") else _json_records(path, lines)
            yield TableFile(str(path), _counted(path, records))


def _counted(path: Path, records: Iterator[Record]) -> Iterator[Record]:
    """Yield records as long as they are not too many, and none has too many fields."""
    budget = Budget(str(path), Limits.here(), lambda: path.stat().st_size)
    for number, fields in records:
        budget.count()
        check_items(len(fields), "a row of {} columns", f"{path}, row {number}")
        yield number, fields


def is_table(path: Path) -> bool:
    """Tell by its name whether rows are read from a file."""
    return _suffix(path) in FORMATS


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def kind(value: object) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "missing"
    if isinstance(value, str):
        return "empty" if not value.strip() else f"the text {value[:40]!r}"
    if isinstance(value, float):
        return "a number" if value == value else "NaN"  # NaN is unlike itself
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def _check(path: Path, suffix: str) -> None:
    """Refuse what is not a file of rows, before anything is read."""
    if str(path) in _STDIN:
        raise InvalidInput(
            "rows are gone over more than once, which a stream does not allow",
            where="stdin",
            remedy="save it first: `cat > rows.jsonl`",
        )
    if suffix not in FORMATS:
        what = f"is not a kind of file that rows are read from ({', '.join(FORMATS)})"
        raise InvalidInput(what, where=str(path), remedy="write one JSON object per line into a .jsonl file")
    if not path.is_file():
        what = "is not a regular file" if path.exists() else "there is no such file"
        raise InvalidInput(what, where=str(path), remedy="name a file that holds the rows")
    expected = "gzip" if path.suffix.lower() == ".gz" else "Parquet" if suffix == ".parquet" else None
    with path.open("rb") as file:
        start = file.read(4)
    found = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)
    if start and found != expected:
        _refuse(path, found, expected)


def _refuse(path: Path, found: str | None, expected: str | None) -> None:
    if found is None:
        what = f"can't be read: it is not {expected}, as its name says"
        remedy = "fetch it again, or give it a name that says what it is"
    else:
        what = f"can't be read: it is {found}, which its name does not say"
        remedy = (
            f"give it {_RENAMED[found]}" if found in _RENAMED else "save it as UTF-8, in one of " + ", ".join(FORMATS)
        )
    raise InvalidInput(what, where=str(path), remedy=remedy)


def _open_text(path: Path) -> IO[str]:
    return open_text(path, encoding="utf-8", errors="surrogateescape", newline="")


def _lines(path: Path) -> Generator[tuple[int, str]]:
    """Yield lines with their numbers from 1; a byte that is not UTF-8 is escaped.

    A byte order mark is left out before any line, as joined files have one in their middle.
    """
    number = 0
    try:
        with border("is damaged from here on", remedy="fetch it again"), _open_text(path) as file:
            for number, line in enumerate(text_lines(file, str(path)), 1):
                yield number, line.removeprefix("\ufeff")
    except InvalidInput as fault:
        raise InvalidInput(fault.what, where=fault.where or f"{path}:{number + 1}", remedy=fault.remedy) from fault


def _not_utf8(line: str) -> Fault | None:
    """Return the fault of a line with bytes that are not UTF-8."""
    found = None if line.isascii() else _ESCAPED.search(line)
    if found is None:
        return None
    place = len(line[: found.start()].encode()) + 1
    return Fault(
        "not-utf-8", f"is not valid UTF-8 at byte {place} of the line", _ESCAPED.sub("\ufffd", line.rstrip("\r\n"))
    )


def _json_records(path: Path, lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
    first = True
    for number, line in lines:
        if not line.strip():
            continue
        if first and line.lstrip().startswith("["):
            remedy = "give the file a name that ends in .json"
            raise InvalidInput("is one JSON list, not an object per line", where=str(path), remedy=remedy)
        first = False
        yield number, _not_utf8(line) or _object(line)


def _listed_records(path: Path) -> Iterator[Record]:
    """Yield the rows of a JSON list."""
    remedy = "if it holds one object per line, give it a name that ends in .jsonl"
    try:
        rows = json.loads("".join(_utf8_lines(path, _short_file(path))))
    except json.JSONDecodeError as error:
        raise InvalidInput(f"is not JSON: {error.msg}", where=f"{path}:{error.lineno}", remedy=remedy) from error
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput(f"{_TOO_DEEP} ({described(error)})", where=str(path), remedy=remedy) from error
    if not isinstance(rows, list):
        what = f"is {kind(rows)}, not a list of rows"
        raise InvalidInput(what, where=str(path), remedy="write a JSON list of objects")
    for number, row in enumerate(rows, 1):
        yield number, row if isinstance(row, dict) else _not_an_object(row, json.dumps(row))


def _short_file(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that has to be held in memory."""
    most, held = Limits.here().document_bytes, 0
    for number, line in _lines(path):
        held += len(line)
        if held > most:
            raise too_long("file", str(path), most, "document_bytes")
        yield number, line


def _object(line: str) -> Mapping[str, Any] | Fault:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        return Fault("not-json", f"is not JSON: {error.msg}", line.rstrip(), error.colno)
    except Exception as error:
        return Fault("not-json", f"{_TOO_DEEP} ({described(error)})", line.rstrip())
    if not isinstance(fields, dict):
        return _not_an_object(fields, line.rstrip())
    return fields


def _not_an_object(value: object, text: str) -> Fault:
    return Fault("not-an-object", f"is {kind(value)}, not a JSON object", text)


def _csv_records(path: Path, lines: Iterator[tuple[int, str]], suffix: str) -> Iterator[Record]:
    """Yield the rows of a table; a fault ends it, since it is not known where the next row begins."""
    csv.field_size_limit(Limits.here().page_bytes)  # a cell may hold a whole page; the limit is that of the process
    read = _utf8_lines(path, lines)
    header, before = next(read, ""), 0
    between = "\t" if suffix == ".tsv" else _separator(header)
    if named := _SEPARATOR_LINE.fullmatch(header.rstrip("\r\n")):
        between, header, before = named[1], next(read, ""), 1
    reader = csv.DictReader(chain([header], read), delimiter=between, restkey=_REST, strict=True)
    try:
        told_apart(path, reader.fieldnames or ())
        for fields in reader:
            if _REST in fields:
                raise InvalidInput(
                    "has more cells than the header",
                    where=f"{path}:{reader.line_num + before}",
                    remedy="put a cell that holds the separator between quotes",
                )
            if len(fields) > 1 and all(name == value for name, value in fields.items()):
                what = "is the header again, as in files that were joined"
                yield reader.line_num + before, Fault("header-again", what, ",".join(fields))
            else:
                yield reader.line_num + before, {**fields, FROM_CSV: True}
    except csv.Error as error:
        raise InvalidInput(
            f"is not a table: {error}",
            where=f"{path}:{reader.line_num + before + 1}",
            remedy="mend the quotes of that row",
        ) from error


def _separator(header: str) -> str:
    """Return what stands between the names of a header: spreadsheets of many countries write ";" into CSV."""
    return "," if "," in header else max(",;\t", key=header.count)


def told_apart(path: Path, names: Iterable[str]) -> None:
    """Refuse columns of one name, of which all but the last would be lost; nameless ones are what is left of others.

    Raises:
        InvalidInput: There are some.
    """
    twice = [name for name, count in Counter(names).items() if count > 1 and name.strip()]
    if twice:
        what = f"has several columns called {twice[0]!r}"
        raise InvalidInput(what, where=str(path), remedy="give each column a name of its own")


def _utf8_lines(path: Path, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    for number, line in lines:
        fault = _not_utf8(line)
        if fault is not None:
            raise InvalidInput(fault.what, where=f"{path}:{number}", remedy="save the file as UTF-8")
        yield line


def _classes(path: Path) -> dict[str, list[str]]:
    """Return column → names of the classes that numbers in it stand for; nothing where the file names none."""
    with suppress(
        ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError
    ):  # ArrowInvalid is a ValueError
        features = json.loads(pq.read_schema(path).metadata[b"huggingface"])["info"]["features"]
        inner = {name: feature.get("feature", feature) for name, feature in features.items() if "_type" in feature}
        return {name: list(map(str, each["names"])) for name, each in inner.items() if each["_type"] == "ClassLabel"}
    return {}


def _parquet_records(path: Path) -> Iterator[Record]:
    number = 0
    try:
        with border("is damaged", remedy="fetch or write it again"), pq.ParquetFile(path) as file:
            check_parquet(file, str(path), path.stat().st_size)
            told_apart(path, file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=10_000):
                for fields in batch.to_pylist():
                    number += 1
                    yield number, fields
    except InvalidInput as fault:
        raise InvalidInput(fault.what, where=fault.where or f"{path}, row {number + 1}", remedy=fault.remedy) from fault
