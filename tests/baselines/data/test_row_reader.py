from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.baselines import (
    Rows,
    concat,
    iter_rows,
    read_rows,
    rows_of_release,
)
from toolkit.errors import InvalidInput
from toolkit.records import Reject

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


@pytest.mark.slow
def test_a_split_of_a_release_is_rows(releases: Path) -> None:
    rows = rows_of_release(releases / "1.0.0", "train")
    assert rows.multi
    assert set(rows.columns) == {"source", "language", "year"}
    assert len(set(rows.groups)) == len(rows) // 5  # one story an article
    with pytest.raises(InvalidInput, match="has no dev split; it has train, validation, test"):
        rows_of_release(releases / "1.0.0", "dev")
    with pytest.raises(InvalidInput, match="there is no release here"):
        rows_of_release(releases, "train")


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


def test_whole_numbers_that_pandas_made_floats_are_the_whole_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [{"text": "a", "label": 1.0}, {"text": "b", "label": 0}])
    assert read_rows(path).labels == (("1",), ("0",))
    path = write(tmp_path / "rows.jsonl", [{"text": "a", "label": 1}, {"text": "b", "label": 2.5}])
    with pytest.raises(InvalidInput, match=r"rows\.jsonl:2: 'label' is the number 2\.5, not a label name"):
        read_rows(path)


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
        ("a.jsonl", "{nonsense\n", "a.jsonl:1:2: is not JSON"),
        ("a.jsonl", '{"text": "x", "label": "y"}\n[1]\n', "a.jsonl:2: is a list, not a JSON object"),
        ("a.jsonl", '{"text": "x"}\n', "has no column 'label' or 'labels'; the columns are text"),
        ("a.jsonl", '{"label": "x"}\n', "has no column 'text'"),
        ("a.jsonl", '{"text": "\\ud83d", "label": "x"}\n', "holds half a character (a lone surrogate) at 0"),
        ("a.jsonl", '{"text": "x", "label": {}}\n', "'label' is an object, not a label name"),
        ("a.csv", "text,label\nx,y,z\n", "a.csv:2: has more cells than the header"),
        ("a.parquet", "no parquet", "can't be read"),
        ("a.parquet", "PAR1 and nothing else", "a.parquet, row 1: is damaged"),
        ("a.xlsx", "", "is not a kind of file"),
        ("a.jsonl.gz", '{"text": "x", "label": "y"}\n', "it is not gzip, as its name says"),
        ("a.jsonl", "PAR1", "it is Parquet, which its name does not say; give it a name that ends in .parquet"),
        ("a.jsonl", '{"text": "x", "label": NaN}\n', "a.jsonl:1: 'label' is NaN, not a label name"),
        ("a.jsonl", '{"text": "x", "label": "a\\u0000"}\n', "a label name has no control characters"),
        ("a.jsonl", '{"text": ' + "[" * 99_999 + "]" * 99_999 + "}\n", "a.jsonl:1: is JSON that is too deep"),
        ("a.jsonl", '{"text": "x", "label": ' + "9" * 5000 + "}\n", "or has a number that is too long"),
        ("a.csv", 'text,label\n"x,y\nz,y\n', "a.csv:2: is not a table"),
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


def test_every_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = b'{"text": "x", "label": "y"}\n'
    path.write_bytes(
        good + b'{"text": "na\xefve", "label": "y"}\n' + good + b"{broken\n" + b'{"text": 1, "label": "y"}\n'
    )
    with pytest.raises(InvalidInput) as caught:
        read_rows(path)
    assert [fault.where for fault in caught.value.faults] == [f"{path}:2", f"{path}:4:2", f"{path}:5"]
    assert "is not valid UTF-8 at byte 13 of the line" in str(caught.value)
    assert all(str(fault.remedy).endswith("`train-files --rejects FILE`") for fault in caught.value.faults)


def test_the_header_of_a_second_file_that_was_appended_is_no_row(tmp_path: Path) -> None:
    path, rejects = tmp_path / "a.csv", []
    for mark in ("", "\ufeff"):
        path.write_text(f"{mark}text,label\nx,b\n{mark}text,label\n{mark}y,c\n")
        with pytest.raises(InvalidInput, match="is the header again, as in files that were joined") as caught:
            read_rows(path)
        assert caught.value.where == f"{path}:3"
        rejects.clear()
        rows = read_rows(path, reject=rejects.append)
        assert (rows.texts, rows.labels) == (("x", "y"), (("b",), ("c",)))
        assert [each.reason for each in rejects] == ["header-again"]


def test_a_json_list_in_a_file_of_lines_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for indent in (None, 1):
        path.write_text(json.dumps([{"text": "x", "label": "b"}] * 200, indent=indent))
        with pytest.raises(InvalidInput, match="is one JSON list, not an object per line") as caught:
            read_rows(path)
        assert (caught.value.where, caught.value.remedy) == (str(path), "give the file a name that ends in .json")


def test_a_byte_order_mark_in_the_middle_of_joined_files_is_no_part_of_a_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('\ufeff{"text": "x", "label": "b"}\n\ufeff{"text": "y", "label": "c"}\n')
    assert read_rows(path).texts == ("x", "y")


def test_like_faults_are_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"text": "x", "label": "y"}, *({"text": "x", "label": {"is": at}} for at in range(3)), {"label": "y"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InvalidInput) as caught:
        read_rows(path)
    assert [fault.where for fault in caught.value.faults] == [f"{path}:2", f"{path}:5"]
    assert "(likewise lines 3, 4)" in str(caught.value.faults[0])


@pytest.mark.parametrize(
    "cell",
    ["['b', 'c']", "('b', 'c')", "{'b', 'c'}", "array(['b', 'c'], dtype=object)", "Index(['b', 'c'], dtype='object')"],
)
def test_a_list_that_a_program_wrote_into_a_column_called_label_is_read(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'text,label\nx,b\ny,"{cell}"\n')
    assert read_rows(path).labels == (("b",), ("b", "c"))


def test_a_file_of_the_wrong_kind_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("plain words\n" * 1000)
    with pytest.raises(InvalidInput) as caught:
        read_rows(path)
    assert len(caught.value.faults) == 2
    assert "(likewise lines 2, 3, 4, 5, 6 and 94 more)" in str(caught.value.faults[0])
    assert "has at least 100 rows that can't be used, and was not read on" in str(caught.value.faults[-1])


def test_rows_that_cannot_be_used_are_handed_over_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "label": "y"}\n{broken\n\n{"text": "x", "label": null}\n')
    found: list[Reject] = []
    assert len(read_rows(path, reject=found.append)) == 1
    assert [(each.reason, each.start, each.text) for each in found] == [
        ("not-json", 2, "{broken"),
        ("no-label", 4, '{"text": "x", "label": null}'),
    ]
    assert found[1].detail == "'label' is missing, not a label name"


def test_rows_whose_labels_are_in_another_column_say_so(tmp_path: Path) -> None:
    rows = [{"text": "x", "labels": ["y"]}, {"text": "x", "label": "y"}]
    with pytest.raises(InvalidInput, match=r"but a list in other rows \(it has 'label' instead\)"):
        read_rows(write(tmp_path / "a.jsonl", list(rows)))
    with pytest.raises(InvalidInput, match=r"'label' is missing, not a label name \(it has 'labels' instead\)"):
        read_rows(write(tmp_path / "b.jsonl", list(reversed(rows))))


def test_a_first_row_without_labels_does_not_decide_that_there_is_only_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"text": "x", "labels": None}, {"text": "x", "labels": ["y", "z"]}])
    assert read_rows(path, reject=lambda _: None).labels == (("y", "z"),)


def test_damage_is_placed_where_reading_stopped(tmp_path: Path) -> None:
    whole = gzip.compress("".join(json.dumps({"text": str(n), "label": "x"}) + "\n" for n in range(5000)).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput, match=r"a\.jsonl\.gz:\d{4}: is damaged from here on"):
        read_rows(tmp_path / "a.jsonl.gz")


def test_streams_and_pipes_are_no_files_of_rows(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="stdin: rows are gone over more than once"):
        read_rows("-")
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(InvalidInput, match="is not a regular file"):
        read_rows(tmp_path / "a.jsonl")


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("['claim', 'denial']", ("claim", "denial")),
        ("['claim' 'denial']", ("claim", "denial")),
        ("('claim',)", ("claim",)),
        ("{'denial', 'claim'}", ("claim", "denial")),
        ("[]", ()),
        ("set()", ()),
    ],
)
def test_csv_takes_lists_as_python_writes_them(tmp_path: Path, cell: str, labels: tuple[str, ...]) -> None:
    (tmp_path / "a.csv").write_text(f'text,labels\nOne,"{cell}"\nTwo,"[]"\n')
    assert read_rows(tmp_path / "a.csv").labels == (labels, ())


def test_what_only_looks_like_a_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,labels\nOne,"[claim, denial]"\n')
    with pytest.raises(InvalidInput, match="a list in CSV must be JSON"):
        read_rows(tmp_path / "a.csv")


def test_a_cell_may_be_longer_than_the_limit_of_the_csv_module(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'text,label\n"{"word " * 40_000}",claim\n')
    assert len(read_rows(tmp_path / "a.csv").texts[0]) == 200_000


def test_zeros_and_ones_are_no_label_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,labels\nOne,"[0, 0, 1]"\nTwo,"[1, 0, 0]"\n')
    with pytest.raises(InvalidInput, match="'labels' is a row of 0 and 1, not of label names"):
        read_rows(tmp_path / "a.csv")


def test_the_year_is_found_in_any_date_and_in_no_other_number(tmp_path: Path) -> None:
    dates = ("2024-05-01T10:00:00Z", "12 May 2023", "20220501", 2021, 1700000000, "12345", None)
    rows = [{"text": "x", "label": "y", "published_at": date} for date in dates]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_rows(tmp_path / "a.jsonl").columns["year"] == ("2024", "2023", "2022", "2021", "", "", "")


def test_numbers_of_classes_have_the_names_that_the_file_gives_them(tmp_path: Path) -> None:
    classes = {"names": ["no", "yes"], "_type": "ClassLabel"}
    for values, feature, labels in (
        ([1, 0], classes, (("yes",), ("no",))),
        ([[0, 1], []], {"feature": classes, "_type": "List"}, (("no", "yes"), ())),
        ([1, 0], {"dtype": "int64", "_type": "Value"}, (("1",), ("0",))),
        ([1, 0], "spoilt", (("1",), ("0",))),
    ):
        told = json.dumps({"info": {"features": {"label": feature}}})
        table = pa.table({"text": ["x", "y"], "label": values}).replace_schema_metadata({"huggingface": told})
        pq.write_table(table, tmp_path / "a.parquet")
        assert read_rows(tmp_path / "a.parquet").labels == labels
    table = pa.table({"text": ["x"], "label": [-1]})
    told = json.dumps({"info": {"features": {"label": classes}}})
    pq.write_table(table.replace_schema_metadata({"huggingface": told}), tmp_path / "a.parquet")
    with pytest.raises(InvalidInput, match="'label' is -1, and its classes are 0 to 1"):
        read_rows(tmp_path / "a.parquet")
