"""The tasks that the ledger knows to be on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from toolkit.project import AppendLog, Workspace
from toolkit.project.annotators_file import assign
from toolkit.project.logs.push_ledger import NAME, Ledger, sent_sentences, sent_to

TITLE = "News"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["Ferry\nThe ferry left.\nIt rained.\nIt ended."], title=TITLE)


def send(workspace: Workspace, title: str, *sentence_ids: str, place: str | None = None) -> Ledger:
    ledger = Ledger(workspace, place or f"project of {title}", title)
    ledger.sending([(sentence_id, "0" * 64) for sentence_id in sentence_ids])
    ledger.acknowledged()
    return ledger


def test_what_was_sent_is_known_by_the_title_of_its_project(workspace: Workspace) -> None:
    assert sent_to(workspace, [TITLE]) == set()
    send(workspace, TITLE, "a", "b")
    send(workspace, f"{TITLE} (adjudication)", "c")
    send(workspace, TITLE, "d").sending([("e", "0" * 64)])
    assert sent_to(workspace, [TITLE]) == {"a", "b", "d"}, "of e it is not known whether it arrived"
    assert sent_to(workspace, [TITLE, f"{TITLE} (adjudication)"]) == {"a", "b", "c", "d"}
    assert sent_to(workspace, ["Another"]) == set()


def test_a_project_that_was_made_anew_holds_what_was_sent_since(workspace: Workspace) -> None:
    send(workspace, TITLE, "a", "b")
    send(workspace, TITLE, "c", place="another project")
    assert sent_to(workspace, [TITLE]) == {"c"}
    Ledger(workspace, "another project", TITLE).saw([("d", "0" * 64)])
    assert sent_to(workspace, [TITLE]) == {"d"}


def test_rows_of_the_first_toolkits_count_whatever_the_title(workspace: Workspace) -> None:
    rows: list[dict[str, Any]] = [{"event": "sending", "keys": [["a", "0" * 64]]}, {"event": "sent", "keys": 1}]
    AppendLog(workspace.path(NAME)).append([row | {"place": "project of News"} for row in rows])
    assert sent_to(workspace, ["Another"]) == {"a"}
    send(workspace, TITLE, "b")
    assert sent_to(workspace, ["Another"]) == set(), "a later row has said what the project is called"
    assert sent_to(workspace, [TITLE]) == {"a", "b"}


def test_only_the_work_of_the_project_counts_as_sent(workspace: Workspace) -> None:
    send(workspace, f"{TITLE} (calibration)", "quiz-1", "quiz-2")
    assert sent_sentences(workspace) == set()
    send(workspace, f"{TITLE} (adjudication)", "c")
    send(workspace, TITLE, "a", "b").sending([("unconfirmed", "0" * 64)])
    assert sent_sentences(workspace) == {"a", "b"}


def test_in_blind_mode_what_was_assigned_is_the_work(workspace: Workspace) -> None:
    workspace.write("annotators.yaml", "blind: true\nannotators:\n  - {email: ada@example.org, calibrated: true}\n")
    send(workspace, TITLE, "before")
    send(workspace, f"{TITLE} (calibration)", "quiz-1")
    assert sent_sentences(workspace) == set(), "nothing is assigned before the first push"
    assign(workspace, [("article", "annotator-0123456789")], {"article": 2})
    send(workspace, f"{TITLE} (0123456789)", "a")
    assert sent_sentences(workspace) == {"a"}
