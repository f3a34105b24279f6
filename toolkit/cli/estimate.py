"""`toolkit estimate`: the share of each label in the whole corpus."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_json, put_outcome, put_table, say, say_next


class Grouping(StrEnum):
    """The groups for which shares can be counted apart."""

    outlet = "outlet"
    month = "month"
    language = "language"
    story = "story"


def estimate(
    model: Annotated[
        str, typer.Option(metavar="NAME", help="A model that `suggest` asked: llm, a file, a directory, or its name.")
    ],
    by: Annotated[Grouping | None, typer.Option(help="Count outlets, months, languages or stories apart.")] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", metavar="ID", help="Only this label; may be repeated.")
    ] = None,
    drawn: Annotated[
        Path | None,
        typer.Option(
            "--random", metavar="FILE", help="The sentences that were drawn at random; default: selection.jsonl."
        ),
    ] = None,
    also_shown: Annotated[
        bool, typer.Option("--also-shown", help="Count sentences that people saw a suggestion on, too.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Estimate the share of each label in all sentences, from people's labels on a random part and a model's on all.

    However bad the model is, the intervals hold: what people found wrong with it on their part corrects it on the
    whole, and it counts only as much as it narrows them. Also writes reports/estimate.csv.

    Example: toolkit estimate --model llm --by outlet --label denial
    """
    opened = Project.find(project)
    with progress_bar("estimate"):
        outcome = opened.estimate(
            model, by="" if by is None else by.value, labels=labels or (), drawn=drawn, also_shown=also_shown
        )
    report = outcome.report
    if as_json:
        put_json({"stage": "estimate", "counts": outcome.counts, "up_to_date": outcome.up_to_date, **report})
        return
    put_outcome(outcome, as_json=False)
    header = ["label", by.value if by else "", "share", "95 % interval"]
    header += ["people alone", "model alone", "trust", "labelled"]
    rows = [_line(row) for row in report["rows"]]
    kept = [at for at, name in enumerate(header) if name]
    put_table([header[at] for at in kept], [[row[at] for at in kept] for row in rows])
    for note in report["notes"]:
        say(note)
    say(f"the table is in {opened.workspace.path('reports', 'estimate.csv')}")
    say_next("`toolkit report` shows the shares as a chart")


def _line(row: dict[str, Any]) -> list[str]:
    found = row["found"]
    return [
        row["label"],
        row["group"],
        _percent(found["share"]["value"]),
        _bounds(found["share"]),
        _bounds(found["alone"]),
        _percent(found["model_alone"]),
        f"{found['trust']:.2f}",
        f"{row['labelled']:,}",
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _bounds(estimate: dict[str, Any]) -> str:
    low, high = estimate["low"], estimate["high"]
    return "–" if low is None or high is None else f"{low:.1%} to {high:.1%}"
