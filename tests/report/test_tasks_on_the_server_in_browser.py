"""From a cell of a drawing to its tasks in Label Studio by one click; a real server, a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browser import signed_in

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace
from toolkit.report import write_report

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.studio, pytest.mark.slow]


def test_one_click_on_a_cell_a_bar_or_a_dispute_shows_its_tasks(
    studio: Studio, server: Server, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_project([f"Headline {number}\nThe ferry {number} left.\nIt rained." for number in range(4)])
    push(workspace, server=server)
    (project,) = server_project.work_projects(server, workspace)
    other = server.post("/api/users/", {"email": f"{project.id}@example.org", "username": "other", "password": "x"})
    tasks = sorted(task["id"] for task in server.tasks(project.id, include="id"))
    claims, disputed = tasks[:3], tasks[0]
    for task in tasks:
        for user in (1, other["id"]):
            label = "denial" if task == disputed and user != 1 else "claim" if task in claims else "none"
            result = encode_result(workspace.schema(), labels=(label,))
            server.post(f"/api/tasks/{task}/annotations/", {"result": result, "completed_by": user})
    pull(workspace, server=server)
    adjudicate_stage.adjudicate(workspace)
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    path, _ = write_report(workspace)

    with signed_in(studio) as page:

        def shown(link: Any) -> set[int]:
            """Click, and return the numbers of the tasks that the server then lists."""
            with page.context.expect_page() as opened:
                link.dispatch_event("click")
            with opened.value as there:
                there.wait_for_selector(".dm-table__row, .lsf-table__row, [class*=table-row]", timeout=60_000)
                there.wait_for_function(
                    "() => window.dataManager?.store?.taskStore?.list?.length !== undefined && "
                    "!window.dataManager.store.taskStore.loading",
                )
                found: list[int] = there.evaluate("window.dataManager.store.taskStore.list.map(task => task.id)")
                return set(found)

        page.goto(path.as_uri())
        page.wait_for_selector("body[data-led=yes]")
        cells = page.locator("svg a[href*='/data?tab=']")
        assert cells.count() > 10
        by_title = {
            words: page.locator(f"figure:has(figcaption:text('{words}')) svg a[href*='/data?tab=']").first
            for words in ("Label share by source", "Labels that are taken for each other", "Answers by annotator")
        }
        assert shown(by_title["Label share by source"]) == set(claims) - {disputed}
        assert shown(by_title["Labels that are taken for each other"]) == {disputed}
        assert shown(by_title["Answers by annotator"]) == set(tasks)
        arrow = page.locator("td a.task[href*='/data?tab=']").first
        assert re.fullmatch(r"\d+ on the server", arrow.get_attribute("title"))
        page.select_option("#f-answers", "differ")
        (task,) = page.locator("#list tbody a.task").all()
        assert task.get_attribute("href") == f"{studio.url}/projects/{project.id}/data?task={disputed}"
