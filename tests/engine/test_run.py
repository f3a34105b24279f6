"""A stage gives the same rows in the same order, however the table is cut and wherever it runs."""

from __future__ import annotations

import pyarrow as pa
import pytest

from toolkit.engine import run
from toolkit.errors import InvalidConfig

TABLE = pa.table({"n": range(250)})


def repeat(table: pa.Table) -> pa.Table:
    """Give each row as often as its number modulo three says, so that row counts change."""
    rows = [number for number in table.column("n").to_pylist() for _ in range(number % 3)]
    return pa.table({"n": pa.array(rows, pa.int64())})


@pytest.mark.parametrize("chunk_rows", [7, 100, 1000])
def test_chunks_have_no_influence(chunk_rows: int) -> None:
    assert run(repeat, TABLE, chunk_rows=chunk_rows).equals(repeat(TABLE))


def test_no_rows() -> None:
    assert run(repeat, TABLE.slice(0, 0)).num_rows == 0


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(InvalidConfig, match="'spark'"):
        run(repeat, TABLE, engine="spark")
