"""`toolkit train`: a baseline on a release."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from toolkit.api import references
from toolkit.api.facade import Project
from toolkit.cli.options import Baseline, Json, Output, ProjectDir, ReleaseArgument, Resamples, Seed, workspace_at
from toolkit.cli.output import interval, number, progress_bar, put, put_json, put_outcome, put_table, say, say_next


def train(
    release: ReleaseArgument = "newest",
    baseline: Baseline = "auto",
    output: Output = None,
    seed: Seed = 0,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="by_time|by_publisher|by_language",
            help="Train and judge on later days, other publishers or other languages, for `evaluate` to compare.",
        ),
    ] = None,
    resamples: Resamples = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Train a baseline on a release.

    Example: toolkit train 1.0.0 --baseline auto
    """
    how: dict[str, Any] = {"baseline": baseline, "seed": seed, "by": split}
    if output is not None:
        with progress_bar("train"):
            run = references.train(release, output, workspace=workspace_at(project), **how)
        put_run(run.to_dict(), as_json)
        return
    if project is None and Project.nearest() is None:
        references.load_release(release)  # says what is missing: the release, or a project to train in
    opened = Project.find(project)
    with progress_bar("train"):
        outcome = opened.train(release, **how)
    put_outcome(outcome, as_json)
    if not as_json:
        say(f"model       {outcome.path}")
        for note in outcome.notes:
            say(f"note        {note}")
    if outcome.metrics_of == "test":
        say_next("`toolkit evaluate`")
    else:
        say_next("label sentences of more stories and build again: this release has no test split to evaluate on")


def put_run(run: dict[str, Any], as_json: bool) -> None:
    """Print what a training outside of a project made."""
    if as_json:
        put_json(run)
        return
    from toolkit.errors import tally

    put(f"baseline    {run['baseline']}  ({tally(run['train_rows'], 'row')}, {run['cpu_seconds']['train']} CPU s)")
    metrics = run["metrics"]
    rows = []
    for name in ("macro_f1", "f1_positive", "accuracy", "micro_f1"):
        if metrics.get(name) is not None:
            low, high = metrics["intervals"].get(name, (None, None))
            rows.append([name, number(metrics[name]), interval({"low": low, "high": high, "reason": "too few"})])
    put_table([run["metrics_of"], "value", "95 % interval"], rows)
    for note in run["notes"]:
        say(note)
    if run["path"]:
        say(f"model       {run['path']}")
