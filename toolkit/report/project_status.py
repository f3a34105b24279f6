"""The status of a project: each stage with its counts and age, what is out of date, and the next command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from toolkit.project import Workspace
from toolkit.project.logs import push_ledger
from toolkit.project.logs.answer_migration import settled
from toolkit.project.logs.hidden_tasks import hidden_pairs
from toolkit.project.stage import Provenance, read_lock
from toolkit.release import Release, newest
from toolkit.release import stage as release_stage

State = Literal["done", "out of date", "not yet"]


@dataclass(frozen=True)
class StageStatus:
    """The status of one stage of a project.

    Attributes:
        stage: Its name, which is that of its command.
        state: "done", "out of date" (something that decides its files has changed since) or "not yet".
        counts: What there is how many of.
        changed_at: When its newest file was written, seconds of the epoch; None where there is none.
        because: What has changed since; nothing when it is done.
        command: What brings it up to date.
    """

    stage: str
    state: State
    counts: Mapping[str, int] = field(default_factory=dict)
    changed_at: float | None = None
    because: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True)
class ProjectStatus:
    """The status of every stage of a project, in the order of the work.

    Attributes:
        root: The project.
        stages: Every stage.
    """

    root: Path
    stages: tuple[StageStatus, ...]

    @property
    def next_stage(self) -> StageStatus | None:
        """The first stage that is not done; None when all are."""
        return next((stage for stage in self.stages if stage.state != "done"), None)


def project_status(workspace: Workspace) -> ProjectStatus:
    """Look at every stage of a project; nothing is written and no server is asked.

    Raises:
        InvalidInput: toolkit.lock, a log or a manifest is damaged.
    """
    made = {stage: Provenance.of(entry) for stage, entry in read_lock(workspace.root).items()}
    pages, release = [f"pages/{source}" for source in workspace.local_pages()], newest(workspace.path("releases"))
    manifest = [f"releases/{release.version}/manifest.json"] if release is not None else []
    ledger = made.get("ledger")
    stages = (
        _pages(workspace, pages),
        _derived(workspace, "ingest", made.get("ingest"), pages),
        _derived(workspace, "segment", made.get("segment")),
        _push(workspace, made.get("segment")),
        _pull(workspace),
        _derived(workspace, "agreement", made.get("agreement")),
        _derived(workspace, "adjudicate", made.get("adjudicate")),
        *([_derived(workspace, "ledger", ledger)] if ledger is not None else []),  # it is no step of every project
        _build(workspace, release),
        _derived(workspace, "train", made.get("train"), manifest),
        _derived(workspace, "evaluate", made.get("evaluate"), manifest),
    )
    return ProjectStatus(workspace.root, stages)


def _pages(workspace: Workspace, files: Collection[str]) -> StageStatus:
    counts = {"files": len(files)} if files else {}
    command = "copy raw pages into pages/"
    return StageStatus(
        "pages", "done" if files else "not yet", counts, _written_at(map(workspace.path, files)), command=command
    )


def _derived(workspace: Workspace, stage: str, made: Provenance | None, there: Collection[str] = ()) -> StageStatus:
    """Return the status of a stage of toolkit.lock; its counts are those that it recorded.

    Args:
        workspace: The project.
        stage: Its name.
        made: Its entry; None if it has not run.
        there: Names of inputs that are there now, where new ones may have come.
    """
    command = release_stage.stage_command(workspace, stage)
    if made is None:
        return StageStatus(stage, "not yet", command=command)
    because = release_stage.reasons(workspace, stage, made, there)
    return _status(stage, made.counts, _written_at(map(workspace.path, made.outputs)), because, command)


def _push(workspace: Workspace, segmented: Provenance | None) -> StageStatus:
    sent = push_ledger.sent_sentences(workspace)
    if not sent:
        return StageStatus("push", "not yet", command="toolkit push")
    sentences = 0 if segmented is None else segmented.counts.get("sentences", 0)
    missing = max(0, sentences - len(sent | settled(workspace)))
    because = (f"{missing:,} sentences are not on the server",) if missing else ()
    written_at = _written_at([workspace.path(push_ledger.NAME)])
    return _status("push", {"sentences sent": len(sent)}, written_at, because, "toolkit push")


def _pull(workspace: Workspace) -> StageStatus:
    live: dict[str, str] = {}
    hidden = hidden_pairs(workspace.root)
    for row in workspace.annotations.rows():
        if row.get("event") == "revision":
            if (row["annotation"]["annotator"], row["annotation"]["sentence_id"]) in hidden:
                continue
            live[row["annotation"]["annotation_id"]] = row["annotation"]["annotator"]
        else:
            live.pop(str(row.get("annotation_id")), None)
    if not live:
        return StageStatus("pull", "not yet", command="toolkit pull")
    counts = {"answers": len(live), "annotators": len(set(live.values()))}
    return _status("pull", counts, _written_at([workspace.annotations.path]), (), "toolkit pull")


def _build(workspace: Workspace, release: Release | None) -> StageStatus:
    command = "toolkit build --bump auto"
    if release is None:
        return StageStatus("build", "not yet", command=command)
    releases = len(list(workspace.path("releases").glob("*/manifest.json")))
    if not release.whole():
        damage = f"release {release.version} is damaged: files are missing or changed"
        at = _written_at([release.path / "manifest.json"])
        return _status("build", {}, at, (damage,), f"toolkit verify {release.version}")
    counts = {"releases": releases, f"sentences in {release.version}": release.counts["default"]}
    because = release_stage.release_reasons(workspace, release)
    return _status("build", counts, _written_at([release.path / "manifest.json"]), because, command)


def _status(
    stage: str, counts: Mapping[str, int], written_at: float | None, because: tuple[str, ...], command: str
) -> StageStatus:
    return StageStatus(stage, "out of date" if because else "done", counts, written_at, because, command)


def _written_at(paths: Iterable[Path]) -> float | None:
    return max((path.stat().st_mtime for path in paths if path.exists()), default=None)
