from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.baselines import Rows, concat, iter_rows, read_rows
from toolkit.errors import InvalidInput

LINES = [
    {
        "id": "a",
        "text": "One killed.",
        "labels": ["casualty"],
        "story_id": "s1",
        "publisher": "P",
        "published_at": "2026-01-02",
    },
    {"id": "b", "text": "Nothing.", "labels": [], "story_id": "s1", "publisher": "Q", "published_at": "2025-01-02"},
]


def write(path: Path, lines: list[object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_jsonl_plain_gzipped_and_parquet_are_the_same_rows(tmp_path: Path) -> None:
    plain = read_rows(write(tmp_path / "a.jsonl", list(LINES)))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    pq.write_table(pa.Table.from_pylist(LINES), tmp_path / "a.parquet")
    for other in (read_rows(tmp_path / "a.jsonl.gz"), read_rows(tmp_path / "a.parquet")):
        assert (other.texts, other.labels, other.groups, other.ids) == (
            plain.texts,
            plain.labels,
            plain.groups,
            plain.ids,
        )
    assert plain.multi
    assert plain.labels == (("casualty",), ())
    assert plain.groups == ("s1", "s1")
    assert plain.columns == {"source": ("P", "Q"), "year": ("2026", "2025")}


def test_csv_takes_lists_between_bars_or_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,labels\n"One, two",b|a\nThree,\n')
    rows = read_rows(tmp_path / "a.csv")
    assert rows.texts == ("One, two", "Three")
    assert rows.labels == (("a", "b"), ())
    (tmp_path / "b.tsv").write_text('text\tlabel\nOne\t["x"]\n')
    assert read_rows(tmp_path / "b.tsv").labels == (("x",),)


def test_single_labels_may_be_text_numbers_or_truth_values(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"text": "x", "label": value} for value in ("No", 1, True)])
    rows = read_rows(path)
    assert not rows.multi
    assert rows.labels == (("No",), ("1",), ("true",))


def test_rows_without_a_story_are_grouped_by_how_they_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"text": text, "label": "x"} for text in ("Same  text", "same text", "other")])
    first, second, third = read_rows(path).groups
    assert first == second != third


def test_all_faults_are_reported_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", [{"text": "x", "label": "y"}, {"text": 3, "label": "y"}, {"text": "x", "label": None}]
    )
    with pytest.raises(InvalidInput) as caught:
        read_rows(path)
    assert [fault.where for fault in caught.value.faults] == [f"{path}:2", f"{path}:3"]
    assert "is a whole number, not text" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", "", "has no rows"),
        ("a.jsonl", "{nonsense\n", "a.jsonl:1:2: is no JSON"),
        ("a.jsonl", "[1]\n", "a.jsonl:1: is a list, not a JSON object"),
        ("a.jsonl", '{"text": "x"}\n', "has no column 'label' or 'labels'; the columns are text"),
        ("a.jsonl", '{"label": "x"}\n', "has no column 'text'"),
        ("a.jsonl", '{"text": "\\ud83d", "label": "x"}\n', "holds half a character (a lone surrogate) at 0"),
        ("a.jsonl", '{"text": "x", "label": {}}\n', "'label' is an object, not a label name"),
        ("a.csv", "text,label\nx,y,z\n", "a.csv:2: has more cells than the header"),
        ("a.parquet", "no parquet", "can't be read"),
        ("a.xlsx", "", "is no kind of file"),
    ],
)
def test_unusable_files_are_refused_in_a_sentence(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidInput) as caught:
        read_rows(tmp_path / name)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no such file"):
        read_rows(tmp_path / "none.jsonl")


def test_a_big_file_comes_in_batches(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"text": f"row {number}", "label": "x"} for number in range(25)])
    assert [len(batch) for batch in iter_rows(path, size=10)] == [10, 10, 5]


def test_columns_must_be_parallel_and_single_labels_single() -> None:
    with pytest.raises(InvalidInput, match="2 texts but 1 values of labels"):
        Rows(texts=("a", "b"), labels=(("x",),), multi=False)
    with pytest.raises(InvalidInput, match="2 labels where every sentence needs exactly one"):
        Rows(texts=("a",), labels=(("x", "y"),), multi=False)


def test_single_and_multi_label_files_do_not_mix() -> None:
    one = Rows(texts=("a",), labels=(("x",),), multi=False)
    many = Rows(texts=("a",), labels=(("x",),), multi=True)
    with pytest.raises(InvalidInput, match="can't be trained on together"):
        concat([one, many])


def test_a_missing_column_names_the_option_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("sentence,label\nA.,x\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="the columns are sentence, label; name the column to use: --text-column"):
        read_rows(path)
    with pytest.raises(InvalidInput, match="name the column to use: --label-column NAME"):
        read_rows(path, text_column="sentence", label_column="labels")
