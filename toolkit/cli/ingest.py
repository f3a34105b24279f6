"""`toolkit ingest`: raw pages into articles."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api.facade import Project, explain_page
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import coloured, progress_bar, put, put_json, put_outcome

if TYPE_CHECKING:
    from toolkit.ingest.extraction import Passage


def ingest(
    project: ProjectDir = None,
    as_json: Json = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="List unreadable pages in rejects.jsonl and go on.")
    ] = False,
    explain: Annotated[
        Path | None,
        typer.Option(metavar="PAGE", help="Show what of a page is kept and what is cut; nothing is written."),
    ] = None,
    stdin: Annotated[str | None, typer.Option(metavar="NAME", help="First save stdin as pages/NAME.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(metavar="TIME", help='When the pages were fetched, for times such as "2 hours ago".')
    ] = None,
    profile: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A file with rules for a site; may be repeated.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE=NAME", help="Name of a column in JSON or Parquet, such as text=story; may be repeated."
        ),
    ] = None,
) -> None:
    """Read raw pages into articles; what is cut goes to rejects.jsonl.

    Example: toolkit ingest --explain pages/front.html
    """
    how: dict[str, Any] = {"profiles": profile or (), "fetched_at": fetched_at, "columns": column or ()}
    if explain is not None:
        _put_passages(explain_page(explain, project, **how), as_json)
        return
    opened = Project.find(project)
    if stdin is not None:
        opened.add_page(stdin, sys.stdin.buffer)
    with progress_bar("ingest") as progress:
        outcome = opened.ingest(skip_unreadable=skip_unreadable, progress=progress, **how)
    put_outcome(outcome, as_json)


def _put_passages(passages: Sequence[Passage], as_json: bool) -> None:
    if as_json:
        put_json(passages)
        return
    for passage in passages:
        if passage.reason is None:
            put(coloured(f"{passage.start:>8} │ {passage.text}", "green"))
        else:
            put(coloured(f"{passage.start:>8} ╳ {passage.text}", "red") + coloured(f"   ← {passage.reason}", "dim"))
