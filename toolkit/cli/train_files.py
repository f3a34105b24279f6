"""`toolkit train-files`: a baseline on files of labelled rows; no project is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Baseline, Json, Output, ProjectDir, Resamples, Seed, TrainFiles
from toolkit.cli.output import progress_bar, say_next
from toolkit.cli.train import put_run
from toolkit.errors import UsageError


def train_files(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="JSON Lines, CSV, TSV or Parquet, gzipped or not.")
    ] = None,
    more_files: TrainFiles = None,
    dev: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence.")] = "text",
    label_column: Annotated[
        str | None, typer.Option(help="Holds the label or labels; default: labels or label.")
    ] = None,
    group_column: Annotated[
        str | None, typer.Option(help="Holds the story, which folds keep whole; default: story_id or article_id.")
    ] = None,
    schema: Annotated[str | None, typer.Option(metavar="NAME@VERSION", help="For keyword rules.")] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="LABEL", help="Tell the F1 of this label; default: the rarer of two.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Leave out rows that can't be used, and put them there with the reason."),
    ] = None,
    baseline: Baseline = "auto",
    output: Output = None,
    seed: Seed = 0,
    resamples: Resamples = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Train a baseline on files of labelled rows; no project is needed.

    Example: toolkit train-files train.jsonl --test test.jsonl --output my-model
    """
    from toolkit import baselines
    from toolkit.schema import load

    paths = [*(more_files or ()), *(files or ())]
    if not paths:
        raise UsageError("name at least one file of labelled rows", remedy="see `toolkit train-files --help`")
    if any(path.is_dir() for path in paths):
        raise UsageError("train on a release or on files, not on both", remedy="a release: `toolkit train RELEASE`")
    if output is not None:
        baselines.check_place(output)
    with progress_bar("train"):
        run = baselines.train_files(
            paths,
            dev=dev,
            test=test,
            text_column=text_column,
            label_column=label_column,
            group_column=group_column,
            baseline=baseline,
            positive=positive,
            schema=load(schema) if schema else None,
            seed=seed,
            out=output,
            rejects=rejects,
        )
    put_run(run.to_dict(), as_json)
    if as_json:
        return
    if run.path is None:
        say_next("`--output DIR` keeps the model")
    else:
        say_next(f"`toolkit predict --model {run.path} --file FILE` labels other rows")
