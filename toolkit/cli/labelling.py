"""Commands that speak with Label Studio: push, pull, status."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import DryRun, Json, Project
from toolkit.cli.output import progress_bar, put, put_counts, put_json, put_table

if TYPE_CHECKING:
    from toolkit.labelstudio import PullResult, PushResult


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(push)
    app.command()(pull)
    app.command()(status)


def push(
    project: Project = None,
    as_json: Json = False,
    dry_run: DryRun = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Send at most this many sentences.")] = None,
) -> None:
    """Send sentences to Label Studio; what is there already is not sent again.

    Example: toolkit push --dry-run
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace

    with progress_bar("push") as progress:
        result = labelstudio.push(Workspace.find(project), limit=limit, dry_run=dry_run, progress=progress)
    _put("push", result, as_json)


def pull(
    project: Project = None,
    as_json: Json = False,
    full: Annotated[bool, typer.Option("--full", help="Compare every task, also to find what was deleted.")] = False,
    from_export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read a Label Studio JSON export instead of the server.")
    ] = None,
) -> None:
    """Fetch answers into annotations/log.jsonl; what is there already is not written again.

    Example: toolkit pull --full
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace

    workspace = Workspace.find(project)
    with progress_bar("pull") as progress:
        if from_export is None:
            result = labelstudio.pull(workspace, full=full, progress=progress)
        else:
            result = labelstudio.pull_export(workspace, from_export)
    _put("pull", result, as_json)


def status(project: Project = None, as_json: Json = False) -> None:
    """Say how far the annotators are.

    Example: toolkit status --json
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace

    result = labelstudio.status(Workspace.find(project))
    if as_json:
        put_json(result)
        return
    put_counts("status", {"sentences": result.sentences, "sent": result.sent, "complete": result.complete})
    header = ["annotator", "done", "skipped", "median s"]
    put_table(
        header, [[who.annotator, str(who.done), str(who.skipped), _seconds(who.seconds)] for who in result.annotators]
    )
    if result.days_left is not None:
        put(f"{result.per_day:.0f} answers a day; {result.days_left:.1f} days left at that rate")


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.0f}"


def _put(name: str, result: PushResult | PullResult, as_json: bool) -> None:
    if as_json:
        about = {"stage": name, "counts": result.counts, "up_to_date": result.up_to_date}
        put_json(about | dataclasses.asdict(result) | {"counts": result.counts})
    else:
        put_counts(name, result.counts, up_to_date=result.up_to_date)
