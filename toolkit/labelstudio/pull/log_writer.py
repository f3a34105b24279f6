"""The writer of an annotation log: each revision of an answer once, and beside it what can't be taken, with its reason.

One annotation of the server goes through these steps:

    parse       the record, and rejects for those parts that can't be taken                         pull.parse
    figures     numbers that were left to the marked words are filled in from them                   casualty_figures
    revision    "known": nothing to write; "joined" to a sentence that was missing; "new"; "edited"  pull.revision_index
    checks      casualty figures whose numbers differ from their words, of new and edited answers    casualty_figures
    rows        one for the log, one per reject, one per differing figure
    append      a few hundred rows at once: rejects.jsonl, figures.jsonl, then log.jsonl

The log comes last, so that of an answer in the log everything else is written too. An annotation that is no longer on
the server gets a tombstone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.casualty_figures import FigureCheck
from toolkit.labelstudio.codec.decode import MISFIT, TAKEN, ItemFate, ValueFate
from toolkit.labelstudio.codec.page_map import PageMap
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.parse import ParsedAnnotation, check_task, parse_annotation
from toolkit.labelstudio.pull.revision_index import RevisionIndex, revision_of
from toolkit.labelstudio.pull.texts import readable_text
from toolkit.project import AppendLog, Workspace
from toolkit.project.logs.annotation_log import revision, tombstone
from toolkit.records import Annotation, Reject, content_id, digest, to_row
from toolkit.schema import Schema

_CHUNK = 500  # rows of the log that are written at once

DIFFERING = "casualty figures whose numbers differ from their words"
"""The count of rows for annotations/figures.jsonl."""

FILLED = "casualty figures filled in from their words"
"""The count of figures in new and edited answers whose numbers a person left to the marked words."""

UNNUMBERED = "casualty figures without a number"
"""The count of rows for annotations/figures.jsonl of figures that nobody gave a number and whose words say none."""

UNKNOWN = "answers to texts that are not in the project"
"""The count of answers to a foreign project's texts that no sentence has."""

REPEATED = "tasks with the text of another task"
"""The count of tasks whose answers are to a sentence that another task has as well."""

Status = Literal["known", "joined", "new", "edited"]
"""An answer beside the log: there in this revision, there but now of another sentence, not there, or changed since."""


@dataclass(frozen=True)
class PullResult:
    """The result of a pull.

    Attributes:
        url: The project.
        full: Every task was compared, not only those that changed.
        counts: What was added to the log ("new", "edited", "deleted"; "joined" to a sentence that was not there
            before); of everything that was read how many there are of each kind ("skipped", "empty", "ground truth",
            "drafts", "accepted predictions", "changed predictions", "second answers" of the same person to the same
            sentence, "rejects", "mended regions"); and of what was added the "casualty figures whose numbers differ
            from their words".
        fates: Everything that was read by kind: "annotations", and below them each of Label Studio's types of
            result; how many were "read", and how many of these "taken" and "rejected"; of those taken how many were
            "mended: white-space" (trimmed at their ends, on our own page only) or "mended: utf-16". Of a file also
            "drafts", which are never taken.
        values: Everything that was read by control and value: how many were "read" and "taken", and how many were
            rejected for each reason; "read" is the sum of the others.
        texts: Keys of the tasks' data that were taken for the sentence, of a foreign project.
        notes: What a person should know, such as that a project was renamed, or is lost.
        partial: Answers of which a part could not be taken; they have no vote until a person says so.
        unreadable: Tasks that the server itself fails at, each with its failure; their answers are not taken, and those
            that the log has stay. The next pull asks for them again.
    """

    url: str
    full: bool
    counts: Mapping[str, int]
    fates: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    partial: int = 0
    notes: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def up_to_date(self) -> bool:
        """Nothing was added to the log."""
        return not any(
            self.counts.get(kind + name)
            for kind in ("", "expert ", "quiz ", "link answers ")
            for name in ("new", "edited", "deleted", "joined")
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer as the server tells it.

    Attributes:
        revision: What tells it from its other revisions.
        raw: Its JSON without names.
    """

    revision: str
    raw: Any


class LogWriter:
    """Adds answers to a log, each revision once. To be closed.

    Args:
        workspace: The project directory.
        log: Where the answers go.
        folder: Where rejects and differing figures go, and the name under which the index is kept.
        schema: What the page was made from.
        pseudonyms: Of the people on the server.
        held: annotation_id → the answer as the log has it, where it may be read otherwise now.
        page: The meaning of the page; default: the schema's own.
        server: What tells the server of a file from others; None where the place does.

    Attributes:
        index: What the log holds.
        counts: As in `PullResult`.
        partial: As in `PullResult`.
        page: As above; each project may have its own.
        pseudonyms: As above; each server has its own.
    """

    def __init__(
        self,
        workspace: Workspace,
        log: AppendLog,
        folder: str,
        schema: Schema | None,
        pseudonyms: Pseudonyms,
        *,
        held: Mapping[str, Annotation] = MappingProxyType({}),
        page: PageMap | None = None,
        server: str | None = None,
    ) -> None:
        self.index = RevisionIndex(workspace, log, f"{folder}.sqlite3")
        self.counts: Counter[str] = Counter()
        self._tally: Counter[ItemFate] = Counter()
        self.page, self.pseudonyms = page, pseudonyms
        self.partial = 0
        self._values: Counter[ValueFate] = Counter()
        self._schema, self._held, self._server = schema, held, server
        self._figures = FigureCheck(workspace, schema)
        self._log = log
        self._rows: list[dict[str, Any]] = []
        self._rejects = _SideLog(workspace.path(folder, "rejects.jsonl"), "annotation_id", "revision")
        self._differing = _SideLog(workspace.path(folder, "figures.jsonl"), "annotation_id", "updated_at", "span_id")

    def add_task(self, task: Mapping[str, Any], *, source: Callable[[int], str], place: str | None) -> None:
        """Add all answers to one task, and mark those that are no longer there.

        Args:
            task: The task with its annotations and drafts.
            source: Task id → where a person finds it.
            place: The project it was found in; None for a file, which may be old: nothing in it counts as deleted.
        """
        try:
            check_task(task, source(task["id"]))
        except InvalidInput as fault:
            self.add_unread(fault)
            return
        present = set()
        answered: Counter[str] = Counter()
        for raw in sorted(task["annotations"], key=lambda raw: (str(raw["created_at"]), str(raw["id"]).rjust(20))):
            raw = dict(raw) | {"task": task["id"], "project": task.get("project", raw.get("project"))}
            parsed = parse_annotation(
                task, raw, schema=self._schema, pseudonyms=self.pseudonyms, source=source, page=self.page
            )
            present.add(parsed.annotation_id)
            try:
                with border(f"annotation {raw['id']} can't be read", where=source(task["id"])):
                    told = _Told(revision_of(raw), self.pseudonyms.strip(raw))
            except InvalidInput as fault:  # it is nested too deep to be written down
                self.add_unread(fault)
                continue
            self._add_annotation(task, raw, parsed, told, place)
            if parsed.annotation is not None:
                answered[parsed.annotation.annotator] += 1
        self.counts["second answers"] += sum(number - 1 for number in answered.values())
        self.counts["drafts"] += len(task.get("drafts") or [])
        before = self.index.live_in(place, task["id"]) if place else set()
        self.mark_deleted(before - present, "the annotation was deleted on the server")

    def add_draft(self, task: Mapping[str, Any], draft: Mapping[str, Any], reject: Reject) -> None:
        """Add an answer that nobody has submitted to the rejects."""
        draft_id = content_id("draft", task.get("project"), task["id"], draft.get("id"))
        self._tally[ItemFate("drafts", MISFIT)] += 1
        try:
            with border("a draft can't be read", where=reject.source):
                told = _Told(revision_of(draft), self.pseudonyms.strip(draft))
        except InvalidInput as fault:
            self.add_unread(fault)
            return
        self._add_rejects(draft_id, told, [reject], with_raw=True)

    def add_unread(self, fault: InvalidInput) -> None:
        """Add a task, or an answer, that can't be read at all to the rejects."""
        self._tally[ItemFate("annotations", MISFIT)] += 1
        self.counts["rejects"] += 1
        reject = Reject(stage="pull", reason="unreadable", source=fault.where or "", detail=fault.what)
        name = content_id("unread", fault.where, fault.what)
        self._rejects.add([{"annotation_id": name, "revision": "", "reject": to_row(reject)}])

    def mark_deleted(self, annotation_ids: Iterable[str], reason: str) -> None:
        """Mark answers that are no longer on the server."""
        for annotation_id in sorted(annotation_ids):
            self._add_row(tombstone(annotation_id, reason))
            self.counts["deleted"] += 1

    @property
    def fates(self) -> dict[str, dict[str, int]]:
        """Everything that was read by kind, and what became of it; see `PullResult`."""
        found: dict[str, dict[str, int]] = {}
        for fate, number in sorted(self._tally.items()):
            counts = found.setdefault(fate.type, {"read": 0, "taken": 0, "rejected": 0})
            counts["read"] += number
            counts["rejected" if fate.kind == MISFIT else "taken"] += number
            if fate.mended:
                counts[f"mended: {fate.mended}"] = counts.get(f"mended: {fate.mended}", 0) + number
        return found

    @property
    def values(self) -> dict[str, dict[str, dict[str, int]]]:
        """Everything that was read by control and value, and what became of it; see `PullResult`."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for fate, number in sorted(self._values.items()):
            counts = found.setdefault(fate.control, {}).setdefault(fate.value, {"read": 0, TAKEN: 0})
            counts["read"] += number
            counts[fate.fate] = counts.get(fate.fate, 0) + number
        return found

    def flush(self) -> None:
        """Append what was gathered, the answers last."""
        self._rejects.flush()
        self._differing.flush()
        self._log.append(self._rows)
        self._rows = []

    def save(self) -> None:
        """Append what was gathered, and keep the index for the next pull."""
        self.flush()
        self.index.save()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def _add_annotation(
        self, task: Mapping[str, Any], raw: Mapping[str, Any], parsed: ParsedAnnotation, told: _Told, place: str | None
    ) -> None:
        """Take one annotation through the steps above."""
        self._count(raw, parsed)
        self._add_rejects(parsed.annotation_id, told, parsed.rejects, with_raw=parsed.annotation is None)
        if parsed.annotation is None:
            return
        text = readable_text(task, self.page) if self.page else task["data"].get("text")
        annotation, filled = self._figures.filled(parsed.annotation, text if isinstance(text, str) else "")
        status = self._status(annotation, told.revision)
        if status == "known":
            if place:
                self.index.saw(parsed.annotation_id, place, task["id"])
            return
        self.counts[status] += 1
        if status != "joined":
            self.counts[FILLED] += len(filled)
            self._check(annotation)
        row = revision(annotation, told.raw) | ({"filled": filled} if filled else {})
        if isinstance(text, str):
            row["text_sha256"] = digest(text.encode())  # by it the answer is carried to the same words elsewhere
        if place or self._server:
            row |= {"place": place} if place else {"server": self._server}
        self._add_row(row, told.revision)

    def _status(self, annotation: Annotation, change: str) -> Status:
        if not self.index.holds(annotation.annotation_id, change):
            return "edited" if self.index.is_live(annotation.annotation_id) else "new"
        before = self._held.get(annotation.annotation_id, annotation)
        if before.sentence_id != annotation.sentence_id:
            return "joined"
        return "known" if _said(before) == _said(annotation) else "edited"

    def _check(self, annotation: Annotation) -> None:
        for row in self._figures.differing(annotation):
            self.counts[DIFFERING if any(row["given"].values()) else UNNUMBERED] += 1
            self._differing.add([row])

    def _add_rejects(self, annotation_id: str, told: _Told, rejects: Sequence[Reject], *, with_raw: bool) -> None:
        """Add the rejects of one revision; with its raw JSON where the log does not keep that."""
        if rejects:
            row: dict[str, Any] = {"annotation_id": annotation_id, "revision": told.revision}
            row |= {"raw": told.raw} if with_raw else {}
            self._rejects.add([row | {"reject": to_row(reject)} for reject in rejects])

    def _count(self, raw: Mapping[str, Any], parsed: ParsedAnnotation) -> None:
        taken = parsed.annotation
        self._tally.update(parsed.tally)
        self._values.update(parsed.values)
        self.partial += taken is not None and bool(taken.rejected)
        self._tally[ItemFate("annotations", MISFIT if taken is None else "answer")] += 1
        self.counts["rejects"] += len(parsed.rejects)
        self.counts["mended regions"] += sum(number for fate, number in parsed.tally.items() if fate.mended)
        self.counts["skipped"] += bool(raw.get("was_cancelled"))
        self.counts["empty"] += not raw.get("result") and not raw.get("was_cancelled")
        self.counts["ground truth"] += bool(raw.get("ground_truth"))
        self.counts["accepted predictions"] += taken is not None and taken.origin == "prediction"
        self.counts["changed predictions"] += taken is not None and taken.origin == "prediction-changed"

    def _add_row(self, row: dict[str, Any], change: str | None = None) -> None:
        self._rows.append(row)
        self.index.note(row, change)
        if len(self._rows) >= _CHUNK:
            self.flush()


def _said(answer: Annotation) -> tuple[object, ...]:
    """Return what an answer says: it differs where the same JSON is read otherwise, since its page is mapped anew."""
    return answer.labels, answer.spans, answer.relations, dict(answer.fields), answer.note, answer.rejected


class _SideLog:
    """A log beside the annotation log, of rows that are written once per key.

    Args:
        path: The file.
        key: The fields that make the key of a row.
    """

    def __init__(self, path: Path, *key: str) -> None:
        self._log, self._fields = AppendLog(path), key
        self._keys = {self._key(row) for row in self._log.rows()}
        self._rows: list[Mapping[str, Any]] = []

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Gather rows that share one key, unless rows with that key are there already."""
        key = self._key(rows[0])
        if key not in self._keys:
            self._keys.add(key)
            self._rows += rows

    def flush(self) -> None:
        """Append what was gathered."""
        self._log.append(self._rows)
        self._rows = []

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self._fields)
