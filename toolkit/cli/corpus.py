"""Commands from raw pages to sentences: init, ingest, segment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Json, Project
from toolkit.cli.output import put_json, put_outcome, say


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(ingest)
    app.command()(segment)


def init(
    directory: Annotated[Path, typer.Argument(help="The project directory to make.")] = Path(),
    schema: Annotated[str, typer.Option(help="A shipped schema, or the path of one.")] = "news_events@1.0.0",
    title: Annotated[str, typer.Option(help="Title of the dataset and of the Label Studio project.")] = "News sentences",
    samples: Annotated[bool, typer.Option("--samples", help="Fill pages/ with the sample pages.")] = False,
    as_json: Json = False,
) -> None:
    """Make a project directory.

    Example: toolkit init my-project --samples
    """
    from toolkit import samples as shipped
    from toolkit.workspace import Workspace

    workspace = Workspace.create(directory, schema=schema, title=title)
    copied = shipped.copy_pages(workspace.path("pages")) if samples else 0
    if as_json:
        put_json({"project": workspace.root, "pages": copied})
    say(f"made {workspace.root}/toolkit.yaml and pages/ with {copied} pages")
    say("next: " + ("" if samples else f"copy raw pages into {workspace.root}/pages, then ") + "`toolkit ingest`")


def ingest(
    project: Project = None,
    as_json: Json = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Put unreadable pages among the rejects and go on.")
    ] = False,
) -> None:
    """Read raw pages into articles; what is cut goes to rejects.jsonl.

    Example: toolkit ingest --skip-unreadable
    """
    from toolkit.workspace import Workspace, stages

    put_outcome(stages.ingest(Workspace.find(project), skip_unreadable=skip_unreadable), as_json)


def segment(project: Project = None, as_json: Json = False) -> None:
    """Cut articles into sentences with exact offsets.

    Example: toolkit segment
    """
    from toolkit.workspace import Workspace, stages

    put_outcome(stages.segment(Workspace.find(project)), as_json)
