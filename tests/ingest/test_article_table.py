"""A corpus of many chunks becomes what the plain functions over records make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.ingest import assign_stories, extract
from toolkit.ingest.stage import ingest
from toolkit.project import Workspace
from toolkit.records import Article


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


@pytest.mark.slow
def test_chunks_make_what_records_make(tmp_path: Path) -> None:
    """The bulk path through Arrow against the plain functions over records, copies and stories included."""
    workspace = project(tmp_path / "p", 4_500)
    counts = ingest(workspace).counts
    raw = workspace.path("pages", "all.jsonl").read_bytes()
    expected = assign_stories(extract(raw, source="all.jsonl"))
    assert workspace.path("articles.parquet").read_bytes() == parquet_bytes(to_table(Article, expected))
    assert counts["exact copies"] == 450
    assert counts["stories"] < counts["articles"] == 4_050
    assert list(workspace.path(".toolkit", "scratch").iterdir()) == []
