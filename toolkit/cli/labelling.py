"""Commands that speak with Label Studio: push, pull, status."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import DryRun, Json, Project
from toolkit.cli.output import progress_bar, put_counts, put_json


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
    if as_json:
        put_json(result)
    else:
        put_counts("push", result.counts, up_to_date=result.up_to_date)


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
    if as_json:
        put_json(result)
    else:
        put_counts("pull", result.counts, up_to_date=result.up_to_date)


def status(project: Project = None, as_json: Json = False) -> None:
    """Say how far the annotators are.

    Example: toolkit status --json
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace

    result = labelstudio.status(Workspace.find(project))
    if as_json:
        put_json(result)
    else:
        put_counts("status", result.counts)
