"""What a page, a file and all files of a command may cost, told by counts that are the same on every machine."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from toolkit.engine.page_source import PageFile
from toolkit.errors import InvalidInput
from toolkit.ingest import extract
from toolkit.ingest.formats import limits
from toolkit.ingest.formats.limits import Allowance, Budget, Limits
from toolkit.ingest.page_chunks import spool

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
    monkeypatch.setattr(limits, "MOST_WORK", 300)
    with pytest.raises(
        InvalidInput, match=rf"^{source}.*: a page of \d+ characters.*, over the limit of 300.*; split it"
    ):
        extract(page.encode(), source=source)


def test_what_a_tag_holds_is_no_text() -> None:
    picture = f'<img src="data:image/png;base64,{"QUJD" * 6_000_000}">'
    (article,) = extract(f"<h1>Rain</h1><p>{RAIN * 8}</p>{picture}".encode(), source="a.html")
    assert article.text.startswith("Rain")


def test_small_files_may_not_unpack_to_more_than_their_allowance_together() -> None:
    allowance = Allowance(free_bytes=1000)
    narrow = Limits(gzip_ratio=2, free_bytes=900)
    for name in ("a.gz", "b.gz"):
        Budget(name, narrow, lambda: 100, allowance).take(700)
    with pytest.raises(InvalidInput, match=r"^c\.gz: the small files so far unpack to 1,000 bytes beyond the limit"):
        Budget("c.gz", narrow, lambda: 100, allowance).take(300)
    Budget("c.gz", narrow, lambda: 100, allowance).take(200)


def test_a_folder_of_small_bombs_is_refused_from_the_first_that_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.ingest.page_chunks.Allowance", lambda: Allowance(1_500_000))
    for number in range(4):
        (tmp_path / f"{number}.txt.gz").write_bytes(gzip.compress(b"It rained here. " * 62_500, 9))
    (tmp_path / "good.txt").write_text(RAIN)
    files = [PageFile(path.name, str(path)) for path in sorted(tmp_path.iterdir())]
    spooled = spool(files, str(tmp_path / "chunks"))
    assert [fault.where for fault in spooled.unopened] == ["2.txt.gz", "3.txt.gz"]
    assert spooled.pages == 3
