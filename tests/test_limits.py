"""What a page, a file and all files of a command may cost, told by counts that are the same on every machine."""

from __future__ import annotations

import gzip
import re
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit import Project
from toolkit.engine.page_source import PageFile
from toolkit.errors import InvalidConfig, InvalidInput
from toolkit.ingest import extract
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.raw_page import page_table
from toolkit.ingest.page_chunks import Spool, read_pages
from toolkit.limits import Allowance, Budget, Limits, under, whole_file

RAIN = "It rained on the quay all day long, the mayor said. "


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("a.txt", RAIN * 8),
        ("a.html", f"<p>{RAIN * 8}</p>"),
        ("a.html", f"<h1>Rain</h1><p>{RAIN}</p>" + "<b>a</b>" * 2),
        ("a.md", f"# Rain\n\n{RAIN * 8}"),
        ("a.md", f"# Rain\n\n{RAIN}" + "*a* " * 2),
        ("a.jsonl", f'{{"title": "Rain", "text": "{RAIN * 8}"}}'),
        ("a.jsonl", f'{{"title": "Rain", "html": "<p>{RAIN * 8}</p>"}}'),
    ],
    ids=["text", "html", "tags", "markdown", "marks", "row", "row-html"],
)
def test_a_page_of_more_work_than_the_limit_is_refused_with_its_place(
    source: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(extract(page.encode(), source=source)) == 1
    monkeypatch.setenv("TOOLKIT_LIMITS", "work=300")
    with pytest.raises(
        InvalidInput,
        match=rf"^{source}.*: a page of \d+ characters.*, over the limit of 300.*; split it.*LIMITS=work=N",
    ):
        extract(page.encode(), source=source)


def test_what_a_tag_holds_is_no_text() -> None:
    picture = f'<img src="data:image/png;base64,{"QUJD" * 6_000_000}">'
    (article,) = extract(f"<h1>Rain</h1><p>{RAIN * 8}</p>{picture}".encode(), source="a.html")
    assert article.text.startswith("Rain")


def test_small_files_may_not_unpack_to_more_than_their_allowance_together() -> None:
    allowance = Allowance(Limits(all_free_bytes=1000))
    narrow = Limits(gzip_ratio=2, free_bytes=900)
    for name in ("a.gz", "b.gz"):
        Budget(name, narrow, lambda: 100, allowance).take(700)
    with pytest.raises(InvalidInput, match=r"^c\.gz: the small files so far unpack to 1,000 bytes beyond the limit"):
        Budget("c.gz", narrow, lambda: 100, allowance).take(300)
    Budget("c.gz", narrow, lambda: 100, allowance).take(200)


def test_a_folder_of_small_bombs_is_refused_from_the_first_that_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "all_free_bytes=1500000")
    for number in range(4):
        (tmp_path / f"{number}.txt.gz").write_bytes(gzip.compress(b"It rained here. " * 62_500, 9))
    (tmp_path / "good.txt").write_text(RAIN)
    files = [PageFile(path.name, str(path)) for path in sorted(tmp_path.iterdir())]
    spool = Spool(files, str(tmp_path / "chunks"))
    assert [chunk.read().num_rows for chunk in spool] == spool.sizes == [3]
    assert [fault.where for fault in spool.unopened] == ["2.txt.gz", "3.txt.gz"]


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("rows=7", "rows", 7),
        ("items=5,rows=7", "rows", 7),
        ("document_bytes=8GiB", "document_bytes", 8 << 30),
        ("yaml_bytes=2mib rows=1", "yaml_bytes", 2 << 20),
        ("", "rows", Limits().rows),
    ],
)
def test_a_variable_changes_limits(said: str, name: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", said)
    assert getattr(Limits.here(), name) == value


@pytest.mark.parametrize("said", ["row=7", "rows", "rows=-1", "rows=0", "rows=1e6", "rows=many", "rows=7GB", "here=7"])
def test_a_word_that_is_no_limit_is_refused(said: str) -> None:
    with pytest.raises(InvalidConfig, match=r"^TOOLKIT_LIMITS: '.*' is no limit.*; write it like rows="):
        Limits.stated({"TOOLKIT_LIMITS": said})


def test_a_folder_may_hold_as_many_files_as_a_million_row_sheet_has_rows() -> None:
    budget = Budget("a.csv", Limits(), lambda: 1)
    budget.count(1_000_000)
    files = Allowance(Limits())
    for number in range(100_000):
        files.count(1, f"{number}.txt")
    files.count(3_000_000, "annotations.parquet")


def test_a_file_may_not_have_more_rows_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b'{"text": "It rained."}\n' * 4
    assert len(list(pages(rows, source="a.jsonl"))) == 4
    monkeypatch.setenv("TOOLKIT_LIMITS", "rows=3")
    with pytest.raises(InvalidInput, match=r"^a\.jsonl: holds more than 3 rows.*; TOOLKIT_LIMITS=rows=N allows more$"):
        list(pages(rows, source="a.jsonl"))


def parquet_row(path: Path) -> bytes:
    pq.write_table(pa.table({"title": ["Rain"], "text": [RAIN], "url": ["https://a.example/1"]}), path)
    return path.read_bytes()


@pytest.mark.parametrize("source", ["a.csv", "a.parquet"])
def test_a_row_may_not_have_more_columns_than_the_limit(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = f"title,text,url\nRain,{RAIN.replace(',', ';')},https://a.example/1\n".encode()
    row = table if source == "a.csv" else parquet_row(tmp_path / source)
    assert len(list(pages(row, source=source))) == 1
    monkeypatch.setenv("TOOLKIT_LIMITS", "items=2")
    with pytest.raises(InvalidInput, match=rf"^{source}.*: a (row|table) of 3 columns, over the limit of 2"):
        list(pages(row, source=source))


def test_all_files_of_a_command_may_not_have_more_rows_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jsonl").write_text(f'{{"text": "{RAIN}"}}\n' * 2)
    files = [PageFile(path.name, str(path)) for path in sorted(tmp_path.iterdir())]
    spool = Spool(files, str(tmp_path / "all"))
    assert [chunk.read().num_rows for chunk in spool] == spool.sizes == [8]
    monkeypatch.setenv("TOOLKIT_LIMITS", "all_rows=6")  # each file counts for itself too
    spool = Spool(files, str(tmp_path / "some"))
    assert [chunk.read().num_rows for chunk in spool] == spool.sizes == [4]
    assert [fault.where for fault in spool.unopened] == ["2.jsonl", "3.jsonl"]
    assert "hold more than 6 rows" in spool.unopened[0].what


def test_workers_read_within_the_limits_of_who_sends_the_pages() -> None:
    table = page_table(list(pages((RAIN * 8).encode(), source="a.txt")))
    articles, _ = read_pages(table, most=Limits(work=10_000))
    assert articles.num_rows == 1
    _, outside = read_pages(table, most=Limits(work=300))
    assert "over the limit of 300" in outside["fault"].to_pylist()[0][0]
    with under(Limits(work=300)):
        _, outside = read_pages(table)
    assert "over the limit of 300" in outside["fault"].to_pylist()[0][0]


def test_a_file_that_is_held_whole_has_a_limit_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"x" * 11)
    monkeypatch.setenv("TOOLKIT_LIMITS", "document_bytes=11")
    assert whole_file(path) == b"x" * 11
    monkeypatch.setenv("TOOLKIT_LIMITS", "document_bytes=10")
    with pytest.raises(InvalidInput, match=r"a\.json: a file of more than 10 bytes.*document_bytes=N allows more"):
        whole_file(path)


def test_the_documentation_lists_every_limit_with_its_default() -> None:
    text = (Path(__file__).parents[1] / "docs" / "how-to" / "operations.md").read_text()
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (\w+) \|", text, re.M))
    assert Limits.stated({"TOOLKIT_LIMITS": " ".join(f"{name}={value}" for name, value in told.items())}) == Limits()
    assert list(told) == [field.name for field in fields(Limits)]


def test_pages_are_read_again_when_a_limit_was_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.init(tmp_path / "p")
    (tmp_path / "p" / "pages" / "short.txt").write_text(f"Rain\n\n{RAIN}")
    (tmp_path / "p" / "pages" / "long.txt").write_text(f"Rain\n\n{RAIN * 8}")
    monkeypatch.setenv("TOOLKIT_LIMITS", "work=300")
    assert project.ingest(skip_unreadable=True).counts["unreadable"] == 1
    monkeypatch.delenv("TOOLKIT_LIMITS")
    assert "unreadable" not in project.ingest().counts
