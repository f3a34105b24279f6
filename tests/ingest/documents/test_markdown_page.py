"""Markdown from crawlers, readers and note programs: the article without markup, every character with its bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings

from tests.ingest.texts import ANY_TEXT
from toolkit.errors import InvalidInput
from toolkit.ingest import extract, pages, read, rebuild

CLIPPED = """---
title: "Quay opens again"
source: https://tern.example/quay
author: Ada Holm
published: 2024-03-12
created: 2024-03-15
---
The quay \\*opened\\* on **Monday**, the [council](https://tern.example/c) said
in a note &amp; a call.

> "We are glad," he wrote,
> and left.

1. First item was said.

| Place | Dead |
| --- | --- |
| [Orlino](https://tern.example/o) | 11 |

```
listing
```
"""

CRAWLED = """[Skip to content](https://tern.example/#main)

[![Tern](https://tern.example/logo.svg)](https://tern.example/)

- [Home](https://tern.example/)
- [World](https://tern.example/world)

# Quay opens again

![The quay](https://tern.example/1.jpg)
*The quay on Tuesday. Photo: A. Holm*

The [council](https://tern.example/c) said on Monday that the quay had opened.

## Related articles

- [Ferry sails](https://tern.example/2)

[Privacy](https://tern.example/p) | [Terms](https://tern.example/t)
"""


def test_front_matter_gives_the_facts_and_markup_is_no_text() -> None:
    (article,) = extract(CLIPPED.encode(), source="clip.md")
    assert (article.title, article.url, article.byline, article.published_at) == (
        "Quay opens again",
        "https://tern.example/quay",
        "Ada Holm",
        "2024-03-12",
    )
    assert article.body.split("\n") == [
        "The quay *opened* on Monday, the council said in a note & a call.",
        '"We are glad," he wrote, and left.',
        "First item was said.",
        "Place | Dead",
        "Orlino | 11",
    ]
    (page,) = pages(CLIPPED.encode(), source="clip.md")
    assert rebuild(article, page) == article.text


@pytest.mark.parametrize("source", ["page.md", "page.txt", "page"])
def test_navigation_images_and_captions_of_a_crawl_are_cut(source: str) -> None:
    found = read(CRAWLED.encode(), source=source)
    (article,) = found.articles
    assert article.text == "Quay opens again\nThe council said on Monday that the quay had opened."
    reasons = {cut.reason for cut in found.rejects}
    assert {"link-only", "caption", "related-heading"} <= reasons


def test_markdown_in_a_column() -> None:
    row = json.dumps({"markdown": CRAWLED, "metadata": {"title": "x"}, "url": "https://tern.example/quay"}).encode()
    (article,) = extract(row, source="row.json")
    assert (article.title, article.url) == ("Quay opens again", "https://tern.example/quay")


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(ANY_TEXT)
@example("\\0")  # a backslash that escapes nothing
@example("C:\\Users \\* \\\\ &amp; \\&amp;")
def test_any_text_is_rebuilt_from_its_bytes(text: str) -> None:
    try:
        found = read(text.encode(), source="a.md")
    except InvalidInput:
        return
    (page,) = pages(text.encode(), source="a.md")
    for article in found.articles:
        assert rebuild(article, page) == article.text
