"""Raw pages travel to workers as rows of a table, and lose nothing on the way."""

from __future__ import annotations

from toolkit.ingest import RawPage, pages
from toolkit.ingest.formats.raw_page import page_table, pages_in
from toolkit.records import Page


def test_pages_are_the_same_after_a_trip_through_a_table() -> None:
    given = [
        RawPage(Page.of(b"A page", source="a.txt", kind="text"), b"A page", charset="koi8-r"),
        RawPage(Page.of(b"{}", source="b.jsonl", start=7, kind="json"), b"{}"),
        RawPage(
            Page.of(b"h<p>", source="c.warc", kind="html"), b"h<p>", 1, None, "https://example.org/c", "2025-06-18"
        ),
    ]
    found = list(pages_in(page_table(given).append_column("more", [[1, 2, 3]])))
    assert found == given
    assert [raw.page.kind for raw in found] == ["text", "json", "html"]
    assert list(pages_in(page_table([]))) == []


def test_a_place_is_named_unless_it_is_the_whole_file() -> None:
    first, second = pages(b'{"text": "a"}\n{"text": "b"}\n', source="rows.jsonl")
    assert (first.where, second.where) == ("rows.jsonl", "rows.jsonl (bytes 14-27)")
