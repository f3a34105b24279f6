"""Where a project stands: each stage with its counts and age, what is out of date, and the next command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.agreement import stage as agreement_stage
from toolkit.project import Workspace, push_ledger
from toolkit.project.answer_migration import settled
from toolkit.project.files import file_digest
from toolkit.project.stage import read_lock
from toolkit.release import Release, newest
from toolkit.version import __version__

State = Literal["done", "out of date", "not yet"]

_COMMANDS = {
    "pages": "copy raw pages into pages/",
    "build": "toolkit build --bump auto",
}
_RULES = {
    "schema": "the schema changed",
    "method": "the aggregation changed",
    "report": "an earlier toolkit measured it",
    "interval": "an earlier toolkit measured it",
}
_RULES_OF = {"agreement": agreement_stage.rules, "adjudicate": adjudicate_stage.rules}


@dataclass(frozen=True)
class Step:
    """One stage of a project.

    Attributes:
        stage: Its name, which is that of its command.
        state: "done", "out of date" (what it is made from, or how, has changed since) or "not yet".
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
class Standing:
    """The stages of a project in their order.

    Attributes:
        root: The project.
        steps: Every stage.
    """

    root: Path
    steps: tuple[Step, ...]

    @property
    def next_step(self) -> Step | None:
        """The first stage that is not done; None when all are."""
        return next((step for step in self.steps if step.state != "done"), None)


def standing(workspace: Workspace) -> Standing:
    """Look at every stage of a project; nothing is written and no server is asked.

    Raises:
        InvalidInput: toolkit.lock, a log or a manifest is damaged.
    """
    locked = read_lock(workspace.root)
    release = newest(workspace.path("releases"))
    steps = (
        _pages(workspace),
        _derived(workspace, locked, "ingest"),
        _derived(workspace, locked, "segment"),
        _push(workspace, locked),
        _pull(workspace),
        _derived(workspace, locked, "agreement"),
        _derived(workspace, locked, "adjudicate"),
        _build(workspace, release),
        _derived(workspace, locked, "train", release),
        _derived(workspace, locked, "evaluate", release),
    )
    return Standing(workspace.root, steps)


def step(workspace: Workspace, stage: str) -> Step:
    """Look at one stage of the project's derived files; see `standing`."""
    return _derived(workspace, read_lock(workspace.root), stage)


def _pages(workspace: Workspace) -> Step:
    files = _page_files(workspace)
    counts = {"files": len(files)}
    return Step(
        "pages", "done" if files else "not yet", counts if files else {}, _newest(files), (), _COMMANDS["pages"]
    )


def _page_files(workspace: Workspace) -> list[Path]:
    folder = workspace.path("pages")
    parts = ((path, path.relative_to(folder).parts) for path in folder.rglob("*") if path.is_file())
    return [path for path, names in parts if not any(name.startswith(".") for name in names)]


def _derived(workspace: Workspace, locked: Mapping[str, Any], stage: str, release: Release | None = None) -> Step:
    entry, command = locked.get(stage), f"toolkit {stage}"
    if entry is None:
        return Step(stage, "not yet", command=command)
    outputs = [workspace.path(name) for name in entry["outputs"]]
    made_at = min((path.stat().st_mtime_ns for path in outputs if path.exists()), default=0)
    because = [path.name + " is gone" for path in outputs if not path.exists()]
    because += _changed(workspace, entry["because"]["inputs"], made_at)
    because += _otherwise(workspace, stage, entry["because"])
    if stage == "ingest":
        known = {workspace.path(name) for name in entry["because"]["inputs"]}
        new = sum(path not in known for path in _page_files(workspace))
        because += [f"{new:,} new pages"] if new else []
    if release is not None and not _of_release(entry, release):
        because.append(f"release {release.version} is newer")
    return Step(stage, "out of date" if because else "done", entry["counts"], _newest(outputs), tuple(because), command)


def _otherwise(workspace: Workspace, stage: str, because: Mapping[str, Any]) -> list[str]:
    """Return what beside the inputs would make a stage's files otherwise today."""
    found = [] if because["toolkit"] == __version__ else [f"made by toolkit {because['toolkit']}"]
    if stage in _RULES_OF:
        then, now = because["parameters"], _RULES_OF[stage](workspace)
        found += [_RULES[name] for name in now if then.get(name) != now[name]]
    return list(dict.fromkeys(found))


def _of_release(entry: Mapping[str, Any], release: Release) -> bool:
    return f"releases/{release.version}/manifest.json" in entry["because"]["inputs"]


def _changed(workspace: Workspace, inputs: Mapping[str, str | None], made_at: int) -> list[str]:
    """Return the inputs that are no longer what they were.

    A file whose inode has not changed since `made_at` (nanoseconds) is not read: a project may hold gigabytes.
    """
    changed = []
    for name, sha256 in inputs.items():
        if "://" in name:  # a page that lies elsewhere is not fetched to be looked at
            continue
        path = next((place for place in _places(workspace, name) if place.exists()), None)
        if path is None:
            changed += [f"{name} is gone"] if sha256 is not None else []
        elif sha256 is None or (path.stat().st_ctime_ns > made_at and file_digest(path) != sha256):
            changed.append(f"{name} changed" if sha256 else f"{name} is new")
    return changed


def _places(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """Return where an input may lie: toolkit.lock names the files of a model from its directory on."""
    return workspace.path(name), workspace.path("models", name), Path(name)


def _push(workspace: Workspace, locked: Mapping[str, Any]) -> Step:
    sent = push_ledger.sent_sentences(workspace)
    if not sent:
        return Step("push", "not yet", command="toolkit push")
    sentences = int(locked.get("segment", {}).get("counts", {}).get("sentences", 0))
    missing = max(0, sentences - len(sent | settled(workspace)))
    because = (f"{missing:,} sentences are not on the server",) if missing else ()
    state: State = "out of date" if missing else "done"
    newest = _newest([workspace.path(push_ledger.NAME)])
    return Step("push", state, {"sentences sent": len(sent)}, newest, because, "toolkit push")


def _pull(workspace: Workspace) -> Step:
    live: dict[str, str] = {}
    for row in workspace.annotations.rows():
        if row.get("event") == "revision":
            live[row["annotation"]["annotation_id"]] = row["annotation"]["annotator"]
        else:
            live.pop(str(row.get("annotation_id")), None)
    if not live:
        return Step("pull", "not yet", command="toolkit pull")
    counts = {"answers": len(live), "annotators": len(set(live.values()))}
    return Step("pull", "done", counts, _newest([workspace.annotations.path]), (), "toolkit pull")


def _build(workspace: Workspace, release: Release | None) -> Step:
    if release is None:
        return Step("build", "not yet", command=_COMMANDS["build"])
    manifest = release.path / "manifest.json"
    because = tuple(_changed(workspace, release.manifest["inputs"], manifest.stat().st_mtime_ns))
    state: State = "out of date" if because else "done"
    releases = len(list(workspace.path("releases").glob("*/manifest.json")))
    counts = {"releases": releases, f"sentences in {release.version}": release.counts["default"]}
    return Step("build", state, counts, _newest([manifest]), because, _COMMANDS["build"])


def _newest(paths: Iterable[Path]) -> float | None:
    return max((path.stat().st_mtime for path in paths if path.exists()), default=None)


def read_report(path: Path) -> dict[str, Any] | None:
    """Return a JSON report of another stage as data, None where there is none yet."""
    return json.loads(path.read_bytes()) if path.exists() else None
