"""`toolkit init`: make a project directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import put_json, say


def init(
    directory: Annotated[Path | None, typer.Argument(help="The project directory to make; default: here.")] = None,
    schema: Annotated[str, typer.Option(help="A shipped schema, or the path of one.")] = "news_events@1.0.1",
    title: Annotated[
        str, typer.Option(help="Title of the dataset and of the Label Studio project.")
    ] = "News sentences",
    samples: Annotated[bool, typer.Option("--samples", help="Fill pages/ with the sample pages.")] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Make a project directory.

    Example: toolkit init my-project --samples
    """
    made = Project.init(directory or project or Path(), schema=schema, title=title, samples=samples)
    pages = sum(1 for path in made.workspace.path("pages").rglob("*") if path.is_file())
    if as_json:
        put_json({"project": made.root, "pages": pages})
    folder = directory or project or Path()  # as it was typed, not as it is resolved
    say(f"made {folder}/toolkit.yaml and pages/ with {pages} pages")
    say("next: " + ("" if samples else f"copy raw pages into {folder}/pages, then ") + "`toolkit ingest`")
