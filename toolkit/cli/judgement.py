"""Commands from answers to decisions: agreement, adjudicate."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.options import DryRun, Json, Project, Seed
from toolkit.cli.output import interval, number, put_counts, put_json, put_outcome, put_table, say
from toolkit.errors import GateFailed, UsageError

if TYPE_CHECKING:
    from toolkit.workspace.judging import Adjudication


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(agreement)
    app.command()(adjudicate)


def agreement(
    project: Project = None,
    as_json: Json = False,
    seed: Seed = 0,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples of articles.")] = 1000,
    gate: Annotated[
        str | None,
        typer.Option(metavar="alpha=X", help="Exit 4 unless the lower bound of every layer's α is at least X."),
    ] = None,
) -> None:
    """Measure how far the annotators agree, with intervals over articles.

    Example: toolkit agreement --gate alpha=0.667
    """
    from toolkit.workspace import Workspace, judging
    from toolkit.workspace.project import AGREEMENT

    least = _threshold(gate)
    workspace = Workspace.find(project)
    outcome = judging.agreement(workspace, seed=seed, resamples=resamples)
    report = json.loads(workspace.path(AGREEMENT).read_bytes())
    if as_json:
        put_json({"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, "report": report})
    else:
        put_outcome(outcome, as_json=False)
        rows = [_measure(row) for row in [*report["layers"], *report["labels"]]]
        put_table(["layer or label", "n", "prevalence", "percent", "α", "95 % interval", "AC1"], rows)
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


def _hold_gate(layers: list[dict[str, Any]], least: float) -> None:
    failed = [row["name"] for row in layers if row["alpha"]["low"] is None or row["alpha"]["low"] < least]
    if failed:
        raise GateFailed(
            f"the lower bound of α is below {least:g}, or undefined, for {', '.join(failed)}",
            remedy="look at what people disagree on with `toolkit agreement`, and sharpen the guidelines",
        )


def _measure(row: dict[str, Any]) -> list[str]:
    return [
        row["name"],
        str(row["n_units"]),
        number(row["prevalence"]),
        number(row["percent"]["value"]),
        number(row["alpha"]["value"]),
        interval(row["alpha"]),
        number(row["ac1"]["value"]) if row["ac1"] else "–",
    ]


def adjudicate(
    project: Project = None,
    as_json: Json = False,
    push: Annotated[bool, typer.Option("--push", help="Then send the queue to the experts' project.")] = False,
    pull: Annotated[bool, typer.Option("--pull", help="First fetch what annotators and experts answered.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Let decisions stand whose votes have not changed, whatever else has.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Decide what the answers agree on; queue the rest for an expert.

    Example: toolkit adjudicate --push
    """
    from toolkit import labelstudio
    from toolkit.workspace import Workspace, judging

    if dry_run and (pull or not push):
        raise UsageError("--dry-run goes with --push alone", remedy="run `toolkit adjudicate --push --dry-run`")
    workspace = Workspace.find(project)
    pulled = labelstudio.pull(workspace) if pull else None
    outcome = None if dry_run else judging.adjudicate(workspace, keep=keep)
    pushed = labelstudio.push_disputes(workspace, dry_run=dry_run) if push else None
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
    if outcome.up_to_date or outcome.decided_before is None:
        return
    say(f"decided     {outcome.decided_before:,} before, {outcome.counts['decided']:,} now")
    rows = [[each.sentence_id, _verdict(each.before), _verdict(each.after), each.cause] for each in outcome.changes]
    if rows:
        put_table(["changed", "before", "now", "because"], rows)


def _verdict(labels: tuple[str, ...] | None) -> str:
    return "undecided" if labels is None else ", ".join(labels) or "no label"
