"""A hash of a table's rows that does not depend on the version of Arrow or Parquet."""

from __future__ import annotations

import hashlib
from typing import Protocol

import numpy as np
import pyarrow as pa


class _Hash(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...


class ContentHash:
    """SHA-256 of column names, types and values, fed in slices.

    The slices must be cut at the same rows each time; the layout of the arrays in memory does not matter. Of each slice
    is hashed, column by column: a bit per row that tells whether the value is there, then the values (numbers as
    little-endian bytes, strings as lengths and UTF-8, lists as lengths and items, structs as their fields).

    Args:
        schema: Columns of the table.

    Examples:
        >>> table = pa.table({"label": ["claim", None], "n": [1, 2]})
        >>> one = ContentHash(table.schema)
        >>> one.update(table)
        >>> one.hexdigest()[:12]
        'd156fdea4a10'
        >>> other = ContentHash(table.schema)
        >>> other.update(pa.concat_tables([table.slice(0, 1), table.slice(1)]))
        >>> other.hexdigest() == one.hexdigest()
        True
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._hash = hashlib.sha256()
        for field in schema:
            self._hash.update(f"{field.name}: {_type_name(field.type)}\n".encode())

    def update(self, table: pa.Table) -> None:
        """Feed the next rows."""
        for column in table.columns:
            _feed(self._hash, pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type))

    def hexdigest(self) -> str:
        """Return 64 hex digits."""
        return self._hash.hexdigest()


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _type_name(kind.value_type)
    if pa.types.is_list(kind):
        return f"list<{_type_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return "struct<" + ", ".join(f"{field.name}: {_type_name(field.type)}" for field in kind) + ">"
    return str(kind)


def _feed(target: _Hash, array: pa.Array) -> None:
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    valid = np.asarray(array.is_valid(), dtype=bool)
    target.update(len(array).to_bytes(8, "little") + np.packbits(valid).tobytes())
    if pa.types.is_struct(array.type):
        for part in array.flatten():
            _feed(target, part)
    elif pa.types.is_list(array.type):
        target.update(_lengths(array))
        _feed(target, array.flatten())
    elif pa.types.is_string(array.type):
        target.update(_lengths(array))
        target.update(_utf8(array.drop_null()))
    elif pa.types.is_boolean(array.type):
        target.update(np.packbits(np.asarray(array.fill_null(False), dtype=bool)).tobytes())
    else:
        values = np.asarray(array.fill_null(0))
        target.update(values.astype(values.dtype.newbyteorder("<")).tobytes())


def _utf8(array: pa.Array) -> bytes | memoryview:
    """Return the bytes of strings without nulls, one after the other, as Arrow holds them."""
    _, places, data = array.buffers()
    if not len(array) or data is None:
        return b""
    borders = np.frombuffer(places, dtype="<i4")
    return memoryview(data)[borders[array.offset] : borders[array.offset + len(array)]]


def _lengths(array: pa.Array) -> bytes:
    import pyarrow.compute as pc

    measure = pc.list_value_length if pa.types.is_list(array.type) else pc.binary_length
    return np.asarray(measure(array).fill_null(0)).astype("<i8").tobytes()
