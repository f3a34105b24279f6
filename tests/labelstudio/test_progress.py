"""Progress told from the log and the ledger, without a server."""

from __future__ import annotations

from collections.abc import Callable

import builders
import pytest

from toolkit.labelstudio import waiting
from toolkit.labelstudio.progress import ProjectProgress, progress
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.hidden_tasks import HiddenArticle, hide
from toolkit.project.logs.push_ledger import Ledger

TITLE = "News"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["Ferry\nThe ferry left.\nIt rained.\nIt ended."], title=TITLE)


def answer(workspace: Workspace, number: str, who: str, sentence_id: str, label: str, *, minute: int = 0) -> None:
    moment = f"2026-01-01T00:{minute:02}:00Z"
    given = builders.answer(sentence_id, who, label, when=moment, annotation_id=number * 24)
    workspace.annotations.append([revision(given, {})])


def send(workspace: Workspace, title: str, *sentence_ids: str) -> None:
    ledger = Ledger(workspace, f"project of {title}", title)
    ledger.sending([(sentence_id, "0" * 64) for sentence_id in sentence_ids])
    ledger.acknowledged()


def test_alpha_counts_the_later_of_two_answers_of_a_person(workspace: Workspace) -> None:
    first, second, *_ = (sentence.sentence_id for sentence in workspace.sentences())
    answer(workspace, "1", "ada", first, "claim")
    answer(workspace, "2", "ada", second, "none")
    answer(workspace, "3", "ben", second, "none")
    answer(workspace, "f", "ben", first, "denial", minute=1)  # the older answer has the greater id
    answer(workspace, "e", "ben", first, "claim", minute=2)
    found = progress(workspace, [ProjectProgress("http://x", TITLE, 4, 5, None)], url="http://x")
    assert found.agreement == 1.0
    assert [(person.annotator, person.done, person.agreement) for person in found.annotators] == [
        ("ada", 2, 1.0),
        ("ben", 2, 1.0),
    ]
    assert (found.complete, found.answers_pulled) == (2, 5)


def test_what_nobody_has_answered_waits(workspace: Workspace) -> None:
    first, second, third, _ = (sentence.sentence_id for sentence in workspace.sentences())
    send(workspace, TITLE, first, second)
    send(workspace, f"{TITLE} (adjudication)", third)
    assert waiting(workspace) == {first, second}
    answer(workspace, "1", "annotator-1", first, "claim")
    assert waiting(workspace) == {second}


def test_in_blind_mode_nothing_waits_before_the_first_push(workspace: Workspace) -> None:
    workspace.write("annotators.yaml", "blind: true\nannotators:\n  - {email: ada@example.org, calibrated: true}\n")
    send(workspace, f"{TITLE} (calibration)", "quiz-1")
    assert waiting(workspace) == set()


def test_a_person_who_falls_below_their_own_interval_is_named(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["\n".join(f"Ferry {number} left." for number in range(45))], title=TITLE)
    rows = []
    for number, sentence in enumerate(workspace.sentences()):
        for who in ("ada", "ben", "cid"):
            moment = f"2026-01-01T00:{number:02}:00Z"
            label = "denial" if who == "ada" and number >= 30 else "claim"
            given = builders.answer(sentence.sentence_id, who, label, when=moment)
            rows.append(revision(given, {}))
    workspace.annotations.append(rows)
    found = progress(workspace, [ProjectProgress("http://x", TITLE, 45, 135, None)], url="http://x")
    warned = {person.annotator: person.warning for person in found.annotators}
    assert warned["ada"] == ("25% of the latest 20 answers agree with others', of the 25 before 100% did (86% to 100%)")
    assert (warned["ben"], warned["cid"]) == (None, None)


def test_a_person_below_the_pass_mark_in_hidden_tasks_is_named_and_these_count_nowhere_else(
    make_project: Callable[..., Workspace],
) -> None:
    workspace = make_project(["\n".join(f"Ferry {number} left." for number in range(12))], title=TITLE)
    ids = [sentence.sentence_id for sentence in workspace.sentences()]
    rows = []
    for number, sentence_id in enumerate(ids):
        for who in ("ada", "ben", "cid", "dan", "eve"):
            label = "denial" if who == "dan" and number >= 4 else "claim"
            given = builders.answer(sentence_id, who, label)
            rows.append(revision(given, {}))
    workspace.annotations.append(rows)
    hide(workspace.root, [HiddenArticle(who, "another", tuple(ids), "one") for who in ("dan", "eve")])
    found = progress(workspace, [ProjectProgress("http://x", TITLE, 60, 60, None)], url="http://x")
    people = {person.annotator: person for person in found.annotators}
    assert (found.answers_pulled, found.answers_on_server, found.sent) == (36, 36, 36)
    assert [people[who].done for who in ("ada", "dan", "eve")] == [12, 0, 0]
    assert people["dan"].warning == "4 of 12 hidden known answers are met, 33% (10% to 65%), where 80% are asked"
    assert str(people["dan"].known) == "4 of 12, 0.33 (0.10 to 0.65)"
    assert (str(people["eve"].known), people["eve"].warning) == ("12 of 12, 1.00 (0.74 to 1.00)", None)
    assert people["ada"].known is None
