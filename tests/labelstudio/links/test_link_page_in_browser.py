"""The page for links in a real browser: what a person draws with mouse and keyboard is what comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.labelstudio.links.stories import story
from toolkit.labelstudio import Server, push_links
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace
from toolkit.project.logs.link_log import link_answers
from toolkit.project.logs.push_ledger import links_title

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]

CHROMIUM = Path(os.environ.get("TOOLKIT_CHROMIUM", "/usr/bin/chromium"))
PATIENCE = 12  # times five seconds

BOX_OF_WORDS = """(needle) => {
  const walker = document.createTreeWalker(document.querySelector('.tk-passage'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(needle);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + needle.length);
    const box = range.getBoundingClientRect();
    return [box.left, box.top + box.height / 2, box.right];
  }
  return null;
}"""
RELATIONS = "Htx.annotationStore.selected.relationStore.relations.length"


class Desk:
    """What a person does at the page for links."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def until(self, act: Callable[[], object], condition: str) -> None:
        """Act, and once more where the page has not taken it in after a while, until a condition holds."""
        for _ in range(PATIENCE):
            act()
            try:
                self.page.wait_for_function(condition, timeout=5_000)
            except sync_api.TimeoutError:
                continue
            return
        raise TimeoutError(f"the page never came to: {condition}")

    def click(self, words: str) -> None:
        left, middle, right = self.page.evaluate(BOX_OF_WORDS, words)
        self.page.mouse.click((left + right) / 2, middle)

    def select(self, words: str) -> None:
        self.until(lambda: self.click(words), "document.querySelector('.tk-passage .__active')")

    def link(self, head: str, tail: str, count: int) -> None:
        """Draw a link; the page then has so many."""
        self.select(head)
        self.page.keyboard.press("Alt+r")
        self.until(lambda: self.click(tail), f"{RELATIONS} === {count}")
        self.until(lambda: self.page.keyboard.press("Escape"), "!document.querySelector('.tk-passage .__active')")

    def submit(self) -> None:
        with self.page.expect_response(lambda response: "/annotations" in response.url and response.status == 201):
            self.page.keyboard.press("Control+Enter")


@pytest.fixture
def workspace(make_project: Callable[..., Workspace], server: Server) -> Workspace:
    made = story(make_project)
    push(made, server=server)
    push_links(made, server=server)
    return made


@pytest.fixture
def desk(studio: Studio, server: Server, workspace: Workspace) -> Iterator[Desk]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(CHROMIUM)
        pytest.skip(f"NO BROWSER, THE PAGE IS NOT TESTED: {CHROMIUM} is missing (apt-get install chromium)")
    project = server_project.existing(server, links_title(workspace))
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1200})
        page.set_default_timeout(60_000)
        page.goto(f"{studio.url}/user/login")
        page.fill("input[name=email]", studio.email)
        page.fill("input[name=password]", studio.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url)
        page.goto(f"{studio.url}/projects/{project.id}/data?labeling=1")
        page.wait_for_selector("[data-testid=bottombar-submit-button]")
        page.wait_for_selector(".tk-passage .htx-highlight")
        page.keyboard.press("Escape")
        yield Desk(page)
        browser.close()


def test_links_that_are_drawn_with_mouse_and_keyboard_come_back(
    desk: Desk, workspace: Workspace, server: Server
) -> None:
    assert desk.page.locator(".tk-passage .htx-highlight").count() >= 4, "decided places stand ready"
    desk.link("The navy denied", "The coast guard said", 1)
    desk.link("31", "22", 2)
    desk.submit()
    counts = pull(workspace, server=server).counts
    assert (counts["links"], counts.get("link regions put back", 0), counts.get("link rejects", 0)) == (2, 0, 0)
    (answer,) = link_answers(workspace)
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    for link in answer.links:
        for end in (link.head, link.tail):
            assert texts[end.sentence_id][end.start : end.end] == end.text
    assert [(link.label, link.head.text, link.tail.text) for link in answer.links] == [
        (
            "denies",
            "The navy denied that its mines were in the strait.",
            "The coast guard said a mine had sunk the ferry.",
        ),
        ("updates", "31", "22"),
    ]


def test_a_region_that_is_deleted_by_accident_is_put_back(desk: Desk, workspace: Workspace, server: Server) -> None:
    desk.link("The navy denied", "The coast guard said", 1)
    desk.select("22")
    there = "Htx.annotationStore.selected.regionStore.regions.length"
    before = desk.page.evaluate(there)
    desk.until(lambda: desk.page.keyboard.press("Backspace"), f"{there} < {before}")
    desk.submit()
    counts = pull(workspace, server=server).counts
    assert (counts["links"], counts["link regions put back"]) == (1, 1)
