"""`toolkit ingest`: raw pages into articles."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api.facade import Project, explain_page
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import coloured, progress_bar, put, put_error, put_json, put_outcome, put_table, say, say_next
from toolkit.errors import Interrupted, InvalidInput, tally

if TYPE_CHECKING:
    from toolkit.ingest.survey import ExplainedPage, Explanation


def ingest(
    project: ProjectDir = None,
    as_json: Json = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Exit with 0 although some pages can't be read.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if a page can't be read.")] = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report", help="Show per file its kind, articles and what looks wrong; write reports/ingest.html."
        ),
    ] = False,
    explain: Annotated[
        Path | None,
        typer.Option(metavar="PAGE", help="Show a file's articles, what is kept and what is cut; nothing is written."),
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
        _put_explanation(explain_page(explain, project, **how), as_json)
        return
    opened = Project.find(project)
    if stdin is not None:
        opened.add_page(stdin, sys.stdin.buffer)
    with progress_bar("ingest") as progress:
        outcome = opened.ingest(skip_unreadable=skip_unreadable, strict=strict, progress=progress, **how)
    if report:
        _put_report(opened, as_json)
    else:
        put_outcome(outcome, as_json)
    say_what_was_read(outcome.report)
    name_unreadable(outcome.report["unreadable"], error=not skip_unreadable)
    if outcome.report["unreadable"] and not skip_unreadable:
        raise typer.Exit(Interrupted.exit_code)
    say_next("`toolkit segment`")


_MOST_NAMED = 20
_MOST_FILES, _TITLE = 200, 40


def _put_report(project: Project, as_json: bool) -> None:
    """Print a row per file, those that look wrong first."""
    path, files = project.ingest_report()
    if as_json:
        put_json(files)
        return
    ordered = sorted(files, key=lambda file: (not file.suspicions, file.source))
    rows = [
        (
            file.source,
            file.form,
            f"{file.articles:,}",
            (file.title or "–")[:_TITLE] if file.articles else "",
            (file.published_at or "–")[:10] if file.articles else "",
            (file.publisher or "–")[:_TITLE] if file.articles else "",
            file.language or "",
            "" if file.kept is None else f"{file.kept:.0%}",
            ", ".join(file.suspicions),
        )
        for file in ordered[:_MOST_FILES]
    ]
    put_table(("file", "kind", "articles", "title", "date", "publisher", "lang", "kept", "looks wrong"), rows)
    if len(files) > _MOST_FILES:
        put(f"… and {len(files) - _MOST_FILES:,} more files")
    put(f"written to {path}")


def say_what_was_read(report: Mapping[str, Any]) -> None:
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


def name_unreadable(unreadable: Sequence[Mapping[str, Any]], *, error: bool) -> None:
    """Name what can't be read: as errors, or as talk if the user wants to go on without."""
    named = [InvalidInput(**fault) for fault in unreadable[:_MOST_NAMED]]
    if error and named:
        put_error(InvalidInput.all_of(named))
    for fault in () if error else named:
        say(f"  unreadable  {fault}")
    if len(unreadable) > _MOST_NAMED:
        say(f"  unreadable  … and {len(unreadable) - _MOST_NAMED:,} more: see rejects.jsonl")


def _put_explanation(found: Explanation, as_json: bool) -> None:
    """Print each page of a file with the borders of its articles, and what looks wrong."""
    if as_json:
        put_json(found)
        return
    survey, several = found.survey, len(found.pages) + found.more > 1
    count = f"{len(found.pages) + found.more:,} pages, " if several else ""
    put(coloured(f"{survey.source}: {survey.form}, {count}{tally(survey.articles, 'article')}", "dim"))
    for note in survey.notes:
        put(coloured(note, "dim"))
    for page in found.pages:
        if several:
            put(coloured(page.where, "dim"))
        if page.fault is not None:
            put(coloured(f"{'':>8} ╳ {page.fault}", "red"))
        _put_passages(page)
    if found.more:
        put(coloured(f"… and {found.more:,} more pages", "dim"))
    if survey.suspicions:
        put(coloured(f"looks wrong: {', '.join(survey.suspicions)}", "red"))


def _put_passages(page: ExplainedPage) -> None:
    facts = iter(page.articles)
    current = None
    for passage in page.passages:
        if passage.reason is not None:
            put(coloured(f"{passage.start:>8} ╳ {passage.text}", "red") + coloured(f"   ← {passage.reason}", "dim"))
            continue
        if passage.article != current:
            current = passage.article
            said = next(facts, {})
            known = [said.get("published_at") or said.get("published_text"), said.get("publisher"), said.get("byline")]
            line = " · ".join(
                filter(None, [said.get("title") or "(no title)", *known, said.get("language"), said.get("url")])
            )
            put(coloured(f"{'':>8} ┌ {line}", "dim"))
        put(coloured(f"{passage.start:>8} │ {passage.text}", "green"))
