"""Commands that train and judge baselines: train, evaluate."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli import headstart, predicting
from toolkit.cli.evaluation_tables import put_evaluation
from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import interval, number, progress_bar, put, put_json, put_outcome, put_table, say
from toolkit.cli.resolve import RELEASE_HELP, ModelFolder, model_folder, on_hub, open_release
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.project import Workspace

Release = Annotated[str | None, typer.Argument(help=f"{RELEASE_HELP} Default: the newest of the project.")]
Resamples = Annotated[int, typer.Option(min=0, help="Bootstrap resamples of stories; 0 for no intervals.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(train)
    app.command()(evaluate)
    predicting.register(app)
    headstart.register(app)


def train(
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RELEASE",
            help=f"{RELEASE_HELP} Default: the newest of the project. After --train: further files.",
        ),
    ] = None,
    train_files: Annotated[
        list[Path] | None,
        typer.Option("--train", metavar="FILE…", help="Train on files instead; may also be repeated."),
    ] = None,
    dev: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Report on this file.")] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence.")] = "text",
    label_column: Annotated[
        str | None, typer.Option(help="Holds the label or labels; default: labels or label.")
    ] = None,
    group_column: Annotated[
        str | None, typer.Option(help="Holds the story, which folds keep whole; default: story_id or article_id.")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(metavar="NAME@VERSION", help="For keyword rules (with --train).")
    ] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="LABEL", help="Tell the F1 of this label; default: the rarer of two.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Leave out rows that can't be used, and put them there with the reason."),
    ] = None,
    baseline: Annotated[str, typer.Option(help="A name on the ladder, auto, or auto+embeddings.")] = "auto",
    curve: Annotated[
        bool, typer.Option("--curve", help="No model, but what more sentences and annotators are worth.")
    ] = False,
    more: Annotated[
        int | None, typer.Option(min=1, help="Sentences that might be added (with --curve); default: 500.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the model here; no project is then needed.")
    ] = None,
    seed: Seed = 0,
    resamples: Resamples = 1000,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Train a baseline on a release of the project, or on files.

    Example: toolkit train --train train.jsonl --test test.jsonl --baseline auto --json
    """
    from toolkit import baselines

    ahead = _ahead(curve, more, {"--dev": dev, "--test": test, "--output": output, "--rejects": rejects})
    if output is not None:
        baselines.check_place(output)
    how = {"baseline": baseline, "seed": seed, "resamples": resamples}
    if not train_files:
        if dev or test or positive or label_column or group_column or schema or rejects:
            raise UsageError("options that name files, columns, labels or a schema go with --train FILE")
        _train_on_release(named or [], how, curve=ahead, output=output, project=project, json=as_json)
        return
    files = [*train_files, *map(Path, named or ())]
    if any(path.is_dir() for path in files):
        raise UsageError("train on a release or on files, not on both")
    columns = {"text_column": text_column, "label_column": label_column, "group_column": group_column}
    if ahead is not None:
        _curve_of_files(files, columns, _cheap(baseline), ahead, seed, as_json)
        return
    from toolkit.schema import load

    rules = load(schema) if schema else None
    with progress_bar("train"):
        run = baselines.train_files(
            files,
            dev=dev,
            test=test,
            text_column=text_column,
            label_column=label_column,
            group_column=group_column,
            baseline=baseline,
            positive=positive,
            schema=rules,
            seed=seed,
            resamples=resamples,
            out=output,
            rejects=rejects,
        )
    put_json(run.to_dict()) if as_json else _put_run(run.to_dict())


def _ahead(curve: bool, more: int | None, others: Mapping[str, Path | None]) -> int | None:
    """Return how many sentences a learning curve is carried on for; None where a model is to be trained instead."""
    if not curve:
        if more is not None:
            raise UsageError("--more goes with --curve")
        return None
    given = [name for name, path in others.items() if path is not None]
    if given:
        raise UsageError(
            f"{given[0]} goes without --curve", remedy="a curve makes no model, and is judged on stories held out"
        )
    return 500 if more is None else more


def _train_on_release(
    named: Sequence[str],
    how: Mapping[str, Any],
    *,
    curve: int | None,
    output: Path | None,
    project: Path | None,
    json: bool,
) -> None:
    """Train on a release, into the project or elsewhere, or say what `curve` more sentences are worth."""
    from toolkit import baselines
    from toolkit.baselines.training import stage as training_stage
    from toolkit.project import Workspace

    if len(named) > 1:
        raise UsageError(f"train on one release, not on {len(named)}, or on files: --train FILE…")
    reference = named[0] if named else "newest"
    source = open_release(reference, project)
    dataset, revision = on_hub(reference) or (None, None)
    if curve is not None:
        _curve_of_project(Workspace.find(project), source.path, _cheap(how["baseline"]), curve, how["seed"], json)
        return
    if output is not None:
        with progress_bar("train"):
            run = baselines.train_release(
                source.path, output.parent, name=output.name, dataset=dataset, revision=revision, **how
            )
        put_json(run.to_dict()) if json else _put_run(run.to_dict())
        return
    workspace = Workspace.find(project)
    with progress_bar("train"):
        outcome = training_stage.train_project(workspace, source.path, dataset=dataset, revision=revision, **how)
    if json:
        put_json(dataclasses.asdict(outcome) | training_stage.trained(workspace))
        return
    put_outcome(outcome, as_json=False)
    say(f"model       {training_stage.trained_model(workspace)}")


def _curve_of_files(
    files: Sequence[Path], columns: Mapping[str, Any], baseline: str, more: int, seed: int, as_json: bool
) -> None:
    from toolkit import baselines

    rows = baselines.concat([baselines.read_rows(path, **columns) for path in files])
    with progress_bar("train"):
        found = baselines.sentence_curve(rows, baseline=baseline, more=more, seed=seed).to_dict()
    put_json({"curves": [found]}) if as_json else _put_curve(found)


def _cheap(baseline: str) -> str:
    """Return the rung for a learning curve, which trains many times."""
    return "words-lr" if baseline.startswith("auto") else baseline


def _curve_of_project(workspace: Workspace, release: Path, baseline: str, more: int, seed: int, as_json: bool) -> None:
    from toolkit.baselines.training import stage as training_stage

    with progress_bar("train"):
        outcome = training_stage.curve_project(workspace, release, baseline=baseline, more=more, seed=seed)
    found = json.loads(workspace.path(training_stage.CURVE).read_bytes())
    if as_json:
        put_json({"stage": "curve", "counts": outcome.counts, "up_to_date": outcome.up_to_date, **found})
        return
    for curve in found["curves"]:
        _put_curve(curve)
    for note in found["notes"]:
        say(note)


def evaluate(
    model: Annotated[
        str | None, typer.Argument(help="A model directory or hub:OWNER/NAME@TAG; default: the one trained last.")
    ] = None,
    release: Release = None,
    split: Annotated[str, typer.Option(help="validation or test.")] = "test",
    since: Annotated[
        str | None,
        typer.Option(metavar="RELEASE", help="Say why the score moved since this older release."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Test whether it differs from this other model by more than chance."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Also confusions, parts of the rows and the surest mistakes.")
    ] = False,
    quiz: Annotated[
        bool, typer.Option("--quiz", help="Judge it on the examples of the project's schema instead.")
    ] = False,
    seed: Seed = 0,
    resamples: Resamples = 1000,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Judge a model on a release, with intervals over stories and beside the annotators themselves.

    Everything is in reports/evaluation.json, and the surest mistakes with the words that decided in reports/errors.csv.

    Example: toolkit evaluate models/words-lr-1.0.0 releases/1.1.0 --since releases/1.0.0
    """
    from toolkit.baselines.evaluation import stage as evaluation_stage
    from toolkit.project import Workspace

    workspace, judged = Workspace.find(project), model_folder(model, project)
    if quiz:
        _quiz(workspace, judged, as_json)
        return
    rival = model_folder(against, project) if against else None
    judging, older = open_release(release or "newest", project), open_release(since, project) if since else None
    with progress_bar("evaluate"):
        outcome = evaluation_stage.evaluate_project(
            workspace,
            judged.path,
            judging.path,
            name=judged.name,
            split=split,
            since=older.path if older else None,
            against=rival.path if rival else None,
            against_name=rival.name if rival else None,
            seed=seed,
            resamples=resamples,
        )
    found = json.loads(workspace.path(evaluation_stage.EVALUATION).read_bytes())
    if as_json:
        put_json({"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, **found})
        return
    put_outcome(outcome, as_json=False)
    put_evaluation(found, full=full)
    for note in found["notes"]:
        say(note)
    if outcome.counts["stories"] < 2:
        say("no intervals: they say how scores differ from story to story, and all rows are of one story")


def _quiz(workspace: Workspace, model: ModelFolder, as_json: bool) -> None:
    """Say which examples of the schema a model gets wrong."""
    from toolkit import baselines

    ready, schema = baselines.load(model.path), workspace.schema()
    found, gap = baselines.quiz_score(ready, schema), baselines.schema_note(ready, schema)
    notes = [f"{model.name}: {gap}"] if gap else []
    if as_json:
        counts = {"answered": found.answered, "correct": found.correct}
        put_json({"model": model.name, **counts, "mistakes": found.mistakes, "notes": notes})
        return
    rows = [
        [each.item.about, each.item.kind, ", ".join(each.missing), ", ".join(each.extra), each.item.text]
        for each in found.mistakes
    ]
    put_table(["example of", "kind", "missing", "extra", "text"], rows)
    put(f"quiz        {found.correct} of {found.answered} examples are met by {model.name}")
    for note in notes:
        say(note)


def _put_run(run: dict[str, Any]) -> None:
    from toolkit.baselines.data.rows import told_rows

    put(f"baseline    {run['baseline']}  ({told_rows(run['train_rows'])}, {run['cpu_seconds']['train']} CPU s)")
    metrics = run["metrics"]
    rows = []
    for name in ("macro_f1", "f1_positive", "accuracy", "micro_f1"):
        if metrics.get(name) is not None:
            low, high = metrics["intervals"].get(name, (None, None))
            rows.append([name, number(metrics[name]), interval({"low": low, "high": high})])
    put_table([run["metrics_of"], "value", "95 % interval"], rows)
    for note in run["notes"]:
        say(note)
    if run["path"]:
        say(f"model       {run['path']}")


def _put_curve(curve: dict[str, Any]) -> None:
    rows = [
        [f"{point['amount']:,.0f}", number(point["macro_f1"]["value"]), interval(point["macro_f1"])]
        for point in curve["points"]
    ]
    put_table([f"{curve['of']} ({curve['baseline']})", "macro F1", "95 % interval"], rows)
    put(curve["summary"])
