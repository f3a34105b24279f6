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


@settings(deadline=None, max_examples=150)
@given(title=st.text(max_size=40), text=ANY_TEXT, ascii_only=st.booleans())
def test_a_json_page_is_rebuilt_through_its_escapes(title: str, text: str, ascii_only: bool) -> None:
    row = json.dumps({"title": title, "text": text, "url": "https://example.org/a"}, ensure_ascii=ascii_only).encode()
    (page,) = pages(row, source="rows.jsonl")
    with suppress(InvalidInput):  # the text is blank
        for article in read_page(page).articles:
            assert rebuild(article, page) == article.text
