"""What a later file repeats is found in every kind of file, exactly as it is defined."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InvalidInput, UsageError
from toolkit.release import Release, file_leakage, text_leakage
from toolkit.release.leakage import normalise
from toolkit.release.shingles import shingles

TRAIN = ["The bridge is closed, says the mayor.", "Snow fell on Monday in the north of the country.", "?!"]
DEV = [
    "the bridge   is closed says the Mayor",
    "Snow fell on Mondays in the north of the country.",
    "?",
    "Nothing of this was there before.",
]


def test_exact_and_near_rows_are_told_apart() -> None:
    found = text_leakage({"train": TRAIN, "dev": DEV})
    assert [(pair.kind, pair.later, pair.earlier) for pair in found.pairs] == [
        ("exact", "dev:1", "train:1"),
        ("near", "dev:2", "train:2"),
    ]
    assert (found.exact, found.near) == (1, 1)
    assert found.as_dict()["pairs"][0]["text"] == DEV[0]


def test_repeats_within_one_file_are_no_leak() -> None:
    assert text_leakage({"train": ["a word", "a word"], "dev": ["another"]}).exact == 0


def test_every_row_of_a_later_file_counts() -> None:
    found = text_leakage({"train": ["a"], "dev": ["A", "b"], "test": ["a.", "B!", "c"]})
    assert [(pair.later, pair.earlier) for pair in found.pairs] == [
        ("dev:1", "train:1"),
        ("test:1", "train:1"),
        ("test:2", "dev:2"),
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("“Don't!”  he\u00a0said…", "dont he said"),
        ("ÉTÉ – 3.5 %", "été 35"),
        ("كتب: نعم", "كتب نعم"),
        ("\u0915\u094d\u092f\u093e", "\u0915\u094d\u092f\u093e"),  # combining signs are letters' parts, not punctuation
        (" ?! ", "?!"),
    ],
)
def test_normalisation(text: str, key: str) -> None:
    assert normalise(text) == key


def write(path: Path, texts: list[str]) -> Path:
    rows = [{"id": number, "text": text} for number, text in enumerate(texts)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    match "".join(path.suffixes):
        case ".jsonl":
            path.write_text("\n" + lines)
        case ".jsonl.gz":
            path.write_bytes(gzip.compress(lines.encode()))
        case ".json":
            path.write_text(json.dumps(rows))
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        case suffix:
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.DictWriter(file, ["id", "text"], delimiter="\t" if suffix == ".tsv" else ",")
                writer.writeheader()
                writer.writerows(rows)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".json", ".csv", ".tsv", ".parquet"])
def test_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    found = file_leakage([write(tmp_path / f"train{suffix}", TRAIN), write(tmp_path / f"dev{suffix}", DEV)])
    assert (found.exact, found.near) == (1, 1)


def test_a_directory_is_read_as_train_validation_test(tmp_path: Path) -> None:
    for name, texts in (("test", DEV), ("train", TRAIN), ("validation", ["x y z"])):
        write(tmp_path / f"{name}.jsonl", texts)
    assert list(file_leakage([tmp_path]).rows) == ["train", "valid", "test"]
    assert file_leakage([tmp_path]).exact == 1


def test_a_release_of_whole_stories_leaks_nothing(release: Release) -> None:
    found = file_leakage([release.path])
    assert (found.exact, sum(found.rows.values())) == (0, release.table().num_rows)


def test_one_file_is_not_enough(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two different files"):
        file_leakage([write(tmp_path / "train.jsonl", TRAIN)])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jsonl", '{"text": ', "is not JSON"),
        ("a.json", '{"text": "a"}\n{"text": "b"}', "is not JSON: Extra data; if it holds one object per line"),
        ("a.json", '{"text": "a"}', "is an object, not a list of rows"),
        ("a.json", '[{"text": "a"}, 1]', "is a whole number, not a JSON object"),
        ("a.jsonl", '{"id": 1}', "has no column of text"),
        ("a.jsonl", '{"text": 1}', "the text is not a string"),
        ("a.jsonl", '{"text": "a"}\n[1]', "is a list, not a JSON object"),
        ("a.parquet", "no parquet", "it is not Parquet, as its name says"),
        ("a.jsonl.gz", "no gzip", "it is not gzip, as its name says"),
        ("a.csv", 'text\n"never closed', "is not a table"),
        ("a.docx", "", "is not a kind of file that rows are read from"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidInput, match=words) as caught:
        file_leakage([tmp_path / name, write(tmp_path / "dev.jsonl", DEV)])
    assert str(tmp_path / name) in str(caught.value.where)


_WORDS = st.lists(st.sampled_from(["a", "bridge", "was", "closed", "Monday", "북", "😀", "12"]), max_size=12).map(
    " ".join
)


@pytest.mark.slow
@given(st.lists(_WORDS, max_size=6), st.lists(_WORDS, max_size=6), st.sampled_from([0.5, 0.8, 1.0]))
def test_every_near_row_is_found(train: list[str], dev: list[str], near: float) -> None:
    found = {pair.later: pair for pair in text_leakage({"train": train, "dev": dev}, near=near).pairs}
    for row, text in enumerate(dev, start=1):
        own = shingles(normalise(text))
        others = [shingles(normalise(other)) for other in train]
        best = max((len(own & other) / len(own | other) for other in others), default=0.0)
        exact = normalise(text) in map(normalise, train)
        assert (f"dev:{row}" in found) == (exact or best >= near)
        if f"dev:{row}" in found:
            assert found[f"dev:{row}"].kind == ("exact" if exact else "near")
            assert found[f"dev:{row}"].similarity == (1.0 if exact else round(best, 4))
