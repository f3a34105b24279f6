"""`toolkit learning-curve`: what more sentences or annotators would add."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.api import references
from toolkit.api.facade import Project
from toolkit.cli.options import Baseline, Json, ProjectDir, ReleaseArgument, Seed, TrainFiles
from toolkit.cli.output import interval, number, progress_bar, put, put_json, put_table, say, say_next


def learning_curve(
    release: ReleaseArgument = "newest",
    files: TrainFiles = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence, in files.")] = "text",
    label_column: Annotated[str | None, typer.Option(help="Holds the label or labels, in files.")] = None,
    group_column: Annotated[str | None, typer.Option(help="Holds the story, in files.")] = None,
    baseline: Baseline = "auto",
    more: Annotated[int, typer.Option(min=1, help="Sentences that might be added.")] = 500,
    curve: Annotated[bool, typer.Option("--curve", hidden=True)] = True,
    seed: Seed = 0,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Estimate what more sentences or annotators would add; no model is kept.

    Example: toolkit learning-curve 1.0.0 --more 1000
    """
    named = Path(release)
    if files or named.is_file():
        columns = {"text_column": text_column, "label_column": label_column, "group_column": group_column}
        paths = [*(files or ()), *([] if release == "newest" else [named])]
        with progress_bar("train"):
            found = references.learning_curve(paths, baseline=baseline, more=more, seed=seed, **columns)
        put_json({"curves": [found]}) if as_json else _put_curve(found)
        return
    opened = Project.find(project)
    with progress_bar("train"):
        outcome = opened.learning_curve(release, baseline=baseline, more=more, seed=seed)
    curves = outcome.report
    if as_json:
        put_json({"stage": "curve", "counts": outcome.counts, "up_to_date": outcome.up_to_date, **curves})
        return
    for each in curves["curves"]:
        _put_curve(each)
    for note in curves["notes"]:
        say(note)
    say_next("`toolkit select --count 200` ranks what to label next; `toolkit report` draws the curve")


def _put_curve(curve: dict[str, Any]) -> None:
    rows = [
        [f"{point['amount']:,.0f}", number(point["macro_f1"]["value"]), interval(point["macro_f1"])]
        for point in curve["points"]
    ]
    put_table([f"{curve['of']} ({curve['baseline']})", "macro F1", "95 % interval"], rows)
    put(curve["summary"])
