"""A table is measured before it is held: what its values share is counted as often as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.engine.parquet_growth import check_parquet
from toolkit.errors import InvalidInput

LONG = "The tide rose at the quay. " * 4_000  # a hundred kilobytes


def shared_value() -> pa.Table:
    return pa.table({"text": pa.array([LONG] * 300).dictionary_encode()})


def shared_word() -> pa.Table:
    return pa.table({"text": [LONG] * 300})


def shared_list() -> pa.Table:
    return pa.table({"labels": pa.array([[LONG] * 30] * 10)})


def shared_part() -> pa.Table:
    return pa.table({"span": [{"text": LONG}] * 300})


def check(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        check_parquet(file, path.name, path.stat().st_size)


@pytest.mark.parametrize(
    ("table", "options"),
    [
        (shared_value, {}),
        (shared_word, {}),
        (shared_list, {}),
        (shared_part, {}),
        (lambda: pa.table({"text": [LONG] * 300}), {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"}),
    ],
    ids=["value", "word", "list", "part", "beginning"],
)
def test_what_values_share_counts_each_time(table: Any, options: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(table(), path, compression="zstd", **options)
    assert path.stat().st_size < 40_000
    with pytest.raises(InvalidInput, match=r"^a\.parquet: unpacks to more than 200 times its size, the limit"):
        check(path)


def test_a_table_of_ordinary_rows_passes(tmp_path: Path) -> None:
    rows = 200_000
    table = pa.table(
        {
            "id": [f"{number * 2654435761 % 2**64:016x}" for number in range(rows)],
            "schema": pa.array(["news_events@1.0.0"] * rows),
            "labels": pa.array([["claim"], []] * (rows // 2)),
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, compression="zstd")
    check(path)


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ("rows=999", "holds more than 999 rows"),
        ("rows=2999", "holds more than 2,999 rows"),
        ("items=1", "a table of 2 columns, over the limit of 1"),
    ],
    ids=["rows", "values", "columns"],
)
def test_rows_values_and_columns_are_counted(
    limit: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": range(1000), "labels": [["a", "b", "c"]] * 1000}), path)
    check(path)
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    with pytest.raises(InvalidInput, match=f"{what}.*TOOLKIT_LIMITS="):
        check(path)
