"""`toolkit hydrate`: the text back into a release without text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_counts, put_json, say_next


def hydrate(
    release_path: Annotated[str, typer.Argument(metavar="RELEASE", help="A release without text.")],
    target: Annotated[Path, typer.Argument(help="The directory to make.")],
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Put the text back into a release without text, from your own copies of the pages.

    Run `toolkit ingest` on these first.

    Example: toolkit hydrate releases/1.0.0 hydrated
    """
    with progress_bar("hydrate"):
        found = Project.find(project).hydrate(release_path, target)
    if as_json:
        put_json({"release": found.release.path, "missing": found.missing})
        return
    put_counts("hydrate", found.release.counts)
    for missing in found.missing:
        put(f"missing     {missing}")
    say_next(f"`toolkit train {target}`, or `toolkit export {target} DIR`")
