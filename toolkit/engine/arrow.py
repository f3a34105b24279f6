"""Records as Arrow tables, and Arrow tables as Parquet files whose bytes depend on the rows alone."""

from __future__ import annotations

import functools
import io
import json
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.errors import InvalidInput, border
from toolkit.records import from_row, stored_fields

T = TypeVar("T")

SLICE_ROWS = 20_000
_RECORDS = 2_000  # rows that become Python objects at a time
_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def arrow_schema(cls: type) -> pa.Schema:
    """Return the Arrow schema of a record class.

    str, int, float and bool keep their types, tuples become lists, and records become structs. A mapping becomes a
    string with its JSON, keys sorted, since its keys differ from row to row.

    Example:
        >>> from toolkit.records import Piece
        >>> arrow_schema(Piece).names
        ['start', 'end', 'byte_start', 'byte_end']
    """
    hints = get_type_hints(cls)
    return pa.schema([pa.field(field.name, _arrow_type(hints[field.name])) for field in stored_fields(cls)])


def _arrow_type(hint: Any) -> pa.DataType:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if is_dataclass(hint):
        return pa.struct(list(arrow_schema(hint)))  # type: ignore[arg-type]  # a dataclass type is hashable
    if origin is Literal:
        return pa.string()
    if origin is tuple:
        return pa.list_(_arrow_type(arguments[0]))
    if origin in (Union, types.UnionType):
        return _arrow_type(next(argument for argument in arguments if argument is not type(None)))
    if origin is Mapping:
        return pa.string()
    raise TypeError(f"no Arrow type for {hint}")


def to_table(cls: type[T], records: Iterable[T]) -> pa.Table:
    """Return records of one class as an Arrow table with `arrow_schema(cls)`."""
    rows = list(records)
    hints = get_type_hints(cls)
    columns = [_column(hints[field.name], [getattr(row, field.name) for row in rows]) for field in stored_fields(cls)]
    return pa.Table.from_arrays(columns, schema=arrow_schema(cls))


def _column(hint: Any, values: list[Any]) -> pa.Array:
    """Return field values of one type as an Arrow array of `_arrow_type(hint)`."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(argument for argument in get_args(hint) if argument is not type(None))
    if get_origin(hint) is Mapping:
        values = [None if value is None else _dump(value) for value in values]
    elif get_origin(hint) is tuple:
        lengths = np.array([len(value or ()) for value in values], dtype=np.int32)
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
        inner = _column(get_args(hint)[0], [item for value in values for item in value or ()])
        return pa.ListArray.from_arrays(offsets, inner, type=_arrow_type(hint), mask=_nulls(values))
    elif isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        parts = [
            _column(hints[f.name], [None if v is None else getattr(v, f.name) for v in values])
            for f in stored_fields(hint)
        ]
        return pa.StructArray.from_arrays(parts, fields=list(_arrow_type(hint)), mask=_nulls(values))
    return pa.array(values, _arrow_type(hint))


def _nulls(values: list[Any]) -> pa.Array | None:
    nulls = [value is None for value in values]
    return pa.array(nulls, pa.bool_()) if any(nulls) else None


def from_table(cls: type[T], table: pa.Table, *, where: str | None = None) -> list[T]:
    """Return the records of a table that `to_table` made.

    Raises:
        InvalidInput: A row breaks a rule of the record.
    """
    rows = table.to_pylist()
    if _holds_mapping(cls):  # type: ignore[arg-type]  # a class is hashable
        rows = [_with_mappings(cls, row, json.loads) for row in rows]
    return [from_row(cls, row, where=where) for row in rows]


def records_in(cls: type[T], path: Path) -> Iterator[T]:
    """Yield the records of a Parquet file with a table of `to_table`; only some are in memory at a time.

    Raises:
        InvalidInput: The file is not a Parquet file, or a row breaks a rule of the record.
    """
    with _opened(path) as file:
        batches = file.iter_batches(_RECORDS)
        while True:
            with parquet_border(path):
                batch = next(batches, None)
                found = None if batch is None else from_table(cls, pa.Table.from_batches([batch]), where=str(path))
            if found is None:
                return
            yield from found


def record_table(cls: type, path: Path) -> pa.Table:
    """Read a Parquet file of records as a table with `arrow_schema(cls)`, without making a record of every row.

    Columns, their types and values that must not be missing are checked; the other rules of the record are not. A list,
    mapping or flag that is empty by default may be missing from a file that an earlier toolkit wrote.

    Raises:
        InvalidInput: The file is no Parquet file, or not one of such records; `faults` has every column.
    """
    table, remedy = read_parquet(path), "delete it and run the stage that makes it again"
    hints, columns, faults = get_type_hints(cls), [], []
    for field in arrow_schema(cls):
        column = table[field.name] if field.name in table.column_names else None
        if column is None and (empty := _empty_by_default(cls, field.name)) is not None:
            column = pa.chunked_array([pa.array([empty] * table.num_rows, field.type)])
        if column is None:
            faults.append(f"lacks the column {field.name}")
        elif column.type != field.type:
            faults.append(f"column {field.name} is {column.type}, not {field.type}")
        elif gap := _gap(hints[field.name], column, field.name):
            faults.append(f"lacks values in column {gap}")
        columns.append(column)
    if faults:
        raise InvalidInput.all_of([InvalidInput(fault, where=str(path), remedy=remedy) for fault in faults])
    return pa.table(columns, schema=arrow_schema(cls))


def _empty_by_default(cls: type, name: str) -> list[Any] | str | bool | None:
    """Return what stands for an empty list, an empty mapping or False, where that is a field's default; else None."""
    for field in stored_fields(cls):
        if field.name == name and field.default is False:
            return False
        if field.name == name:
            return [] if field.default == () else _dump({}) if field.default_factory is dict else None
    return None


def _gap(hint: Any, column: pa.ChunkedArray, name: str) -> str | None:
    """Return the name of the first column, or part of one, that lacks a value of type `hint`; None if none does."""
    if get_origin(hint) in (Union, types.UnionType):
        return None  # no optional field of a record has parts
    if column.null_count:
        return name
    if get_origin(hint) is tuple:
        return _gap(get_args(hint)[0], pc.list_flatten(column), name)
    if isinstance(hint, type) and is_dataclass(hint):
        hints, parts = get_type_hints(hint), [field.name for field in stored_fields(hint)]
        gaps = (_gap(hints[part], pc.struct_field(column, part), f"{name}.{part}") for part in parts)
        return next((gap for gap in gaps if gap), None)
    return None


def _dump(mapping: Any) -> str:
    return json.dumps(mapping, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _with_mappings(hint: Any, value: Any, change: Callable[[Any], Any]) -> Any:
    """Return `value`, which is of type `hint`, with `change` applied to every mapping in it."""
    if value is None or not _holds_mapping(hint):
        return value
    origin = get_origin(hint)
    if origin is Mapping:
        return change(value)
    if origin is tuple:
        return [_with_mappings(get_args(hint)[0], item, change) for item in value]
    hints = get_type_hints(hint)
    return {name: _with_mappings(hints[name], item, change) for name, item in value.items()}


@functools.cache
def _holds_mapping(hint: Any) -> bool:
    if get_origin(hint) is Mapping:
        return True
    if is_dataclass(hint):
        return any(_holds_mapping(part) for part in get_type_hints(hint).values())
    return get_origin(hint) is tuple and _holds_mapping(get_args(hint)[0])


Digests = np.ndarray[Any, np.dtype[np.bytes_]]


def digests(texts: Iterable[str]) -> Digests:
    """Return 16 bytes per text, shape (n,), that tell texts apart where memory can't hold the texts themselves."""
    return np.fromiter((blake2b(text.encode(), digest_size=16).digest() for text in texts), dtype="S16")


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as Parquet bytes; they depend on its rows and its schema, not on the way it was built.

    The file has slices of 20,000 rows, zstd 3, a page index, and format 2.6. Content-defined chunking lets a later
    version of a release upload only what changed.
    """
    canonical = table.replace_schema_metadata(None).combine_chunks()
    sink = io.BytesIO()
    with parquet_writer(sink, canonical.schema) as writer:
        for start in range(0, max(canonical.num_rows, 1), SLICE_ROWS):
            writer.write_table(canonical.slice(start, SLICE_ROWS))
    return sink.getvalue()


def write_parquet(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables, one after the other, into one file; its bytes are those of `parquet_bytes` of all rows.

    Only a slice of rows is in memory at a time.

    Args:
        path: A new file.
        schema: The schema of every table.
        tables: The rows, cut into tables in any way.

    Returns:
        The number of rows.
    """
    rows = 0
    with parquet_writer(path, schema) as writer:
        for table in _slices(schema, tables):
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _slices(schema: pa.Schema, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows in tables of `SLICE_ROWS` rows, the last one shorter; at least one table."""
    held = schema.empty_table()
    first = True
    for table in tables:
        held = pa.concat_tables([held, table.replace_schema_metadata(None)])
        while held.num_rows > SLICE_ROWS:
            yield held.slice(0, SLICE_ROWS).combine_chunks()
            held, first = held.slice(SLICE_ROWS), False
    if first or held.num_rows:
        yield held.combine_chunks()


def parquet_writer(sink: BinaryIO | Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return the writer of `parquet_bytes`, for tables that are larger than the memory.

    The caller writes slices of `SLICE_ROWS` rows, with their chunks combined, and closes the writer.
    """
    return pq.ParquetWriter(
        sink,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_content_defined_chunking=True,
        write_page_index=True,
        store_schema=False,
    )


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a whole Parquet file.

    Args:
        path: The file.
        columns: Read these alone, which is far cheaper than whole records.

    Raises:
        InvalidInput: The file is not a Parquet file.
    """
    with _opened(path) as file, parquet_border(path):
        return file.read(None if columns is None else list(columns))


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    with parquet_border(path):
        file = pq.ParquetFile(path)  # read_table would import pyarrow.dataset and with it pandas: 0.4 s
    with file:
        yield file


@contextmanager
def parquet_border(path: str | Path) -> Iterator[None]:
    """Stand around the reading of a Parquet file of a project: any fault of it names the file and what makes it again.

    Raises:
        InvalidInput: The file is damaged, or may not be read.
    """
    made_by = _MADE_BY.get(Path(path).name, "the stage that makes it")
    remedy = f"delete it and run {made_by} again"
    with border("is not a readable Parquet file", where=str(path), remedy=remedy):
        try:
            yield
        except PermissionError as error:
            what = "can't be read: permission denied"
            raise InvalidInput(what, where=str(path), remedy="check its rights") from error


_MADE_BY = {
    "articles.parquet": "`toolkit ingest`",
    "sentences.parquet": "`toolkit segment`",
    "gold.parquet": "`toolkit adjudicate`",
}
