"""`toolkit adjudicate`: from answers to decisions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.connect import connected
from toolkit.cli.options import DryRun, Json, ProjectDir
from toolkit.cli.output import progress_bar, put_counts, put_json, put_outcome, put_table, say, say_next
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.adjudicate import DecisionChange
    from toolkit.adjudicate.stage import Adjudication
    from toolkit.project.annotators_file import Overlap


def adjudicate(
    project: ProjectDir = None,
    as_json: Json = False,
    push: Annotated[bool, typer.Option("--push", help="Then send the queue to the experts' project.")] = False,
    pull: Annotated[bool, typer.Option("--pull", help="First fetch the answers of annotators and experts.")] = False,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Re-decide every sentence, also those whose answers have not changed.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Let an answer vote of which a part could not be taken: its annotation_id, or all; may be repeated.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Decide what the answers agree on; queue the rest for an expert.

    Example: toolkit adjudicate --push
    """
    if dry_run and (pull or accept or not push):
        raise UsageError("--dry-run goes with --push alone", remedy="run `toolkit adjudicate --push --dry-run`")
    opened = Project.find(project)
    with connected(opened) if pull or push else nullcontext() as server:
        pulled = opened.pull(server=server) if pull else None
        with progress_bar("adjudicate"):
            outcome = None if dry_run else opened.adjudicate(afresh=afresh, accept=accept or ())
        pushed = opened.push_disputes(dry_run=dry_run, server=server) if push else None
        linked = opened.push_link_disputes(dry_run=dry_run, server=server) if push else None
    if as_json:
        link = {"pull": pulled and pulled.counts, "push": pushed and pushed.counts}
        link |= {"push links": linked.counts} if linked else {}
        put_json((dataclasses.asdict(outcome) if outcome else {"stage": "adjudicate"}) | link)
        return
    if pulled:
        put_counts("pull", pulled.counts, up_to_date=pulled.up_to_date)
    if outcome:
        put_outcome(outcome, as_json=False)
        _put_changes(outcome, opened)
        from toolkit.project.annotators_file import read_team

        team = read_team(opened.workspace)
        overlap = team.overlap if team is not None else None
        put_single(outcome.counts, opened.config.label_studio.annotators_per_sentence, overlap)
        queued = outcome.counts.get("queued for an expert", 0)
        asked = f"`toolkit adjudicate --push` asks an expert about {queued:,}; " if queued else ""
        if not push:
            say_next(f"{asked}`toolkit build --bump auto` freezes a release")
    for name, sent in (("push", pushed), ("push links", linked)):
        if sent:
            put_counts(name, sent.counts, up_to_date=sent.up_to_date)
            for url in sent.urls:
                say(f"project     {url}")
    if push:
        asked = "an expert presses Label All Tasks there; then `toolkit adjudicate --pull`"
        say_next("the same without --dry-run" if dry_run else asked)


def put_single(counts: Mapping[str, int], wanted: int, overlap: Overlap | None = None) -> None:
    """Say how many decisions rest on one answer: where several are asked for, or by the project's own plan."""
    alone = counts.get("by single", 0)
    rest = "1 decision rests" if alone == 1 else f"{alone:,} decisions rest"
    if alone and overlap is not None:
        say(f"{rest} on one answer, as planned: the overlap in annotators.yaml is {overlap.share:.0%} of the articles")
    elif alone and wanted > 1:
        say(
            f"{rest} on one answer although {wanted} are asked for (annotators_per_sentence in toolkit.yaml); "
            f"`least_answers: {wanted}` there queues such sentences"
        )


_SHOWN = 20  # changes that are printed


def _put_changes(outcome: Adjudication, project: Project) -> None:
    from toolkit.adjudicate.stage import SILENT, WOULD_CHANGE
    from toolkit.project.logs.standing_answers import PARTIAL

    if lost := outcome.counts.get(PARTIAL):
        say(f"{lost:,} answers have no vote, since a part of them could not be taken: see {SILENT} and rejects.jsonl,")
        say("mend annotations/pages.json or the schema and pull again, or let them vote with `--accept ID`")
    if overtaken := outcome.counts.get(WOULD_CHANGE):
        say(f"{overtaken:,} sentences keep an earlier decision which today's answers would change:")
        say("run `toolkit adjudicate --afresh` to decide them again")
    if outcome.up_to_date or outcome.decided_before is None:
        return
    say(f"decided     {outcome.decided_before:,} before, {outcome.counts['decided']:,} now")
    changed = [each for each in outcome.changes if not each.renewed]
    words = project.words(each.sentence_id for each in changed[:_SHOWN])
    rows = [
        [each.sentence_id, words[each.sentence_id], _verdict(each.before), _now(each), each.cause]
        for each in changed[:_SHOWN]
    ]
    if rows:
        put_table(["changed", "sentence", "before", "now", "because"], rows)
    if len(changed) > _SHOWN:
        say(f"… and {len(changed) - _SHOWN:,} more; --json has all of them")
    if renewed := len(outcome.changes) - len(changed):
        what = "1 decision is" if renewed == 1 else f"{renewed:,} decisions are"
        say(f"{what} unchanged but for the schema's version")


def _now(change: DecisionChange) -> str:
    same = change.after is not None and change.before == change.after
    return "the same, marked otherwise" if same else _verdict(change.after)


def _verdict(labels: tuple[str, ...] | None) -> str:
    return "undecided" if labels is None else ", ".join(labels) or "no label"
