"""Fields above the text of a file: read as facts, cut with their reason, and traced. The text is CC0."""

from __future__ import annotations

import pytest

from toolkit.ingest import extract, pages, read, rebuild

TITLE = "Ferry sails again after eleven weeks"
FIRST = "The ferry between Vesk and Turholm sailed on Monday with forty people on board."
LAST = "Tickets cost as much as they did before the storm, its captain said."


@pytest.mark.parametrize(
    "head",
    [
        f"Title: {TITLE}\nDate: 12 March 2024\nSource: Karstadt Courier\nURL: https://a.example/1\n\n",
        f"Headline: {TITLE}\n\nPublished: 2024-03-12\n\nPublisher: Karstadt Courier\n\nLink: https://a.example/1\n\n",
        f"Source: Karstadt Courier\nURL: https://a.example/1\nTitle: {TITLE}\nTags: sea\nDate: 12.03.2024\nText: ",
    ],
)
def test_fields_are_facts(head: str) -> None:
    raw = f"{head}{FIRST}\n\n{LAST}\n".encode()
    found = read(raw, source="a.txt")
    (article,) = found.articles
    assert (article.title, article.body) == (TITLE, f"{FIRST}\n{LAST}")
    assert (article.published_at, article.publisher, article.url) == (
        "2024-03-12",
        "Karstadt Courier",
        "https://a.example/1",
    )
    assert {cut.reason for cut in found.rejects} == {"field"}
    (page,) = pages(raw, source="a.txt")
    assert rebuild(article, page) == article.text


def test_several_articles_each_under_its_own_fields() -> None:
    parts = [
        f"Title: {title}\nDate: 2024-03-1{day}\n\n{FIRST}\n\n{LAST}" for day, title in enumerate(("One", "Two"), 2)
    ]
    for rule in ("\n\n", "\n\n=====\n\n"):
        found = extract(rule.join(parts).encode(), source="a.txt")
        assert [(item.title, item.published_at, item.body) for item in found] == [
            ("One", "2024-03-12", f"{FIRST}\n{LAST}"),
            ("Two", "2024-03-13", f"{FIRST}\n{LAST}"),
        ]


@pytest.mark.parametrize("head", ["Ministry: eleven ferries late", "Source: nobody knows", "Date: unknown to all"])
def test_a_title_with_a_colon_is_no_field(head: str) -> None:
    (article,) = extract(f"{head}\n\n{FIRST}\n\n{LAST}\n".encode(), source="a.txt")
    assert article.title == head


def test_a_heading_of_markdown_above_a_text_is_its_title() -> None:
    (article,) = extract(f"# {TITLE}\n\n{FIRST}\n\n{LAST}\n".encode(), source="a.txt")
    assert (article.title, article.body) == (TITLE, f"{FIRST}\n{LAST}")
