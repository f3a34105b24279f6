"""`toolkit init`: make a project directory."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.ingest import name_unreadable, say_what_was_read
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_json, put_outcome, say, say_next
from toolkit.errors import Interrupted, UsageError, tally


def init(
    directory: Annotated[Path | None, typer.Argument(help="The project directory to make; default: here.")] = None,
    schema: Annotated[str, typer.Option(help="A shipped schema, or the path of one.")] = "news_events@1.0.1",
    title: Annotated[
        str | None,
        typer.Option(
            help="Title of the dataset and the Label Studio project; default: your own schema's, and the folder's name."
        ),
    ] = None,
    pages: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="Copy the files below this folder, ingest and segment them."),
    ] = None,
    samples: Annotated[bool, typer.Option("--samples", help="Fill pages/ with the sample pages.")] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Make a project directory, from a folder of pages if you like.

    With --from every file below the folder is copied to pages/, read and cut into sentences.

    Example: toolkit init my-project --from ~/scrapes
    """
    folder = directory or project or Path()  # as it was typed, not as it is resolved
    if pages is not None and samples:
        raise UsageError("--from and --samples both fill pages/: give one of them")
    made = Project.init(folder, schema=schema, title=title, samples=samples, pages=pages)
    files = sum(1 for path in made.workspace.path("pages").rglob("*") if path.is_file())
    counted = {"project": made.root, "pages": files}
    say(f"made {folder}/toolkit.yaml and pages/ with {tally(files, 'page')}")
    if pages is None:
        if as_json:
            put_json(counted)
        say_next(("" if samples else f"copy raw pages into {folder}/pages, then ") + "`toolkit ingest`")
        return
    counts, unreadable = read_pages(made, quiet=as_json)
    if as_json:
        put_json(counted | {"counts": counts, "unreadable": unreadable})
    say_next(f"`cd {shlex.quote(str(folder))}` and `toolkit studio start`, then `toolkit push`")
    if unreadable:
        raise typer.Exit(Interrupted.exit_code)


def read_pages(project: Project, *, quiet: bool) -> tuple[dict[str, int], int]:
    """Ingest and segment, and say what was found; return the counts, and how many files can't be read."""
    with progress_bar("ingest") as progress:
        found = project.ingest(progress=progress)
    if not quiet:
        put_outcome(found, as_json=False)
    say_what_was_read(found.report)
    name_unreadable(found.report["unreadable"], error=True)
    with progress_bar("segment") as progress:
        cut = project.segment(progress=progress)
    if not quiet:
        put_outcome(cut, as_json=False)
    return {**found.counts, **cut.counts}, len(found.report["unreadable"])
