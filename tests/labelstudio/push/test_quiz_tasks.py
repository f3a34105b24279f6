"""The quiz against a real server: sent once, answered, scored, and kept apart from the annotations."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import pytest

from toolkit.agreement import stage as agreement_stage
from toolkit.agreement.stage import quiz_passed, quiz_scores
from toolkit.labelstudio import Server, push_quiz, status
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import quiz_title, retry_title
from toolkit.schema import instructions, quiz

pytestmark = pytest.mark.studio

TEXT = "Ferry\nThe ferry left, said the mayor.\nNobody was hurt."


def tasks_of(server: Server, project: int) -> list[dict[str, Any]]:
    return list(server.tasks(project, fields="all"))


def answer(server: Server, workspace: Workspace, task: int, *labels: str) -> None:
    result = encode_result(workspace.schema(), labels=labels)
    server.post(f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 3.0})


@pytest.fixture
def workspace(server: Server, make_project: Callable[..., Workspace]) -> Workspace:
    made = make_project([TEXT])
    text = (made.root / "toolkit.yaml").read_text()
    made.write("toolkit.yaml", text.replace("news_events@1.0.0", "claims@1.0.0"))
    return Workspace(made.root)


def test_a_quiz_is_sent_once_scored_and_shown(server: Server, workspace: Workspace) -> None:
    items = quiz(workspace.schema())
    assert push_quiz(workspace, server=server, dry_run=True).sent == len(items)
    assert push_quiz(workspace, server=server).sent == len(items)
    assert push_quiz(workspace, server=server).up_to_date

    project = server_project.existing(server, quiz_title(workspace))
    tasks = tasks_of(server, project.id)
    assert [task["data"]["text"] for task in tasks] == [item.text for item in items]
    assert {task["meta"]["calibration"] for task in tasks} == {"claims@1.0.0"}
    told = json.dumps([task["data"] | task["meta"] for task in tasks])
    assert not any(item.why and item.why in told for item in items), "nobody sees the known answers"

    wrong = items[0]
    for task, item in zip(tasks, items, strict=True):
        given = item.labels if item is not wrong else ("none",) if item.labels != ("none",) else ("claim",)
        answer(server, workspace, task["id"], *given)
    counts = pull(workspace, server=server).counts  # the work itself has not been pushed yet
    assert counts["quiz new"] == len(items)
    assert pull(workspace, server=server).up_to_date
    (score,) = quiz_scores(workspace).values()
    assert (score.answered, score.correct) == (len(items), len(items) - 1)
    assert [mistake.item for mistake in score.mistakes] == [wrong]
    assert workspace.answers() == [], "an answer to the quiz is not an annotation"
    assert status(workspace, server=server).annotators[0].quiz == score

    push(workspace, server=server)
    work = tasks_of(server, server_project.work_projects(server, workspace)[0].id)
    answer(server, workspace, work[0]["id"], "none")
    pull(workspace, server=server)
    agreement_stage.agreement(workspace)
    (row,) = json.loads(workspace.path("reports/agreement.json").read_bytes())["by_annotator"]
    assert (row["calibrated"], row["accuracy"]) == (len(items), pytest.approx((len(items) - 1) / len(items)))


def test_the_instructions_of_the_page_are_the_codebook(server: Server, workspace: Workspace) -> None:
    push(workspace, server=server)
    assert push(workspace, server=server).settings_changed == ()
    shown = server_project.work_projects(server, workspace)[0].settings["expert_instruction"]
    assert shown == instructions(workspace.schema()).strip()
    push_quiz(workspace, server=server)
    assert push_quiz(workspace, server=server).settings_changed == ()
    quizzed = server_project.find(server, quiz_title(workspace))
    assert quizzed is not None
    shown = quizzed.settings["expert_instruction"]
    assert workspace.schema().labels[0].rule in shown
    assert not any(item.text in shown for item in quiz(workspace.schema())), "the quiz would answer itself"


def test_who_missed_items_reads_why_and_answers_them_again_until_they_pass(
    server: Server, workspace: Workspace
) -> None:
    items = quiz(workspace.schema())
    push_quiz(workspace, server=server)
    tasks = tasks_of(server, server_project.existing(server, quiz_title(workspace)).id)
    wrong = items[:4]
    for task, item in zip(tasks, items, strict=True):
        given = item.labels if item not in wrong else ("none",) if item.labels != ("none",) else ("claim",)
        answer(server, workspace, task["id"], *given)
    pull(workspace, server=server)
    assert quiz_passed(workspace) == frozenset()

    sent = push_quiz(workspace, server=server)
    assert (sent.sent, sent.present) == (4, len(items))
    assert push_quiz(workspace, server=server).sent == 0
    (name,) = quiz_scores(workspace)
    first = server_project.existing(server, retry_title(workspace, name, 1))
    lessons = tasks_of(server, first.id)
    assert [task["data"]["text"] for task in lessons] == [item.text for item in wrong]
    for task, item in zip(lessons, wrong, strict=True):
        assert item.why is not None
        assert item.why in html.unescape(task["data"]["rivals"])
        assert "Your answer" in task["data"]["rivals"]

    for task, item in zip(lessons, wrong, strict=True):
        given = item.labels if item is not wrong[0] else ("denial",)
        answer(server, workspace, task["id"], *given)
    assert pull(workspace, server=server).counts["quiz new"] == 4
    assert quiz_passed(workspace) == frozenset({name}), "one of twelve is missed; four of five are asked for"
    assert push_quiz(workspace, server=server).sent == 0, "nobody who has passed is asked again"
    assert quiz_scores(workspace)[name].correct == len(items) - 1
    assert quiz_scores(workspace, first=True)[name].correct == len(items) - 4, "what was known before reading why"

    workspace.write("annotators.yaml", "quiz: {pass_mark: 1.0, retries: 2}\n")
    assert push_quiz(workspace, server=server).sent == 1, "a second retry"
    last = tasks_of(server, server_project.existing(server, retry_title(workspace, name, 2)).id)
    answer(server, workspace, last[0]["id"], "denial")
    pull(workspace, server=server)
    assert push_quiz(workspace, server=server).sent == 0, "no retry is left"
    assert workspace.answers() == []
