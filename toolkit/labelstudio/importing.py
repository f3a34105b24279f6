"""Answers from a file: a Label Studio JSON export, of the project's own server or of a foreign one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from toolkit.labelstudio.arrivals import Arrivals, PullResult
from toolkit.labelstudio.export import read_tasks
from toolkit.labelstudio.intake import text_of
from toolkit.labelstudio.people import people
from toolkit.labelstudio.tasks import key_of
from toolkit.workspace import Workspace


def pull_export(workspace: Workspace, path: Path) -> PullResult:
    """Add the answers of a Label Studio JSON export to annotations/log.jsonl.

    Tasks with our keys join their sentences; others join the first sentence with exactly their text. Nothing is
    taken to be deleted because it is not in the file: the file may be old.

    Args:
        workspace: The project directory.
        path: The export, .json or .json.gz.

    Raises:
        InvalidInput: The file is no JSON export.
        Locked: Another command is at work on the project.
    """
    with workspace.lock():
        arrivals = Arrivals(workspace, workspace.annotations, "annotations", workspace.schema(), people(workspace))
        for task in _with_keys(read_tasks(path), workspace):
            arrivals.task(task, source=lambda number: f"{path}: task {number}", place=None)
        arrivals.flush()
        arrivals.known.save()
        return PullResult(str(path), False, {name: count for name, count in arrivals.counts.items() if count})


def _with_keys(tasks: Iterator[dict[str, Any]], workspace: Workspace) -> Iterator[Mapping[str, Any]]:
    """Yield the tasks, those of a foreign project with the id of the sentence that has their text."""
    by_text: dict[str, str] | None = None
    for task in tasks:
        text = text_of(task)
        if key_of(task["data"]) is None and text is not None:
            if by_text is None:
                by_text = {sentence.text: sentence.sentence_id for sentence in reversed(workspace.sentences())}
            if text in by_text:
                task["data"]["sentence_id"] = by_text[text]
        yield task
