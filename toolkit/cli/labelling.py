"""Commands that speak with Label Studio: push, pull, status."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.headstart import HeldBack, head_start
from toolkit.cli.options import DryRun, Json, Project
from toolkit.cli.output import number as figure
from toolkit.cli.output import progress_bar, put, put_counts, put_json, put_table, say
from toolkit.cli.resolve import Model, linked
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.labelstudio import PullResult, PushResult
    from toolkit.labelstudio.progress import AnnotatorProgress
    from toolkit.project import Workspace
    from toolkit.schema import Score


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(push)
    app.command()(pull)
    app.command()(status)


def push(
    project: Project = None,
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
    calibration: Annotated[
        bool,
        typer.Option("--calibration", help="Send the quiz instead: the schema's examples, whose answers are known."),
    ] = False,
    prefill: Annotated[
        bool, typer.Option("--prefill", help="Then show the casualty figures that are read, to be corrected.")
    ] = False,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Then show what a model suggests, in place of earlier suggestions.")
    ] = False,
    model: Model = None,
    held_back: HeldBack = None,
) -> None:
    """Send sentences to Label Studio; what is there already is not sent again.

    Example: toolkit push --dry-run
    """
    from toolkit import labelstudio
    from toolkit.labelstudio.push import sentence_filter
    from toolkit.labelstudio.push import stage as push_stage
    from toolkit.project import Workspace

    if calibration and (prefill or limit or articles or where or order or whole_articles):
        raise UsageError("--calibration sends the whole quiz: it takes no part of it, and no --prefill")
    _check_suggestions(predictions, prefill, calibration, model, held_back)
    workspace = Workspace.find(project)
    suggested = predictions or prefill
    start = head_start(workspace, model, project, figures=prefill, held_back=held_back) if suggested else None
    chosen: dict[str, Any] = {"limit": limit, "articles": articles or (), "whole_articles": whole_articles}
    chosen |= {
        "where": sentence_filter.where(workspace, where or ()),
        "order": sentence_ids(workspace, order) if order else [],
    }
    with linked(workspace) as server, progress_bar("push") as progress:
        how: dict[str, Any] = {"dry_run": dry_run, "server": server}
        if calibration:
            result = labelstudio.push_calibration(workspace, progress=progress, **how)
        else:
            result = push_stage.push(workspace, progress=progress, **chosen, **how)
        more: dict[str, int] = {}
        if start is not None:
            coming = labelstudio.sent_by(workspace, **chosen) if dry_run else ()
            more = dict(start.push(coming=coming, **how).counts)
    _put("push", result, as_json, more)


def _check_suggestions(
    predictions: bool, prefill: bool, calibration: bool, model: str | None, held_back: float | None
) -> None:
    if predictions and (prefill or calibration):
        raise UsageError("--predictions already includes figures and can't be combined with --prefill or --calibration")
    if model is not None and not predictions:
        raise UsageError("--model goes with --predictions")
    if held_back is not None and not (predictions or prefill):
        raise UsageError("--held-back goes with --predictions or --prefill")


def sentence_ids(workspace: Workspace, path: Path) -> list[str]:
    """Read a file of sentence_ids, which may be named from here or from the project."""
    from toolkit.labelstudio.push.sentence_filter import read_order

    return read_order(path if path.exists() or not workspace.path(str(path)).exists() else workspace.path(str(path)))


def pull(
    project: Project = None,
    as_json: Json = False,
    full: Annotated[bool, typer.Option("--full", help="Compare every task, also to find what was deleted.")] = False,
    from_export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read a Label Studio JSON export instead of the server.")
    ] = None,
    import_texts: Annotated[
        bool, typer.Option("--import-texts", help="Make articles of its texts that the project lacks.")
    ] = False,
    keep_identities: Annotated[
        bool, typer.Option("--keep-identities", help="Leave names and addresses in the raw JSON of the log.")
    ] = False,
) -> None:
    """Fetch answers into annotations/log.jsonl; what is there already is not written again.

    Example: toolkit pull --full
    """
    from toolkit import labelstudio
    from toolkit.labelstudio.pull import stage as pull_stage
    from toolkit.project import Workspace

    if from_export is None and import_texts:
        raise UsageError("--import-texts goes with --from-export FILE")
    if from_export is not None and full:
        raise UsageError("--full compares with the server, and --from-export reads no server: give one of them")
    workspace = Workspace.find(project)
    if from_export is None:
        with linked(workspace) as server, progress_bar("pull") as progress:
            result = pull_stage.pull(
                workspace, full=full, keep_identities=keep_identities, progress=progress, server=server
            )
    else:
        result = labelstudio.pull_export(
            workspace, from_export, import_texts=import_texts, keep_identities=keep_identities
        )
    _put("pull", result, as_json)
    if result.counts.get("answers to texts that are not in the project") and not import_texts:
        say("run it again with --import-texts to make articles of the texts that the project lacks")
    if from_export is not None and not as_json:
        put_table(["what the file holds", "read", "taken", "rejected"], [_fate(*row) for row in result.fates.items()])


def _fate(kind: str, counts: Mapping[str, int]) -> list[str]:
    return [kind, *(str(counts[name]) for name in ("read", "taken", "rejected"))]


def status(project: Project = None, as_json: Json = False) -> None:
    """Say how far the annotators are.

    Example: toolkit status --json
    """
    from toolkit import labelstudio
    from toolkit.project import Workspace

    workspace = Workspace.find(project)
    with linked(workspace) as server:
        result = labelstudio.status(workspace, server=server)
    if as_json:
        put_json(result)
        return
    put_counts("status", {"sentences": result.sentences, "sent": result.sent, "complete": result.complete})
    if len(result.projects) > 1:
        rows = [[part.title, *map(str, (part.sent, part.answers)), _whole(part.changed)] for part in result.projects]
        put_table(["project", "sent", "answers", "changed"], rows)
    header = ["annotator", "sent", "done", "skipped", "median s", "a day", "days left", "agreement", "quiz"]
    put_table(header, [_person(who, result.sent) for who in result.annotators])
    if result.agreement is not None:
        put(f"agreement so far: α {result.agreement:.2f} of the label sets")
    if result.changed is not None:
        put(f"{result.changed:,} tasks changed since the last pull")
    if result.days_left is not None:
        put(f"{result.per_day:.0f} answers a day; {result.days_left:.1f} days left at that rate")


def _whole(number: float | None) -> str:
    return "–" if number is None else f"{number:.0f}"


def _person(who: AnnotatorProgress, sent: int) -> list[str]:
    whole = [sent if who.sent is None else who.sent, who.done, who.skipped, who.seconds, who.per_day, who.days_left]
    return [who.annotator, *map(_whole, whole), figure(who.agreement), _share(who.quiz)]


def _share(quiz: Score | None) -> str:
    return "–" if quiz is None else f"{quiz.correct} of {quiz.answered}"


def _put(
    name: str, result: PushResult | PullResult, as_json: bool, more: Mapping[str, int] = MappingProxyType({})
) -> None:
    counts, up_to_date = dict(result.counts) | dict(more), result.up_to_date and not more
    if as_json:
        about = {"stage": name, "counts": counts, "up_to_date": up_to_date}
        put_json(about | dataclasses.asdict(result) | {"counts": counts})
    else:
        put_counts(name, counts, up_to_date=up_to_date)
