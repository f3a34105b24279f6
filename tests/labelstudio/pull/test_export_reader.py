"""Exports: nothing in them vanishes."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio import read_export, read_export_all
from toolkit.labelstudio.pull.export_reader import read_tasks
from toolkit.records import content_id

WORDS = "The ferry sank; nine sailors drowned."
PLACE = os.environ.get("TOOLKIT_EXPORTS")


def annotation(number: int, user: Any, result: list[Any], **more: Any) -> dict[str, Any]:
    made = f"2024-03-11T22:49:11.83692{number}Z"
    return {
        "id": number,
        "completed_by": user,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": made,
        "updated_at": made,
        "lead_time": 3.5,
        **more,
    }


def region(start: int, end: int, text: str, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": f"r{start}", "type": "labels", "from_name": "tag", "to_name": "text", "value": value}


CATEGORY = {
    "id": "c",
    "type": "taxonomy",
    "from_name": "category",
    "to_name": "text",
    "value": {"taxonomy": [["Harm", "Drowned"], ["Vessel"]]},
}
ADA = {"id": 7, "email": "ada@example.org", "first_name": "Ada"}

TASKS = [
    {
        "id": 1,
        "project": 5,
        "data": {"text": WORDS},
        "annotations": [
            annotation(1, ADA, [region(16, 20, "nine", "Number"), CATEGORY], ground_truth=True),
            annotation(2, 8, [region(20, 28, "sailors", "People"), region(4, 9, "barge", "Vessel")]),
            annotation(3, 8, [], was_cancelled=True),
        ],
        "drafts": [{"id": 4, "result": [CATEGORY], "user": "ada@example.org"}],
    },
    {
        "id": 2,
        "project": 5,
        "data": {"title": "x", "sentence_id": "f" * 24},
        "annotations": [annotation(5, None, [CATEGORY])],
    },
]


@pytest.fixture(params=[".json", ".json.gz"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    target = tmp_path / f"export{request.param}"
    data = json.dumps(TASKS, indent=1).encode()
    target.write_bytes(gzip.compress(data) if request.param.endswith("gz") else data)
    return target


def test_an_export_is_read_without_a_schema(path: Path) -> None:
    first, second, third = read_export(path)
    assert first.labels == ("Harm/Drowned", "Vessel")
    assert (first.annotator, first.ground_truth, first.lead_time) == ("user-7", True, 3.5)
    assert first.sentence_id == content_id(WORDS)
    (people,) = second.spans
    assert (people.start, people.end, people.text) == (20, 28, " sailors"), "a foreign region stays as it was sent"
    assert (third.skipped, third.annotator) == (True, "user-8")


def test_what_is_not_taken_is_among_the_rejects(path: Path) -> None:
    everything = read_export_all(path)
    assert [reject.reason for reject in everything.rejects] == ["offset-mismatch", "draft", "no-text"]
    assert dict(everything.counts) == {
        "tasks": 2,
        "annotations": 4,
        "results": 5,
        "span": 2,
        "label": 1,
        "misfit": 2,
        "drafts": 1,
        "taken": 3,
        "rejected": 1,
    }


def test_the_same_file_gives_the_same_records(path: Path) -> None:
    assert list(read_export(path)) == list(read_export(path))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[", b'[{"id": 1}]', b'[{"text": "a", "label": "b"}]', json.dumps(TASKS).encode()[:-40], b"\xff\xfe"],
)
def test_what_is_no_export_is_refused_with_its_place(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "bad.json"
    target.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        list(read_export(target))
    assert str(target) in str(caught.value)


@pytest.mark.skipif(not PLACE, reason="TOOLKIT_EXPORTS names no directory with exports to prove this on")
def test_nothing_vanishes_in_real_exports() -> None:
    paths = sorted(Path(str(PLACE)).glob("*.json*"))
    assert paths
    for found in paths:
        opened = gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
        tasks = json.loads(opened)
        given = [raw for task in tasks for raw in task["annotations"]]
        kinds = Counter(item["type"] for raw in given for item in raw["result"])
        everything = read_export_all(found)
        assert len(everything.annotations) + everything.counts["rejected"] == len(given)
        lost = [reject for reject in everything.rejects if reject.reason != "draft"]
        spans = sum(len(item.spans) for item in everything.annotations)
        assert spans + len(lost) == kinds["labels"]
        assert everything.counts["label"] == kinds["taxonomy"]
        drafts = sum(len(task["drafts"]) for task in tasks)
        assert sum(reject.reason == "draft" for reject in everything.rejects) == drafts


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    os.mkfifo(path)
    with pytest.raises(InvalidInput, match="is not a file; name a file"):
        list(read_tasks(path))


def many(answers: int, results: int = 1, text: str = WORDS) -> dict[str, Any]:
    found = [annotation(n, 8, [region(16, 20, "nine", "Number")] * results) for n in range(1, answers + 1)]
    for each in found:
        each["created_at"] = each["updated_at"] = "2024-03-11T22:49:11Z"
    return {"id": 5, "project": 5, "data": {"text": text}, "annotations": found}


@pytest.mark.parametrize(
    ("limit", "task", "what"),
    [
        ("items=6", many(7), "a task of 7 annotations, over the limit of 6"),
        ("items=6", many(1, 7), "an annotation of 7 results, over the limit of 6"),
        ("items=6", many(1) | {"predictions": [{"result": [{}] * 7}]}, "an annotation of 7 results"),
        ("items=6", many(1) | {"predictions": [{}] * 7}, "a task of 7 predictions"),
        ("items=6", many(1) | {"drafts": [{}] * 7}, "a task of 7 drafts"),
        (
            "work=900",
            many(20, 60, WORDS * 20),
            "a task whose answers take the work of 902 characters, over the limit of 900",
        ),
        ("work=4799", many(20, 60), "a task with marks of 4,800 characters, over the limit of 4,799"),
    ],
    ids=["annotations", "results", "predicted", "predictions", "drafts", "work", "marks"],
)
def test_a_task_that_holds_too_much_is_left_out_with_its_place(
    limit: str, task: dict[str, Any], what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([TASKS[0], task, TASKS[0]]))
    faults: list[InvalidInput] = []
    assert len(list(read_tasks(path, faults.append))) == 3
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    assert len(list(read_tasks(path, faults.append))) == 2
    assert [fault.where for fault in faults] == [f"{path}: item 2"]
    assert what in faults[0].what
    with pytest.raises(InvalidInput, match=r"item 2: .*; TOOLKIT_LIMITS="):
        list(read_export(path))


def test_an_export_has_no_more_tasks_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([many(1)] * 4))
    assert len(list(read_tasks(path))) == 4
    monkeypatch.setenv("TOOLKIT_LIMITS", "rows=3")
    with pytest.raises(InvalidInput, match=r"export\.json: holds more than 3 rows"):
        list(read_tasks(path, lambda fault: None))


def test_an_export_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.json.gz"
    path.write_bytes(gzip.compress(b"[" + b" " * 8_000_000 + b"]", 9))
    with pytest.raises(InvalidInput, match=r"export\.json\.gz: unpacks to more than 200 times its size"):
        list(read_tasks(path))


def test_a_task_that_can_not_be_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([many(1, text="a" * 5000)]))
    assert len(list(read_tasks(path))) == 1
    monkeypatch.setenv("TOOLKIT_LIMITS", "document_bytes=4000")
    with pytest.raises(InvalidInput, match=r"export\.json: a task of more than 4,000 bytes"):
        list(read_tasks(path))
