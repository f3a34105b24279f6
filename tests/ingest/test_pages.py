"""Files of pages: every page with its place, streamed, within limits."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import Limits, Settings, pages, read, rebuild

BODY = "The council of Port Ellery voted on Monday to rebuild the breakwater.\nWork begins in May, it said."
ROWS = [
    {
        "headline": "Breakwater to be rebuilt",
        "body": BODY,
        "url": "https://example.org/1",
        "date": "2025-06-18",
        "source": "The Daily Tern",
    },
    {
        "headline": "Café am Hafen öffnet 🙂",
        "body": 'Das Café am Hafen öffnet.\nEs hat „zwei" Türen \\ und mehr, sagte der Wirt am Montag.',
        "lang": "de-DE",
    },
]
JSONL = "".join(json.dumps(row, ensure_ascii=number == 0) + "\r\n" for number, row in enumerate(ROWS)).encode()


def test_a_line_of_json_is_a_page_with_its_byte_range() -> None:
    found = list(pages(JSONL, source="rows.jsonl"))
    assert [JSONL[page.start : page.end] for page, _ in found] == [raw for _, raw in found]
    first, second = (read(raw, source="rows.jsonl", page=page).articles[0] for page, raw in found)
    assert (first.title, first.body) == (ROWS[0]["headline"], ROWS[0]["body"])
    assert (first.url, first.published_at, first.publisher) == ("https://example.org/1", "2025-06-18", "The Daily Tern")
    assert (second.title, second.body, second.language) == (ROWS[1]["headline"], ROWS[1]["body"], "de")
    for article, (_, raw) in zip((first, second), found, strict=True):
        assert rebuild(article, raw) == article.text


def test_a_whole_file_reads_as_its_pages() -> None:
    found = read(JSONL, source="rows.jsonl").articles
    assert [article.title for article in found] == [row["headline"] for row in ROWS]
    assert [article.page for article in found] == [page for page, _ in pages(JSONL, source="rows.jsonl")]


def test_a_row_that_cannot_be_read_is_a_reject_unless_all_are() -> None:
    found = read(JSONL + b'{"body": \n[]\n{"x": 1}\n', source="rows.jsonl")
    assert len(found.articles) == 2
    assert [cut.reason for cut in found.rejects] == ["unreadable"] * 3
    with pytest.raises(InvalidInput) as fault:
        read(b"[]\n{}\n", source="rows.jsonl")
    assert len(fault.value.faults) == 2


def test_columns_can_be_named() -> None:
    row = json.dumps({"kopf": "A headline", "inhalt": BODY}).encode()
    (article,) = read(row, source="rows.jsonl", settings=Settings(columns={"title": "kopf", "text": "inhalt"})).articles
    assert (article.title, article.body) == ("A headline", BODY)
    with pytest.raises(InvalidInput, match="no column holds the text; there are inhalt, kopf; name it with"):
        read(row, source="rows.jsonl")


@pytest.mark.parametrize("form", ["array", "object", "lines"])
def test_json_files_hold_an_array_an_object_or_lines(form: str) -> None:
    raw = {
        "array": json.dumps(ROWS, indent=1, ensure_ascii=False).encode(),
        "object": json.dumps(ROWS[0], indent=1).encode(),
        "lines": JSONL,
    }[form]
    found = list(pages(raw, source="rows.json"))
    assert len(found) == (1 if form == "object" else 2)
    for page, page_raw in found:
        assert raw[page.start : page.end] == page_raw
        (article,) = read(page_raw, source="rows.json", page=page).articles
        assert rebuild(article, page_raw) == article.text


def test_parquet_rows_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([{"title": row["headline"], "text": row["body"]} for row in ROWS]), path)
    raw_file = path.read_bytes()
    found = read(raw_file, source="rows.parquet").articles
    assert [(article.title, article.body) for article in found] == [(row["headline"], row["body"]) for row in ROWS]
    packed = gzip.compress(raw_file)
    assert [raw for _, raw in pages(packed, source="rows.parquet.gz")] == [
        raw for _, raw in pages(raw_file, source="rows.parquet")
    ]
    for article, (page, raw) in zip(found, pages(raw_file, source="rows.parquet"), strict=True):
        assert article.page == page
        assert rebuild(article, raw) == article.text


HTML = (
    "<html><head><meta charset='iso-8859-1'><title>Breakwater to be rebuilt</title></head><body><h1>Breakwater "
    "to be rebuilt</h1>"
    "<article><p>The council of Port Ellery voted on Monday to rebuild the breakwater at the "
    "caf\xe9.</p><p>2 &lt; 3, it said, and work begins in May.</p></article></body></html>"
).encode("latin-1")


def record(kind: str, uri: str, block: bytes, media_type: str) -> bytes:
    """One record in the form of ISO 28500."""
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": uri,
        "WARC-Date": "2025-06-18T10:00:00Z",
        "WARC-Record-ID": "<urn:uuid:12345678-1234-4234-8234-123456789012>",
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def warc(*, packed: bool) -> bytes:
    """An archive of two responses, the second with a packed payload, and their requests."""
    records = []
    for number, payload in enumerate((HTML, gzip.compress(HTML, mtime=0))):
        coded = b"Content-Encoding: gzip\r\n" if number else b""
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + coded + b"\r\n"
        uri = f"https://example.org/{number}"
        records.append(record("request", uri, b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"))
        records.append(record("response", uri, http + payload, "application/http; msgtype=response"))
    return b"".join(gzip.compress(each, mtime=0) if packed else each for each in records)


@pytest.mark.parametrize("packed", [False, True])
def test_the_responses_of_an_archive_are_pages(packed: bool) -> None:
    raw_file = warc(packed=packed)
    plain = gzip.decompress(raw_file) if packed else raw_file
    found = list(pages(raw_file, source="crawl.warc.gz" if packed else "crawl.warc"))
    assert len(found) == 2
    assert plain[found[0][0].start : found[0][0].end].startswith(found[0][1])
    for number, (page, raw) in enumerate(found):
        (article,) = read(raw, source="crawl.warc", page=page).articles
        assert (article.title, article.url) == ("Breakwater to be rebuilt", f"https://example.org/{number}")
        assert "café.\n2 < 3, it said" in article.body
        assert rebuild(article, raw) == article.text


def test_relative_times_are_resolved_against_the_time_of_the_fetch() -> None:
    raw = f"Port Ellery votes\nThe Daily Tern\n3 hours ago\n{BODY}".encode()
    fetched = read(raw, source="a.txt", settings=Settings(fetched_at="2025-06-18T10:00:00Z")).articles[0]
    assert (fetched.published_at, fetched.published_text) == ("2025-06-18T07:00:00+00:00", "3 hours ago")
    unknown = read(raw, source="a.txt").articles[0]
    assert (unknown.published_at, unknown.published_text, unknown.publisher) == (None, "3 hours ago", "The Daily Tern")


def test_a_bomb_is_refused_with_the_limit() -> None:
    limits = Limits(page_bytes=10_000, gzip_ratio=200)
    for source, what in [
        ("a.txt.gz", "a page of more than 10,000 bytes"),
        ("a.jsonl.gz", "a line of more than 10,000 bytes"),
    ]:
        with pytest.raises(InvalidInput, match=what):
            list(pages(gzip.compress(b"tide " * 20_000, 1), source=source, limits=limits))
    newlines = gzip.compress(b"\n" * 4_000_000)
    with pytest.raises(InvalidInput, match="more than 200 times its size"):
        list(pages(newlines, source="a.jsonl.gz", limits=limits))
    with pytest.raises(InvalidInput, match=r"a\.jsonl:2: a line of more than 10,000 bytes, the limit; split it"):
        list(pages(b"{}\n" + b"x" * 20_000, source="a.jsonl", limits=limits))


def test_a_table_that_grows_like_a_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["tide " * 100_000]}), buffer, compression="zstd")
    with pytest.raises(InvalidInput, match=r"a\.parquet: unpacks to more than 200 times its size, the limit"):
        next(pages(buffer.getvalue(), source="a.parquet", limits=Limits(page_bytes=10_000)))
    assert len(list(pages(buffer.getvalue(), source="a.parquet"))) == 1  # small enough for any machine


@pytest.mark.parametrize(
    ("source", "raw", "what"),
    [
        ("a.txt.gz", gzip.compress(b"text")[:-9], "not readable as gzip"),
        ("a.parquet", b"PAR1 and no more", "not readable as Parquet"),
        ("a.json", b"[1, 2", "not JSON"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(source: str, raw: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as fault:
        list(pages(raw, source=source))
    assert str(fault.value.where).startswith(source)


def test_an_archive_that_is_cut_is_refused_in_a_head_or_a_payload() -> None:
    whole = warc(packed=False)
    last = whole.rindex(b"WARC/1.0")
    assert len(list(pages(whole[: last - 4], source="crawl.warc"))) == 1  # between two records nothing is missing
    for cut in (last + 12, last + 30, last + 60, last + 200, last + 300, len(whole) - 60, len(whole) - 6):
        with pytest.raises(InvalidInput, match=r"cut short|not readable as WARC"):
            list(pages(whole[:cut], source="crawl.warc"))


def test_a_file_is_streamed() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            line = b'{"text": "The council voted."}\n'
            buffer[: len(line)] = line
            return len(line)

    stream = pages(io.BufferedReader(Endless(), 1024), source="endless.jsonl")
    assert [next(stream)[0].start for _ in range(3)] == [0, 31, 62]
