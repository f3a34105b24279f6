"""Properties that every page has, whatever is on it, and files of several pages."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.texts import ANY_TEXT
from toolkit.errors import InvalidInput
from toolkit.ingest import Extraction, RawPage, Settings, extract, pages, read, rebuild, why
from toolkit.ingest.formats.encoding import decode


def try_read(raw: bytes, source: str) -> Extraction | None:
    try:
        return read(raw, source=source)
    except InvalidInput as fault:
        if not (fault.where and fault.remedy):
            raise AssertionError(f"{fault} says not where, or no remedy") from fault
        return None


def page_of(raw: bytes, source: str = "page.txt") -> RawPage:
    """The only page of a file."""
    (page,) = pages(raw, source=source)
    return page


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    st.one_of(st.binary(max_size=400), ANY_TEXT.map(str.encode)),
    st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.json", "a.gz", "a.warc", "a"]),
)
def test_any_bytes_are_read_or_refused_with_place_and_remedy(raw: bytes, source: str) -> None:
    found = try_read(raw, source)
    if found and source in ("a.txt", "a.html"):
        for article in found.articles:
            assert rebuild(article, page_of(raw, source)) == article.text


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(ANY_TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_every_character_of_a_text_page_is_in_one_article_or_one_reject_in_order(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    found = try_read(raw, "page.txt")
    if found is None:
        return
    decoded = decode(raw)
    taken = [(piece.byte_start, piece.byte_end) for article in found.articles for piece in article.pieces]
    taken += [(cut.start or 0, cut.end or 0) for cut in found.rejects]
    taken.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(taken))
    inside = {int(b) for start, end in taken for b in range(start, end)}
    lost = [
        ch
        for ch, start in zip(decoded.text, decoded.bounds.tolist(), strict=False)
        if not ch.isspace() and start not in inside
    ]
    assert not lost
    assert all(why(cut.reason) for cut in found.rejects)
    for article in found.articles:
        assert rebuild(article, page_of(raw)) == article.text
        starts = [piece.byte_start for piece in article.pieces]
        assert starts == sorted(starts)


@settings(deadline=None, max_examples=100)
@given(ANY_TEXT)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert try_read(text.encode(), "a.txt") == try_read(text.encode(), "a.txt")


@pytest.mark.parametrize("raw", [b"", b" \n\r\n\t", b"\xef\xbb\xbf\n"])
def test_an_empty_page_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"page\.txt: the page is empty; "):
        read(raw, source="page.txt")


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"text\x00more", bytes(range(256)) * 4])
def test_a_binary_page_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"page\.txt: (?:the page is binary|an image, not a page)"):
        read(raw, source="page.txt")


def test_gzip_of_a_page_reads_as_the_page() -> None:
    raw = b"A headline\nThe council voted on Monday."
    packed = gzip.compress(raw)
    (article,) = extract(packed, source="page.txt.gz")
    assert article.text == raw.decode()
    assert rebuild(article, page_of(packed, "page.txt.gz")) == article.text


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


def test_a_whole_file_reads_as_its_pages() -> None:
    found = read(JSONL, source="rows.jsonl").articles
    assert [article.title for article in found] == [row["headline"] for row in ROWS]
    assert [article.page for article in found] == [raw.page for raw in pages(JSONL, source="rows.jsonl")]


def test_a_row_that_cannot_be_read_is_a_reject_unless_all_are() -> None:
    found = read(JSONL + b'{"body": \n[]\n{"x": 1}\n', source="rows.jsonl")
    assert len(found.articles) == 2
    assert [cut.reason for cut in found.rejects] == ["unreadable"] * 3
    with pytest.raises(InvalidInput) as fault:
        read(b"[]\n{}\n", source="rows.jsonl")
    assert len(fault.value.faults) == 2


def test_relative_times_are_resolved_against_the_time_of_the_fetch() -> None:
    raw = f"Port Ellery votes\nThe Daily Tern\n3 hours ago\n{BODY}".encode()
    fetched = read(raw, source="a.txt", settings=Settings(fetched_at="2025-06-18T10:00:00Z")).articles[0]
    assert (fetched.published_at, fetched.published_text) == ("2025-06-18T07:00:00+00:00", "3 hours ago")
    unknown = read(raw, source="a.txt").articles[0]
    assert (unknown.published_at, unknown.published_text, unknown.publisher) == (None, "3 hours ago", "The Daily Tern")
