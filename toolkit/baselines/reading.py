"""Rows out of files: JSON Lines, CSV, TSV and Parquet, plain or gzipped, and the splits of a release."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.baselines.rows import Rows, concat, reading_key
from toolkit.errors import InvalidInput
from toolkit.records import content_id
from toolkit.release import load as load_release

FORMATS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")

_LABEL_COLUMNS = ("labels", "label")
_GROUP_COLUMNS = ("story_id", "article_id")
_ID_COLUMNS = ("sentence_id", "id")
_SLICES = {"source": ("publisher", "source"), "language": ("language", "lang"), "year": ("year", "published_at")}
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
_MAX_FAULTS = 100  # a file of the wrong kind breaks on every line; its first hundred say enough

Record = tuple[str, Mapping[str, Any]]  # (place, fields)


def read_rows(
    path: Path | str, *, text_column: str = "text", label_column: str | None = None, group_column: str | None = None
) -> Rows:
    """Read labelled sentences from one file.

    Args:
        path: A .jsonl, .ndjson, .csv or .tsv file, each also as .gz, or a .parquet file.
        text_column: Holds the sentence.
        label_column: Holds one label (text, whole number or true/false: single-label) or a list of labels
            (multi-label; in CSV a JSON list, or names between "|" in a column called "labels").
            Left out: "labels" if there is such a column, else "label".
        group_column: Holds the story or article; left out: story_id, else article_id, else equal texts.

    Raises:
        InvalidInput: The file is missing, unreadable or empty, or rows of it lack a text or a label; every fault
            with file:line.
    """
    batches = list(
        iter_rows(path, text_column=text_column, label_column=label_column, group_column=group_column, size=100_000)
    )
    if not batches:
        raise InvalidInput("has no rows", where=str(path))
    return replace(concat(batches), where=str(path))


def iter_rows(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str | None = None,
    group_column: str | None = None,
    size: int = 10_000,
) -> Iterator[Rows]:
    """Read a file that need not fit into memory, `size` rows at a time. Columns and errors as in `read_rows`."""
    path = Path(path)
    with _records(path) as records:
        columns: _Columns | None = None
        while batch := list(islice(records, size)):
            columns = columns or _Columns.choose(batch[0], text_column, label_column, group_column)
            yield columns.rows(batch, str(path))


def rows_of_release(directory: Path | str, split: str) -> Rows:
    """Read one split of a release directory.

    Args:
        directory: A release, as `toolkit build` writes it or the Hub holds it.
        split: "train", "validation" or "test".

    Raises:
        InvalidInput: There is no release, the split has no rows, or the release was made without its text.
    """
    release = load_release(directory)
    have = release.splits()
    if split not in have:
        raise InvalidInput(
            f"has no {split} split; it has {', '.join(have) or 'no rows at all'}",
            where=str(directory),
            remedy="label sentences of more stories and run `toolkit build`",
        )
    table = release.table("default", split)
    if "text" not in table.column_names:
        remedy = f"put the text back with `toolkit hydrate {directory} DIR` and take DIR"
        raise InvalidInput("holds offsets and no text", where=str(directory), remedy=remedy)
    where = f"{directory} ({split})"
    records = [(f"{where}, row {number}", fields) for number, fields in enumerate(table.to_pylist(), 1)]
    return _Columns.choose(records[0], "text", "labels", None).rows(records, where)


class _Columns:
    """Which column of a file means what; made from its first record."""

    def __init__(self, text: str, label: str, multi: bool, group: str | None, row_id: str | None) -> None:
        self.text = text
        self.label = label
        self.multi = multi
        self.group = group
        self.row_id = row_id

    @classmethod
    def choose(cls, first: Record, text: str, label: str | None, group: str | None) -> _Columns:
        """Find the columns by the first record's fields.

        Raises:
            InvalidInput: A named column is not there, or no label column is.
        """
        where, fields = first
        have = f"the columns are {', '.join(name for name in map(str, fields) if name[:1] != chr(0))}"
        for option, name in (("text", text), ("label", label), ("group", group)):
            if name is not None and name not in fields:
                remedy = f"name the column to use: --{option}-column NAME"
                raise InvalidInput(f"has no column {name!r}; {have}", where=where, remedy=remedy)
        label = label or _first(_LABEL_COLUMNS, fields)
        if label is None:
            raise InvalidInput(
                f"has no column 'label' or 'labels'; {have}",
                where=where,
                remedy="name the column to use: --label-column NAME",
            )
        cell = fields[label]
        multi = isinstance(cell, list) or (
            isinstance(cell, str) and "\0csv" in fields and (label == "labels" or cell.startswith("["))
        )
        return cls(text, label, multi, group or _first(_GROUP_COLUMNS, fields), _first(_ID_COLUMNS, fields))

    def rows(self, batch: Iterable[Record], path: str) -> Rows:
        """Turn records into rows.

        Raises:
            InvalidInput: Records lack a text or a label; all of them (at most 100).
        """
        texts, labels, groups, ids, faults = [], [], [], [], []
        slices: dict[str, list[str]] = {name: [] for name in _SLICES}
        for where, fields in batch:
            try:
                texts.append(self._text(fields))
                labels.append(self._labels(fields))
            except ValueError as error:
                faults.append(InvalidInput(str(error), where=where))
                if len(faults) == _MAX_FAULTS:
                    break
                continue
            group = fields.get(self.group) if self.group else None
            groups.append(reading_key(texts[-1]) if group is None else str(group))
            row_id = fields.get(self.row_id) if self.row_id else None
            ids.append(content_id(texts[-1]) if row_id is None else str(row_id))
            for name, candidates in _SLICES.items():
                slices[name].append(_slice_value(name, fields, candidates))
        if faults:
            raise InvalidInput.all_of(faults)
        return Rows(
            texts=tuple(texts),
            labels=tuple(labels),
            multi=self.multi,
            groups=tuple(groups),
            ids=tuple(ids),
            columns={name: tuple(values) for name, values in slices.items() if any(values)},
            where=path,
        )

    def _text(self, fields: Mapping[str, Any]) -> str:
        text = fields.get(self.text)
        if not isinstance(text, str):
            raise ValueError(f"{self.text!r} is {_kind(text)}, not text")
        return _unicode(text, self.text)

    def _labels(self, fields: Mapping[str, Any]) -> tuple[str, ...]:
        cell = fields.get(self.label)
        if not self.multi:
            return (_label_name(cell, self.label),)
        if isinstance(cell, str) and "\0csv" in fields:
            cell = json.loads(cell) if cell.startswith("[") else [name for name in cell.split("|") if name.strip()]
        if not isinstance(cell, list):
            raise ValueError(f"{self.label!r} is {_kind(cell)}, but a list in the first row")
        return tuple(_label_name(name, self.label) for name in cell)


def _label_name(value: object, column: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and value.strip():
        return _unicode(value.strip(), column)
    raise ValueError(f"{column!r} is {_kind(value)}, not a label name")


def _unicode(value: str, column: str) -> str:
    """Return a text that can be written down; JSON escapes can spell half a character."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{column!r} holds half a character (a lone surrogate) at {error.start}") from error
    return value


def _kind(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, str):
        return "empty" if not value.strip() else f"the text {value[:40]!r}"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def _slice_value(name: str, fields: Mapping[str, Any], candidates: tuple[str, ...]) -> str:
    value = next((fields[column] for column in candidates if fields.get(column) is not None), "")
    return str(value)[:4] if name == "year" else str(value)


def _first(names: Iterable[str], fields: Mapping[str, Any]) -> str | None:
    return next((name for name in names if name in fields), None)


@contextmanager
def _records(path: Path) -> Iterator[Iterator[Record]]:
    """Open a file and give its records with their places, as they are asked for."""
    suffix = Path(path.name.removesuffix(".gz")).suffix
    if suffix not in FORMATS:
        raise InvalidInput(f"is no kind of file that rows are read from ({', '.join(FORMATS)})", where=str(path))
    if not path.is_file():
        raise InvalidInput("there is no such file", where=str(path))
    try:
        if suffix == ".parquet":
            yield _parquet_records(path)
        else:
            with _open_text(path) as file:
                yield _csv_records(path, file, suffix) if suffix in (".csv", ".tsv") else _json_records(path, file)
    except (UnicodeDecodeError, OSError, EOFError, csv.Error, zlib.error, pa.ArrowInvalid) as error:
        raise InvalidInput(f"can't be read: {error}", where=str(path)) from error


def _open_text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json_records(path: Path, file: TextIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidInput(f"is no JSON: {error.msg}", where=f"{path}:{number}:{error.colno}") from error
        if not isinstance(fields, dict):
            raise InvalidInput(f"is {_kind(fields)}, not a JSON object", where=f"{path}:{number}")
        yield f"{path}:{number}", fields


def _csv_records(path: Path, file: TextIO, suffix: str) -> Iterator[Record]:
    reader = csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ",", restkey="\0rest")
    for fields in reader:
        if "\0rest" in fields:
            raise InvalidInput("has more cells than the header", where=f"{path}:{reader.line_num}")
        yield f"{path}:{reader.line_num}", {**fields, "\0csv": True}


def _parquet_records(path: Path) -> Iterator[Record]:
    number = 0
    for batch in pq.ParquetFile(path).iter_batches(batch_size=10_000):
        for fields in batch.to_pylist():
            number += 1
            yield f"{path}, row {number}", fields
