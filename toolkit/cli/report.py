"""`toolkit report`: one HTML page about the project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_json, say, say_next
from toolkit.errors import UsageError


def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: reports/report.html.")
    ] = None,
    paper: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write instead what a paper needs: tables (.tex, .csv), plots, methods."),
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Write one HTML page: corpus, progress, agreement, decisions, splits, baselines, sentences.

    With --paper the numbers go into tables per label (LaTeX with booktabs, CSV), vector plots (SVG, PDF), a paragraph
    on methods, and CITATION.cff.

    Example: toolkit report --output report.html
    """
    if paper is not None:
        _paper(Project.find(project), paper, output, as_json)
        return
    with progress_bar("report"):
        path, found = Project.find(project).report(output)
    if as_json:
        put_json({"page": path, **found.as_dict()})
        return
    put(str(path))
    for part, command in found.missing.items():
        say(f"{part}: not yet, run `{command}`")
    say_next("open the page in a browser")


def _paper(opened: Project, folder: Path, output: Path | None, as_json: bool) -> None:
    if output is not None:
        raise UsageError("--paper DIR goes without --output")
    with progress_bar("report"):
        files, missing = opened.paper(folder)
    if as_json:
        put_json({"files": files, "missing": missing})
        return
    put("\n".join(map(str, files)))
    for part, command in missing.items():
        say(f"{part}: not yet, run `{command}`")
    say_next(r"\input the tables in your paper; methods.md says what was done, in words to shorten")
