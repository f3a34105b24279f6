"""Rows that can't be used: into a file with their reasons, where a person asked for that.

Rows out of files and out of the splits of a release: which column means what, and which rows can't be used.
"""

from __future__ import annotations

import ast
import json
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from toolkit.baselines.data.rows import Rows, concat, listed, reading_key
from toolkit.errors import InvalidInput, UsageError
from toolkit.project.files import write_atomic
from toolkit.project.table_files import FROM_CSV, Fault, Record, TableFile, kind, table_file
from toolkit.records import Reject, content_id, to_json
from toolkit.release import load as load_release
from toolkit.release.splits import FRACTIONS


class RejectsFile:
    """A file of the rows that can't be used; it is there at the end of a `with` block, error or not.

    Args:
        path: Where they go, one JSON object a line.
        inputs: Files that are read.

    Attributes:
        count: Rows that were left out.

    Raises:
        UsageError: It is one of the inputs, or a directory.
    """

    def __init__(self, path: Path, inputs: Collection[Path]) -> None:
        if path.is_dir() or path.absolute() in {each.absolute() for each in inputs}:
            what = "is a directory" if path.is_dir() else "is read from, and can't take what is left out"
            raise UsageError(what, where=str(path), remedy="name another file with --rejects")
        self.path = path
        self.count = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        self._read: dict[str, int] = {}

    def __call__(self, reject: Reject) -> None:
        """Take a row; one that is read again is not taken again."""
        place = reject.start or 0
        if place > self._read.get(reject.source, 0):
            self._read[reject.source] = place
            self._file.write(to_json(reject).encode() + b"\n")
            self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._file:
            if error is None or self.count:  # an empty file says that every row could be used
                self._file.seek(0)
                write_atomic(self.path, self._file)


Rejecting = Callable[[Reject], object]
"""Takes a row that can't be used, which is then left out."""

_LABEL_COLUMNS = ("labels", "label")
_GROUP_COLUMNS = ("story_id", "article_id")
_ID_COLUMNS = ("sentence_id", "id")
_SLICES = {"source": ("publisher", "source"), "language": ("language", "lang"), "year": ("year", "published_at")}
_OPENING = ("[", "('", '("', "{'", '{"', "()", "set()", "frozenset(", "array(", "Index(")
_WRAPPED = re.compile(r"(?:array|Index|frozenset)\((.*?)(?:,\s*(?:dtype|shape|name)=[^\[\]{}]*)?\)", re.DOTALL)
_BETWEEN = re.compile(r"""(["'])\s+(["'])""")  # NumPy puts no comma between
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?:[01]\d[0-3]\d)?(?!\d)")  # of 2024-05-01, 20240501, 1 May 2024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN = re.compile(r"""'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\d+""")  # what differs between faults that are alike
_MAX_FAULTS = 100  # a file of the wrong kind breaks on every line; its first hundred say enough


def read_rows(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str | None = None,
    group_column: str | None = None,
    reject: Rejecting | None = None,
) -> Rows:
    """Read labelled sentences from one file.

    Args:
        path: A .jsonl, .ndjson, .csv or .tsv file, each also as .gz, or a .parquet file.
        text_column: Holds the sentence.
        label_column: Holds one label (text, whole number or true/false: single-label) or a list of labels
            (multi-label; in CSV a JSON list, or names between "|" in a column called "labels"). Numbers of a ClassLabel
            in Parquet that `datasets` wrote get its names.
            Left out: "labels" if there is such a column, else "label".
        group_column: Holds the story or article; left out: story_id, else article_id, else equal texts.
        reject: Takes rows that can't be used; left out, they are an error.

    Raises:
        InvalidInput: The file is missing, unreadable or empty, or rows of it lack a text or a label; every fault
            with file:line.
    """
    batches = list(
        iter_rows(
            path,
            text_column=text_column,
            label_column=label_column,
            group_column=group_column,
            size=100_000,
            reject=reject,
        )
    )
    if not batches:
        remedy = "name a file that has some" if reject is None else "look at what is wrong with them without --rejects"
        raise InvalidInput("has no rows that can be used", where=str(path), remedy=remedy)
    return replace(concat(batches), where=str(path))


def iter_rows(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str | None = None,
    group_column: str | None = None,
    size: int = 10_000,
    reject: Rejecting | None = None,
) -> Iterator[Rows]:
    """Read a file that need not fit into memory, `size` rows at a time. Columns and errors as in `read_rows`."""
    with table_file(Path(path)) as source:
        columns: _Columns | None = None
        faults = _Faults(source, reject)
        while batch := list(islice(source.records, size)):
            whole = list(faults.without(batch))
            columns = columns or (
                _Columns.choose(source, whole, text_column, label_column, group_column) if whole else None
            )
            rows = columns.rows(source, whole, faults) if columns else None
            if rows and not faults.found:
                yield rows
        faults.tell()


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
            remedy="label sentences of more stories and run `toolkit build`"
            if split in FRACTIONS
            else "take one of these",
        )
    table = release.table("default", split)
    if "text" not in table.column_names:
        remedy = f"put the text back with `toolkit hydrate {directory} DIR` and take DIR"
        raise InvalidInput("holds offsets and no text", where=str(directory), remedy=remedy)
    records = list(enumerate(table.to_pylist(), 1))
    source = TableFile(f"{directory} ({split})", iter(()), ", row ")
    faults = _Faults(source, None)
    rows = _Columns.choose(source, records, "text", "labels", None).rows(source, records, faults)
    faults.tell()
    return rows


def side_of_release(directory: Path | str, column: str, side: str) -> Rows:
    """Read one side of a harder split of a release, whatever split its rows are in.

    Args:
        directory: The release.
        column: "split_by_time", "split_by_publisher" or "split_by_language".
        side: "train" or "test".

    Raises:
        InvalidInput: The release has no such column, or no row is on this side.
    """
    release = load_release(directory)
    if column not in release.columns("default").names:
        remedy = "build a release with this toolkit"
        raise InvalidInput(f"has no column {column}", where=str(directory), remedy=remedy)
    parts = []
    for split in release.splits():
        held = release.table("default", split, columns=[column])[column].to_pylist()
        chosen = [number for number, value in enumerate(held) if value == side]
        if chosen:
            parts.append(rows_of_release(directory, split).take(chosen))
    if not parts:
        field = {"split_by_time": "days", "split_by_publisher": "publishers"}.get(column, "languages")
        what = f"has fewer than two {field} to divide by, and nothing in {column}"
        raise InvalidInput(what, where=str(directory), remedy="label texts of more of them, and build again")
    return concat(parts)


class _Unusable(ValueError):
    """A row that lacks something: the id of the rule, and the same in words."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(what)
        self.reason = reason


class _Faults:
    """Rows of a file that can't be used: handed on where somebody takes them, else kept for one error.

    Attributes:
        found: Those that are kept.
    """

    def __init__(self, source: TableFile, reject: Rejecting | None) -> None:
        self._source = source
        self._reject = reject
        self._alike: dict[str, list[int]] = {}
        self.found: list[InvalidInput] = []

    def add(self, number: int, fault: Fault) -> None:
        """Note a row.

        Raises:
            InvalidInput: It is one too many.
        """
        if self._reject is not None:
            name, end = self._source.name, number + 1
            self._reject(
                Reject(
                    stage="train",
                    reason=fault.reason,
                    source=name,
                    start=number,
                    end=end,
                    text=fault.text,
                    detail=fault.what,
                )
            )
            return
        places = self._alike.setdefault(fault.reason + _SHOWN.sub("", fault.what), [])
        if not places:
            remedy = "mend it, or leave such rows out with `train-files --rejects FILE`"
            self.found.append(InvalidInput(fault.what, where=self._source.place(number, fault.column), remedy=remedy))
        places.append(number)
        if sum(map(len, self._alike.values())) == _MAX_FAULTS:
            stopped = f"has at least {_MAX_FAULTS} rows that can't be used, and was not read on"
            self.tell(InvalidInput(stopped, where=self._source.name, remedy="is it the right file?"))

    def without(self, batch: Iterable[Record]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Note the records that can't be read, and give the others."""
        for number, fields in batch:
            if isinstance(fields, Fault):
                self.add(number, fields)
            else:
                yield number, fields

    def tell(self, *last: InvalidInput) -> None:
        """Raise what was kept, like faults in one line.

        Raises:
            InvalidInput: Anything was.
        """
        told = [
            InvalidInput(fault.what + self._also(places[1:]), where=fault.where, remedy=fault.remedy)
            for fault, places in zip(self.found, self._alike.values(), strict=True)
        ]
        if told:
            raise InvalidInput.all_of([*told, *last])

    def _also(self, others: Sequence[int]) -> str:
        """Say in which other lines or rows the same is wrong."""
        if not others:
            return ""
        unit = "line" if self._source.unit == ":" else "row"
        return f" (likewise {unit}{'' if len(others) == 1 else 's'} {listed(list(map(str, others)), 5)})"


class _Columns:
    """Which column of a file means what; made from its first records."""

    def __init__(
        self, text: str, label: str, multi: bool, group: str | None, row_id: str | None, classes: Sequence[str]
    ) -> None:
        self.text = text
        self.label = label
        self.multi = multi
        self.group = group
        self.row_id = row_id
        self.classes = classes

    @classmethod
    def choose(
        cls,
        source: TableFile,
        batch: Sequence[tuple[int, Mapping[str, Any]]],
        text: str,
        label: str | None,
        group: str | None,
    ) -> _Columns:
        """Find the columns by the first record's fields, and by the first label whether there may be several.

        Raises:
            InvalidInput: A named column is not there, or no label column is.
        """
        number, fields = batch[0]
        where = source.place(number)
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
        cell = next((row[label] for _, row in batch if row.get(label) is not None), None)
        multi = isinstance(cell, list) or (
            isinstance(cell, str)
            and FROM_CSV in fields
            and (label == "labels" or _any_list(row.get(label) for _, row in batch))
        )
        group, row_id = group or _first(_GROUP_COLUMNS, fields), _first(_ID_COLUMNS, fields)
        return cls(text, label, multi, group, row_id, source.classes.get(label, ()))

    def rows(self, source: TableFile, batch: Iterable[tuple[int, Mapping[str, Any]]], faults: _Faults) -> Rows:
        """Turn records into rows; those that lack a text or a label are noted."""
        texts, labels, groups, ids = [], [], [], []
        slices: dict[str, list[str]] = {name: [] for name in _SLICES}
        for number, fields in batch:
            try:
                text, given = self._text(fields), self._labels(fields)
            except _Unusable as error:
                faults.add(number, Fault(error.reason, str(error), _told(fields)))
                continue
            texts.append(text)
            labels.append(given)
            group = fields.get(self.group) if self.group else None
            groups.append(reading_key(text) if group is None else str(group))
            row_id = fields.get(self.row_id) if self.row_id else None
            ids.append(content_id(text) if row_id is None else str(row_id))
            for name, candidates in _SLICES.items():
                slices[name].append(_slice_value(name, fields, candidates))
        return Rows(
            texts=tuple(texts),
            labels=tuple(labels),
            multi=self.multi,
            groups=tuple(groups),
            ids=tuple(ids),
            columns={name: tuple(values) for name, values in slices.items() if any(values)},
            where=source.name,
        )

    def _text(self, fields: Mapping[str, Any]) -> str:
        text = fields.get(self.text)
        if not isinstance(text, str):
            raise _Unusable("no-text", f"{self.text!r} is {kind(text)}, not text")
        return _unicode(text, self.text)

    def _labels(self, fields: Mapping[str, Any]) -> tuple[str, ...]:
        cell = fields.get(self.label)
        if not self.multi:
            return (_label_name(self._named(cell), self.label, fields),)
        if isinstance(cell, str) and FROM_CSV in fields:
            cell = _list_of(cell)
        if not isinstance(cell, list):
            unread = isinstance(cell, str) and cell.lstrip().startswith("[")
            wanted = 'a list in CSV must be JSON: ["a", "b"]' if unread else "but a list in other rows"
            what = f"{self.label!r} is {kind(cell)}, {wanted}"
            raise _Unusable("no-label", what + _elsewhere(self.label, fields))
        if len(cell) > len(set(map(str, cell))) and {str(value) for value in cell} <= {"0", "1"}:
            what = f"{self.label!r} is a row of 0 and 1, not of label names: write the names of those that are 1"
            raise _Unusable("no-label", what)
        return tuple(_label_name(self._named(name), self.label, fields) for name in cell)

    def _named(self, value: object) -> object:
        """Return the name of a class that is given by its number."""
        if not self.classes or not isinstance(value, int):
            return value
        if not 0 <= value < len(self.classes):
            raise _Unusable("no-label", f"{self.label!r} is {value}, and its classes are 0 to {len(self.classes) - 1}")
        return self.classes[value]


def _any_list(cells: Iterable[object]) -> bool:
    """Tell whether a cell of CSV is a list as a program writes it; a name in brackets alone is none."""
    return any(isinstance(cell, str) and cell.startswith(_OPENING) for cell in cells)


def text_list(name: str) -> list[str] | None:
    """Return the names in a list that was written as text, as JSON, Python, pandas or NumPy write it; else None.

    Examples:
        >>> text_list("['claim', 'denial']"), text_list("array(['claim'], dtype=object)"), text_list("claim")
        (['claim', 'denial'], ['claim'], None)
    """
    found = _list_of(name) if name.startswith(_OPENING) else None
    return list(map(str, found)) if isinstance(found, list) else None


def _list_of(cell: str) -> object:
    """Read a cell of CSV that holds a list of labels."""
    if not cell.lstrip().startswith(_OPENING):
        return [name for name in cell.split("|") if name.strip()]
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return _python_list(cell)


def _python_list(cell: str) -> object:
    """Read a list as Python, pandas and NumPy write it into a cell: ['a', 'b'], ('a',), {'a'}, set(), ['a' 'b']."""
    bare = cell.strip()
    if bare in ("set()", "frozenset()"):
        return []
    wrapped = _WRAPPED.fullmatch(bare)
    bare = wrapped[1] if wrapped else bare
    try:
        found = ast.literal_eval(_BETWEEN.sub(r"\1, \2", bare))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return cell
    return (
        sorted(found, key=str) if isinstance(found, set) else list(found) if isinstance(found, list | tuple) else cell
    )


def _label_name(value: object, column: str, fields: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    if isinstance(value, float) and isfinite(value):
        what = f"{column!r} is the number {value}, not a label name: if it is one, write it in quotes"
        raise _Unusable("no-label", what)
    if not isinstance(value, str) or not value.strip():
        raise _Unusable("no-label", f"{column!r} is {kind(value)}, not a label name" + _elsewhere(column, fields))
    name = _unicode(value.strip(), column)
    if _CONTROL.search(name):
        raise _Unusable("no-label", f"{column!r} is {name[:40]!r}, and a label name has no control characters")
    return name


def _elsewhere(column: str, fields: Mapping[str, Any]) -> str:
    """Say which other column of labels a row has that lacks the one that the first row has."""
    other = None if column in fields else _first(_LABEL_COLUMNS, fields)
    return "" if other is None else f" (it has {other!r} instead)"


def _unicode(value: str, column: str) -> str:
    """Return a text that can be written down; JSON escapes can spell half a character."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        what = f"{column!r} holds half a character (a lone surrogate) at {error.start}"
        raise _Unusable("half-a-character", what) from error
    return value


def _told(fields: Mapping[str, Any]) -> str:
    """Return a record as text that can be written down."""
    return json.dumps({name: value for name, value in fields.items() if name != FROM_CSV}, default=str)


def _slice_value(name: str, fields: Mapping[str, Any], candidates: tuple[str, ...]) -> str:
    value = next((fields[column] for column in candidates if fields.get(column) is not None), "")
    if name != "year":
        return str(value)
    found = _YEAR.search(str(value))
    return found[1] if found else ""


def _first(names: Iterable[str], fields: Mapping[str, Any]) -> str | None:
    return next((name for name in names if name in fields), None)
