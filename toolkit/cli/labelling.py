"""Commands that speak with Label Studio: push, pull, status."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import DryRun, Json, Project
from toolkit.cli.output import progress_bar, put, put_counts, put_json, put_table
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.labelstudio import PullResult, PushResult
    from toolkit.schema import Score


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
    calibration: Annotated[
        bool,
        typer.Option("--calibration", help="Send the quiz instead: the schema's examples, whose answers are known."),
    ] = False,
    prefill: Annotated[
        bool, typer.Option("--prefill", help="Then show the casualty figures that are read, to be corrected.")
    ] = False,
) -> None:
    """Send sentences to Label Studio; what is there already is not sent again.

    Example: toolkit push --dry-run
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace

    if calibration and (prefill or limit):
        raise UsageError("--calibration sends the whole quiz, without --limit and --prefill")
    workspace = Workspace.find(project)
    with progress_bar("push") as progress:
        if calibration:
            result = labelstudio.push_calibration(workspace, dry_run=dry_run, progress=progress)
        else:
            result = labelstudio.push(workspace, limit=limit, dry_run=dry_run, progress=progress)
    suggested = labelstudio.push_figures(workspace, dry_run=dry_run) if prefill else None
    _put("push", result, as_json, {} if suggested is None else {"with figures suggested": suggested})


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
    header = ["annotator", "done", "skipped", "median s", "quiz"]
    put_table(
        header,
        [
            [who.annotator, str(who.done), str(who.skipped), _seconds(who.seconds), _share(who.quiz)]
            for who in result.annotators
        ],
    )
    if result.days_left is not None:
        put(f"{result.per_day:.0f} answers a day; {result.days_left:.1f} days left at that rate")


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.0f}"


def _share(quiz: Score | None) -> str:
    return "–" if quiz is None else f"{quiz.correct} of {quiz.answered}"


def _put(
    name: str, result: PushResult | PullResult, as_json: bool, more: Mapping[str, int] = MappingProxyType({})
) -> None:
    counts = dict(result.counts) | dict(more)
    if as_json:
        about = {"stage": name, "counts": counts, "up_to_date": result.up_to_date}
        put_json(about | dataclasses.asdict(result) | {"counts": counts})
    else:
        put_counts(name, counts, up_to_date=result.up_to_date)
