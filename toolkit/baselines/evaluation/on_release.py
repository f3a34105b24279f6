"""The evaluation of a model on a release, beside its annotators, since an older release, and on a schema's examples."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.data.rows import Rows, listed
from toolkit.baselines.evaluation.score_attribution import score_changes
from toolkit.baselines.evaluation.scores import Evaluation, evaluate
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.model_files import load
from toolkit.baselines.spans import SpanEvaluation, evaluate_spans, has_spans, span_rows_of_release
from toolkit.records.latest import RECENCY
from toolkit.release import Release
from toolkit.release import load as load_release
from toolkit.schema import Schema, Score, quiz, score

_LISTED = 5  # labels; more are only counted


def evaluate_release_spans(model: Model, directory: Path | str, split: str) -> SpanEvaluation | None:
    """Judge the spans that a model finds in a split of a release; None where it finds none or none were decided.

    Args:
        model: The model.
        directory: The release.
        split: "validation" or "test".
    """
    if model.tagger is None or not has_spans(directory, split):
        return None
    rows = span_rows_of_release(directory, split)
    return evaluate_spans(rows, model.tagger.predict(rows.texts))


def evaluate_release(
    model: Model | Path | str,
    directory: Path | str,
    *,
    split: str = "test",
    since: Path | str | None = None,
) -> Evaluation:
    """Judge a model on a split of any release, beside the people who labelled it.

    Args:
        model: A model, or its directory.
        directory: The release.
        split: "validation" or "test".
        since: An older release, such as the one the model was trained on: rows are told apart by whether they are
            unchanged, relabelled or added since, and the change in macro F1 is attributed to removed, relabelled and
            added rows.

    Raises:
        InvalidInput: There is no such model, release or split.
    """
    ready = (model if isinstance(model, Model) else load(model)).remembering()
    release = load_release(directory)
    rows = rows_of_release(directory, split)
    older = None if since is None else load_release(since)
    if older is not None:
        rows = replace(rows, columns={**rows.columns, "since": _since(rows, older)})
    answers = answers_of_release(directory, split)
    trained_on = [text for each in (release, older) if each is not None for text in _train_texts(each)]
    found = evaluate(ready, rows, trained_on=trained_on, answers=answers)
    if older is not None:
        found = _since_older(found, ready, older, rows, split)
    gap = schema_note(ready, release.schema)
    return found if gap is None else replace(found, notes=(*found.notes, gap))


def _train_texts(release: Release) -> tuple[str, ...]:
    return rows_of_release(release.path, "train").texts if "train" in release.splits() else ()


def _since_older(found: Evaluation, model: Model, older: Release, rows: Rows, split: str) -> Evaluation:
    if split not in older.splits():
        note = f"why the score moved can't be told: {older.version} has no {split} split"
        return replace(found, notes=(*found.notes, note))
    before = rows_of_release(older.path, split)
    return replace(found, moves=score_changes(model, before, rows))


def _since(rows: Rows, older: Release) -> tuple[str, ...]:
    before: dict[str, tuple[str, ...]] = {}
    for split in older.splits():
        part = rows_of_release(older.path, split)
        before.update(zip(part.ids, part.labels, strict=True))
    states = {True: "unchanged", False: "relabelled"}
    return tuple(
        states[before[row_id] == given] if row_id in before else "added"
        for row_id, given in zip(rows.ids, rows.labels, strict=True)
    )


def answers_of_release(directory: Path | str, split: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return annotator → sentence id → labels: the last answer of each, skips and experts left out.

    An answer that an expert overruled is among them: without it everybody would always be right.
    """
    release = load_release(directory)
    if not release.has_rows("annotations", split):
        return {}
    answers: dict[str, dict[str, tuple[str, ...]]] = {}
    columns = ["annotator", "role", "sentence_id", "labels", "skipped", "updated_at", "annotation_id"]
    rows = release.table("annotations", split).select(columns).to_pylist()
    last = {
        (row["annotator"], row["sentence_id"]): row
        for row in sorted(rows, key=itemgetter(*RECENCY))
        if row["role"] == "annotator"
    }
    for (annotator, sentence_id), row in last.items():
        if not row["skipped"]:
            answers.setdefault(annotator, {})[sentence_id] = tuple(sorted(row["labels"]))
    return answers


def schema_note(model: Model, schema: Schema) -> str | None:
    """Say that a model was trained with another schema or version, which labels differ, and what helps.

    Args:
        model: The model.
        schema: What it is asked to answer, or judged by.

    Returns:
        One sentence without the model's name before it; None for a model of this schema.
    """
    trained_with = model.facts.get("schema")
    if trained_with == schema.ref:
        return None
    given = {label.id for label in schema.active}
    unknown, foreign = sorted(given - set(model.labels)), sorted(set(model.labels) - given)
    differences = [f"it never gives {listed(unknown, _LISTED)}"] if unknown else []
    if foreign:
        differences.append(f"its {listed(foreign, _LISTED)} count for nothing")
    told = ", and ".join(differences) or "the labels are the same"
    how = f"with schema {trained_with}" if trained_with else "without a schema"
    return (
        f"trained {how} and asked about {schema.ref}: {told}; "
        f"make a model of {schema.ref} with `toolkit build VERSION` and `toolkit train`"
    )


def quiz_score(model: Model, schema: Schema) -> Score:
    """Let a model answer the quiz that the schema's examples make; the mistakes name the examples that it gets wrong.

    A label that the model was not trained on counts as missing wherever an example has it.
    """
    items = quiz(schema)
    answers = model.predict([item.text for item in items])
    return score(items, {item.item_id: labels for item, labels in zip(items, answers, strict=True)})
