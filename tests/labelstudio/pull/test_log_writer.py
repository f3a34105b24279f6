"""Answers on their way into a log, step by step, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.log_writer import DIFFERING, LogWriter
from toolkit.project import Workspace
from toolkit.records import Article, Reject, Sentence

TEXT = "At least 14 people were killed, said the mayor."
PLACE = "project 1 of 2026-01-01"
MADE = "2026-01-01T10:00:00.000001Z"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    """A project of one English sentence."""
    made = make_project([TEXT])
    (article,) = made.articles()
    english = Article.of(article.text, page=article.page, pieces=article.pieces, language="en")
    made.write("articles.parquet", parquet_bytes(to_table(Article, [english])))
    cut = Sentence.of(english, 0, len(TEXT), paragraph=0)
    made.write("sentences.parquet", parquet_bytes(to_table(Sentence, [cut])))
    return made


def choice(label: str) -> dict[str, Any]:
    value = {"choices": [label]}
    return {"id": "c", "from_name": "speech_act", "to_name": "text", "type": "choices", "value": value}


def region(start: int, end: int, label: str, low: int | None = None) -> list[dict[str, Any]]:
    value = {"start": start, "end": end, "text": TEXT[start:end]}
    about = {"id": f"s{start}", "to_name": "text"}
    items = [about | {"from_name": "spans", "type": "labels", "value": value | {"labels": [label]}}]
    if low is not None:
        items.append(about | {"from_name": "figure_low", "type": "number", "value": value | {"number": low}})
    return items


def annotation(number: int, *result: dict[str, Any], updated_at: str = MADE, **more: Any) -> dict[str, Any]:
    about = {"id": number, "completed_by": number, "created_at": MADE, "updated_at": updated_at, "lead_time": 2.0}
    return about | {"result": list(result)} | more


def task(workspace: Workspace, *annotations: dict[str, Any]) -> dict[str, Any]:
    (sentence,) = workspace.sentences()
    data = {"text": TEXT, "sentence_id": sentence.sentence_id}
    return {"id": 5, "project": 1, "data": data, "annotations": list(annotations), "drafts": []}


@contextmanager
def writing(workspace: Workspace, **how: Any) -> Iterator[LogWriter]:
    pseudonyms = project_pseudonyms(workspace)
    log, schema = workspace.annotations, workspace.schema()
    with closing(LogWriter(workspace, log, "annotations", schema, pseudonyms, **how)) as writer:
        yield writer
        writer.save()


def add(workspace: Workspace, *annotations: dict[str, Any], place: str | None = PLACE) -> dict[str, int]:
    """Add the answers to the one task, and return the counts that are not 0."""
    with writing(workspace) as writer:
        writer.add_task(task(workspace, *annotations), source=lambda number: f"task {number}", place=place)
    return {name: count for name, count in writer.counts.items() if count}


def rows(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in workspace.path("annotations", name).read_text().splitlines()]


def test_a_revision_is_new_then_known_then_edited_then_deleted(workspace: Workspace) -> None:
    first = annotation(1, choice("claim"))
    assert add(workspace, first) == {"new": 1}
    assert add(workspace, first) == {}
    later = annotation(1, choice("denial"), updated_at="2026-01-01T11:00:00Z")
    assert add(workspace, later) == {"edited": 1}
    assert add(workspace) == {"deleted": 1}
    assert add(workspace, later) == {"new": 1}, "an answer that comes back"
    log = list(workspace.annotations.rows())
    assert [row["event"] for row in log] == ["revision", "revision", "tombstone", "revision"]
    assert log[0]["place"] == PLACE
    assert log[0]["raw"]["completed_by"] == log[0]["annotation"]["annotator"]
    assert log[2]["reason"] == "the annotation was deleted on the server"


def test_nothing_in_a_file_counts_as_deleted(workspace: Workspace) -> None:
    add(workspace, annotation(1, choice("claim")))
    assert add(workspace, place=None) == {}


def test_an_answer_whose_sentence_came_later_is_joined_to_it(workspace: Workspace) -> None:
    add(workspace, annotation(1, choice("claim")))
    (answer,) = workspace.answers()
    with writing(workspace, held={answer.annotation_id: replace(answer, sentence_id="another sentence")}) as writer:
        writer.add_task(task(workspace, annotation(1, choice("claim"))), source=str, place=None)
    assert writer.counts["joined"] == 1
    assert len(list(workspace.annotations.rows())) == 2


def test_a_reject_is_written_once_per_revision(workspace: Workspace) -> None:
    wrong = annotation(1, choice("claim"), choice("weather"))
    assert add(workspace, wrong) == {"new": 1, "rejects": 1}
    assert add(workspace, wrong) == {"rejects": 1}
    (row,) = rows(workspace, "rejects.jsonl")
    assert (row["reject"]["reason"], row["reject"]["source"]) == ("unknown-label", "task 5")
    assert row["reject"]["detail"] == "annotation 1: the schema has no label 'weather'"
    assert "raw" not in row, "the log has it"
    add(workspace, wrong | {"updated_at": "2026-01-01T11:00:00Z"})
    assert len(rows(workspace, "rejects.jsonl")) == 2


def test_an_annotation_that_can_not_be_taken_is_kept_among_the_rejects(workspace: Workspace) -> None:
    pushed = task(workspace, annotation(1, choice("claim")))
    pushed["data"]["text_sha256"] = "0" * 64
    with writing(workspace) as writer:
        writer.add_task(pushed, source=str, place=PLACE)
        draft = {"id": 9, "result": [choice("claim")], "updated_at": MADE, "user": 3}
        writer.add_draft(pushed, draft, Reject(stage="pull", reason="draft", source="task 5"))
        writer.add_draft(pushed, draft, Reject(stage="pull", reason="draft", source="task 5"))
    first, second = rows(workspace, "rejects.jsonl")
    assert [row["reject"]["reason"] for row in (first, second)] == ["text-changed", "draft"]
    assert first["raw"]["result"] == second["raw"]["result"] == [choice("claim")]
    assert writer.fates == {
        "annotations": {"read": 1, "taken": 0, "rejected": 1},
        "choices": {"read": 1, "taken": 0, "rejected": 1},
        "drafts": {"read": 2, "taken": 0, "rejected": 2},
    }
    assert workspace.answers() == []


def test_a_figure_that_differs_from_its_words_is_written_once(workspace: Workspace) -> None:
    wrong = annotation(1, choice("claim"), *region(0, 11, "FIGURE", low=41))
    assert add(workspace, wrong) == {"new": 1, DIFFERING: 1}
    assert add(workspace, wrong) == {}
    (row,) = rows(workspace, "figures.jsonl")
    assert (row["text"], row["given"]) == ("At least 14", {"low": 41, "qualifier": None})


def test_white_space_at_the_ends_is_trimmed_and_the_account_says_so(workspace: Workspace) -> None:
    with writing(workspace) as writer:
        writer.add_task(task(workspace, annotation(1, *region(8, 12, "CUE"))), source=str, place=PLACE)
    (answer,) = workspace.answers()
    assert (answer.spans[0].start, answer.spans[0].end) == (9, 11)
    assert writer.fates["labels"] == {"read": 1, "taken": 1, "rejected": 0, "mended: white-space": 1}


def test_the_log_is_written_last(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    append = type(workspace.annotations).append

    def noting(log: Any, new: Any, **how: Any) -> int:
        new = list(new)
        written.extend([log.path.name] if new else [])
        return append(log, new, **how)

    monkeypatch.setattr(type(workspace.annotations), "append", noting)
    add(workspace, annotation(1, choice("weather"), *region(0, 11, "FIGURE", low=41)))
    assert written == ["rejects.jsonl", "figures.jsonl", "log.jsonl"]
