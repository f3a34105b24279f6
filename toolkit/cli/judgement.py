"""Commands from answers to decisions: agreement, adjudicate."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import interval, number, put_json, put_outcome, put_table
from toolkit.errors import GateFailed, UsageError


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
    from toolkit.workspace import Workspace, stages
    from toolkit.workspace.project import AGREEMENT

    least = _threshold(gate)
    workspace = Workspace.find(project)
    outcome = stages.agreement(workspace, seed=seed, resamples=resamples)
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


def adjudicate(project: Project = None, as_json: Json = False) -> None:
    """Decide what the answers agree on; queue the rest for an expert.

    Example: toolkit adjudicate
    """
    from toolkit.workspace import Workspace, stages

    put_outcome(stages.adjudicate(Workspace.find(project)), as_json)
