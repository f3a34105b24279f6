"""The page holds what the report says, lets no text through as markup, and runs nothing but its own script."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from builders import answer, span, write_corpus

from tests.report.conftest import ARABIC, CLOSING, SCRIPT, texts
from toolkit.agreement import measure
from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.records import to_json
from toolkit.report import agreement_page, project_report, report_page
from toolkit.report.html_document import agreement_html, embedded
from toolkit.schema import load


class Elements(HTMLParser):
    """Counts elements, gathers attributes, and keeps the JSON block."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and self.scripts:
            self.scripts[-1] += data


class Reader(HTMLParser):
    """Collects tags that are open at the end, what refers elsewhere, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Leave elements of a drawing that close themselves."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.slow
def test_hostile_words_are_data(project: Workspace) -> None:
    page = report_page(project_report(project))
    elements = Elements(page)
    assert elements.tags.count("script") == 2
    assert "img" not in elements.tags
    assert not {name for name in elements.attributes if name.startswith("on") or name == "style"}
    data = json.loads(elements.scripts[0])
    shown = {line[2] for line in data["lines"]}
    assert {SCRIPT, CLOSING, ARABIC} <= shown
    assert re.findall(r"(?:src|href)=\"(?!#|data:,)[^\"]*", page) == []
    assert "<title>Words &lt;b&gt;as&lt;/b&gt; data" in page


@pytest.mark.slow
def test_the_policy_lets_nothing_else_run(project: Workspace) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', report_page(project_report(project)))
    assert policy is not None
    said = html.unescape(policy[1])
    assert "unsafe" not in said
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "require-trusted-types-for 'script'" in said


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028\u2029", "&lt;", "]]>"])
def test_nothing_ends_the_block(text: str) -> None:
    written = embedded({"text": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": text}


@pytest.mark.slow
def test_every_plot_is_told_in_a_table_and_named(project: Workspace) -> None:
    page = report_page(project_report(project))
    drawn = page.count("<svg")
    assert drawn >= 10
    assert page.count("<summary>The numbers</summary>") == drawn
    assert len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]+"', page)) == drawn
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_ten_thousand_sentences_stay_below_ten_megabytes(tmp_path: Path, label: Callable[[Workspace], None]) -> None:
    workspace = Workspace.create(tmp_path / "large")
    write_corpus(workspace, texts(2500))
    label(workspace)
    page = report_page(project_report(workspace))
    assert len(page.encode()) < 10_000_000
    assert "All 10,000 sentences." in page


def test_the_page_on_agreement_is_whole_and_alone() -> None:
    text = "Some 14 people left."
    answers = [
        answer(
            f"s{at:03}",
            who,
            "claim" if at % 3 else "denial",
            spans=(span(text, "14", low=at, harm="killed"),),
            when=f"2026-0{1 + at % 2}-01T00:00:00Z",
        )
        for at in range(30)
        for who in ("ann", "bob")
    ]
    answers.append(answer("s030", "ann", "claim"))
    answers.append(answer("s030", "<b>", "none"))
    articles = {f"s{at:03}": f"a{at // 5}" for at in range(31)}
    found = measure(answers, load("news_events@1.0.0"), articles)
    shown = {"s030": "5 < 6 & <script>alert(1)</script>"}
    page = agreement_html(json.loads(to_json(found)), {"claim": "A claim & more"}, shown)
    reader = Reader()
    reader.feed(page)
    words = " ".join(reader.words)
    assert reader.open == []
    assert {link for link in reader.links if not link.startswith("#")} == {"data:,"}
    assert "<script" not in page
    assert "script-src 'none'" in html.unescape(page)
    assert "5 < 6 & <script>alert(1)</script>" in words
    for heading in (
        "How well annotators agree",
        "Layers and labels",
        "Spans",
        "Attributes of matched spans",
        "Annotators, each with everybody else",
        "Schema versions, rounds and months",
    ):
        assert heading in words
    assert "A claim & more" in words
    assert "2026-01" in words
    assert "intervals over" in words
    assert re.search(r"-0\.0+\b", words) is None
    for row in found.rows():
        if row.alpha.value is not None:
            assert f"{row.alpha.value:.2f}" in words


@pytest.mark.slow
def test_the_page_on_agreement_is_made_from_the_project(project: Workspace, tmp_path: Path) -> None:
    page = agreement_page(project)
    assert agreement_page(project) == page
    assert "The harbour was shelled at 0 o'clock." in html.unescape(page)
    assert "Annotators, each with everybody else" in page
    assert Elements(page).tags.count("script") == 0
    with pytest.raises(InvalidInput, match="is not there yet; run `toolkit agreement`"):
        agreement_page(Workspace.create(tmp_path / "empty"))
