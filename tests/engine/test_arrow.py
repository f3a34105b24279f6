"""Tables become the same Parquet bytes, however their rows are cut."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from toolkit.engine.arrow import SLICE_ROWS, parquet_bytes, write_parquet


def test_tables_of_any_length_make_the_bytes_of_one(tmp_path: Path) -> None:
    rows = SLICE_ROWS * 2 + 5
    whole = pa.table({"n": range(rows), "s": [None if n % 7 == 0 else str(n) for n in range(rows)]})
    for lengths in ([rows], [1, 19_999, 0, 7_777, rows], [SLICE_ROWS] * 3):
        starts = [sum(lengths[:number]) for number in range(len(lengths))]
        parts = [whole.slice(start, length) for start, length in zip(starts, lengths, strict=True)]
        assert write_parquet(tmp_path / "out", whole.schema, parts) == rows
        assert (tmp_path / "out").read_bytes() == parquet_bytes(whole)
    write_parquet(tmp_path / "none", whole.schema, [])
    assert (tmp_path / "none").read_bytes() == parquet_bytes(whole.slice(0, 0))
