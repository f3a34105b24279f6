"""Other formats hold the same rows, and nothing in them is executed."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.engine.csv_cells import csv_cell, plain_cell, safe_cell
from toolkit.errors import UsageError
from toolkit.release import Release, TextRule
from toolkit.release.export.formats import bio, export, minimum


def test_jsonl_has_every_row(release: Release, tmp_path: Path) -> None:
    files = export(release, "jsonl", tmp_path / "out")
    assert len(files) == sum(len(release.splits(config)) for config in release.configs)
    for path in files:
        config, split = path.stem.split("-")
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        counted = [row.pop("acled_minimum") for row in rows] if config == "figures" else []
        assert rows == release.table(config, split).to_pylist()
        assert [each for each, row in zip(counted, rows, strict=False) if row["low"] is not None] == [
            row["low"] + bool(row["low_open"]) for row in rows if counted and row["low"] is not None
        ]


def test_a_vague_figure_is_counted_by_the_rule_of_acled_in_what_is_exported() -> None:
    row = {"sentence_id": "s", "low": None, "low_open": None}
    assert minimum({**row, "text": "dozens"}, "en") == 12
    assert minimum({**row, "text": "unas decenas"}, "es") == 10
    assert minimum({**row, "text": "several"}, "en") is None
    assert minimum({**row, "text": "up to 9"}, "en") is None
    assert minimum({**row, "text": "dozens"}, None) is None
    assert minimum({**row, "low": 14, "low_open": True}, "en") == 15


def test_csv_has_every_row(release: Release, tmp_path: Path) -> None:
    export(release, "csv", tmp_path / "out")
    with (tmp_path / "out" / "default-train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == release.table("default", "train")["text"].to_pylist()
    assert json.loads(rows[0]["labels"]) == release.table("default", "train")["labels"][0].as_py()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")
    assert plain_cell(safe_cell(text)) == text


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(value) for value in (-1.5, 3, True, None, "a-b")] == ["-1.5", "3", "True", "", "a-b"]


def test_conll_tags_what_the_spans_hold(release: Release, tmp_path: Path) -> None:
    files = export(release, "conll", tmp_path / "out")
    tagged = "".join(path.read_text() for path in files)
    assert tagged.count("\tB-FIGURE\n") == release.table("figures").num_rows
    assert tagged.count("# sentence_id") == release.table().num_rows


def test_parquet_is_the_table(release: Release, tmp_path: Path) -> None:
    for path in export(release, "parquet", tmp_path / "out"):
        config, split = path.stem.split("-")
        assert pq.read_table(path).equals(release.table(config, split))


@pytest.mark.slow
def test_spacy_holds_text_labels_and_spans(release: Release, tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin

    files = export(release, "spacy", tmp_path / "out")
    docs = [doc for path in files for doc in DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)]
    rows = release.table().to_pylist()
    assert [doc.text for doc in docs] == [row["text"] for row in rows]
    assert [doc.user_data["sentence_id"] for doc in docs] == [row["sentence_id"] for row in rows]
    assert [{label for label, given in doc.cats.items() if given} for doc in docs] == [
        set(row["labels"]) for row in rows
    ]
    found = [
        (doc.user_data["sentence_id"], span.id_, span.label_, span.start_char, span.end_char)
        for doc in docs
        for span in doc.spans["sc"]
    ]
    wanted = release.table("spans", columns=["sentence_id", "span_id", "label", "start", "end"]).to_pylist()
    assert sorted(found) == sorted(tuple(row.values()) for row in wanted)
    again = export(release, "spacy", tmp_path / "again")
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


def test_spacy_cuts_a_token_where_a_span_does() -> None:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin

    from toolkit.release.export.formats import docbin

    row = {"sentence_id": "s", "story_id": "t", "text": "  About 20-odd 😀men  left.", "labels": ["a"]}
    span = {"span_id": "x", "label": "N", "start": 8, "end": 10}
    inner = {"span_id": "y", "label": "M", "start": 9, "end": 17}
    (doc,) = DocBin().from_bytes(docbin([row], {"s": [inner, span]}, ("a", "b"))).get_docs(spacy.blank("xx").vocab)
    assert doc.text == row["text"]
    assert [(span.text, span.id_) for span in doc.spans["sc"]] == [("20", "x"), ("0-odd 😀m", "y")]
    assert doc.cats == {"a": 1.0, "b": 0.0}
    wide = {"span_id": "z", "label": "N", "start": 19, "end": 25}  # explosion/spaCy#13689
    blank = {"span_id": "w", "label": "N", "start": 0, "end": 2}
    (doc,) = DocBin().from_bytes(docbin([row], {"s": [wide, blank]}, ())).get_docs(spacy.blank("xx").vocab)
    assert [(span.text, span.id_) for span in doc.spans["sc"]] == [("left", "z")]


def test_without_spacy_it_says_what_to_install(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(UsageError, match=r"pip install '[^']+\[spacy\]'"):
        export(release, "spacy", tmp_path / "out")
    assert not (tmp_path / "out").exists()


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
    spans = [{"start": 0, "end": 6, "label": "A"}, {"start": 4, "end": 14, "label": "B"}]
    assert bio("nearly 20 dead", spans) == [
        ("near", 0, 4, "O"),
        ("ly", 4, 6, "B-B"),
        ("20", 7, 9, "I-B"),
        ("dead", 10, 14, "I-B"),
    ]


@given(st.text(alphabet="ab é́\n🥖قو", min_size=1, max_size=30), st.data())
def test_spans_come_back_out_of_the_tags(text: str, data: st.DataObject) -> None:
    borders = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [
        {"start": start, "end": end, "label": "X"} for start, end in zip(borders[::2], borders[1::2], strict=False)
    ]
    found: list[list[int]] = []
    for _, start, end, tag in bio(text, spans):
        if tag == "B-X":
            found.append([start, end])
        elif tag == "I-X":
            found[-1][1] = end
    assert found == [[start, end] for start, end in map(_without_space, [text] * len(spans), spans) if start < end]


def _without_space(text: str, span: dict[str, Any]) -> tuple[int, int]:
    """What a span holds of tokens: spaces at its edges are in none."""
    inside = text[span["start"] : span["end"]]
    start = span["start"] + len(inside) - len(inside.lstrip())
    return start, start + len(inside.strip())


@pytest.mark.slow
def test_what_cannot_be_exported(world: Any, release: Release, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="take one of conll, conllu, csv, jsonl"):
        export(release, "xlsx", tmp_path / "out")
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    with pytest.raises(UsageError, match="no text to tag"):
        export(bare, "conll", tmp_path / "out")


CELLS = [
    "=1+1",
    " =1+1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "'=1+1",
    "''x",
    "'tis",
    "a;=1+1",
    "a\t=1",
    "＝1",
    "–5",
    "|x",
    "ok",
]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_is_safe_in_every_locale_and_reads_back(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert not re.match(r"[\s\u00a0\ufeff\u200b]*[=+@＝|–-]", safe_cell(text))
    assert len({safe_cell(each) for each in CELLS}) == len(CELLS)


@given(st.lists(st.text(alphabet=";\t\n\"'=+-@ ax,\\", max_size=12), min_size=1, max_size=4))
def test_no_cell_is_a_formula_whatever_separates_cells(texts: list[str]) -> None:
    assert [plain_cell(safe_cell(text)) for text in texts] == texts
    assert json.loads(str(safe_cell(texts))) == texts
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC).writerow(["id", *map(csv_cell, texts), csv_cell(texts), 1])
    for sign in (",", ";", "\t"):
        cells = [cell for row in csv.reader(io.StringIO(file.getvalue()), delimiter=sign) for cell in row]
        assert not [cell for cell in cells if re.match(r"\s*[=+@-]", cell)], sign


def test_every_text_is_quoted_and_a_tidy_file_has_ones_and_zeros(release: Release, tmp_path: Path) -> None:
    export(release, "csv", tmp_path / "out")
    raw = (tmp_path / "out" / "tidy-test.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    wanted = release.table(split="test").to_pylist()
    assert [[row[label] for label in release.schema.label_ids] for row in found] == [
        [str(int(label in row["labels"])) for label in release.schema.label_ids] for row in wanted
    ]
    first = (tmp_path / "out" / "default-test.csv").read_text(encoding="utf-8").splitlines()[1]
    assert first.startswith('"')
