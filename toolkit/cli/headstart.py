"""Commands that bring a model back to the annotators: select, serve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import put_json, put_outcome, say

Model = Annotated[Path | None, typer.Option("--model", metavar="DIR", help="Default: the one trained last.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(select)


def select(
    model: Model = None,
    count: Annotated[int, typer.Option(min=1, help="How many sentences.")] = 500,
    random_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share that is drawn at random, for honest estimates.")
    ] = 0.1,
    seed: Seed = 0,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Rank what to label next into selection.jsonl, and say what more labels are expected to be worth.

    Example: toolkit select --count 200 && toolkit push --order selection.jsonl --limit 200
    """
    from toolkit.baselines import choosing
    from toolkit.workspace import Workspace

    workspace = Workspace.find(project)
    outcome = choosing.select_project(workspace, model, count=count, random_share=random_share, seed=seed)
    worth = json.loads(workspace.path(choosing.REPORT).read_bytes())
    if as_json:
        put_json({"stage": "select", "counts": outcome.counts, "up_to_date": outcome.up_to_date, **worth})
        return
    put_outcome(outcome, as_json=False)
    say(worth["summary"])
