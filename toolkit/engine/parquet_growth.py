"""The size of a Parquet file's values, measured before they are held in memory.

A dictionary holds a value once, and a thousand rows may point at it; a value may also repeat the beginning of the one
before it. So a file of some kilobytes can hold gigabytes, and its own account of its size leaves both out.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.limits import Budget, Limits, check_items

_SHARED = {"PLAIN_DICTIONARY", "RLE_DICTIONARY", "DELTA_BYTE_ARRAY"}
"""Encodings that let several values share their bytes."""
_LEAST, _MOST = 16, 4096
"""Rows that are measured at a time."""
_AT_ONCE = 256 << 20
"""Bytes that are held while they are measured, as far as the file's own account of its dictionaries is true."""
_FIXED = 16
"""Bytes of a value that shares none."""


def stated_growth(metadata: Any) -> tuple[int, int]:
    """Return how many bytes the columns of a file have, and what they unpack to, by its own account."""
    return _stated(_chunks(metadata))


def _stated(chunks: list[Any]) -> tuple[int, int]:
    return sum(each.total_compressed_size for each in chunks), sum(each.total_uncompressed_size for each in chunks)


def check_parquet(file: pq.ParquetFile, where: str, size: int) -> None:
    """Refuse a file that holds too many rows, columns or bytes; only some of its values are held at a time.

    Args:
        file: The file.
        where: Its name.
        size: Its bytes.

    Raises:
        InvalidInput: It is beyond a limit.
    """
    limits, metadata = Limits.here(), file.metadata
    budget = Budget(where, limits, lambda: size)
    check_items(metadata.num_columns, "a table of {} columns", where)
    budget.count(metadata.num_rows)
    chunks = _chunks(metadata)
    for chunk in chunks:
        Budget(where, limits, lambda: size).count(chunk.num_values)
    budget.check(_stated(chunks)[1])
    if sum(map(_most_of, chunks)) <= max(limits.free_bytes, size):
        return
    for group in range(metadata.num_row_groups):
        whole = metadata.row_group(group)
        for place in range(whole.num_columns):
            column = whole.column(place)
            if not _is_shared(column):
                budget.take(_most_of(column))
                continue
            rows = min(max(_AT_ONCE // max(column.total_uncompressed_size, 1), _LEAST), _MOST)
            for batch in file.iter_batches(rows, row_groups=[group], columns=[column.path_in_schema]):
                budget.take(sum(map(_size, batch.columns)))


def _size(array: Any) -> int:
    """Return the bytes of an array's values, each as often as it stands."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_primitive(kind.value_type):
            return _FIXED * len(array)
        lengths = pc.binary_length(array.dictionary)
        return pc.sum(lengths.take(array.indices)).as_py() or 0
    if pa.types.is_struct(kind):
        return sum(map(_size, array.flatten()))
    if pa.types.is_nested(kind):
        return _size(array.flatten())
    return int(array.nbytes)


def _chunks(metadata: Any) -> list[Any]:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [group.column(place) for group in groups for place in range(group.num_columns)]


def _is_shared(chunk: Any) -> bool:
    """Tell whether several values of a column may share bytes that are many: those of numbers are few."""
    return chunk.physical_type.endswith("BYTE_ARRAY") and bool(_SHARED & {*chunk.encodings})


def _most_of(chunk: Any) -> int:
    """Return the most bytes that the values of a column can have."""
    each: int = chunk.total_uncompressed_size if _is_shared(chunk) else _FIXED
    return int(chunk.total_uncompressed_size + chunk.num_values * each)
