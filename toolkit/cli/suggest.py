"""`toolkit suggest`: what a model says of sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import AnyModel, DryRun, Json, ProjectDir
from toolkit.cli.output import progress_bar, put_counts, put_json, say, say_next


def suggest(
    model: AnyModel = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only where this holds: = != ~ < <= > >=; may be repeated."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many sentences.")] = None,
    order: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask these first: sentence_ids, or what `select` wrote.")
    ] = None,
    dry_run: DryRun = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Let a model answer sentences, as one more annotator whose answers never count as a person's.

    Its answers pass the checks that people's pass, and go to suggestions/log.jsonl; those that fail go to
    suggestions/rejects.jsonl with the reason. A sentence is asked once per model, and no answer is paid for twice.

    Example: toolkit suggest --model llm --limit 100 --dry-run
    """
    opened = Project.find(project)
    with progress_bar("suggest") as progress:
        result = opened.ask(
            model,
            where=where or (),
            limit=limit,
            order=order,
            dry_run=dry_run,
            progress=progress,
            say=say,
        )
    if as_json:
        put_json({"stage": "suggest", "counts": result.counts, **{name: getattr(result, name) for name in _TOLD}})
        return
    put_counts("suggest", result.counts, up_to_date=result.up_to_date)
    say(f"model       {result.model}")
    if result.tokens is not None:
        cost = "" if result.cost is None else f", cost {result.cost:,.2f}"
        how = (
            "about to be used, at one per 3.5 bytes and 60 per answer" if dry_run else "used in this project until now"
        )
        say(f"tokens      {result.tokens:,} {how}{cost}")
    for note in result.notes:
        say(note)
    for reason, number in result.rejected.items():
        say(f"rejected    {number:,} {reason}")
    if dry_run:
        say_next("the same without --dry-run")
    else:
        say_next(
            "`toolkit push --predictions` shows them to annotators; "
            "`toolkit agreement --model NAME` says whether it could stand for one of them"
        )


_TOLD = ("model", "answered", "before", "rejected", "not_sent", "tokens", "cost", "dry_run", "up_to_date", "notes")
