"""`toolkit report`: one HTML page about the project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_json, say, say_next


def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: reports/report.html.")
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Write one HTML page: corpus, progress, agreement, decisions, splits, baselines, sentences.

    Example: toolkit report --output report.html
    """
    with progress_bar("report"):
        path, found = Project.find(project).report(output)
    if as_json:
        put_json({"page": path, **found.as_dict()})
        return
    put(str(path))
    for part, command in found.missing.items():
        say(f"{part}: not yet, run `{command}`")
    say_next("open the page in a browser")
