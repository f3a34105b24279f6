"""`toolkit push`: sentences to Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.connect import connected
from toolkit.cli.options import AnyModel, DryRun, HoldOut, Json, ProjectDir
from toolkit.cli.output import progress_bar, put_link, say, say_next
from toolkit.errors import UsageError


def push(
    project: ProjectDir = None,
    as_json: Json = False,
    dry_run: DryRun = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Send at most this many sentences.")] = None,
    articles: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only sentences of this article_id; may be repeated.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only where this holds: = != ~ < <= > >=; may be repeated."),
    ] = None,
    order: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Send these first: sentence_ids, or what `select` wrote.")
    ] = None,
    whole_articles: Annotated[
        bool, typer.Option("--whole-articles", help="Keep articles together; the limit cuts none.")
    ] = False,
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="Delete tasks of removed sentences; none that anybody has answered or begun."),
    ] = False,
    calibration: Annotated[
        bool,
        typer.Option(
            "--calibration",
            help="Send the quiz instead: the schema's examples with known answers, with --links its pairs.",
        ),
    ] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Send stories instead, in which people link decided sentences.")
    ] = False,
    prefill: Annotated[
        bool, typer.Option("--prefill", help="Also pre-fill casualty figures found in the text.")
    ] = False,
    predictions: Annotated[
        bool,
        typer.Option(
            "--predictions",
            help="Also show what a model suggests in place of earlier suggestions; with --links, links.",
        ),
    ] = False,
    model: AnyModel = None,
    held_back: HoldOut = None,
) -> None:
    """Send sentences to Label Studio; each sentence is sent once.

    Example: toolkit push --dry-run
    """
    chosen = limit or articles or where or order or whole_articles or withdraw
    if calibration and (prefill or chosen):
        raise UsageError(
            "--calibration sends the whole quiz and can't be combined with --prefill or a choice of sentences"
        )
    if links and (prefill or model is not None or chosen or (calibration and predictions)):
        raise UsageError("--links sends every story with decided sentences and can't be combined with other choices")
    _check_suggestions(predictions, prefill, calibration, model, held_back)
    opened = Project.find(project)
    wanted = (predictions or prefill) and not links
    link_hold_out = None
    if links and predictions:
        link_hold_out = opened.config.label_studio.held_back if held_back is None else held_back
    suggestions = opened.suggest(model, figures=prefill, hold_out=held_back) if wanted else None
    if suggestions is not None and suggestions.note is not None:
        say(suggestions.note)
    with connected(opened) as server, progress_bar("push") as progress:
        result = opened.push(
            limit=limit,
            articles=articles or (),
            where=where or (),
            order=order,
            whole_articles=whole_articles,
            withdraw=withdraw,
            quiz=calibration,
            links=links,
            link_hold_out=link_hold_out,
            suggestions=suggestions,
            dry_run=dry_run,
            progress=progress,
            server=server,
        )
        say(f"server      {server.url}")
    put_link("push", result, as_json)
    if result.orphaned and not withdraw:
        say("orphaned tasks are of sentences that are gone; `toolkit push --withdraw` deletes those without answers")
    say_next(
        "people press Label All Tasks at the link; then `toolkit pull`" if not dry_run else "the same without --dry-run"
    )
    for url in result.urls:
        say(f"project     {url}")


def _check_suggestions(
    predictions: bool, prefill: bool, calibration: bool, model: str | None, held_back: float | None
) -> None:
    if predictions and (prefill or calibration):
        raise UsageError("--predictions already includes figures and can't be combined with --prefill or --calibration")
    if model is not None and not predictions:
        raise UsageError("--model goes with --predictions")
    if held_back is not None and not (predictions or prefill):
        raise UsageError("--held-back goes with --predictions or --prefill")
