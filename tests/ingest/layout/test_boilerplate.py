"""Short lines that recur over many pages."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from toolkit.ingest import RawPage, Settings, is_silent, lines_to_count, pages, read, recurring_lines
from toolkit.ingest.layout.boilerplate import least_in
from toolkit.ingest.layout.profile import fold


def page_of(raw: bytes, source: str = "page.txt") -> RawPage:
    """The only page of a file."""
    (page,) = pages(raw, source=source)
    return page


def test_lines_that_recur_over_many_pages_are_cut() -> None:
    texts = [
        f"Title number {i}\nThe council of town {i} voted.\nFetchly, the dog of news\n\nThe Tern\n2 "
        f"hours ago\n- The Tern\nBoats sail again\nBoat {i} sailed on Monday."
        for i in range(9)
    ]
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(lines_to_count(page_of(text.encode())).short)
    recurring = recurring_lines(counts)
    assert fold("Fetchly, the dog of news") in recurring
    found = read(texts[0].encode(), source="a.txt", settings=Settings(recurring=recurring))
    assert [cut.text for cut in found.rejects if cut.reason == "recurring"] == ["Fetchly, the dog of news"]
    assert [(article.title, article.publisher) for article in found.articles] == [
        ("Title number 0", None),
        ("Boats sail again", "The Tern"),
    ]
    assert not recurring_lines(counts, least_pages=10)


@pytest.mark.parametrize("mark", ["\n", "\r", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_row_of_several_lines_is_not_silent(mark: str, ascii_only: bool) -> None:
    """A row of one line says nothing for the statistics, whatever its quotes; with any line break it does."""
    one, two = "“One line” – it’s all…", f"Share{mark}A line of prose, which is the longer one."
    rows = [json.dumps({"text": text}, ensure_ascii=ascii_only).encode() for text in (one, two)]
    found = [page_of(row, "a.jsonl") for row in rows]
    assert [is_silent(raw) for raw in found] == [True, False]
    assert [bool(lines_to_count(raw).short) for raw in found] == [False, True]


def test_a_sentence_is_no_boilerplate_on_however_many_pages_it_stands() -> None:
    counts: Counter[str] = Counter()
    for number in range(20):
        text = f"Town {number} votes\nThe council of town {number} voted on it.\nNobody was hurt.\nSent by the wire"
        counts.update(lines_to_count(page_of(text.encode())).short)
    assert recurring_lines(counts) == {"sent by the wire"}


def test_the_limit_grows_with_the_corpus() -> None:
    assert [least_in(pages) for pages in (1, 64, 100, 1000, 100_000)] == [8, 8, 10, 31, 316]
    assert least_in(100, 20) == 20
