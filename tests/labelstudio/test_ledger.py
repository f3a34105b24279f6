"""What the ledger knows to be on the server, without asking it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from toolkit.labelstudio import waiting
from toolkit.project import AppendLog, Workspace
from toolkit.project.annotation_log import revision
from toolkit.project.push_ledger import NAME, Ledger, sent_to
from toolkit.records import Annotation

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


def test_what_nobody_has_answered_waits(workspace: Workspace) -> None:
    first, second, third, _ = (sentence.sentence_id for sentence in workspace.sentences())
    send(workspace, TITLE, first, second)
    send(workspace, f"{TITLE} (adjudication)", third)
    assert waiting(workspace) == {first, second}
    moment = "2026-01-01T00:00:00Z"
    answer = Annotation(
        annotation_id="1" * 24,
        sentence_id=first,
        annotator="annotator-1",
        schema="news_events@1.0.0",
        created_at=moment,
        updated_at=moment,
    )
    workspace.annotations.append([revision(answer, {})])
    assert waiting(workspace) == {second}


def test_in_blind_mode_nothing_waits_before_the_first_push(workspace: Workspace) -> None:
    workspace.write("annotators.yaml", "blind: true\nannotators:\n  - {email: ada@example.org, calibrated: true}\n")
    send(workspace, f"{TITLE} (calibration)", "quiz-1")
    assert waiting(workspace) == set()
