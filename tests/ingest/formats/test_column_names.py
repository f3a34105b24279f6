"""Columns are found whatever their spelling and depth, and only where the value can be that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.ingest import extract, pages, read, rebuild
from toolkit.records import Article

BODY = "The council of Port Ellery voted on Monday to rebuild the breakwater."


def one(row: dict[str, Any]) -> Article:
    raw = json.dumps(row).encode()
    (article,) = extract(raw, source="row.json")
    (page,) = pages(raw, source="row.json")
    assert rebuild(article, page) == article.text
    return article


@pytest.mark.parametrize(
    "name", ["Article Text", "ARTICLE_TEXT", "articleText", "article-text", "Text", "bodyText", "текст"]
)
def test_a_name_in_another_spelling(name: str) -> None:
    assert one({name: BODY}).text == BODY


@pytest.mark.parametrize(
    "text",
    [
        [BODY],
        {"rendered": f"<p>{BODY}</p>\n", "protected": False},
        {"blocks": [{"type": "paragraph", "data": {"text": BODY}}]},
        [{"_type": "block", "children": [{"_type": "span", "text": BODY[:11]}, {"_type": "span", "text": BODY[11:]}]}],
        [BODY[:11], {"type": "bold", "text": BODY[11:]}],
        {"summary": [], "sections": [{"headline": [], "paragraphs": [BODY]}]},
        BODY.replace("Port Ellery", "Port&nbsp;Ellery").replace("&nbsp;", "&#32;"),
    ],
)
def test_a_text_in_its_wrapping(text: Any) -> None:
    assert one({"body": text}).text == BODY


def test_what_lies_deeper_is_found_with_what_stands_beside_it() -> None:
    row = {
        "_id": "x",
        "_source": {"headline": {"main": "A vote"}, "content": BODY, "source": {"id": None, "name": "Tern"}},
    }
    article = one(row)
    assert (article.title, article.body, article.publisher) == ("A vote", BODY, "Tern")


def test_a_value_that_cannot_be_that_is_passed_over() -> None:
    article = one(
        {
            "text": BODY,
            "title": "nan",
            "source": "https://tern.example/1",
            "site": "Tern",
            "author": float("nan"),
            "date": 1710223800000,
        }
    )
    assert (article.title, article.url, article.publisher, article.byline) == (
        None,
        "https://tern.example/1",
        "Tern",
        None,
    )
    assert article.published_at == "2024-03-12T06:10:00+00:00"


ROWS = [
    {"title": f"Vote {number}", "url": f"https://t.example/{number}", "content": f"{BODY} Vote {number}."}
    for number in (1, 2)
]


@pytest.mark.parametrize(
    "whole",
    [
        ROWS,
        {"status": "ok", "totalResults": 2, "articles": ROWS},
        {"response": {"status": "ok", "results": ROWS}},
        {"hits": {"hits": [{"_id": "1", "_source": row} for row in ROWS]}},
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Tern",
            "description": "News of the port.",
            "items": ROWS,
        },
        {"0": ROWS[0], "1": ROWS[1]},
        {name: {"0": ROWS[0][name], "1": ROWS[1][name]} for name in ROWS[0]},
        {"columns": list(ROWS[0]), "index": [0, 1], "data": [list(row.values()) for row in ROWS]},
    ],
    ids=["array", "news-api", "nested", "search", "json-feed", "by-index", "by-column", "split"],
)
def test_rows_within_a_wrapper(whole: Any) -> None:
    for indent in (None, 1):
        raw = json.dumps(whole, indent=indent).encode()
        found = read(raw, source="rows.json").articles
        assert [(article.title, article.url) for article in found] == [(row["title"], row["url"]) for row in ROWS]
        for article, page in zip(found, pages(raw, source="rows.json"), strict=True):
            assert rebuild(article, page) == article.text


def test_objects_that_follow_one_another() -> None:
    raw = "\n".join(json.dumps(row, indent=2) for row in ROWS).encode()
    for source in ("rows.json", "rows.jsonl"):
        assert [article.title for article in extract(raw, source=source)] == ["Vote 1", "Vote 2"]


def test_a_row_with_a_title_is_one_article_whatever_stands_in_it() -> None:
    text = (
        f"{BODY}\nAlso read\nWhy the wall broke\n{BODY} It was late.\nRéactions\nThe mayor was glad.\nThe port was not."
    )
    article = one({"title": "A vote", "text": text})
    assert "The mayor was glad.\nThe port was not." in article.body
    assert "Why the wall broke" not in article.text


@pytest.mark.parametrize(
    "said",
    [
        "rss",
        "articles.csv",
        "C:\\data\\a.txt",
        "data/raw/a.csv",
        "jo@example.org",
        "12 March 2024",
        "9:30 PM",
        "n.a.",
        "[]",
    ],
)
def test_what_names_no_publisher_is_none(said: str) -> None:
    assert one({"text": BODY, "source": said}).publisher is None


def test_a_list_of_python_in_a_cell_is_its_names() -> None:
    assert one({"text": BODY, "authors": "['Jo Lindqvist', 'Ana Ruiz']"}).byline == "Jo Lindqvist, Ana Ruiz"


def test_markup_that_is_escaped_twice_or_wrapped_is_none() -> None:
    assert one({"text": f"&lt;p&gt;{BODY}&lt;/p&gt;"}).text == BODY
    assert one({"text": f"<![CDATA[<p>{BODY}</p>]]>"}).text == BODY
