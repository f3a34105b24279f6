"""Commands from answers to decisions: agreement, adjudicate."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import put_outcome


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(agreement)
    app.command()(adjudicate)


def agreement(
    project: Project = None,
    as_json: Json = False,
    seed: Seed = 0,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples of articles.")] = 1000,
) -> None:
    """Measure how far the annotators agree, with intervals over articles.

    Example: toolkit agreement
    """
    from toolkit.workspace import Workspace, stages

    put_outcome(stages.agreement(Workspace.find(project), seed=seed, resamples=resamples), as_json)


def adjudicate(project: Project = None, as_json: Json = False) -> None:
    """Decide what the answers agree on; queue the rest for an expert.

    Example: toolkit adjudicate
    """
    from toolkit.workspace import Workspace, stages

    put_outcome(stages.adjudicate(Workspace.find(project)), as_json)
