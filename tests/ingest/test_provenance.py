"""Proof from raw bytes: every change of a page, of an article and of a sentence is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit.errors import UsageError
from toolkit.ingest.stage import ingest, trace, verify
from toolkit.project import Workspace
from toolkit.segment.stage import segment

STORY = "Harbour to open again\nThe council voted on Monday to open it. Work on the pier begins in May.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "p")
    for name in ("a.txt", "copy.txt"):
        made.add_page(name, STORY.encode())
    made.add_page("broken.jsonl", b'{"text": "A storm hit the coast on Sunday."}\n{"text"\n')
    ingest(made, skip_unreadable=True)
    segment(made)
    return made


def told(workspace: Workspace) -> list[str]:
    return [f"{found.record.split()[0]}: {found.what}" for found in verify(workspace).differences]


def test_nothing_differs_although_a_page_could_not_be_read(workspace: Workspace) -> None:
    assert told(workspace) == []


@pytest.mark.parametrize("name", ["a.txt", "copy.txt"])
def test_a_changed_byte_of_either_copy_is_told(workspace: Workspace, name: str) -> None:
    path = workspace.path("pages", name)
    path.write_bytes(path.read_bytes().replace(b"Monday", b"Sunday"))
    assert told(workspace) == [f"article: its page {name} is gone or has changed"]


def test_a_byte_of_a_derived_file_is_told_even_where_no_record_changes(workspace: Workspace) -> None:
    path = workspace.path("articles.parquet")
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"parquet-cpp", b"parquet-cpq"))
    assert told(workspace) == ["file: it is not the one that `toolkit ingest` wrote"]


def test_a_sentence_that_was_taken_out_is_told(workspace: Workspace) -> None:
    path = workspace.path("sentences.parquet")
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    assert told(workspace) == ["file: it is not the one that `toolkit segment` wrote"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_trace_gives_just_the_bytes_of_a_sentence(tmp_path: Path, encoding: str) -> None:
    workspace = Workspace.create(tmp_path / "p")
    text = "Le port rouvrira\nÀ l’été, la digue sera « rebâtie » à Valmer. Le Zürich « Marée » rouvrira, a dit l’élue."
    workspace.add_page("a.txt", text.encode(encoding))
    ingest(workspace)
    segment(workspace)
    raw = workspace.path("pages", "a.txt").read_bytes()
    for sentence in workspace.sentences():
        (piece,) = trace(workspace, sentence.sentence_id).pieces
        found = raw[piece.byte_start : piece.byte_end]
        assert found.decode("utf-16-le" if encoding == "utf-16" else encoding) == sentence.text


def test_a_trace_through_escapes_and_references_gives_them_whole(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    line = json.dumps(
        {"title": "Zürich", "html": "<p>It said \u201cno\u201d &amp; left.</p><p>2 &lt; 3 at the Zürich.</p>"}
    )
    workspace.add_page("a.jsonl", line.encode())
    ingest(workspace)
    segment(workspace)
    chains = [trace(workspace, found.sentence_id) for found in workspace.sentences()]
    assert [[line[piece.byte_start : piece.byte_end] for piece in chain.pieces] for chain in chains] == [
        ["Z\\u00fcrich"],
        ["It said \\u201cno\\u201d &amp; left."],
        ["2 &lt; 3 at the Z\\u00fcrich."],
    ]


def test_a_trace_whose_page_is_gone_names_the_run(workspace: Workspace) -> None:
    (headline, first, *_) = workspace.sentences()
    workspace.path("pages", "a.txt").unlink()
    assert [piece.byte_start for piece in trace(workspace, first.sentence_id).pieces] == [headline.end + 1]


def test_an_id_that_names_no_sentence_is_refused_with_a_remedy(workspace: Workspace) -> None:
    with pytest.raises(
        UsageError, match="no sentence has an id that begins with 'zz'; the report lists every id: run `toolkit report`"
    ):
        trace(workspace, "zz")
    with pytest.raises(UsageError, match="4 sentences have an id that begins with ''; give more of the id"):
        trace(workspace, "")
