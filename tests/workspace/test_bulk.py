"""A corpus of many chunks becomes what one of few does, and a killed run goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from toolkit.engine.arrow import SLICE_ROWS, parquet_bytes, to_table, write_parquet
from toolkit.errors import InvalidInput
from toolkit.ingest import assign_stories, extract
from toolkit.ingest import stage as ingest_stage
from toolkit.project import Workspace
from toolkit.records import Article, Sentence
from toolkit.segment import stage as segment_stage
from toolkit.segment.units import sentences


def page(number: int) -> dict[str, str]:
    """Make a page of its own words; of every ten, the 9th is the text of the 8th and the 10th nearly so."""
    base = number - {9: 1, 0: 2}.get(number % 10, 0)
    words = [f"word{(base * step) % 9973}" for step in range(1, 30)]
    if number % 10 == 0:
        words[20] = "changed"
    text = f"Item {' '.join(words[:15])}. Then {' '.join(words[15:])}."
    return {"text": text, "url": f"https://a.example/{number}", "language": "en"}


def project(root: Path, count: int) -> Workspace:
    workspace = Workspace.create(root)
    lines = "\n".join(json.dumps(page(number)) for number in range(count))
    (root / "pages" / "all.jsonl").write_text(lines, encoding="utf-8")
    return workspace


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


def test_chunks_make_what_records_make(tmp_path: Path) -> None:
    """The bulk path through Arrow against the plain functions over records, copies and stories included."""
    workspace = project(tmp_path / "p", 4_500)
    counts = ingest_stage.ingest(workspace).counts
    segment_stage.segment(workspace)
    raw = workspace.path("pages", "all.jsonl").read_bytes()
    expected = assign_stories(extract(raw, source="all.jsonl"))
    assert workspace.path("articles.parquet").read_bytes() == parquet_bytes(to_table(Article, expected))
    units = [unit for article in expected for unit in sentences(article)]
    assert workspace.path("sentences.parquet").read_bytes() == parquet_bytes(to_table(Sentence, units))
    assert counts["exact copies"] == 450
    assert counts["stories"] < counts["articles"] == 4_050
    assert list(workspace.path(".toolkit", "scratch").iterdir()) == []


@pytest.mark.slow
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    whole, killed = project(tmp_path / "whole", 12_000), project(tmp_path / "killed", 12_000)
    command = [sys.executable, "-m", "toolkit", "ingest", "--project", str(killed.root)]
    run = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (done := list(killed.root.glob(".toolkit/scratch/ingest-*/read/*.parquet"))):
        assert run.poll() is None
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(done) < 6
    before = {path: path.stat().st_mtime_ns for path in done}
    again = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list(done[0].parent.glob("*.parquet"))) <= len(done):
        assert again.poll() is None
        time.sleep(0.02)
    assert {path: path.stat().st_mtime_ns for path in done} == before
    assert again.wait() == 0
    ingest_stage.ingest(whole)
    for name in ("articles.parquet", "rejects.jsonl"):
        assert killed.path(name).read_bytes() == whole.path(name).read_bytes()


def test_an_altered_table_is_named(tmp_path: Path) -> None:
    workspace = project(tmp_path / "p", 20)
    ingest_stage.ingest(workspace)
    table = to_table(Article, workspace.articles())
    forged = pa.array([text + " More." for text in table.column("text").to_pylist()])
    workspace.write("articles.parquet", parquet_bytes(table.set_column(1, "text", forged)))
    with pytest.raises(InvalidInput, match="article_id is not the content id of the text"):
        segment_stage.segment(workspace)
