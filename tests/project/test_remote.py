"""What ingest and segment make lies behind a URL too, byte for byte, and workers need no folder that they share."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.webhdfs import webhdfs
from toolkit.errors import InvalidConfig, RemoteError
from toolkit.ingest.stage import ingest, verify
from toolkit.project import Workspace
from toolkit.segment.stage import segment

OUTPUTS = ("articles.parquet", "rejects.jsonl", "sentences.parquet")


PAGES = 2_500  # two chunks: workers are processes of their own


def project(root: Path, store: str | None = None, pages: int = PAGES) -> Workspace:
    Workspace.create(root)
    rows = ({"text": f"Item {number} came. Nobody saw {number * 7}.", "language": "en"} for number in range(pages))
    (root / "pages" / "all.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    if store:
        (root / "toolkit.yaml").write_text(f"store: {store}\n", encoding="utf-8")
    return Workspace.find(root)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "served").mkdir()
    with webhdfs(tmp_path / "served") as url:
        yield url, tmp_path / "served"


@pytest.mark.slow
def test_a_store_on_the_network_holds_the_bytes_of_a_local_run(tmp_path: Path, server: tuple[str, Path]) -> None:
    url, served = server
    here, there = project(tmp_path / "here"), project(tmp_path / "there", f"{url}/news/")
    for workspace in (here, there):
        ingest(workspace)
        segment(workspace)
    for name in OUTPUTS:
        expected = here.path(name).read_bytes()
        assert there.path(name).read_bytes() == expected, name
        assert (served / "news" / name).read_bytes() == expected, name
        assert (served / "news" / f"{name}.sha256").read_text() == f"{hashlib.sha256(expected).hexdigest()}  {name}\n"
    assert list((served / "news").rglob("*.part")) == []
    assert list((served / "news" / ".work").iterdir()) == []


def test_verify_holds_the_files_of_a_store_against_those_that_were_written(
    tmp_path: Path, server: tuple[str, Path]
) -> None:
    url, served = server
    workspace = project(tmp_path / "p", f"{url}/news", pages=3)
    ingest(workspace)
    segment(workspace)
    assert verify(workspace).differences == ()
    path = served / "news" / "sentences.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    (served / "news" / "articles.parquet").unlink()
    assert [(each.record, each.what) for each in verify(workspace).differences] == [
        (f"file {url}/news/articles.parquet", "it is not the one that `toolkit ingest` wrote"),
        (f"file {url}/news/sentences.parquet", "it is not the one that `toolkit segment` wrote"),
    ]


def test_a_store_is_brought_up_to_date_whatever_is_left_there(tmp_path: Path, server: tuple[str, Path]) -> None:
    url, served = server
    workspace = project(tmp_path / "p", pages=3)
    ingest(workspace)
    (workspace.root / "toolkit.yaml").write_text(f"store: {url}/news\n", encoding="utf-8")
    workspace = Workspace.find(workspace.root)
    (served / "news" / ".work" / "segment-of-another-day").mkdir(parents=True)
    segment(workspace)  # takes the articles there, which were made before there was a store
    assert (served / "news" / "articles.parquet").read_bytes() == workspace.path("articles.parquet").read_bytes()
    assert list((served / "news" / ".work").iterdir()) == []
    (served / "news" / "sentences.parquet").unlink()
    times = os.stat(served / "news" / "articles.parquet").st_mtime_ns
    assert segment(workspace).up_to_date
    assert (served / "news" / "sentences.parquet").read_bytes() == workspace.path("sentences.parquet").read_bytes()
    assert os.stat(served / "news" / "articles.parquet").st_mtime_ns == times


@pytest.mark.parametrize("pages", [3, PAGES])
def test_a_store_that_does_not_answer_is_one_sentence(tmp_path: Path, pages: int) -> None:
    with webhdfs(tmp_path) as url:
        pass
    with pytest.raises(
        RemoteError, match=r"webhdfs://127\.0\.0\.1:\d+/news.*can't be reached, read or written: .*`store`"
    ):
        ingest(project(tmp_path / "p", f"{url}/news", pages=pages))


def test_a_protocol_that_nothing_reads_is_named(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=r"nope://bucket.*nope"):
        ingest(project(tmp_path / "p", "nope://bucket", pages=1))


@pytest.mark.parametrize("store", ["memory://news", "/srv/news", "s3://"])
def test_a_store_that_workers_do_not_share_is_refused(tmp_path: Path, store: str) -> None:
    with pytest.raises(InvalidConfig, match="store"):
        project(tmp_path / "p", store, pages=1)
