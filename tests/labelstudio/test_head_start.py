"""A model's suggestions on the real page: pushed, and served to a real Label Studio by the real command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolkit.agreement.stage import head_start_of
from toolkit.labelstudio import HeadStart, Server, Suggester, sent_by
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import to_result
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.labelstudio.suggest.suggester import is_held_back
from toolkit.project import Workspace
from toolkit.project.suggestion_log import LOG, OfferLog

pytestmark = pytest.mark.studio

TOLL = "At least {} people were killed and dozens wounded near the old harbour."
CHROMIUM = Path(os.environ.get("TOOLKIT_CHROMIUM", "/usr/bin/chromium"))


class Guess:
    labels = ("casualty_figure",)
    spans = ()
    certainty = 0.9


def guesses(texts: Any) -> list[Guess]:
    return [Guess() for _ in texts]


@pytest.fixture
def workspace(make_project: Any) -> Workspace:
    made: Workspace = make_project(
        ["\n".join(TOLL.format(number) for number in range(start, start + 5)) for start in range(10, 60, 5)]
    )
    return made


def tasks_of(server: Server, workspace: Workspace) -> list[dict[str, Any]]:
    return list(server.tasks(server_project.of_workspace(server, workspace)[0].id, fields="all"))


def test_a_share_is_pushed_without_suggestions_and_what_they_did_is_reported(
    server: Server, workspace: Workspace
) -> None:
    push(workspace, server=server)
    start = HeadStart(workspace, Suggester(workspace.schema(), guesses, name="guess-1"), share=0.4)
    counts = dict(start.push(dry_run=True, server=server).counts)
    assert not workspace.path(LOG).exists()
    for name in ("guess-1", "guess-2"):
        again = HeadStart(workspace, Suggester(workspace.schema(), guesses, name=name), share=0.4)
        assert again.push(server=server).counts == counts
    tasks = tasks_of(server, workspace)
    shown = {task["data"]["sentence_id"]: [found["model_version"] for found in task["predictions"]] for task in tasks}
    assert shown == {key: [] if is_held_back(key, 0.4) else ["guess-2"] for key in shown}
    assert 10 <= counts["held back"] <= 30
    assert len(workspace.path(LOG).read_bytes().splitlines()) == 50, "a sentence is noted once, whatever the model"

    for task in tasks:
        with_help = bool(task["predictions"])
        labels = ("casualty_figure",) if with_help else ("none",)
        answer = {"result": to_result(workspace.schema(), labels=labels), "lead_time": 4.0 if with_help else 9.0}
        server.post(f"/api/tasks/{task['id']}/annotations/", answer)
    pull(workspace, server=server)
    report = head_start_of(workspace)
    assert report is not None
    assert (report.answers_shown, report.answers_held_back) == (counts["with suggestions"], counts["held back"])
    found = {each.name: (each.shown, each.held_back, each.difference.value) for each in report.measures}
    assert found["labels as suggested"] == (1.0, 0.0, 1.0)
    assert found["seconds"] == (4.0, 9.0, -5.0)
    assert found["none"] == (0.0, 1.0, -1.0)


class Other(Guess):
    labels = ("claim",)


def test_only_what_was_pushed_has_suggestions_and_what_is_suggested_now_counts(
    server: Server, workspace: Workspace
) -> None:
    start = HeadStart(workspace, Suggester(workspace.schema(), guesses, name="guess-1"), share=0.0)
    ids = {sentence.sentence_id for sentence in workspace.sentences()}
    assert sent_by(workspace, limit=20) < ids == sent_by(workspace)
    counts = start.push(dry_run=True, coming=sent_by(workspace, limit=20), server=server).counts
    assert counts == {"with suggestions": 20, "held back": 0, "nothing to suggest": 0}
    push(workspace, limit=20, server=server)
    assert start.push(dry_run=True, server=server).counts == start.push(server=server).counts == counts
    assert start.push(dry_run=True, coming=ids, server=server).counts["with suggestions"] == 50
    assert {row.sentence_id for row in OfferLog(workspace).rows()} == sent_by(workspace, limit=20)

    other = Suggester(workspace.schema(), lambda texts: [Other() for _ in texts], name="guess-2")
    task = tasks_of(server, workspace)[0]
    server.post(f"/api/tasks/{task['id']}/annotations/", {"result": to_result(workspace.schema(), labels=("none",))})
    HeadStart(workspace, other, share=0.0).push(server=server)
    rows = list(OfferLog(workspace).rows())[20:]
    assert len(rows) == 19, "one had an answer by then"
    assert {row.labels for row in rows} == {("claim",)}


@contextmanager
def serving(workspace: Workspace, *arguments: str) -> Iterator[tuple[str, list[str]]]:
    """Run `toolkit serve` and give its address; what it printed is in the list afterwards."""
    command = [sys.executable, "-W", "error", "-m", "toolkit", "--debug", "serve", "--port", "0", *arguments]
    running = subprocess.Popen(command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed: list[str] = []
    try:
        assert running.stdout is not None
        while not printed or not printed[-1].startswith("serving"):
            line = running.stdout.readline()
            assert line, printed
            printed.append(line)
        yield re.search(r"http://\S+", printed[-1])[0], printed  # type: ignore[index]
    finally:
        running.terminate()
        printed.append(running.communicate(timeout=60)[0])


@pytest.mark.slow
def test_label_studio_asks_toolkit_serve_and_the_browser_shows_what_it_says(
    studio: Studio, server: Server, workspace: Workspace
) -> None:
    push(workspace, server=server)
    project = server_project.of_workspace(server, workspace)[0]
    tasks = tasks_of(server, workspace)
    open_one = tasks[0]
    assert not is_held_back(open_one["data"]["sentence_id"], 0.4)
    held_one = next(task for task in tasks if is_held_back(task["data"]["sentence_id"], 0.4))
    with serving(workspace, "--held-back", "0.4") as (url, printed):
        server.post("/api/ml", {"project": project.id, "url": url, "title": "toolkit"})
        for task in (open_one, held_one):
            server.get(f"/api/tasks/{task['id']}/", project=project.id)
        shown, held = (server.get(f"/api/tasks/{task['id']}/")["predictions"] for task in (open_one, held_one))
        assert [found["model_version"].split()[0] for found in shown] == ["figures"]
        assert held == []
        words = shown_in_browser(studio, project.id)
    assert words == [f"At least {open_one['data']['text'].split()[2]}", "dozens"]
    assert studio.token is not None
    assert studio.token not in "".join(printed)
    assert "Traceback" not in "".join(printed)


def shown_in_browser(studio: Studio, project: int) -> list[str]:
    """Return the words that are marked in the first sentence as a person finds it who begins to label."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(CHROMIUM)
        pytest.skip(f"NO BROWSER, THE PAGE IS NOT TESTED: {CHROMIUM} is missing (apt-get install chromium)")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        page.set_default_timeout(60_000)
        page.goto(f"{studio.url}/user/login")
        page.fill("input[name=email]", studio.email)
        page.fill("input[name=password]", studio.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda address: "/user/login" not in address)
        page.goto(f"{studio.url}/projects/{project}/data?labeling=1")
        page.wait_for_selector(".tk-sentence .htx-highlight")
        page.wait_for_function("document.querySelectorAll('.tk-sentence .htx-highlight').length > 1")
        marked: list[str] = [mark.inner_text() for mark in page.locator(".tk-sentence .htx-highlight").all()]
        browser.close()
    return marked
