"""`toolkit ingest`: raw pages into articles."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api.facade import Project, explain_page
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import coloured, progress_bar, put, put_error, put_json, put_outcome, say
from toolkit.errors import Interrupted, InvalidInput

if TYPE_CHECKING:
    from toolkit.ingest.extraction import Passage


def ingest(
    project: ProjectDir = None,
    as_json: Json = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Exit with 0 although some pages can't be read.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if a page can't be read.")] = False,
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
            metavar="ROLE=NAME",
            help="Name of a column, or the path to it, such as text=story or text=data.body; may be repeated.",
        ),
    ] = None,
) -> None:
    """Read raw pages into articles; what is cut goes to rejects.jsonl.

    A page that can't be read is named, and the others are read: exit code 6.

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
        outcome = opened.ingest(skip_unreadable=skip_unreadable, strict=strict, progress=progress, **how)
    put_outcome(outcome, as_json)
    _say_what_was_read(outcome.report)
    _name_unreadable(outcome.report["unreadable"], error=not skip_unreadable)
    if outcome.report["unreadable"] and not skip_unreadable:
        raise typer.Exit(Interrupted.exit_code)


_MOST_NAMED = 20


def _say_what_was_read(report: Mapping[str, Any]) -> None:
    """Tell the kinds of files, the columns that were taken, the reasons of rejects, and what can't be read."""
    kinds = [
        f"{files:,} {name}" + ("" if files == pages else f" ({pages:,} pages)")
        for name, (files, pages) in report["forms"].items()
    ]
    if kinds:
        say("  read        " + " · ".join(kinds))
    taken = {
        source: [note for note in notes if note.startswith("columns")] for source, notes in report["notes"].items()
    }
    for source, notes in [found for found in taken.items() if found[1]][:_MOST_NAMED]:
        others = f" (and in {len(notes) - 1} other ways)" if len(notes) > 1 else ""
        say(f"  {notes[0].replace('columns', source, 1)}{others}")
    reasons = sorted(report["reasons"].items(), key=lambda found: (-found[1], found[0]))
    if reasons:
        say("  left out    " + " · ".join(f"{count:,} {reason}" for reason, count in reasons))


def _name_unreadable(unreadable: Sequence[Mapping[str, Any]], *, error: bool) -> None:
    """Name what can't be read: as errors, or as talk if the user wants to go on without."""
    named = [InvalidInput(**fault) for fault in unreadable[:_MOST_NAMED]]
    if error and named:
        put_error(InvalidInput.all_of(named))
    for fault in () if error else named:
        say(f"  unreadable  {fault}")
    if len(unreadable) > _MOST_NAMED:
        say(f"  unreadable  … and {len(unreadable) - _MOST_NAMED:,} more: see rejects.jsonl")


def _put_passages(passages: Sequence[Passage], as_json: bool) -> None:
    if as_json:
        put_json(passages)
        return
    for passage in passages:
        if passage.reason is None:
            put(coloured(f"{passage.start:>8} │ {passage.text}", "green"))
        else:
            put(coloured(f"{passage.start:>8} ╳ {passage.text}", "red") + coloured(f"   ← {passage.reason}", "dim"))
