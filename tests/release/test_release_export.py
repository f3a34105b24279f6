"""Other formats hold the same rows, and nothing in them is executed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import UsageError
from toolkit.release import Release, TextRule, export
from toolkit.release.export import bio, safe_cell


def test_jsonl_has_every_row(release: Release, tmp_path: Path) -> None:
    files = export(release, "jsonl", tmp_path / "out")
    assert len(files) == 15
    for path in files:
        config, split = path.stem.split("-")
        assert [json.loads(line) for line in path.read_text().splitlines()] == release.table(config, split).to_pylist()


def test_csv_has_every_row(release: Release, tmp_path: Path) -> None:
    export(release, "csv", tmp_path / "out")
    with (tmp_path / "out" / "default-train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == release.table("default", "train")["text"].to_pylist()
    assert json.loads(rows[0]["labels"]) == release.table("default", "train")["labels"][0].as_py()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(value) for value in (-1.5, 3, True, None, "a-b")] == ["-1.5", "3", "True", "", "a-b"]


def test_conll_tags_what_the_spans_hold(release: Release, tmp_path: Path) -> None:
    files = export(release, "conll", tmp_path / "out")
    tagged = "".join(path.read_text() for path in files)
    assert tagged.count("\tB-FIGURE\n") == release.table("figures").num_rows
    assert tagged.count("# sentence_id") == release.table().num_rows


@given(
    st.text(alphabet="ab é́.,\n🥖", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=4)
)
def test_tokens_are_the_text_and_tags_are_well_formed(text: str, places: list[tuple[int, int]]) -> None:
    spans = [{"start": start, "end": start + length, "label": "X"} for start, length in places]
    found = bio(text, spans)
    assert all(text[start:end] == token for token, start, end, _ in found)
    assert "".join(token for token, *_ in found) == "".join(text.split())
    before = "O"
    for *_, tag in found:
        assert tag != "I-X" or before != "O"
        before = tag


def test_of_two_that_overlap_the_longer_is_tagged() -> None:
    spans = [{"start": 0, "end": 5, "label": "A"}, {"start": 4, "end": 13, "label": "B"}]
    assert [tag for *_, tag in bio("about 20 dead", spans)] == ["B-B", "I-B", "I-B"]


def test_what_cannot_be_exported(world: Any, release: Release, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="take one of conll, csv, jsonl"):
        export(release, "xlsx", tmp_path / "out")
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    with pytest.raises(UsageError, match="no text to tag"):
        export(bare, "conll", tmp_path / "out")
