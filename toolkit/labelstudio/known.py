"""What the annotation log holds already: for each answer of the server its last revision.

The log is the truth. Reading all of it for every small pull would take longer than the pull, so the answer is kept
in .toolkit/pulled.json beside the length that the log had; when that does not fit, the log is read again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from toolkit.records import content_id
from toolkit.workspace import AppendLog, Workspace, write_atomic

_FORMAT = 3


class Known:
    """Revisions by annotation_id.

    Args:
        workspace: The project.
        log: Where its answers are.
        name: Name of the cache file.
    """

    def __init__(self, workspace: Workspace, log: AppendLog, name: str) -> None:
        self._log = log
        self._path = workspace.path(".toolkit", name)
        self._revision: dict[str, str | None] = {}
        self._set_aside: dict[str, str] = {}  # by a migration: not to be taken again unless it changes
        self._of_task: dict[str, set[str]] = {}
        self._load()

    def __len__(self) -> int:
        return sum(revision is not None for revision in self._revision.values())

    def holds(self, annotation_id: str, revision: str) -> bool:
        """Tell whether this is the revision that the log has last, or one that a migration set aside."""
        return revision in (self._revision.get(annotation_id), self._set_aside.get(annotation_id))

    def is_live(self, annotation_id: str) -> bool:
        """Tell whether the log's last word on the answer is a revision."""
        return self._revision.get(annotation_id) is not None

    def live_of(self, task: str) -> set[str]:
        """Return the answers to a task that hold now."""
        return {found for found in self._of_task.get(task, ()) if self._revision[found] is not None}

    def live_within(self, place: str) -> dict[str, set[str]]:
        """Return the answers that hold now by task, of every task of a project."""
        mine = (task for task in self._of_task if task.startswith(f"{place}: "))
        return {task: live for task in mine if (live := self.live_of(task))}

    def seen(self, annotation_id: str, task: str) -> None:
        """Take note of where an answer was found."""
        self._of_task.setdefault(task, set()).add(annotation_id)

    def note(self, row: Mapping[str, Any], revision: str | None = None) -> None:
        """Take note of a row of the log; `revision` is `revision_of` its raw JSON, where that is known already."""
        if row["event"] == "tombstone":
            self._revision[row["annotation_id"]] = None
            if "raw" in row:
                self._set_aside[row["annotation_id"]] = revision_of(row["raw"])
            return
        annotation_id = row["annotation"]["annotation_id"]
        self._set_aside.pop(annotation_id, None)
        self._revision[annotation_id] = revision or revision_of(row["raw"])
        if row.get("place"):
            self.seen(annotation_id, task_key(row["place"], row["raw"]["task"]))

    def save(self) -> None:
        """Keep this for the next pull."""
        tasks = {task: sorted(found) for task, found in self._of_task.items()}
        kept = {"format": _FORMAT, "length": self._length(), "revisions": self._revision, "tasks": tasks}
        kept["set aside"] = self._set_aside
        write_atomic(self._path, json.dumps(kept, separators=(",", ":")))

    def _load(self) -> None:
        try:
            kept = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            kept = {}
        if kept.get("format") == _FORMAT and kept.get("length") == self._length():
            self._revision, self._set_aside = kept["revisions"], kept["set aside"]
            self._of_task = {task: set(found) for task, found in kept["tasks"].items()}
            return
        for row in self._log.rows():
            self.note(row)

    def _length(self) -> int:
        return self._log.path.stat().st_size if self._log.path.exists() else 0


def task_key(place: str, task: int) -> str:
    """Return what tells a task from every other anywhere."""
    return f"{place}: {task}"


def revision_of(raw: Mapping[str, Any]) -> str:
    """Return what tells one revision of an answer from the next: all that a person can change about it."""
    kept = [raw.get(key) for key in ("updated_at", "was_cancelled", "ground_truth", "result")]
    return content_id(json.dumps(kept, sort_keys=True, ensure_ascii=False))
