"""Commands from answers to decisions: agreement, adjudicate, audit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.agreement_tables import put_head_start, put_report
from toolkit.cli.labelling import sentence_ids
from toolkit.cli.options import DryRun, Json, Project, Seed
from toolkit.cli.output import number, progress_bar, put_counts, put_json, put_outcome, put_table, say
from toolkit.cli.resolve import linked
from toolkit.errors import GateFailed, InvalidInput, UsageError

if TYPE_CHECKING:
    from toolkit.adjudicate import Change
    from toolkit.adjudicate.stage import Adjudication
    from toolkit.project import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(agreement)
    app.command()(adjudicate)
    app.command()(audit)


def agreement(
    project: Project = None,
    as_json: Json = False,
    seed: Seed = 0,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples of articles.")] = 1000,
    gate: Annotated[
        str | None,
        typer.Option(metavar="alpha=X", help="Exit 4 unless the lower bound of every layer's α is at least X."),
    ] = None,
    rounds: Annotated[
        list[str] | None,
        typer.Option(
            "--round", metavar="NAME=FILE", help="Measure the file's sentence_ids apart too; may be repeated."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole report as an HTML page too.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Show all intervals, spans, attributes, people, pairs and disputes too.")
    ] = False,
) -> None:
    """Measure how far the annotators agree, with intervals over articles.

    Example: toolkit agreement --gate alpha=0.667
    """
    from toolkit.agreement import stage as agreement_stage
    from toolkit.project import Workspace, write_atomic
    from toolkit.project.workspace import AGREEMENT

    least = _threshold(gate)
    workspace = Workspace.find(project)
    round_of = _round_of(workspace, rounds or ())
    with progress_bar("agreement"):
        outcome = agreement_stage.agreement(workspace, seed=seed, resamples=resamples, round_of=round_of)
    report = json.loads(workspace.path(AGREEMENT).read_bytes())
    started = agreement_stage.head_start_of(workspace, seed=seed, resamples=resamples)
    if html is not None:
        from toolkit.report.agreement_page import agreement_page

        write_atomic(html, agreement_page(workspace))
    if as_json:
        about = {"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, "report": report}
        put_json(about | {"head_start": started})
    else:
        put_outcome(outcome, as_json=False)
        put_report(report, full=full)
        if started is not None:
            put_head_start(started)
    if least is not None:
        _hold_gate(report["layers"], least)


def _threshold(gate: str | None) -> float | None:
    if gate is None:
        return None
    name, _, value = gate.partition("=")
    try:
        threshold = float(value)
    except ValueError:
        threshold = -1.0
    if name != "alpha" or not 0 <= threshold <= 1:
        raise UsageError(f"--gate {gate!r} is not alpha=X with X from 0 to 1", remedy="write --gate alpha=0.667")
    return threshold


def _round_of(workspace: Workspace, rounds: Iterable[str]) -> dict[str, str]:
    """Return the round of each sentence that is in one."""
    found: dict[str, str] = {}
    faults: list[InvalidInput] = []
    for given in rounds:
        name, _, file = given.partition("=")
        if not name or not file:
            raise UsageError(f"--round {given!r} is not NAME=FILE", remedy="write --round pilot=pilot.jsonl")
        for sentence_id in sentence_ids(workspace, Path(file)):
            other = found.setdefault(sentence_id, name)
            if other != name:
                faults.append(InvalidInput(f"is in the rounds {other} and {name}", where=f"sentence {sentence_id}"))
    if faults:
        raise InvalidInput.all_of(faults)
    return found


def _hold_gate(layers: list[dict[str, Any]], least: float) -> None:
    failed = [row["name"] for row in layers if row["alpha"]["low"] is None or row["alpha"]["low"] < least]
    if failed:
        raise GateFailed(
            f"the lower bound of α is below {least:g}, or undefined, for {', '.join(failed)}",
            remedy="look at what people disagree on with `toolkit agreement --full`, and sharpen the guidelines",
        )


def adjudicate(
    project: Project = None,
    as_json: Json = False,
    push: Annotated[bool, typer.Option("--push", help="Then send the queue to the experts' project.")] = False,
    pull: Annotated[bool, typer.Option("--pull", help="First fetch what annotators and experts answered.")] = False,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Decide anew where answers are what they were, too.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Decide what the answers agree on; queue the rest for an expert.

    Example: toolkit adjudicate --push
    """
    from toolkit import labelstudio
    from toolkit.adjudicate import stage as adjudicate_stage
    from toolkit.labelstudio.pull import stage as pull_stage
    from toolkit.project import Workspace

    if dry_run and (pull or not push):
        raise UsageError("--dry-run goes with --push alone", remedy="run `toolkit adjudicate --push --dry-run`")
    workspace = Workspace.find(project)
    with linked(workspace) if pull or push else nullcontext() as server:
        pulled = pull_stage.pull(workspace, server=server) if pull else None
        with progress_bar("adjudicate"):
            outcome = None if dry_run else adjudicate_stage.adjudicate(workspace, afresh=afresh)
        pushed = labelstudio.push_disputes(workspace, dry_run=dry_run, server=server) if push else None
    if as_json:
        link = {"pull": pulled and pulled.counts, "push": pushed and pushed.counts}
        put_json((dataclasses.asdict(outcome) if outcome else {"stage": "adjudicate"}) | link)
        return
    if pulled:
        put_counts("pull", pulled.counts, up_to_date=pulled.up_to_date)
    if outcome:
        put_outcome(outcome, as_json=False)
        _put_changes(outcome)
    if pushed:
        put_counts("push", pushed.counts, up_to_date=pushed.up_to_date)


def _put_changes(outcome: Adjudication) -> None:
    from toolkit.adjudicate.stage import OVERTAKEN

    if overtaken := outcome.counts.get(OVERTAKEN):
        say(f"{overtaken:,} stand as their own answers left them; what all answers say now would change them:")
        say("run `toolkit adjudicate --afresh` to decide them again")
    if outcome.up_to_date or outcome.decided_before is None:
        return
    say(f"decided     {outcome.decided_before:,} before, {outcome.counts['decided']:,} now")
    rows = [[each.sentence_id, _verdict(each.before), _now(each), each.cause] for each in outcome.changes]
    if rows:
        put_table(["changed", "before", "now", "because"], rows)


def _now(change: Change) -> str:
    same = change.after is not None and change.before == change.after
    return "the same, marked otherwise" if same else _verdict(change.after)


def _verdict(labels: tuple[str, ...] | None) -> str:
    return "undecided" if labels is None else ", ".join(labels) or "no label"


def audit(
    project: Project = None,
    as_json: Json = False,
    queue: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Put the N most suspicious in for a second look.")
    ] = None,
    show: Annotated[int, typer.Option(metavar="N", min=0, help="List this many.")] = 20,
    baseline: Annotated[str, typer.Option(help="What predicts, a name on the ladder.")] = "words-chars-svm",
    seed: Seed = 0,
) -> None:
    """Rank decisions that models which have not seen the sentence, and annotators, speak against.

    Example: toolkit audit --queue 20
    """
    from toolkit.baselines.selection import label_audit
    from toolkit.project import Workspace

    workspace = Workspace.find(project)
    with progress_bar("audit"):
        outcome = label_audit.audit(workspace, baseline=baseline, seed=seed)
    found = label_audit.suspects(workspace)
    queued = None if queue is None else label_audit.queue_suspects(workspace, queue)
    if as_json:
        put_json(dataclasses.asdict(outcome) | {"queued": queued, "suspects": found[:show]})
        return
    put_outcome(outcome, as_json=False)
    rows = [[each.sentence_id, number(each.quality), "; ".join(label_audit.causes(each))] for each in found[:show]]
    put_table(["sentence", "quality", "because"], [row for row in rows if row[2]])
    if queued is not None:
        say(f"{queued} more are in for a second look: run `toolkit adjudicate --push`")
