"""A model's suggestions on the real page: pushed, and served to a real Label Studio by the real command."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from browser import signed_in

from toolkit.agreement.stage import preannotation_effect
from toolkit.errors import InvalidInput, UsageError
from toolkit.labelstudio import Preannotation, Server, Suggester, push_predictions, sent_by
from toolkit.labelstudio.casualty_figures import READER
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.labelstudio.suggest.preannotation import in_holdout
from toolkit.project import Workspace
from toolkit.project.logs.suggestion_log import LOG, SuggestionLog
from toolkit.records import Span, Suggestion
from toolkit.schema import load

pytestmark = pytest.mark.studio

SAID = "The ferry left, said the mayor."
TOLL = "At least {} people were killed and dozens wounded near the old harbour."


def guess(*labels: str) -> Callable[[Sequence[str]], list[Suggestion]]:
    """Return a model that answers every text with the same labels."""
    said = Suggestion(
        sentence_id="", shown=True, model="guess", labels=labels, probabilities=dict.fromkeys(labels, 0.9)
    )
    return lambda texts: [said for _ in texts]


guesses = guess("casualty_figure")


@pytest.fixture
def workspace(make_project: Any) -> Workspace:
    made: Workspace = make_project(
        ["\n".join(TOLL.format(number) for number in range(start, start + 5)) for start in range(10, 60, 5)]
    )
    return made


def tasks_of(server: Server, workspace: Workspace) -> list[dict[str, Any]]:
    return list(server.tasks(server_project.work_projects(server, workspace)[0].id, fields="all"))


def test_a_share_is_pushed_without_suggestions_and_what_they_did_is_reported(
    server: Server, workspace: Workspace
) -> None:
    push(workspace, server=server)
    start = Preannotation(workspace, Suggester(workspace.schema(), guesses, name="guess-1"), share=0.4)
    counts = dict(start.push(dry_run=True, server=server).counts)
    assert not workspace.path(LOG).exists()
    for name in ("guess-1", "guess-2"):
        again = Preannotation(workspace, Suggester(workspace.schema(), guesses, name=name), share=0.4)
        assert again.push(server=server).counts == counts
    tasks = tasks_of(server, workspace)
    shown = {task["data"]["sentence_id"]: [found["model_version"] for found in task["predictions"]] for task in tasks}
    assert shown == {key: [] if in_holdout(key, 0.4) else ["guess-2"] for key in shown}
    assert 10 <= counts["in the hold-out"] <= 30
    assert len(workspace.path(LOG).read_bytes().splitlines()) == 50, "a sentence is noted once, whatever the model"

    for task in tasks:
        with_help = bool(task["predictions"])
        labels = ("casualty_figure",) if with_help else ("none",)
        answer = {"result": encode_result(workspace.schema(), labels=labels), "lead_time": 4.0 if with_help else 9.0}
        server.post(f"/api/tasks/{task['id']}/annotations/", answer)
    pull(workspace, server=server)
    report = preannotation_effect(workspace)
    assert report is not None
    assert (report.answers_shown, report.answers_held_back) == (counts["with suggestions"], counts["in the hold-out"])
    found = {each.name: (each.shown, each.held_back, each.difference.value) for each in report.measures}
    assert found["labels as suggested"] == (1.0, 0.0, 1.0)
    assert found["seconds"] == (4.0, 9.0, -5.0)
    assert found["none"] == (0.0, 1.0, -1.0)


def test_only_what_was_pushed_has_suggestions_and_what_is_suggested_now_counts(
    server: Server, workspace: Workspace
) -> None:
    start = Preannotation(workspace, Suggester(workspace.schema(), guesses, name="guess-1"), share=0.0)
    ids = {sentence.sentence_id for sentence in workspace.sentences()}
    assert sent_by(workspace, limit=20) < ids == sent_by(workspace)
    counts = start.push(dry_run=True, coming=sent_by(workspace, limit=20), server=server).counts
    assert counts == {"with suggestions": 20, "in the hold-out": 0, "nothing to suggest": 0}
    push(workspace, limit=20, server=server)
    assert start.push(dry_run=True, server=server).counts == start.push(server=server).counts == counts
    assert start.push(dry_run=True, coming=ids, server=server).counts["with suggestions"] == 50
    assert {row.sentence_id for row in SuggestionLog(workspace).rows()} == sent_by(workspace, limit=20)

    other = Suggester(workspace.schema(), guess("claim"), name="guess-2")
    task = tasks_of(server, workspace)[0]
    server.post(
        f"/api/tasks/{task['id']}/annotations/", {"result": encode_result(workspace.schema(), labels=("none",))}
    )
    Preannotation(workspace, other, share=0.0).push(server=server)
    rows = list(SuggestionLog(workspace).rows())[20:]
    assert len(rows) == 19, "one had an answer by then"
    assert {row.labels for row in rows} == {("claim",)}


def test_suggestions_are_replaced_and_checked(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([f"Ferry\n{SAID}\nNobody was hurt."])
    push(workspace, server=server)
    sentence = next(sentence for sentence in workspace.sentences() if sentence.text == SAID)
    span = Span(span_id="s", label="SOURCE", start=21, end=30, text="the mayor")

    def suggestion(model: str, **said: Any) -> Suggestion:
        return Suggestion(sentence_id=sentence.sentence_id, shown=True, model=model, **said)

    for version in ("m1", "m1", "m2"):
        mine = suggestion(version, labels=("claim",), spans=(span,), probabilities={"claim": 0.9})
        assert push_predictions(workspace, [mine], server=server) == 1
    project = server_project.work_projects(server, workspace)[0]
    assert project.settings["model_version"] == "m2"
    shown = [prediction for task in server.tasks(project.id, fields="all") for prediction in task["predictions"]]
    assert [prediction["model_version"] for prediction in shown] == ["m2"]
    assert [prediction["score"] for prediction in shown] == [0.9]
    wrong = suggestion("m3", spans=(Span(span_id="s", label="CUE", start=0, end=4, text="said"),))
    with pytest.raises(InvalidInput, match="'said' is not at 0-4"):
        push_predictions(workspace, [wrong], server=server)
    with pytest.raises(InvalidInput, match="no label 'weather'"):
        push_predictions(workspace, [suggestion("m3", labels=("weather",))], server=server)
    assert server_project.work_projects(server, workspace)[0].settings["model_version"] == "m2"


def test_figures_alone_have_the_same_hold_out_and_log(server: Server, workspace: Workspace) -> None:
    push(workspace, server=server)
    counts = dict(Preannotation(workspace, Suggester(workspace.schema()), share=0.4).push(server=server).counts)
    shown = {task["data"]["sentence_id"]: task["predictions"] for task in tasks_of(server, workspace)}
    assert {key: bool(found) for key, found in shown.items()} == {key: not in_holdout(key, 0.4) for key in shown}
    assert {found["model_version"] for each in shown.values() for found in each} == {READER}
    assert {found["score"] for each in shown.values() for found in each} == {None}
    rows = list(SuggestionLog(workspace).rows())
    assert {row.sentence_id for row in rows if not row.shown} == {key for key in shown if in_holdout(key, 0.4)}
    assert counts["in the hold-out"] == sum(not row.shown for row in rows) > 0


def test_a_schema_without_figures_says_so(workspace: Workspace) -> None:
    text = (workspace.root / "toolkit.yaml").read_text()
    workspace.write("toolkit.yaml", text.replace("news_events@1.0.0", "claims@1.0.0"))
    start = Preannotation(Workspace(workspace.root), Suggester(load("claims@1.0.0")), share=0.4)
    with pytest.raises(UsageError, match=r"claims@1\.0\.0 has no span label FIGURE"):
        start.push(dry_run=True)


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
    project = server_project.work_projects(server, workspace)[0]
    tasks = tasks_of(server, workspace)
    open_one = tasks[0]
    assert not in_holdout(open_one["data"]["sentence_id"], 0.4)
    held_one = next(task for task in tasks if in_holdout(task["data"]["sentence_id"], 0.4))
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
    with signed_in(studio) as page:
        page.goto(f"{studio.url}/projects/{project}/data?labeling=1")
        page.wait_for_selector(".tk-sentence .htx-highlight")
        page.wait_for_function("document.querySelectorAll('.tk-sentence .htx-highlight').length > 1")
        marked: list[str] = [mark.inner_text() for mark in page.locator(".tk-sentence .htx-highlight").all()]
    return marked
