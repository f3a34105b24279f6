"""Pages that hold only the beginning of an article: flagged, and the flag told by each stage. The text is CC0."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ingest.hypertext.test_shown_text import FIRST, LAST, TITLE, page_of
from toolkit import Project
from toolkit.ingest import read


def row(text: str) -> bytes:
    return json.dumps({"title": TITLE, "text": text}).encode()


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST} [+2143 chars]",
        f"{FIRST}\nThe mayor of the lower town said that… [+99 chars]",
        f"{FIRST}\nSubscribe to continue reading this article.",
        f"{FIRST}\nAlready a subscriber? Log in",
        f"{FIRST}\nCet article est réservé aux abonnés",
        f"{FIRST}\nThe mayor of the lower town said that the [...]",
        f"{FIRST}\nThe mayor of the lower town said that the…",
    ],
)
def test_a_row_that_is_cut_short_is_flagged(text: str) -> None:
    (article,) = read(row(text), source="a.jsonl").articles
    assert article.truncated
    assert "chars]" not in article.text


@pytest.mark.parametrize("text", [FIRST, f"{FIRST}\n{LAST}", f"{FIRST}\n“I don't know …” he said, and wept."])
def test_a_whole_row_is_not(text: str) -> None:
    assert not read(row(text), source="a.jsonl").articles[0].truncated


def test_a_page_behind_a_paywall_is_flagged_and_the_prompt_cut() -> None:
    prompt = "<div class='paywall'><p>Subscribe to continue reading this article.</p></div>"
    raw = page_of("").replace(f"<p>{LAST}</p>".encode(), prompt.encode())
    (article,) = read(raw, source="a.html").articles
    assert (article.body, article.truncated) == (FIRST, True)
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    assert read(page_of("", stated), source="a.html").articles[0].truncated
    assert not read(page_of(""), source="a.html").articles[0].truncated


def test_ingest_counts_them(tmp_path: Path) -> None:
    project = Project.init(tmp_path / "p")
    (tmp_path / "p" / "pages" / "a.jsonl").write_bytes(row(f"{FIRST} [+2143 chars]") + b"\n" + row(LAST))
    counts = project.ingest().counts
    assert (counts["articles"], counts["truncated articles"]) == (2, 1)
