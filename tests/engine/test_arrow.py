"""Tables become the same Parquet bytes, and files of records are checked before anything is read out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from toolkit.engine.arrow import (
    SLICE_ROWS,
    parquet_bytes,
    read_parquet,
    record_table,
    records_in,
    to_table,
    write_parquet,
)
from toolkit.errors import InvalidInput
from toolkit.records import Article, Decision, Page, Piece, Span

TEXT = "The mayor said 14 people left."
GOLD = Decision(
    sentence_id="s1",
    labels=("claim",),
    spans=(Span(span_id="a", label="FIGURE", start=15, end=17, text="14", attributes={"low": 14}),),
    schema="news_events@1.0.0",
    method="single",
)


def article() -> Article:
    piece = Piece(start=0, end=len(TEXT), byte_start=0, byte_end=len(TEXT))
    return Article.of(TEXT, page=Page.of(TEXT.encode(), source="a.txt"), pieces=(piece,))


def written(path: Path, table: pa.Table) -> Path:
    path.write_bytes(parquet_bytes(table))
    return path


def test_a_file_of_records_is_read_as_it_was_written(tmp_path: Path) -> None:
    for cls, records in ((Decision, [GOLD]), (Article, [article()]), (Decision, [])):
        table = to_table(cls, records)
        assert record_table(cls, written(tmp_path / "file.parquet", table)).equals(table)


def test_every_column_that_is_not_one_of_the_record_is_named(tmp_path: Path) -> None:
    table = to_table(Decision, [GOLD]).drop_columns(["votes", "note"])  # votes are none by default, a note is not
    table = table.set_column(table.column_names.index("method"), "method", pa.array([1]))
    with pytest.raises(InvalidInput) as caught:
        record_table(Decision, written(tmp_path / "gold.parquet", table))
    assert [fault.what for fault in caught.value.faults] == [
        "column method is int64, not string",
        "lacks the column note",
    ]


@pytest.mark.parametrize("place", ["sentence_id", "labels", "spans", "spans.text"])
def test_a_missing_value_is_told_wherever_it_stands(tmp_path: Path, place: str) -> None:
    (row,) = to_table(Decision, [GOLD]).to_pylist()
    holder: dict[str, Any] = row
    if place == "labels":
        row["labels"] = [None]
    else:
        *outer, name = place.split(".")
        holder = row[outer[0]][0] if outer else row
        holder[name] = None
    table = pa.Table.from_pylist([row], schema=to_table(Decision, []).schema)
    with pytest.raises(InvalidInput, match=f"lacks values in column {place}"):
        record_table(Decision, written(tmp_path / "gold.parquet", table))


def test_a_missing_title_is_no_fault(tmp_path: Path) -> None:
    table = record_table(Article, written(tmp_path / "articles.parquet", to_table(Article, [article()])))
    assert pc.all(table["title"].is_null()).as_py()


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


def test_a_damaged_file_names_itself_and_what_makes_it_again(tmp_path: Path) -> None:
    path = written(tmp_path / "articles.parquet", to_table(Article, [article()] * 50))
    whole = path.read_bytes()
    damages = [bytes(b ^ 0xFF if at % 50 == step else b for at, b in enumerate(whole)) for step in range(50)]
    damages += [whole[: len(whole) * part // 8] for part in range(8)] + [whole[:4] + bytes(len(whole) - 8) + whole[-4:]]
    for damaged in damages:
        path.write_bytes(damaged)
        with pytest.raises(InvalidInput) as refused:
            list(records_in(Article, path))
        assert str(refused.value).startswith(str(path))
    with pytest.raises(InvalidInput, match=r"is not a readable .*; delete it and run `toolkit ingest` again"):
        read_parquet(path)
