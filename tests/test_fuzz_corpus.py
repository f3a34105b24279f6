"""The cases of the attacks, changed at random: what was once found to break a reader is where the next fault is near.

Each of the five readers of what others made has some hundred changed cases a run, about a minute together; hypothesis
draws other ones each time, and prints those that fail. `tests/test_fuzz.py` draws inputs from nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import figures
from toolkit.errors import InvalidInput
from toolkit.ingest import Limits, pages, read_page
from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.export_reader import read_export_all
from toolkit.release.manifest import read_manifest
from toolkit.schema import load

pytestmark = pytest.mark.slow
many = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(Path(__file__).parents[1] / "scripts" / "bench" / "attack")
    import hostile_files
    from spoilt_exports import VALUES, spoilt

    for name in ("hostile_files", "spoilt_exports"):
        sys.modules.pop(name)

SCHEMA = load("news_events")
TEXT = "At least nine men died, the mayor said; the army denies it."
_LARGEST = 40_000  # bytes of a case that is changed


class Edit(NamedTuple):
    """A change of a case: what stands at a share of its length is replaced."""

    at: float
    taken: int
    put: bytes


EDITS = st.lists(
    st.builds(
        Edit,
        st.floats(0, 1),
        st.sampled_from([0, 1, 2, 9, 200]),
        st.binary(max_size=4)
        | st.sampled_from(
            [b"\0", b"\xff\xfe", b"<", b"&#x110000;", b'"', b"{", b"]", b"-1", b"9" * 40, b"\n\n", b"\xed\xa0\x80"]
        )
        | st.sampled_from([text.encode("utf-8", "surrogatepass")[:2000] for _, text in VALUES]),
    ),
    max_size=4,
)


def changed(case: bytes, edits: Sequence[Edit]) -> bytes:
    for edit in edits:
        at = int(edit.at * len(case))
        case = case[:at] + edit.put + case[at + edit.taken :]
    return case


@cache
def page_cases() -> list[tuple[str, bytes]]:
    made = [(file, make()) for file, make in (*hostile_files.SPOILT.values(), *hostile_files.BOMBS.values())]
    good = [(f"a.{kind}", hostile_files.GOOD.encode()) for kind in ("txt", "html", "md", "csv")]
    return [*good, *((file, raw[:_LARGEST]) for file, raw in made)]


@cache
def export_cases() -> list[bytes]:
    value = {"start": 9, "end": 17, "text": "nine men", "labels": ["FIGURE"]}
    region = {"id": "r1", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}
    label = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["claim"]}}
    when = "2026-03-01T10:00:00Z"
    answer = {"id": 1, "completed_by": {"id": 1, "email": "a@b.example"}, "result": [region, label], "created_at": when}
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [answer | {"updated_at": when, "lead_time": 2.5}]}
    return [raw for _, raw in spoilt([task, task | {"id": 2}])]


@many
@given(st.sampled_from(range(len(page_cases()))), EDITS)
def test_pages_are_read_or_refused(case: int, edits: Sequence[Edit]) -> None:
    source, raw = page_cases()[case]
    with suppress(InvalidInput):
        for page in pages(changed(raw, edits), source=source, limits=Limits(page_bytes=1 << 20, free_bytes=1 << 20)):
            with suppress(InvalidInput):
                read_page(page)


@many
@given(st.sampled_from(range(len(export_cases()))), EDITS)
def test_exports_are_read_or_refused(case: int, edits: Sequence[Edit]) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(InvalidInput):
        path = Path(folder) / "export.json"
        path.write_bytes(changed(export_cases()[case], edits))
        found = read_export_all(path, SCHEMA, Pseudonyms(b"key"), texts=[TEXT])
        assert found.counts["taken"] + found.counts["rejected"] == found.counts["annotations"]


@many
@given(st.sampled_from(range(len(export_cases()))), EDITS)
def test_results_are_decoded(case: int, edits: Sequence[Edit]) -> None:
    result: list[Any] = []
    with suppress(ValueError, RecursionError, LookupError, TypeError):  # it holds no result any more
        result = list(json.loads(changed(export_cases()[case], edits))[0]["annotations"][0]["result"])
    decoded = decode_result(result, TEXT, SCHEMA)
    assert sum(decoded.tally.values()) == len(result)


@many
@given(
    st.sampled_from(["en", "fr", "de", "es", "ru", "uk"]),
    st.sampled_from(["9" * 5000, "five killed " * 20, TEXT]),
    EDITS,
)
def test_figures_are_found_in_any_words(language: str, case: str, edits: Sequence[Edit]) -> None:
    text = changed(f"At least {case} people were killed.".encode(), edits).decode("utf-8", "replace")
    for figure in figures.find(text, language=language):
        assert text[figure.start : figure.end]


@many
@given(st.sampled_from(hostile_files.MANIFESTS), EDITS)
def test_manifests_are_read_or_refused(how: str, edits: Sequence[Edit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        entry = {"file": "data/train.parquet", "rows": 1, "sha256": "0" * 64, "bytes": 1}
        path.write_text(json.dumps({"tables": {"default": {"train": entry}}, "files": {}, "version": "1.0.0"}))
        hostile_files.change_manifest(Path(folder), how, Path(folder) / "outside")
        path.write_bytes(changed(path.read_bytes(), edits))
        with suppress(InvalidInput):
            read_manifest(Path(folder))
