"""The page in a real browser: it draws, filters, opens and runs nothing of what the corpus says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import new_page

from tests.report.conftest import ARABIC, CLOSING, SCRIPT
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.report import agreement_page, write_report

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

SENTENCES = 11 * 4 + 4

expect = sync_api.expect
expect.set_options(timeout=60_000)


@pytest.fixture
def page(project: Workspace) -> Iterator[Any]:
    """The report, opened; at the end nothing was asked of a network and nothing went to the console."""
    path, _ = write_report(project)
    said: list[str] = []
    with new_page("THE REPORT IS") as opened:
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("dialog", lambda dialog: said.append(dialog.message))
        opened.on("request", lambda asked: None if asked.url == path.as_uri() else said.append(asked.url))
        opened.goto(path.as_uri())
        yield opened
        title = opened.title()
    assert [words for words in said if words != "data:,"] == []
    assert title == "Words <b>as</b> data · report"


def rows(page: Any) -> Any:
    return page.locator("#list tbody tr")


def test_plots_have_marks_in_both_schemes(page: Any) -> None:
    drawn = page.locator("figure svg")
    assert drawn.count() >= 10
    for number in range(drawn.count()):
        box = drawn.nth(number).bounding_box()
        assert box is not None
        assert box["height"] > 60
        assert drawn.nth(number).locator("path, use").count() > 2
        assert drawn.nth(number).locator("text").count() > 1
    fills = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        fills.append(page.evaluate("getComputedStyle(document.querySelector('svg [fill=\"#0072b2\"]')).fill"))
    assert fills == ["rgb(0, 114, 178)", "rgb(86, 180, 233)"]


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(page: Any, project: Workspace, tmp_path: Path, width: int) -> None:
    agreement = tmp_path / "agreement.html"
    agreement.write_text(agreement_page(project), encoding="utf-8")
    for path in (project.path("reports", "report.html"), agreement):
        with page.context.browser.new_page() as opened:
            opened.set_viewport_size({"width": width, "height": 900})
            opened.goto(path.as_uri())
            assert opened.evaluate("document.documentElement.scrollWidth") == width


def test_filters_filter(page: Any) -> None:
    expect(rows(page)).to_have_count(SENTENCES)
    page.fill("#f-words", "SHELLED")
    expect(rows(page)).to_have_count(11)
    page.click("#filters button[type=reset]")
    expect(rows(page)).to_have_count(SENTENCES)
    page.select_option("#f-answers", "differ")
    expect(rows(page)).to_have_count(len([number for number in range(SENTENCES) if number % 10 == 1]))
    page.select_option("#f-label", label="Denial")
    page.select_option("#f-answers", "agree")
    expect(rows(page)).to_have_count(0)
    expect(page.locator("#found")).to_have_text(re.compile("^0 of "))


def test_a_click_opens_the_detail_and_keys_move_in_it(page: Any) -> None:
    rows(page).nth(1).locator("button").click()
    detail = page.locator("#detail")
    said = detail.inner_text()
    for words in ("ann", "ben", "raw page pages/test.txt", "toolkit trace", "Claim"):
        assert words in said
    expect(detail).to_contain_text("Sentence 2 of")
    page.keyboard.press("ArrowDown")
    expect(detail).to_contain_text("Sentence 3 of")
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    rows(page).nth(0).locator("button").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("Sentence 2 of")


def test_hostile_sentences_show_as_text(page: Any) -> None:
    for words, sentence in (("onmouseover", SCRIPT), ("onerror", CLOSING), ("😀", ARABIC)):
        page.fill("#f-words", words)
        expect(rows(page)).to_have_count(1)
        assert page.evaluate("document.querySelector('.open').textContent") == sentence
        page.locator(".open").first.click()
        assert sentence[5:30].strip()[:10] in page.locator("#d-body").text_content()
        assert page.locator("#d-body img, #d-body script, #d-body b").count() == 0
        assert '<b onclick="x">note</b>' in page.locator("#d-body").inner_text()
        page.keyboard.press("Escape")


def test_numbers_lead_to_their_sentences_and_these_to_their_tasks(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9/")
    made = {"id": 5, "created_at": "2031-03-12T09:00:00Z"}
    project.write("annotations/projects.json", json.dumps({"News": [made]}))
    answers = project.answers()
    project.annotations.append(
        revision(each, {"task": number, "project": 5}) for number, each in enumerate(answers, start=100)
    )
    path, _ = write_report(project)
    with new_page("THE REPORT IS") as page:
        page.goto(path.as_uri())

        def follow(selector: str) -> None:
            link = page.locator(selector).first
            page.evaluate("link => { link.closest('details').open = true; link.click(); }", link.element_handle())
            page.wait_for_timeout(300)

        for selector, words in (
            ("a[href^='#sentences?person=']", "person"),
            ("a[href*='&other=']", "people disagree"),
            ("a[href*='&source=']", "source"),
            ("a[href*='&month=']", "month"),
        ):
            href = page.locator(selector).first.get_attribute("href")
            cell = int(re.sub(r"[^0-9]", "", page.locator(selector).first.text_content() or "") or 0)
            follow(selector)
            page.wait_for_function("href => location.hash === href", arg=href)
            shown = int(page.inner_text("#found").split(" of ")[0])
            assert shown > 0, words
            if words == "people disagree":
                assert shown == cell, "the cell counts these sentences"
        first = rows(page).first.locator("a.task").first
        assert re.fullmatch(r"http://127\.0\.0\.1:9/projects/5/data\?task=1\d\d", first.get_attribute("href") or "")
