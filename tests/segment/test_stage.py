"""Articles of a project become its sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import InvalidInput
from toolkit.ingest.stage import ingest
from toolkit.project import Workspace
from toolkit.records import Article, Sentence
from toolkit.segment.stage import segment
from toolkit.segment.units import sentences


def project(root: Path, count: int) -> Workspace:
    workspace = Workspace.create(root)
    rows = ({"text": f"Item {number} came. Nobody saw {number * 7}.", "language": "en"} for number in range(count))
    workspace.add_page("all.jsonl", "\n".join(map(json.dumps, rows)).encode())
    ingest(workspace)
    return workspace


@pytest.mark.slow
def test_chunks_make_what_records_make(tmp_path: Path) -> None:
    """The bulk path through Arrow against the plain function over records."""
    workspace = project(tmp_path / "p", 4_500)
    segment(workspace)
    units = [unit for article in workspace.articles() for unit in sentences(article)]
    assert workspace.path("sentences.parquet").read_bytes() == parquet_bytes(to_table(Sentence, units))
    assert len(units) == 9_000
    assert list(workspace.path(".toolkit", "scratch").iterdir()) == []


def test_an_altered_table_is_named(tmp_path: Path) -> None:
    workspace = project(tmp_path / "p", 20)
    table = to_table(Article, workspace.articles())
    forged = pa.array([text + " More." for text in table.column("text").to_pylist()])
    workspace.write("articles.parquet", parquet_bytes(table.set_column(1, "text", forged)))
    with pytest.raises(InvalidInput, match="article_id is not the content id of the text"):
        segment(workspace)


def test_languages_without_word_lists_are_told_once_with_their_codes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    rows = [
        {"text": "Гүүр нурав. Хоёр хүн нас барав.", "language": "mn"},
        {"text": "It fell. We ran.", "language": "en"},
    ]
    rows += [{"text": f"Afárá {number} wó. Ènìyàn kú.", "language": "yo"} for number in range(2)]
    workspace.add_page("all.jsonl", "\n".join(map(json.dumps, rows)).encode())
    ingest(workspace)
    counts = segment(workspace).counts
    assert counts["articles cut by the default rules, without word lists of mn, yo"] == 3
