"""The page holds every number of the report and lets no text through as markup."""

from __future__ import annotations

from html.parser import HTMLParser

from toolkit.agreement import report
from toolkit.report.agreement_page import page

from .test_agreement_report import SCHEMA, answer, figure


class Reader(HTMLParser):
    """Collects tags that are open at the end, what refers elsewhere, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_whole_and_alone():
    answers = [
        answer(
            at,
            who,
            "claim" if at % 3 else "toll",
            spans=(figure(low=at),),
            updated_at=f"2026-0{1 + at % 2}-01T00:00:00Z",
        )
        for at in range(30)
        for who in ("ann", "bob")
    ]
    answers.append(answer(30, "ann", "claim"))
    answers.append(answer(30, "<b>", "none"))
    found = report(answers, SCHEMA, {f"s{at:03}": f"a{at // 5}" for at in range(31)}, seed=0, resamples=99)
    text = page(found, {"s030": "5 < 6 & <script>alert(1)</script>"})
    reader = Reader()
    reader.feed(text)
    words = " ".join(reader.words)
    assert reader.open == []
    assert reader.links == []
    assert "<script" not in text
    assert "5 < 6 & <script>alert(1)</script>" in words
    for heading in ("Layers", "Labels", "Spans", "Attributes of matched spans", "Annotators", "Over time and versions"):
        assert heading in words
    assert "month 2026-01" in words
    assert "99 resamples" in words
    for row in found.rows():
        if row.alpha.value is not None:
            assert f"{row.alpha.value:.2f}" in words
