"""The match of the rows of two tables by their keys, and the rows that differ, without a Python object per row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


class RowMatch(NamedTuple):
    """The correspondence of the rows of two tables with the same key.

    Attributes:
        removed: Rows of the older table whose key the newer one lacks.
        added: Rows of the newer table whose key the older one lacks.
        older: Rows of the older table that have a partner …
        newer: … and their partners, in the same order.
    """

    removed: Indices
    added: Indices
    older: Indices
    newer: Indices


def identical(rows: int) -> RowMatch:
    """Return the match of two equal tables."""
    none, same = np.empty(0, dtype=np.int64), np.arange(rows)
    return RowMatch(none, none, same, same)


def matched_rows(older: pa.Table, newer: pa.Table, keys: tuple[str, ...]) -> RowMatch:
    """Find the partner of every row. Keys are unique within a table."""
    there = pc.index_in(_key(newer, keys), value_set=_key(older, keys)).fill_null(-1)
    partner = np.asarray(there).astype(np.int64)
    common = partner >= 0
    kept = np.zeros(older.num_rows, dtype=bool)
    kept[partner[common]] = True
    return RowMatch(np.flatnonzero(~kept), np.flatnonzero(~common), partner[common], np.flatnonzero(common))


def _key(table: pa.Table, keys: tuple[str, ...]) -> pa.ChunkedArray:
    if len(keys) == 1:
        return table[keys[0]]
    return pc.binary_join_element_wise(*(table[key] for key in keys), "\x1f")


def unequal(older: pa.Array, newer: pa.Array) -> Mask:
    """Return where two arrays of one type and length differ; null equals null, and NaN equals NaN."""
    valid = np.asarray(older.is_valid(), dtype=bool)
    other = np.asarray(newer.is_valid(), dtype=bool)
    differs: Mask = valid != other
    both = valid & other
    if not both.any():
        return differs
    differs[both] = _values(older.filter(pa.array(both)), newer.filter(pa.array(both)))
    return differs


def _values(older: pa.Array, newer: pa.Array) -> Mask:
    """Compare arrays without nulls."""
    if pa.types.is_struct(older.type):
        parts = [unequal(mine, yours) for mine, yours in zip(older.flatten(), newer.flatten(), strict=True)]
        return np.logical_or.reduce(parts) if parts else np.zeros(len(older), dtype=bool)
    if pa.types.is_list(older.type):
        return _lists(older, newer)
    differs: Mask = np.asarray(pc.not_equal(older, newer), dtype=bool)
    if pa.types.is_floating(older.type):
        differs &= ~(np.isnan(np.asarray(older)) & np.isnan(np.asarray(newer)))
    return differs


def _lists(older: pa.Array, newer: pa.Array) -> Mask:
    lengths = np.asarray(pc.list_value_length(older))
    differs: Mask = lengths != np.asarray(pc.list_value_length(newer))
    same = np.flatnonzero(~differs)
    mine, yours = older.take(pa.array(same)), newer.take(pa.array(same))
    parents = np.repeat(same, lengths[same])
    differs[parents[unequal(mine.flatten(), yours.flatten())]] = True
    return differs
