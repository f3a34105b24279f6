"""`toolkit evaluate`: a model on a release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api import references
from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir, ReleaseArgument, Resamples, Seed, workspace_at
from toolkit.cli.output import (
    interval,
    number,
    progress_bar,
    put,
    put_json,
    put_outcome,
    put_section,
    put_table,
    say,
    say_next,
    told,
)
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.baselines import Rows
    from toolkit.project import Workspace

_OVERALL = ("macro_f1", "micro_f1", "accuracy")
_MISTAKES = 20


def evaluate(
    model: Annotated[
        str | None, typer.Argument(help="A model directory or hub:OWNER/NAME@TAG; default: the one trained last.")
    ] = None,
    release: ReleaseArgument = "newest",
    split: Annotated[str, typer.Option(help="validation or test.")] = "test",
    since: Annotated[
        str | None,
        typer.Option(metavar="RELEASE", help="Also explain how the score changed since this older release."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Also test whether it differs from this other model by more than chance."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="Evaluate it on labelled rows of a file instead; may recur."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the page there; default in a project: reports/evaluation.html."),
    ] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence, in files.")] = "text",
    label_column: Annotated[
        str | None, typer.Option(help="Holds the label or labels, in files; default: labels or label.")
    ] = None,
    group_column: Annotated[
        str | None, typer.Option(help="Holds the story, in files; default: story_id or article_id.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Also show confusions, scores of parts, and the most confident mistakes.")
    ] = False,
    quiz: Annotated[bool, typer.Option("--quiz", help="Evaluate it on the schema's examples instead.")] = False,
    seed: Seed = 0,
    resamples: Resamples = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Evaluate a model on a release, with intervals over stories, next to the annotators' own scores.

    All of it goes to reports/evaluation.json, and to one page, reports/evaluation.html; mistakes and the words that
    decided go to reports/errors.csv too. With --file, or a model and a release outside of a project, only what --html
    names is written; a file is held against the labels alone, not against spans.

    Example: toolkit evaluate models/words-lr-1.0.0 releases/1.1.0 --since releases/1.0.0
    """
    from toolkit import baselines

    outside = project is None and Project.nearest() is None and model is not None and release != "newest"
    if files or outside:
        if files and (quiz or since or split != "test" or release != "newest"):
            raise UsageError("--file goes without a release, --split, --since and --quiz")
        if quiz:
            raise UsageError("--quiz needs a project", remedy="run it in one, or leave it out")
        columns: Any = {"text_column": text_column, "label_column": label_column, "group_column": group_column}
        with progress_bar("evaluate"):
            if files:
                rows = baselines.concat([baselines.read_rows(path, **columns) for path in files])
                called = ", ".join(path.name for path in files)
                report = _of_rows(model, rows, called, against, workspace_at(project), seed)
            else:
                report = _of_release(str(model), release, against, split=split, since=since, seed=seed)
            _write_page(html, report)
        _put_report(report, full=full, as_json=as_json)
        return
    opened = Project.find(project)
    if quiz:
        _put_quiz(opened, model, as_json)
        return
    with progress_bar("evaluate"):
        outcome = opened.evaluate(model, release, split=split, since=since, against=against, seed=seed)
        found = outcome.report
        _write_page(html or opened.workspace.path("reports", "evaluation.html"), found)
    if as_json:
        put_json({"stage": outcome.stage, "counts": outcome.counts, "up_to_date": outcome.up_to_date, **found})
        return
    put_outcome(outcome, as_json=False)
    put_falls(found.get("falls", ()))
    put_evaluation(found, full=full)
    for note in found["notes"]:
        say(note)
    if outcome.counts["stories"] < 2:
        say("no intervals: they say how scores differ from story to story, and all rows are of one story")
    say_next("`toolkit report` shows all of it on one page; `toolkit select` chooses what to label next")


def put_falls(falls: Sequence[Mapping[str, Any]]) -> None:
    """Print how far the scores fall from random stories to harder tests; nothing where none was trained."""
    rows = [[row["split"], row["score"], told(row["there"]), told(row["fall"])] for row in falls]
    if rows:
        put_table(["from random stories to", "score", "there", "fall"], rows)
        put("")


def _of_rows(
    model: str | None, rows: Rows, called: str, against: str | None, workspace: Workspace | None, seed: int
) -> dict[str, Any]:
    """Evaluate a model on the labels of rows of files, which are called so."""
    from dataclasses import asdict

    from toolkit import baselines

    name = model or "newest"
    ready = references.load_model(name, workspace=workspace)
    report: dict[str, Any] = {"model": name, "split": called, **baselines.evaluate(ready, rows).to_dict()}
    if ready.tagger is not None:
        only = "files are held against the labels alone; `toolkit evaluate MODEL RELEASE` judges spans too"
        report["notes"] = [*report["notes"], only]
    if against is not None:
        tested = baselines.compare(ready, references.load_model(against, workspace=workspace), rows, seed=seed)
        report["against"] = {"model": against, **asdict(tested)}
    return report


def _of_release(
    model: str, release: str, against: str | None, *, split: str, since: str | None, seed: int
) -> dict[str, Any]:
    """Evaluate a model on a release outside of a project."""
    from toolkit.baselines.evaluation.stage import release_report

    ready, source = references.load_model(model), references.load_release(release)
    older = references.load_release(since) if since else None
    rival = (references.load_model(against), against) if against else None
    return release_report(ready, model, source, split=split, since=older, against=rival, seed=seed)[1]


def _put_report(report: Mapping[str, Any], *, full: bool, as_json: bool) -> None:
    if as_json:
        put_json(report)
        return
    put_evaluation(report, full=full)
    for note in report["notes"]:
        say(note)


def _write_page(file: Path | None, report: Mapping[str, Any]) -> None:
    """Write the page of an evaluation, where one is wanted."""
    if file is not None:
        from toolkit.project.files import write_atomic
        from toolkit.report import evaluation_page

        write_atomic(file, evaluation_page(report))
        say(f"written to {file}")


def _put_quiz(opened: Project, reference: str | None, as_json: bool) -> None:
    """Say which examples of the schema a model gets wrong."""
    from toolkit import baselines

    model = opened.model(reference)
    ready, schema = baselines.load(model.path), opened.workspace.schema()
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


def put_evaluation(found: Mapping[str, Any], *, full: bool) -> None:
    """Print an evaluation.

    Args:
        found: As reports/evaluation.json has it.
        full: Also which labels are taken for each other or stand together, parts of the rows, annotators, and the
            surest mistakes with the words that decided.
    """
    header = ("rows", "precision", "recall", "F1", "95 % interval", "AP", "calibration error")
    put_table([f"{found['model']} on {found['split']}", *header], [*_overall(found), *_labels(found), *_spans(found)])
    put_section(
        ("numbers of figures", "spans", "exact", "95 % interval", "overlap", "95 % interval", "relative error"),
        _values(found),
    )
    if full:
        put_section(("label, with 95 % intervals", "precision", "recall", "AP", "calibration error"), _bounds(found))
        pairs = [[gold, given, str(rows)] for gold, row in found["confusion"].items() for given, rows in row.items()]
        put_section(("label in gold", "given", "rows"), pairs)
        together = ([" + ".join(each["labels"]), str(each["gold"]), str(each["given"])] for each in _together(found))
        put_section(("labels together", "in gold", "given"), together)
    parts = [part for part in found["slices"] if full or part["column"] == "since"]
    put_section(("part", "rows", "macro F1", "95 % interval", "accuracy"), _parts(parts))
    put_section(
        ("annotator, against gold", "rows", "macro F1", "95 % interval", "model on these"), _people(found["ceiling"])
    )
    if full:
        names = ("annotator: span or relation", "decided", "precision", "recall", "F1", "95 % interval")
        put_section(names, _marked(found.get("span_ceiling", ())))
    put_section(("why macro F1 moved", "rows", "macro F1", "change", "95 % interval"), _moves(found["moves"]))
    if "against" in found:
        _put_test(found["model"], found["against"])
    if full:
        put_section(
            ("mistake", "label", "probability", "words that decided", "text"), _mistakes(found["errors"][:_MISTAKES])
        )


def _overall(found: Mapping[str, Any]) -> list[list[str]]:
    return [
        [name, str(found["rows"]), "", "", number(found[name]["value"]), interval(found[name]), "", ""]
        for name in _OVERALL
    ]


def _labels(found: Mapping[str, Any]) -> list[list[str]]:
    return [
        [_label(each), *_scores(each), number(each["average_precision"]), number(each["calibration_error"])]
        for each in found["labels"]
    ]


def _label(each: Mapping[str, Any]) -> str:
    """Return a label's name, told apart from a score of the same name in the lines above."""
    return f"label {each['label']}" if each["label"] in _OVERALL else str(each["label"])


def _bounds(found: Mapping[str, Any]) -> list[list[str]]:
    """Return what the first table gives without its interval, with it; spans have no probabilities."""
    names = ("precision", "recall", "average_precision", "calibration_error")
    rows = [*found["labels"], *found.get("spans", {}).get("scores", [])]
    return [
        [
            f"{each['label']} ({each['by']})" if "by" in each else each["label"],
            *(_bounded(each, name) if name in each else "" for name in names),
        ]
        for each in rows
    ]


def _bounded(each: dict[str, Any], name: str) -> str:
    low, high = each.get("intervals", {}).get(name, (None, None))
    return told({"value": each[name], "low": low, "high": high})


def _spans(found: Mapping[str, Any]) -> list[list[str]]:
    return [
        [f"{each['label']} ({each['by']})", *_scores(each), "", ""] for each in found.get("spans", {}).get("scores", [])
    ]


def _values(found: Mapping[str, Any]) -> Iterable[list[str]]:
    for each in found.get("spans", {}).get("values", []):
        shares = (each["exact"], each["overlap"])
        cells = (cell for share in shares for cell in (number(share["value"]), interval(share)))
        yield [each["label"], str(each["pairs"]), *cells, number(each["error"])]


def _scores(each: dict[str, Any]) -> list[str]:
    values = (each["precision"], each["recall"], each["f1"]["value"])
    return [str(each["support"]), *map(number, values), interval(each["f1"])]


def _together(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return sorted(found["co_occurrence"], key=lambda each: (-each["gold"], -each["given"], each["labels"]))


def _parts(slices: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for part in slices:
        yield [
            f"{part['column']}: {part['value']}",
            str(part["rows"]),
            number(part["macro_f1"]["value"]),
            interval(part["macro_f1"]),
            told(part["accuracy"]),
        ]


def _people(ceiling: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in ceiling:
        score, model = each["macro_f1"], each["model_macro_f1"]
        yield [each["annotator"], str(each["rows"]), number(score["value"]), interval(score), told(model)]


def _marked(people: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for person in people:
        for each in (*person["spans"], *person["relations"]):
            yield [f"{person['annotator']}: {each['label']} ({each['by']})", *_scores(each)]


def _moves(moves: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in moves:
        change = each["change"]
        told = ("", "") if change is None else (_signed(change["value"]), interval(change))
        yield [each["cause"], str(each["rows"]), number(each["macro_f1"]["value"]), *told]


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+z.2f}"


def _put_test(model: str, test: dict[str, Any]) -> None:
    difference = test["difference"]
    put("")
    put(
        f"{model} less {test['model']}: {_signed(difference['value'])} macro F1 (95 % interval {interval(difference)}; "
        f"p = {test['p_value']:.3g} by swapping the answers of whole stories, {test['groups']:,} of them)"
    )


def _mistakes(errors: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in errors:
        words = ", ".join(f"{word} {weight:+.1f}" for word, weight in each["words"])
        yield [each["fault"], each["label"], number(each["probability"]), words, each["text"]]
