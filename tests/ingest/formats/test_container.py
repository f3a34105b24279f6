"""Files of pages: every page with its place and kind, streamed, within limits."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import Limits, extract, pages, read, read_page, rebuild

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
    assert [JSONL[raw.page.start : raw.page.end] for raw in found] == [raw.data for raw in found]
    first, second = (read_page(raw).articles[0] for raw in found)
    assert (first.title, first.body) == (ROWS[0]["headline"], ROWS[0]["body"])
    assert (first.url, first.published_at, first.publisher) == ("https://example.org/1", "2025-06-18", "The Daily Tern")
    assert (second.title, second.body, second.language) == (ROWS[1]["headline"], ROWS[1]["body"], "de")
    for article, raw in zip((first, second), found, strict=True):
        assert rebuild(article, raw) == article.text


@pytest.mark.parametrize("form", ["array", "object", "lines"])
def test_json_files_hold_an_array_an_object_or_lines(form: str) -> None:
    raw = {
        "array": json.dumps(ROWS, indent=1, ensure_ascii=False).encode(),
        "object": json.dumps(ROWS[0], indent=1).encode(),
        "lines": JSONL,
    }[form]
    found = list(pages(raw, source="rows.json"))
    assert len(found) == (1 if form == "object" else 2)
    for page in found:
        assert raw[page.page.start : page.page.end] == page.data
        (article,) = read_page(page).articles
        assert rebuild(article, page) == article.text


def test_parquet_rows_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([{"title": row["headline"], "text": row["body"]} for row in ROWS]), path)
    raw_file = path.read_bytes()
    found = read(raw_file, source="rows.parquet").articles
    assert [(article.title, article.body) for article in found] == [(row["headline"], row["body"]) for row in ROWS]
    packed = gzip.compress(raw_file)
    assert [raw.data for raw in pages(packed, source="rows.parquet.gz")] == [
        raw.data for raw in pages(raw_file, source="rows.parquet")
    ]
    for article, raw in zip(found, pages(raw_file, source="rows.parquet"), strict=True):
        assert article.page == raw.page
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
    assert plain[found[0].page.start : found[0].page.end].startswith(found[0].data)
    for number, raw in enumerate(found):
        (article,) = read_page(raw).articles
        assert (article.title, article.url) == ("Breakwater to be rebuilt", f"https://example.org/{number}")
        assert "café.\n2 < 3, it said" in article.body
        assert rebuild(article, raw) == article.text


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


def bomb_of_rows() -> bytes:
    """A table that says of itself that it is small: one long value in its dictionary, and many rows that name it."""
    buffer = io.BytesIO()
    column = pa.array(["tide " * 1000] * 2000).dictionary_encode()
    pq.write_table(pa.table({"text": column}), buffer, compression="zstd")
    return buffer.getvalue()


def bomb_of_records() -> bytes:
    """An archive whose payloads are packed once more."""
    coded = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    packed = gzip.compress(b"<p>" + b"tide " * 100_000, mtime=0)
    return b"".join(
        record("response", f"https://example.org/{n}", coded + packed, "application/http; msgtype=response")
        for n in range(200)
    )


def bomb_of_nothing() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": pa.array([""] * 2_000_000)}), buffer, compression="zstd")
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "bomb"),
    [("a.parquet", bomb_of_rows), ("a.warc", bomb_of_records), ("b.parquet", bomb_of_nothing)],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_what_comes_out_is_counted_whatever_packed_it(
    source: str, bomb: Callable[[], bytes], *, streamed: bool
) -> None:
    raw = bomb()
    limits, sizes = Limits(page_bytes=1_000_000, gzip_ratio=20), []
    found = pages(Pipe(raw) if streamed else io.BytesIO(raw), source=source, limits=limits)
    with pytest.raises(InvalidInput, match="unpacks to more than 20 times its size, the limit"):
        sizes.extend(len(page.data) for page in found)
    assert sum(sizes) <= max(1_000_000, 20 * len(raw))


class Pipe(io.BytesIO):
    """A file that can't be rewound."""

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("source", "raw", "what"),
    [
        ("a.txt.gz", gzip.compress(b"text", mtime=0)[:-9], "not readable as gzip"),
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
    assert [next(stream).page.start for _ in range(3)] == [0, 31, 62]


@pytest.mark.parametrize(
    ("source", "media_type", "raw", "kinds"),
    [
        ("dump", "application/x-ndjson", JSONL, ["json", "json"]),
        ("dump.txt", "application/json", json.dumps(ROWS).encode(), ["json", "json"]),
        ("rows.jsonl", None, JSONL, ["json", "json"]),
        ("crawl", None, warc(packed=True), ["html", "html"]),
        ("page", "text/html; charset=latin-1", HTML, ["html"]),
        ("page.txt", None, HTML, ["html"]),
        ("page", None, b"\n" * 9_000 + HTML, ["html"]),
        ("page.gz", None, gzip.compress(HTML, mtime=0), ["html"]),
    ],
    ids=["lines", "array", "by-suffix", "archive", "by-media-type", "lying-suffix", "blank-head", "gzip"],
)
def test_the_file_says_what_kind_its_pages_are(
    source: str, media_type: str | None, raw: bytes, kinds: list[str]
) -> None:
    """A page keeps the kind that its file gives it: the name is not asked again when the page is read."""
    found = list(pages(raw, source=source, media_type=media_type))
    assert [page.page.kind for page in found] == kinds
    articles = extract(raw, source=source, media_type=media_type)
    assert len(articles) == len({page.page for page in found}) == len(kinds)
    for article, page in zip(articles, found, strict=True):
        assert article.page.kind == page.page.kind
        assert rebuild(article, page) == article.text


def test_a_record_of_an_archive_carries_what_its_headers_say() -> None:
    body = "Совет порта проголосовал\nРаботы начнутся в мае, сказал он.".encode("koi8-r")
    http = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"
    records = [
        record("response", "<https://example.org/a>", http + body, "application/http; msgtype=response"),
        record("resource", "https://example.org/b.html", HTML, "text/html; charset=latin-1"),
        record("conversion", "https://example.org/c", "Le port\nLe café rouvre.".encode(), "text/plain"),
    ]
    found = list(pages(b"".join(records), source="crawl.warc"))
    assert [(raw.url, raw.charset, raw.page.kind) for raw in found] == [
        ("https://example.org/a", "koi8-r", "text"),
        ("https://example.org/b.html", "latin-1", "html"),
        ("https://example.org/c", None, "text"),
    ]
    assert {raw.fetched_at for raw in found} == {"2025-06-18T10:00:00Z"}
    assert [raw.data[raw.body :][:8] for raw in found] == [body[:8], HTML[:8], b"Le port\n"]
    for raw in found:
        (article,) = read_page(raw).articles
        assert rebuild(article, raw) == article.text
    assert read_page(found[0]).articles[0].title == "Совет порта проголосовал"
