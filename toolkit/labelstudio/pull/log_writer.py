"""Answers on their way into a log: each revision once, what can't be taken beside it with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.labelstudio.casualty_figures import FigureCheck
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.parse import pseudonym_of, take
from toolkit.labelstudio.pull.revision_index import Known, revision_of, task_key
from toolkit.project import AppendLog, Workspace
from toolkit.project.annotation_log import revision, tombstone
from toolkit.records import Annotation, Reject, content_id, to_row
from toolkit.schema import Schema

_CHUNK = 500  # rows that are written at once


@dataclass(frozen=True)
class PullResult:
    """What a pull found.

    Attributes:
        url: The project.
        full: Every task was compared, not only those that changed.
        counts: What was added to the log ("new", "edited", "deleted"; "joined" to a sentence that was not there
            before) and what there is of each kind among what was
            read: "skipped", "empty", "ground truth", "drafts", "accepted predictions", "changed predictions",
            "second answers" (of the same person to the same sentence), "rejects", "mended regions"; and among
            what was added "figures to check", whose numbers differ from their words.
        fates: Everything that was read by kind: "annotations", and below them each of Label Studio's types of
            result; how many there were and how many were "taken", which with "rejected" sum to them. Of a file also
            "drafts", which are never taken.
    """

    url: str
    full: bool
    counts: Mapping[str, int]
    fates: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def up_to_date(self) -> bool:
        """Nothing was added to the log."""
        return not any(
            self.counts.get(kind + name)
            for kind in ("", "expert ", "quiz ")
            for name in ("new", "edited", "deleted", "joined")
        )


class Arrivals:
    """Adds answers to a log, each revision once. To be closed.

    Args:
        workspace: The project directory.
        log: Where the answers go.
        folder: Where the rejects go, and the name under which the state is kept.
        schema: What the page was made from.
        people: The pseudonyms.

    Attributes:
        known: What the log holds.
        counts: As in `PullResult`.
        homes: The sentence that an answer was joined to before, by annotation_id, where it may be another now.
    """

    def __init__(
        self, workspace: Workspace, log: AppendLog, folder: str, schema: Schema | None, people: Pseudonyms
    ) -> None:
        self.known = Known(workspace, log, f"{folder}.sqlite3")
        self.counts: Counter[str] = Counter()
        self.homes: Mapping[str, str] = {}
        self._fates: Counter[tuple[str, str]] = Counter()
        self._log = log
        self._figures = FigureCheck(workspace, schema)
        self._differing = AppendLog(workspace.path(folder, "figures.jsonl"))
        self._differs = {(row["annotation_id"], row["updated_at"], row["span_id"]) for row in self._differing.rows()}
        self._figure_rows: list[dict[str, Any]] = []
        self._rejects = AppendLog(workspace.path(folder, "rejects.jsonl"))
        self._rejected = {(row["annotation_id"], row["revision"]) for row in self._rejects.rows()}
        self._schema = schema
        self._people = people
        self._rows: list[dict[str, Any]] = []
        self._reject_rows: list[dict[str, Any]] = []

    def task(self, task: Mapping[str, Any], *, source: Callable[[int], str], place: str | None) -> None:
        """Take all answers to one task, and mark those that are gone.

        Args:
            task: The task with its annotations and drafts.
            source: Task id → where a person finds it.
            place: The project it was found in; None for a file, which may be old: nothing in it is gone.
        """
        present = set()
        answered: Counter[str] = Counter()
        for raw in sorted(task["annotations"], key=lambda raw: (raw["created_at"], raw["id"])):
            raw = dict(raw) | {"task": task["id"], "project": task.get("project", raw.get("project"))}
            answered[pseudonym_of(raw, self._people)] += 1
            present.add(self._answer(task, raw, source, place))
        self.counts["second answers"] += sum(number - 1 for number in answered.values())
        self.counts["drafts"] += len(task.get("drafts") or [])
        before = self.known.live_of(task_key(place, task["id"])) if place else set()
        for annotation_id in sorted(before - present):
            self.gone(annotation_id, "the annotation was deleted on the server")

    def draft(self, task: Mapping[str, Any], draft: Mapping[str, Any], reject: Reject) -> None:
        """Put an answer that nobody has submitted among the rejects."""
        draft_id = content_id("draft", task.get("project"), task["id"], draft.get("id"))
        change = revision_of(draft)
        self._fates["drafts", "rejected"] += 1
        if (draft_id, change) not in self._rejected:
            self._rejected.add((draft_id, change))
            row = {"annotation_id": draft_id, "revision": change, "raw": self._people.strip(draft)}
            self._reject_rows.append(row | {"reject": to_row(reject)})

    @property
    def fates(self) -> dict[str, dict[str, int]]:
        """What was read by kind, and what became of it; see `PullResult`."""
        kinds = sorted({kind for kind, _ in self._fates})
        taken = {kind: self._fates[kind, "taken"] for kind in kinds}
        rejected = {kind: self._fates[kind, "rejected"] for kind in kinds}
        return {
            kind: {"read": taken[kind] + rejected[kind], "taken": taken[kind], "rejected": rejected[kind]}
            for kind in kinds
        }

    def gone(self, annotation_id: str, reason: str) -> None:
        """Mark an answer that is no longer on the server."""
        self._add(tombstone(annotation_id, reason))
        self.counts["deleted"] += 1

    def close(self) -> None:
        """Let go of what is known; `known.save` keeps it."""
        self.known.close()

    def flush(self) -> None:
        """Write what was gathered, the answers last: an answer in the log is one of which all else is written."""
        self._rejects.append(self._reject_rows)
        self._differing.append(self._figure_rows)
        self._log.append(self._rows)
        self._reject_rows, self._figure_rows, self._rows = [], [], []

    def _answer(
        self, task: Mapping[str, Any], raw: dict[str, Any], source: Callable[[int], str], place: str | None
    ) -> str:
        """Take one answer and return its id."""
        taken = take(task, raw, schema=self._schema, people=self._people, source=source)
        change = revision_of(raw)
        self._count(raw, taken.annotation is not None and taken.annotation.origin)
        self._fates.update(taken.fates)
        self._fates["annotations", "rejected" if taken.annotation is None else "taken"] += 1
        self.counts["rejects"] += len(taken.rejects)
        self.counts["mended regions"] += sum(taken.slips.values())
        if taken.rejects and (taken.annotation_id, change) not in self._rejected:
            self._rejected.add((taken.annotation_id, change))
            named: dict[str, Any] = {"annotation_id": taken.annotation_id, "revision": change}
            if taken.annotation is None:  # the log will not hold it, so this is where it is kept
                named["raw"] = self._people.strip(raw)
            self._reject_rows += [named | {"reject": to_row(reject)} for reject in taken.rejects]
        if taken.annotation is None:
            return taken.annotation_id
        if self.known.holds(taken.annotation_id, change):
            if place:
                self.known.seen(taken.annotation_id, task_key(place, task["id"]))
            if taken.annotation.sentence_id == self.homes.get(taken.annotation_id, taken.annotation.sentence_id):
                return taken.annotation_id
            self.counts["joined"] += 1
        else:
            self._check(taken.annotation)
            self.counts["edited" if self.known.is_live(taken.annotation_id) else "new"] += 1
        self._add(revision(taken.annotation, self._people.strip(raw)) | ({"place": place} if place else {}), change)
        return taken.annotation_id

    def _check(self, annotation: Annotation) -> None:
        for row in self._figures.differing(annotation):
            key = (row["annotation_id"], row["updated_at"], row["span_id"])
            self.counts["figures to check"] += 1
            if key not in self._differs:
                self._differs.add(key)
                self._figure_rows.append(row)

    def _count(self, raw: Mapping[str, Any], origin: str | bool) -> None:
        self.counts["skipped"] += bool(raw.get("was_cancelled"))
        self.counts["empty"] += not raw.get("result") and not raw.get("was_cancelled")
        self.counts["ground truth"] += bool(raw.get("ground_truth"))
        self.counts["accepted predictions"] += origin == "prediction"
        self.counts["changed predictions"] += origin == "prediction-changed"

    def _add(self, row: dict[str, Any], change: str | None = None) -> None:
        self._rows.append(row)
        self.known.note(row, change)
        if len(self._rows) >= _CHUNK:
            self.flush()
