"""An export that is spoilt in one place, at every place: its good answers are taken, or it is refused in a sentence."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio.pull.export_reader import read_export_all
from toolkit.labelstudio.pull.from_file import pull_export
from toolkit.project import Workspace
from toolkit.schema import load

ATTACK = Path(__file__).parents[3] / "scripts" / "bench" / "attack"
WHEN = "2026-03-01T10:00:00Z"


@pytest.fixture(scope="module")
def exports() -> Iterator[list[tuple[str, bytes]]]:
    sys.path.insert(0, str(ATTACK))
    from spoilt_exports import spoilt

    yield list(spoilt([task(1), task(2), task(3)]))
    sys.path.remove(str(ATTACK))


def task(number: int) -> dict[str, Any]:
    text = f"At least {number} men died, the mayor said."
    common = {"from_name": "claims", "to_name": "text", "type": "choices", "origin": "manual"}
    span = {"start": 9, "end": 10, "text": str(number), "labels": ["FIGURE"]}
    result = [
        common | {"id": "c", "value": {"choices": ["claim"]}},
        common | {"id": "s", "from_name": "spans", "type": "labels", "value": span},
        common | {"id": "s", "from_name": "low", "type": "number", "value": span | {"number": number}},
        {"type": "relation", "from_id": "s", "to_id": "s", "direction": "right", "labels": ["says"]},
        common | {"id": "n", "from_name": "note", "type": "textarea", "value": {"text": ["unsure"]}},
    ]
    answer = {
        "id": number,
        "completed_by": {"id": 1, "email": "ada@example.org"},
        "result": result,
        "was_cancelled": False,
        "created_at": WHEN,
        "updated_at": WHEN,
        "lead_time": 2.5,
        "parent_prediction": None,
    }
    predictions = [{"id": 5, "result": result[:1], "model_version": "m"}]
    drafts = [{"id": 6, "result": [], "user": "ada@example.org", "created_at": WHEN}]
    task = {"id": number, "project": 1, "data": {"text": text}, "annotations": [answer]}
    return task | {"predictions": predictions, "drafts": drafts, "created_at": WHEN}


@pytest.mark.slow
def test_every_spoilt_export_is_read_or_refused(exports: list[tuple[str, bytes]], tmp_path: Path) -> None:
    schema, path, outcomes = load("news_events@1.0.0"), tmp_path / "export.json", Counter[str]()
    for name, content in exports:
        path.write_bytes(content)
        try:
            found = read_export_all(path, schema)
        except InvalidInput:
            outcomes["refused"] += 1
        else:
            assert len(found.annotations) >= 2, name
            outcomes["read"] += 1
    assert outcomes["read"] > 100
    assert outcomes["refused"] > 10


@pytest.mark.parametrize("share", [0, 1, 2])
def test_a_pull_takes_the_good_answers_of_a_spoilt_export(
    exports: list[tuple[str, bytes]], tmp_path: Path, share: int
) -> None:
    for number, (name, content) in enumerate(exports[share::24]):
        workspace = Workspace.create(tmp_path / str(number))
        path = tmp_path / f"{number}.json"
        path.write_bytes(content)
        try:
            pull_export(workspace, path)
        except InvalidInput:
            continue
        assert len(list(workspace.annotations.rows())) >= 2, name
        again = workspace.annotations.path.read_bytes()
        pull_export(workspace, path)
        assert workspace.annotations.path.read_bytes() == again, name


def test_a_task_and_an_answer_that_can_not_be_read_are_rejects(tmp_path: Path) -> None:
    tasks: list[Any] = [task(1), 7, task(3)]
    tasks[0]["annotations"].append(tasks[0]["annotations"][0] | {"id": 9, "created_at": "yesterday"})
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    workspace = Workspace.create(tmp_path / "project")
    result = pull_export(workspace, path)
    assert result.counts["new"] == 2
    rows = [json.loads(line) for line in (workspace.root / "annotations" / "rejects.jsonl").read_text().splitlines()]
    unread = [row["reject"] for row in rows if row["reject"]["reason"] == "unreadable"]
    assert [reject["source"] for reject in unread] == [f"{path}: item 1", f"{path}: item 2"]
    assert "annotation 9 holds no time" in unread[0]["detail"]
