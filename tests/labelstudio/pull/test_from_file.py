"""Foreign exports: texts become articles, everything is counted in and out, nobody's address is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.ingest.stage import ingest, verify
from toolkit.labelstudio import pull_export
from toolkit.project import Workspace
from toolkit.segment.stage import segment

TEXTS = ['  A "ferry" sank. Nine drowned 😀.\nIt\\rained. ', "The harbour reopened. Boats left."]
MAIL = "ada@example.org"


def annotation(number: int, result: list[dict[str, Any]]) -> dict[str, Any]:
    made = f"2024-03-11T22:49:11.8369{number:02}Z"
    return {
        "id": number,
        "completed_by": {"id": 7, "email": MAIL, "first_name": "Ada", "last_name": "L"},
        "created_username": f" Ada L {MAIL}, 7",
        "updated_by": {"id": 7, "email": MAIL},
        "last_action": f"updated by {MAIL}",
        "result": result,
        "created_at": made,
        "updated_at": made,
    }


def spans(text: str, word: str) -> list[dict[str, Any]]:
    start = text.index(word)
    value = {"start": start, "end": start + len(word), "text": word}
    label = {"id": "r", "type": "labels", "from_name": "tag", "to_name": "t", "value": value | {"labels": ["SOURCE"]}}
    number = {"id": "r", "type": "number", "from_name": "Speed", "to_name": "t", "value": value | {"number": 3}}
    choice = {"id": "c", "type": "choices", "from_name": "act", "to_name": "t", "value": {"choices": ["claim"]}}
    return [label, number, choice]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    drafts = [{"id": 4, "user": MAIL, "created_username": f"{MAIL}, 7", "result": [], "updated_at": "2024-01-01"}]
    tasks = [
        {"id": n, "project": 5, "data": {"story": text, "url": "u"}, "annotations": [annotation(n, found)], "drafts": d}
        for n, (text, word, d) in enumerate(((TEXTS[0], "drowned 😀", drafts), (TEXTS[1], "Boats", [])), start=1)
        for found in [spans(text, word)]
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    return path


def test_texts_become_articles_of_one_unit_each(export: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    result = pull_export(workspace, export, import_texts=True)
    assert (result.counts["new"], result.counts["texts imported"]) == (2, 2)
    assert sorted(sentence.text for sentence in workspace.sentences()) == sorted(TEXTS)
    by_id = {sentence.sentence_id: sentence for sentence in workspace.sentences()}
    for answer in workspace.answers():
        (span,) = answer.spans
        assert by_id[answer.sentence_id].text[span.start : span.end] == span.text
        assert answer.labels == ("claim",)
    assert verify(workspace).differences == ()
    files = sorted(path.read_bytes() for path in workspace.path("pages").rglob("*.jsonl"))
    again = pull_export(workspace, export, import_texts=True)
    assert again.up_to_date
    assert sorted(path.read_bytes() for path in workspace.path("pages").rglob("*.jsonl")) == files


def test_texts_that_are_there_already_are_not_imported(export: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    workspace.add_page("page.txt", f"Harbour news\n{TEXTS[1].partition(' Boats')[0]}\n".encode())
    ingest(workspace)
    segment(workspace)
    tasks = json.loads(export.read_text())
    tasks[1]["data"]["story"] = "The harbour reopened."
    export.write_text(json.dumps(tasks))
    before = {sentence.sentence_id for sentence in workspace.sentences()}
    assert pull_export(workspace, export, import_texts=True).counts["texts imported"] == 1
    after = {sentence.sentence_id for sentence in workspace.sentences()}
    assert before < after
    assert len(after - before) == 1
    assert {answer.sentence_id for answer in workspace.answers()} & before


def test_answers_taken_before_their_texts_are_joined_to_them_afterwards(export: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    first = pull_export(workspace, export)
    assert (first.counts["new"], first.counts["answers to texts that are not in the project"]) == (2, 2)
    second = pull_export(workspace, export, import_texts=True)
    assert (second.counts.get("new"), second.counts["joined"], second.up_to_date) == (None, 2, False)
    assert {answer.sentence_id for answer in workspace.answers()} == {s.sentence_id for s in workspace.sentences()}
    assert pull_export(workspace, export).up_to_date


def test_a_kill_before_the_texts_are_read_changes_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    workspace = Workspace.create(tmp_path / "project")
    undisturbed = Workspace.create(tmp_path / "undisturbed")
    pull_export(undisturbed, export, import_texts=True)
    with monkeypatch.context() as patched:
        patched.setattr("toolkit.segment.stage.segment", killed)
        with pytest.raises(KeyboardInterrupt):
            pull_export(workspace, export, import_texts=True)
    pull_export(workspace, export, import_texts=True)
    for name in ("articles.parquet", "sentences.parquet"):
        assert workspace.path(name).read_bytes() == undisturbed.path(name).read_bytes()


def test_each_kind_that_comes_in_goes_out_or_is_rejected(export: Path, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Unrelated."])
    result = pull_export(workspace, export, import_texts=False)
    assert result.fates == {
        "annotations": {"read": 2, "taken": 2, "rejected": 0},
        "choices": {"read": 2, "taken": 2, "rejected": 0},
        "drafts": {"read": 1, "taken": 0, "rejected": 1},
        "labels": {"read": 2, "taken": 2, "rejected": 0},
        "number": {"read": 2, "taken": 0, "rejected": 2},
    }
    rejects = [json.loads(line) for line in workspace.path("annotations", "rejects.jsonl").read_text().splitlines()]
    assert sorted(row["reject"]["reason"] for row in rejects) == ["draft", "unknown-field", "unknown-field"]


@pytest.mark.parametrize("keep", [False, True])
def test_addresses_stay_out_of_every_file_unless_they_are_asked_for(export: Path, tmp_path: Path, keep: bool) -> None:
    workspace = Workspace.create(tmp_path / "project")
    pull_export(workspace, export, keep_identities=keep)
    written = "".join(path.read_text() for path in workspace.path("annotations").iterdir())
    assert (MAIL in written, '"Ada"' in written) == (keep, keep)
    raw = next(workspace.annotations.rows())["raw"]
    name = workspace.answers()[0].annotator
    if not keep:
        assert (raw["completed_by"], raw["updated_by"], raw["last_action"]) == (name, name, f"updated by {name}")
        assert "created_username" not in raw
