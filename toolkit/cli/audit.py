"""`toolkit audit`: gold labels and spans that look wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir, Seed
from toolkit.cli.output import number, progress_bar, put_json, put_outcome, put_table, say, say_next


def audit(
    project: ProjectDir = None,
    as_json: Json = False,
    queue: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Queue the N most suspicious for a second look by an expert.")
    ] = None,
    show: Annotated[int, typer.Option(metavar="N", min=0, help="List this many.")] = 20,
    baseline: Annotated[
        str, typer.Option(help="The baseline that predicts, a name on the ladder.")
    ] = "words-chars-svm",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="In its place, a model that `suggest` asked and that was not trained on these decisions, such as llm.",
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Rank gold labels and spans that look wrong, by out-of-fold predictions and annotators' votes.

    Example: toolkit audit --queue 20
    """
    from toolkit.baselines.selection.stage import causes

    opened = Project.find(project)
    with progress_bar("audit"):
        outcome = opened.audit(baseline=baseline, seed=seed, queue=queue, model=model)
    found, queued = outcome.suspects, outcome.queued
    if as_json:
        put_json({**vars(outcome), "suspects": found[:show]})
        return
    put_outcome(outcome, as_json=False)
    doubted = [(each, "; ".join(because)) for each in found[:show] if (because := causes(each))]
    words = opened.words(each.sentence_id for each, _ in doubted)
    rows = [[each.sentence_id, words[each.sentence_id], number(each.quality), because] for each, because in doubted]
    put_table(["sentence", "words", "quality", "because"], rows)
    if queued is not None:
        say(f"{queued} more are queued for a second look: run `toolkit adjudicate --push`")
    elif rows:
        say_next("`toolkit audit --queue 20` has an expert look at the first of them again")
