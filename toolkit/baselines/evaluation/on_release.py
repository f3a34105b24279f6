"""The verb that judges a model on a release, beside the people who labelled it and since an older one."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.evaluation.schema_match import schema_note
from toolkit.baselines.evaluation.score_attribution import moves
from toolkit.baselines.evaluation.scores import Evaluation, evaluate
from toolkit.baselines.models.model import Model
from toolkit.baselines.models.model_files import load
from toolkit.baselines.spans import SpanEvaluation, evaluate_spans, has_spans, span_rows_of_release
from toolkit.records.latest import RECENCY
from toolkit.release import Release
from toolkit.release import load as load_release


def evaluate_release_spans(
    model: Model, directory: Path | str, split: str, *, seed: int = 0, resamples: int = 1000
) -> SpanEvaluation | None:
    """Judge the spans that a model finds in a split of a release; None where it finds none or none were decided.

    Args:
        model: The model.
        directory: The release.
        split: "validation" or "test".
        seed: For the bootstrap.
        resamples: For the intervals.
    """
    if model.tagger is None or not has_spans(directory, split):
        return None
    rows = span_rows_of_release(directory, split)
    return evaluate_spans(rows, model.tagger.predict(rows.texts), seed=seed, resamples=resamples)


def evaluate_release(
    model: Model | Path | str,
    directory: Path | str,
    *,
    split: str = "test",
    since: Path | str | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Evaluation:
    """Judge a model on a split of any release, beside the people who labelled it.

    Args:
        model: A model, or its directory.
        directory: The release.
        split: "validation" or "test".
        since: An older release, such as the one the model was trained on: rows are told apart by whether they are
            unchanged, relabelled or added since, and macro F1 is led from its split to this one, cause by cause.
        seed: For the bootstrap.
        resamples: For the intervals.

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
    found = evaluate(ready, rows, seed=seed, resamples=resamples, trained_on=trained_on, answers=answers)
    if older is not None:
        found = _moved(found, ready, older, rows, split, seed, resamples)
    gap = schema_note(ready, release.schema)
    return found if gap is None else replace(found, notes=(*found.notes, gap))


def _train_texts(release: Release) -> tuple[str, ...]:
    return rows_of_release(release.path, "train").texts if "train" in release.splits() else ()


def _moved(
    found: Evaluation, model: Model, older: Release, rows: Rows, split: str, seed: int, resamples: int
) -> Evaluation:
    if split not in older.splits():
        note = f"why the score moved can't be told: {older.version} has no {split} split"
        return replace(found, notes=(*found.notes, note))
    before = rows_of_release(older.path, split)
    return replace(found, moves=moves(model, before, rows, seed=seed, resamples=resamples))


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
    if "annotations" not in release.configs or split not in release.splits("annotations"):
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
