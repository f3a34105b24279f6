"""A block that is crowded with inline elements is one text, and a list of links is none."""

from __future__ import annotations

import pytest

from toolkit.ingest import extract

FIRST = "<html><body><article><h1>Rain on the quay</h1><p>It rained all day long, the mayor of the town said.</p>"


@pytest.mark.parametrize(
    "crowd", ["<b>a</b> ", "<span><i>a</i></span> ", "<img src=x>a ", "It rained <a href=x>here</a>. "]
)
def test_the_text_of_a_crowded_block_stays(crowd: str) -> None:
    (article,) = extract(f"{FIRST}<p>{crowd * 1200}</p><p>It <i>rained</i> again.</p>".encode(), source="a.html")
    seen = "a" if "rained" not in crowd else "It rained here."
    paragraphs = article.body.split("\n")
    assert paragraphs[0] == "It rained all day long, the mayor of the town said."
    assert paragraphs[1].split() == [*seen.split()] * 1200
    assert paragraphs[2] == "It rained again."


def test_a_crowd_of_links_is_no_text() -> None:
    links = '<a href="/x">Weather</a> ' * 1200
    (article,) = extract(
        f"{FIRST}<p>{links}</p><p>It rained again, and nobody was on the quay.</p>".encode(), source="a.html"
    )
    assert "Weather" not in article.text
    assert article.body.endswith("nobody was on the quay.")


def test_a_block_within_an_inline_element_stays_a_block() -> None:
    page = f"{FIRST}<span>{'<b>a</b> ' * 1200}<p>It rained again, and nobody was on the quay.</p></span>"
    (article,) = extract(page.encode(), source="a.html")
    assert "It rained again, and nobody was on the quay." in article.body.split("\n")
