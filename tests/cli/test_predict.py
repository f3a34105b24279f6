"""Sentences of files, of any kind that training takes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.cli import main

DENIED, OPENED = "the mayor denied case 3", "the mayor opened case 3"


@pytest.fixture
def predict(model: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def run(*arguments: object) -> tuple[object, list[dict[str, object]], str]:
        with pytest.raises(SystemExit) as ended:
            main(["predict", "--model", str(model), *map(str, arguments)])
        out, err = capsys.readouterr()
        return ended.value.code, [json.loads(line) for line in out.splitlines()], err

    return run


@pytest.mark.slow
def test_files_of_every_kind_are_answered_row_by_row(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = [{"id": "a", "text": DENIED}, {"id": "b", "text": OPENED}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "a.csv").write_text(f"id,text\na,{DENIED}\nb,{OPENED}\n")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for name in ("a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet"):
        code, out, err = predict("--file", tmp_path / name)
        assert (code, err) == (0, "")
        assert [(row["id"], row["text"], row["labels"]) for row in out] == [
            ("a", DENIED, ["denial"]),
            ("b", OPENED, ["none"]),
        ]
        assert set(out[0]) == {"id", "text", "labels", "probabilities"}
    assert len(predict("--file", tmp_path / "a.csv", "--file", tmp_path / "a.jsonl")[1]) == 4


def test_the_column_of_the_sentence_can_be_named(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text(f"sentence\n{DENIED}\n")
    code, out, _ = predict("--file", tmp_path / "a.csv", "--text-column", "sentence")
    assert (code, out[0]["sentence"], out[0]["labels"]) == (0, DENIED, ["denial"])


def test_a_row_that_cannot_be_read_is_answered_with_its_place(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": 3}\n{"text": "\xff"}\n\n{broken\n' + json.dumps({"text": DENIED}).encode())
    code, out, err = predict("--file", path)
    assert [(row["file"], row["line"]) for row in out[:3]] == [(str(path), 1), (str(path), 2), (str(path), 4)]
    assert [row["error"] for row in out[:2]] == [
        'no "text" field with a string',
        "is not valid UTF-8 at byte 11 of the line",
    ]
    assert out[3]["labels"] == ["denial"]
    assert (code, err) == (3, f'error: {path}: 3 lines could not be read; look at the lines with "error"\n')


def test_the_name_of_a_file_is_not_labelled(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.jsonl").write_text("")
    code, out, err = predict(tmp_path / "a.jsonl")
    assert (code, out) == (2, [])
    assert (
        err
        == f"error: {tmp_path}/a.jsonl is a file here, not a sentence; label its rows with --file {tmp_path}/a.jsonl\n"
    )
    assert predict("see a.jsonl", "a" * 5000 + ".csv")[0] == 0
    assert predict("a text", "--file", tmp_path / "a.jsonl")[0] == 2


def test_a_model_that_is_a_file_is_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("text\n")
    with pytest.raises(SystemExit) as ended:
        main(["predict", "--model", str(tmp_path / "a.csv"), "x"])
    assert ended.value.code == 3
    assert "so this is not a model directory" in capsys.readouterr().err


def test_fields_of_the_caller_are_never_touched(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    row = {"text": DENIED, "labels": ["gold"], "error": "mine", "probabilities": {"x": 1}, "id": 7, "line": 3}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    code, (out,), err = predict("--file", tmp_path / "a.jsonl")
    assert (code, err) == (0, "")
    assert {name: out[name] for name in row} == row
    assert out["predicted_labels"] == ["denial"]
    assert set(out["predicted_probabilities"]) == {"denial", "none"}
    row = {"text": DENIED, "spans": 1, "labels": 2, "predicted_labels": 3}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    (out,) = predict("--file", tmp_path / "a.jsonl")[1]
    assert {name: out[name] for name in row} == row
    assert out["predicted_labels_"] == ["denial"]


def test_numbers_that_json_does_not_have_and_half_characters_go_out_as_json(  # type: ignore[no-untyped-def]
    predict, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "{DENIED}", "score": 1e400, "who": "\\ud800é"}}\n')
    out = predict("--file", tmp_path / "a.jsonl")[1][0]
    assert (out["score"], out["who"], out["labels"]) == ("Infinity", "\ud800é", ["denial"])


def test_a_cell_may_hold_a_whole_page(predict, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text(f'text\n"{"the mayor denied it, and " * 9000}"\n')
    code, (out,), _ = predict("--file", tmp_path / "a.csv")
    assert (code, out["labels"], len(out["text"])) == (0, ["denial"], 225_000)
