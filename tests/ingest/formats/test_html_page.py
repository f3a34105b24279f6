"""HTML pages, and rows with a column of HTML: text through markup and references."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.ingest import pages, read, read_page, rebuild

HTML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=120)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(HTML_TEXT, min_size=1, max_size=5), st.sampled_from(["a.html", "a.jsonl"]))
def test_an_html_page_is_rebuilt_through_markup_and_references(paragraphs: list[str], source: str) -> None:
    from html import escape

    body = "".join(
        f"<p>The council &amp; the <b>harbour</b> said:\n  {escape(p)} and went&nbsp;home.</p>" for p in paragraphs
    )
    page = (
        f"<html><head><title>Caf&eacute; &#8211; a title</title></head><body><h1>Caf&eacute; &#8211; "
        f"a title</h1><article>{body}</article></body></html>"
    )
    raw = (page if source == "a.html" else json.dumps({"html": page})).encode()
    (file_page,) = pages(raw, source=source)
    for article in read_page(file_page).articles:
        assert rebuild(article, file_page) == article.text


@pytest.mark.parametrize("raw", [b"<html><body><script>render()</script></body></html>", b"<html><!-- nothing"])
def test_a_page_that_shows_nothing_is_told(raw: bytes) -> None:
    found = read(raw, source="page.html")
    assert not found.articles
    assert [(cut.reason, cut.start, cut.end) for cut in found.rejects] == [("no-text", 0, len(raw))]


def test_a_page_of_nothing_but_a_heading_has_no_article() -> None:
    raw = b"<!doctype html><html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"
    assert read(raw, source="a.html").articles == ()
