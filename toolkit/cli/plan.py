"""`toolkit plan`: what a design of labelling would cost and show."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import put_json, put_table, say, say_next
from toolkit.records import Estimate, to_row


def plan(
    shares: Annotated[
        list[float] | None,
        typer.Option(
            "--share", min=0.001, max=1, help="Share of the articles that several people answer; may be repeated."
        ),
    ] = None,
    annotators: Annotated[
        list[int] | None,
        typer.Option("--annotators", min=2, help="How many people answer each of those; may be repeated."),
    ] = None,
    adaptive: Annotated[
        int | None,
        typer.Option(
            "--adaptive", min=3, help="Of how many people a sentence is asked at most, while those before differ."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 0,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Compare designs of labelling, from the answers of a pilot, before anybody is paid.

    A share of the articles is answered by several people, the rest by one. Agreement is known from that share, and the
    table says how well: α of the pilot, with the interval that the design will have. Further people, who are asked
    where those before differ, cost answers and leave agreement as it is.

    Example: toolkit plan --share 0.1 --share 0.2 --annotators 2 --adaptive 3
    """
    rows = Project.find(project).plan(shares=shares or (), annotators=annotators or (), adaptive=adaptive, seed=seed)
    if as_json:
        put_json({"stage": "plan", "rows": [to_row(row) for row in rows]})
        return
    header = ["share", "people", "articles", "answers", "hours", "α expected", "least certain label", "α expected"]
    put_table(
        header,
        [
            [
                f"{row.design.share:.0%}",
                f"{row.design.annotators}" + (f" to {row.design.adaptive}" if row.design.adaptive else ""),
                f"{row.articles:,}",
                f"{row.answers:,}",
                "–" if row.hours is None else f"{row.hours:,.1f}",
                str(row.alpha),
                row.widest or "–",
                str(row.of_widest or Estimate(value=None)),
            ]
            for row in rows
        ],
    )
    say("simulated from the answers that are there; their articles should be a random part of all")
    example = "share: 0.1, annotators: 3" if adaptive is None else f"share: 1.0, annotators: 2, adaptive: {adaptive}"
    say_next(f"write the share into annotators.yaml, such as `overlap: {{{example}}}`")
