"""Files of rows of anybody: none takes more memory than its limits, whatever it is packed with."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import InvalidInput
from toolkit.project.table_files import table_file

ROW = {"text": "It rained on the quay.", "label": "none"}


def count(path: Path) -> int:
    with table_file(path) as table:
        return sum(1 for _ in table.records)


def written(path: Path, rows: int) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([ROW] * rows), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps([ROW] * rows))
    elif path.suffix == ".csv":
        path.write_text("text,label\n" + "It rained on the quay.,none\n" * rows)
    else:
        path.write_text(f"{json.dumps(ROW)}\n" * rows)
    return path


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_what_stands_between_cells_of_csv_is_read_from_the_header(between: str, tmp_path: Path) -> None:
    """Spreadsheets of countries with a decimal comma write a semicolon."""
    path = tmp_path / "a.csv"
    path.write_text(between.join(('"text"', "label")) + "\n" + between.join(('"One, two; three.\t"', "none")) + "\n")
    with table_file(path) as table:
        ((_, fields),) = table.records
    assert (fields["text"], fields["label"]) == ("One, two; three.\t", "none")


def test_a_line_that_names_the_separator_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"sep=|\r\ntext|label\r\nOne, two; three.|none\r\n")
    with table_file(path) as table:
        ((number, fields),) = table.records
    assert (number, fields["text"], fields["label"]) == (3, "One, two; three.", "none")


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_two_columns_of_one_name_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix == ".csv":
        path.write_text("text,label,label,,\nIt rained.,none,claim,,\n")
    else:
        pq.write_table(pa.table([["It rained."], ["none"], ["claim"]], names=["text", "label", "label"]), path)
    with pytest.raises(InvalidInput, match="has several columns called 'label'"):
        count(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
@pytest.mark.parametrize(
    ("limit", "what"), [("rows=3", "holds more than 3 rows"), ("items=1", "a row of . columns|a table of 2 columns")]
)
def test_rows_and_columns_have_a_limit(
    name: str, limit: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / name, 4)
    assert count(path) == 4
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    with pytest.raises(InvalidInput, match=rf"{name}.*: ({what}).*; TOOLKIT_LIMITS="):
        count(path)


def gzip_bomb(path: Path) -> Path:
    path = path.with_name("a.jsonl.gz")
    path.write_bytes(gzip.compress((json.dumps(ROW) + " " * 10_000 + "\n").encode() * 1000, 9))
    return path


def table_bomb(path: Path) -> Path:
    path = path.with_name("a.parquet")
    column = pa.array(["It rained. " * 10_000] * 300).dictionary_encode()
    pq.write_table(pa.table({"text": column}), path, compression="zstd")
    return path


def list_bomb(path: Path) -> Path:
    path = path.with_name("a.json.gz")
    path.write_bytes(gzip.compress(json.dumps([ROW] * 200_000).encode(), 9))
    return path


@pytest.mark.parametrize("bomb", [gzip_bomb, table_bomb, list_bomb])
def test_what_unpacks_to_too_much_is_refused(bomb: Callable[[Path], Path], tmp_path: Path) -> None:
    path = bomb(tmp_path / "a")
    with pytest.raises(InvalidInput, match=rf"{path.name}: unpacks to more than 200 times its size, the limit"):
        count(path)


@pytest.mark.parametrize(
    ("name", "content", "limit", "what"),
    [
        ("a.jsonl", '{"text": "' + "a" * 1000 + '"}', "page_bytes=900", "a.jsonl:1: a line of more than 900 bytes"),
        ("a.csv", 'text\n"' + "a\n" * 500 + '"\n', "page_bytes=900", "field larger than field limit"),
        ("a.json", "[\n" + '"a",\n' * 300 + '"a"]', "document_bytes=900", "a.json: a file of more than 900 bytes"),
    ],
)
def test_what_has_to_be_held_has_a_limit(
    name: str, content: str, limit: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_text(content)
    count(path)
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    with pytest.raises(InvalidInput, match=what):
        count(path)
