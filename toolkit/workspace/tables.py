"""Records as Arrow tables, and Arrow tables as Parquet whose bytes depend on nothing but the rows."""

from __future__ import annotations

import functools
import io
import json
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.errors import InvalidInput
from toolkit.records import digest, from_row, to_row

T = TypeVar("T")

SLICE_ROWS = 20_000
_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def arrow_schema(cls: type) -> pa.Schema:
    """Return the Arrow schema of a record class.

    str, int, float and bool map to themselves, tuples to lists, records to structs; a mapping becomes a string
    that holds its JSON with sorted keys, since its keys differ from row to row.
    """
    hints = get_type_hints(cls)
    return pa.schema([pa.field(field.name, _arrow_type(hints[field.name])) for field in fields(cls)])


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
    """Put records of one class into an Arrow table with `arrow_schema(cls)`."""
    rows = [_with_mappings(cls, to_row(item), _dump) for item in records]
    return pa.Table.from_pylist(rows, schema=arrow_schema(cls))


def from_table(cls: type[T], table: pa.Table, *, where: str | None = None) -> list[T]:
    """Read records back from `to_table`'s table.

    Raises:
        InvalidInput: A row breaks a rule of the record.
    """
    return [from_row(cls, _with_mappings(cls, row, json.loads), where=where) for row in table.to_pylist()]


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


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as Parquet bytes that depend on its rows and schema only, not on how it was built.

    One writer, chunks combined, slices of 20,000 rows, zstd 3, content-defined chunking (so that a later version
    of a release uploads only what changed), page index, format 2.6.
    """
    canonical = table.replace_schema_metadata(None).combine_chunks()
    sink = io.BytesIO()
    with parquet_writer(sink, canonical.schema) as writer:
        for start in range(0, max(canonical.num_rows, 1), SLICE_ROWS):
            writer.write_table(canonical.slice(start, SLICE_ROWS))
    return sink.getvalue()


def parquet_writer(sink: BinaryIO | Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return the one writer behind `parquet_bytes`, for tables that do not fit in memory.

    The caller writes slices of `SLICE_ROWS` rows, chunks combined, and closes it.
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


def read_parquet(path: Path) -> pa.Table:
    """Read a whole Parquet file.

    Raises:
        InvalidInput: The file is no Parquet file.
    """
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise InvalidInput(
            "is not a readable Parquet file", where=str(path), remedy="delete it and run the stage that makes it again"
        ) from error


def content_digest(table: pa.Table) -> str:
    """Return a SHA-256 of a table's schema and rows that is the same for every pyarrow version.

    Parquet bytes name the writer's version; this does not.
    """
    lines = [str(table.schema.names), *(_dump(row) for row in table.to_pylist())]
    return digest("\n".join(lines).encode())
