"""The page for links in a real browser: what a person draws with mouse and keyboard is what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser import Desk, signed_in

from tests.labelstudio.links.stories import story, suggestion
from toolkit.labelstudio import Server, push_links
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace
from toolkit.project.logs.link_log import link_answers
from toolkit.project.logs.push_ledger import links_title

pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]

RELATIONS = "Htx.annotationStore.selected.relationStore.relations.length"


class LinkDesk(Desk):
    """What a person does at the page for links."""

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
def desk(studio: Studio, server: Server, workspace: Workspace) -> Iterator[LinkDesk]:
    project = server_project.existing(server, links_title(workspace))
    with signed_in(studio, width=1600) as page:
        page.goto(f"{studio.url}/projects/{project.id}/data?labeling=1")
        page.wait_for_selector("[data-testid=bottombar-submit-button]")
        page.wait_for_selector(".tk-passage .htx-highlight")
        page.keyboard.press("Escape")
        yield LinkDesk(page, ".tk-passage")


def test_links_that_are_drawn_with_mouse_and_keyboard_come_back(
    desk: LinkDesk, workspace: Workspace, server: Server
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


def test_a_region_that_is_deleted_by_accident_is_put_back(desk: LinkDesk, workspace: Workspace, server: Server) -> None:
    desk.link("The navy denied", "The coast guard said", 1)
    desk.select("22")
    there = "Htx.annotationStore.selected.regionStore.regions.length"
    before = desk.page.evaluate(there)
    desk.until(lambda: desk.page.keyboard.press("Backspace"), f"{there} < {before}")
    desk.submit()
    counts = pull(workspace, server=server).counts
    assert (counts["links"], counts["link regions put back"]) == (1, 1)


def test_a_suggested_link_is_drawn_already_and_comes_back_when_it_is_left(
    studio: Studio, server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = story(make_project)
    push(workspace, server=server)
    push_links(workspace, suggest=lambda: suggestion(workspace), server=server)
    project = server_project.existing(server, links_title(workspace))
    with signed_in(studio, width=1600) as page:
        page.goto(f"{studio.url}/projects/{project.id}/data?labeling=1")
        page.wait_for_selector("[data-testid=bottombar-submit-button]")
        page.wait_for_selector(".tk-passage .htx-highlight")
        page.keyboard.press("Escape")
        page.wait_for_function(f"{RELATIONS} === 1")
        LinkDesk(page, ".tk-passage").submit()
    assert pull(workspace, server=server).counts["links"] == 1
