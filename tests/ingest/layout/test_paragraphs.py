"""Lines that are not paragraphs: joined, and what stands at the edges of printed pages cut. The text is CC0."""

from __future__ import annotations

import json

import pytest

from tests.test_wrapped_text import ALL, wrapped
from toolkit.ingest import Settings, pages, read, rebuild

TITLE = {"en": "Port Ellery to rebuild its breakwater", "fr": "Valmer reconstruit sa digue", "de": "Mole wird gebaut"}


@pytest.mark.parametrize("language", TITLE)
@pytest.mark.parametrize("form", ["txt", "jsonl"])
def test_wrapped_lines_become_paragraphs_that_trace_to_their_bytes(language: str, form: str) -> None:
    text = "\r\n\r\n".join([TITLE[language], *(wrapped(p, 64).replace("\n", "\r\n") for p in ALL[language])])
    raw = (text if form == "txt" else json.dumps({"text": text})).encode()
    (article,) = read(raw, source=f"a.{form}").articles
    assert article.text == "\n".join([TITLE[language], *ALL[language]])
    (page,) = pages(raw, source=f"a.{form}")
    assert rebuild(article, page) == article.text
    (whole,) = read(raw, source=f"a.{form}", settings=Settings(unwrap="never")).articles
    assert "\n".join(wrapped(ALL[language][0], 64).split("\n")) in whole.text


PRINTED = """Harbour Office of Ellery                    Notice 7/2024

Breakwater to be rebuilt
The council voted on Monday to rebuild the eastern break-
water, which two winter storms had left with a gap of forty
metres. Officials put the cost at twelve million and expect

                         - 1 -
\fHarbour Office of Ellery                    Notice 7/2024

ferries to keep running while the work goes on, from spring
until the end of the year.
The self-defence of the town is not at stake, and self-
defence classes go on.

                         - 2 -
"""


def test_heads_and_numbers_of_printed_pages_are_cut_and_their_sentences_whole() -> None:
    found = read(PRINTED.encode(), source="a.txt")
    (article,) = found.articles
    assert article.title == "Breakwater to be rebuilt"
    assert article.body.split("\n") == [
        "The council voted on Monday to rebuild the eastern breakwater, which two winter storms had left with a gap of "
        "forty metres. Officials put the cost at twelve million and expect ferries to keep running while the work goes "
        "on, from spring until the end of the year.",
        "The self-defence of the town is not at stake, and self-defence classes go on.",
    ]
    assert sorted({cut.reason for cut in found.rejects}) == ["line-hyphen", "running-head"]
    (page,) = pages(PRINTED.encode(), source="a.txt")
    assert rebuild(article, page) == article.text


def test_numbers_that_do_not_go_up_are_lines_of_the_text() -> None:
    text = "Scores of the week\nThe home side won on Monday.\n3\nThe guests won on Tuesday.\n1\nNobody won on Sunday."
    (article,) = read(text.encode(), source="a.txt").articles
    assert article.body == text.partition("\n")[2]
