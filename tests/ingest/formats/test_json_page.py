"""Pages that are JSON objects: their columns, and text through its escapes."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.texts import ANY_TEXT
from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, pages, read, read_page, rebuild

BODY = "The council of Port Ellery voted on Monday to rebuild the breakwater.\nWork begins in May, it said."


def test_columns_can_be_named() -> None:
    row = json.dumps({"kopf": "A headline", "inhalt": BODY}).encode()
    (article,) = read(row, source="rows.jsonl", settings=Settings(columns={"title": "kopf", "text": "inhalt"})).articles
    assert (article.title, article.body) == ("A headline", BODY)
    with pytest.raises(InvalidInput, match="no column holds the text; there are inhalt, kopf; name it with"):
        read(row, source="rows.jsonl")


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(title=st.text(max_size=40), text=ANY_TEXT, ascii_only=st.booleans())
def test_a_json_page_is_rebuilt_through_its_escapes(title: str, text: str, ascii_only: bool) -> None:
    row = json.dumps({"title": title, "text": text, "url": "https://example.org/a"}, ensure_ascii=ascii_only).encode()
    (page,) = pages(row, source="rows.jsonl")
    with suppress(InvalidInput):  # the text is blank
        for article in read_page(page).articles:
            assert rebuild(article, page) == article.text


def test_an_array_on_one_line_is_all_of_its_rows() -> None:
    raw = json.dumps([{"title": "One", "text": BODY}, {"title": "Two", "text": BODY[::-1]}]).encode()
    assert [article.title for article in read(raw, source="rows.jsonl").articles] == ["One", "Two"]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2024-03-12 09:30:00 UTC", "2024-03-12T09:30:00+00:00"),
        ("/Date(1710223800000)/", "2024-03-12T06:10:00+00:00"),
        ("20240312093000", "2024-03-12T09:30:00"),
        ("1970-01-01T00:00:00Z", None),
        ("0000-00-00", None),
    ],
)
def test_times_as_programs_write_them(said: str, at: str | None) -> None:
    row = json.dumps({"title": "One", "text": BODY, "date": said}).encode()
    assert read(row, source="row.json").articles[0].published_at == at
