"""Commands that train and judge baselines: train, evaluate."""

from __future__ import annotations

import json
import sys
from itertools import tee
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli.lines import read_lines
from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import interval, number, put, put_json, put_outcome, put_table, say
from toolkit.errors import UsageError

Release = Annotated[Path | None, typer.Argument(help="A release directory; default: the newest of the project.")]
Resamples = Annotated[int, typer.Option(help="Bootstrap resamples of stories.")]

SUMMARY = ("macro_f1", "micro_f1", "accuracy")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(train)
    app.command()(evaluate)
    app.command()(predict)


def train(
    release: Release = None,
    train_files: Annotated[
        list[Path] | None, typer.Option("--train", metavar="FILE", help="Train on files instead; may be repeated.")
    ] = None,
    dev: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence.")] = "text",
    label_column: Annotated[
        str | None, typer.Option(help="Holds the label or labels; default: labels or label.")
    ] = None,
    positive: Annotated[str | None, typer.Option(metavar="LABEL", help="Default: the rarer of two.")] = None,
    baseline: Annotated[str, typer.Option(help="A name on the ladder, or auto.")] = "auto",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the model here (with --train).")] = None,
    seed: Seed = 0,
    resamples: Resamples = 1000,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Train a baseline on a release of the project, or on files.

    Example: toolkit train --train train.jsonl --test test.jsonl --baseline auto --json
    """
    from toolkit import baselines
    from toolkit.baselines import stages
    from toolkit.workspace import Workspace

    if not train_files:
        if dev or test or output or positive or label_column:
            raise UsageError("--dev, --test, --output, --positive and --label-column go with --train FILE")
        workspace = Workspace.find(project)
        outcome = stages.train_project(workspace, release, baseline=baseline, seed=seed, resamples=resamples)
        put_outcome(outcome, as_json)
        say(f"model       {stages.trained_model(workspace)}")
        return
    if release is not None:
        raise UsageError("train on a release or on files, not on both")
    run = baselines.train_files(
        train_files,
        dev=dev,
        test=test,
        text_column=text_column,
        label_column=label_column,
        baseline=baseline,
        positive=positive,
        seed=seed,
        resamples=resamples,
        out=output,
    )
    put_json(run.to_dict()) if as_json else _put_run(run.to_dict())


def evaluate(
    model: Annotated[Path | None, typer.Argument(help="A model directory; default: the one trained last.")] = None,
    release: Release = None,
    split: Annotated[str, typer.Option(help="validation or test.")] = "test",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Judge a model on a release, with intervals over stories and beside the annotators themselves.

    Example: toolkit evaluate models/words-lr-1.0.0 releases/1.1.0
    """
    from toolkit.baselines import stages
    from toolkit.workspace import Workspace

    workspace = Workspace.find(project)
    outcome = stages.evaluate_project(workspace, model, release, split=split, seed=seed, resamples=resamples)
    found = json.loads(workspace.path(stages.EVALUATION).read_bytes())
    if as_json:
        put_json({"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, **found})
        return
    put_outcome(outcome, as_json=False)
    _put_evaluation(found)


def predict(
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]…", help="Sentences; default: stdin.")] = None,
    model: Annotated[Path | None, typer.Option(metavar="DIR", help="Default: the one trained last.")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Label sentences: those given, or those of stdin, where a line is a JSON object with "text" or plain text.

    One JSON object a line goes out, in the order in which they came in.

    Example: toolkit predict --model models/words-lr-1.0.0 < sentences.jsonl > labelled.jsonl
    """
    from toolkit import baselines
    from toolkit.baselines import stages
    from toolkit.workspace import Workspace

    folder = model or stages.trained_model(Workspace.find(project))
    rows, asked = tee(({"text": text} for text in texts) if texts else read_lines(sys.stdin))
    answers = baselines.predictions(baselines.load(folder), (row["text"] for row in asked), size=1 if texts else 100)
    for row, answer in zip(rows, answers, strict=True):
        put(json.dumps(row | {"labels": answer.labels, "probabilities": answer.probabilities}, ensure_ascii=False))


def _put_run(run: dict[str, Any]) -> None:
    put(f"baseline    {run['baseline']}  ({run['train_rows']:,} rows, {run['cpu_seconds']['train']} CPU s)")
    intervals = run["metrics"]["intervals"]
    rows = [
        [name, number(run["metrics"][name]), interval({"low": low, "high": high})]
        for name, (low, high) in intervals.items()
    ]
    put_table([run["metrics_of"], "value", "95 % interval"], rows)


def _put_evaluation(found: dict[str, Any]) -> None:
    rows = [[name, "", number(found[name]["value"]), interval(found[name])] for name in SUMMARY]
    rows += [
        [scores["label"], str(scores["support"]), number(scores["f1"]["value"]), interval(scores["f1"])]
        for scores in found["labels"]
    ]
    put_table([f"{found['model']} on {found['split']}", "rows", "F1", "95 % interval"], rows)
