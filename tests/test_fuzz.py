"""Readers of what others made, on generated input: an answer or one error of ours, never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import figures
from toolkit.errors import InvalidInput
from toolkit.ingest import extract
from toolkit.labelstudio.codec.decode import decode_result
from toolkit.release.manifest import read_manifest
from toolkit.schema import load

NUMBERS = st.integers(-(2**70), 2**70) | st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
TEXT = "At least nine 😀 men died, the mayor said;\nthe army denies it."
KEYS = ("id", "type", "from_name", "to_name", "value", "from_id", "to_id", "labels", "direction", "parentID", "meta")
ITEM = st.dictionaries(
    st.sampled_from(KEYS), VALUES | st.sampled_from(["labels", "spans", "text", "relation", "number"])
)
REGION = st.dictionaries(
    st.sampled_from(["start", "end", "text", "labels", "choices", "number", "globalOffsets"]), VALUES
)
WORDS = [
    "at least",
    "between",
    "and",
    "to",
    "or",
    "no",
    "half",
    "a",
    "dozen",
    "of",
    "the",
    "1",
    "2,000",
    "٣",
    "½",
    "5 000",
    "1.5",
    "million",
    "people",
    "killed",
    "wounded",
    "missing",
    "twenty",
    "-",
    "one",
    "hundred",
    "%",
    ",",
    ".",
    "(",
    ")",
    "more than",
    "fewer",
    "none",
    "both",
    "couple",
    "1e9",
    "９",
    "99999999999999999999",
    "убито",
    "двое",
    "Tote",
]
COUNTED = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@pytest.mark.slow
@given(st.lists(ITEM | st.builds(lambda item, value: item | {"value": value}, ITEM, REGION), max_size=4))
def test_any_result_is_decoded(result: list[dict[str, Any]]) -> None:
    decoded = decode_result(result, TEXT, load("news_events"))
    assert sum(decoded.tally.values()) == len(result)
    for span in decoded.spans:
        assert TEXT[span.start : span.end] == span.text


@given(
    st.binary(max_size=400),
    st.sampled_from(["a", "a.txt", "a.html", "a.md", "a.jsonl", "a.csv", "a.eml", "a.srt", "a.xml"]),
)
def test_any_bytes_are_read_or_refused(raw: bytes, source: str) -> None:
    with suppress(InvalidInput):
        for article in extract(raw, source=source):
            assert article.text


@given(COUNTED | st.text(max_size=80), st.sampled_from(figures.LANGUAGES))
def test_any_words_are_read_for_figures(text: str, language: str) -> None:
    for found in figures.find(text, language=language):
        assert 0 <= found.start < found.end <= len(text)


SUM, TABLE = "0" * 64, "data/train-00000-of-00001.parquet"
MANIFEST: dict[str, Any] = {
    "version": "1.0.0",
    "schema": {"ref": "news_events@1.0.0", "digest": SUM},
    "text": "full",
    "takedowns": {},
    "tables": {"default": {"train": {"file": TABLE, "rows": 1, "bytes": 1, "content": SUM}}},
    "files": {TABLE: {"sha256": SUM, "bytes": 1}},
}


def test_the_manifest_that_is_spoilt_below_is_whole(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    assert read_manifest(tmp_path) == MANIFEST


def places(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    if isinstance(found, Mapping):
        for key, entry in found.items():
            yield from places(entry, (*at, key))


@given(
    st.sampled_from([at for at in places(MANIFEST) if at]),
    VALUES | st.sampled_from(["../x", "/etc/passwd", "a\x00b", "\ud800", ""]),
)
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_any_manifest_is_read_or_refused(tmp_path: Path, at: tuple[Any, ...], value: Any) -> None:
    manifest = holder = copy.deepcopy(MANIFEST)
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with suppress(InvalidInput):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, "\x00", '{"files": {"a": 1e999}}'])
def test_what_is_not_a_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InvalidInput):
        read_manifest(tmp_path)
