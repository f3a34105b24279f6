"""Links to tasks from the log alone: whose they are, and which are left out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from builders import answer

from toolkit.labelstudio.task_links import TaskLink, task_links
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.hidden_tasks import HiddenArticle, hide

SCHEMA = "claims@1.0.0"


def test_a_sentence_leads_to_each_persons_task_but_not_to_hidden_ones_or_those_of_a_file(
    make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_project(["One.\nTwo."])
    one, two = (sentence.sentence_id for sentence in workspace.sentences())
    assert task_links(workspace) == {}
    made = [{"id": number, "created_at": "2031-03-12T09:00:00Z"} for number in (5, 6)]
    workspace.write("annotations/projects.json", json.dumps({"News (a)": made[:1], "News (b)": made[1:]}))
    rows = (("ann", one, 5, 50), ("ben", one, 6, 60), ("ben", two, 6, 61), ("cleo", one, 7, 70))
    workspace.annotations.append(
        revision(answer(sentence_id, who, "claim", schema=SCHEMA), {"project": project, "task": task})
        for who, sentence_id, project, task in rows
    )
    hide(workspace.root, [HiddenArticle("ben", "a", (two,), "b")])
    assert task_links(workspace) == {}, "no server is named"
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9/")
    assert task_links(workspace) == {
        one: (
            TaskLink("http://127.0.0.1:9/projects/5/data?task=50", ("ann",)),
            TaskLink("http://127.0.0.1:9/projects/6/data?task=60", ("ben",)),
        )
    }
