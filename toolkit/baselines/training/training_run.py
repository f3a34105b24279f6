"""The verbs that train on files or on a release, and write the model directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from toolkit.baselines.data.row_checks import look, refuse
from toolkit.baselines.data.row_reader import RejectsFile, iter_rows, read_rows, rows_of_release, side_of_release
from toolkit.baselines.data.rows import Rows, concat
from toolkit.baselines.evaluation.on_release import evaluate_release_spans
from toolkit.baselines.evaluation.scores import Evaluation, check_kind, evaluate
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.model_files import contents, save
from toolkit.baselines.models.sklearn_export import save_pipeline
from toolkit.baselines.spans import SpanEvaluation, has_spans, span_rows_of_release, train_spans
from toolkit.baselines.training import stream
from toolkit.baselines.training.fit import train as train_model
from toolkit.baselines.training.model_card import (
    METRICS,
    PICTURE,
    README,
    REQUIREMENTS,
    DataSource,
    card,
    f1_picture,
    metrics_json,
    requirements,
)
from toolkit.baselines.training.nested_validation import MOST, nested_scores
from toolkit.errors import InvalidInput, tally
from toolkit.project.files import write_atomic
from toolkit.records import Estimate
from toolkit.release import load as load_release
from toolkit.schema import Schema

T = TypeVar("T")

STREAM_BYTES = 1_000_000_000
"""Training files beyond this are not read into memory, where they would take several times as much."""

_TRIALS = {"cross_validated_macro_f1": "cross-validation", "held_out_macro_f1": "held-out rows"}

_SCORES = ("macro_f1", "f1_positive", "accuracy", "micro_f1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a training came to.

    Attributes:
        model: The model.
        evaluations: "dev" or "validation", and "test" → evaluation, as far as there were rows.
        train_cpu_seconds: Of this process, for training alone.
        predict_cpu_seconds: For answering the rows of the last evaluation once.
        model_bytes: Size of model.safetensors, vocabulary.json and config.json together.
        path: The model directory, if one was written.
        spans: Split → evaluation of the spans that are found, where a tagger was trained.
        left_out: Rows of the files that could not be used.
        nested: Scores of nested cross-validation, where there were no rows to judge on.
    """

    model: Model
    evaluations: Mapping[str, Evaluation]
    train_cpu_seconds: float
    predict_cpu_seconds: float
    model_bytes: int
    path: Path | None
    spans: Mapping[str, SpanEvaluation] = field(default_factory=dict)
    left_out: int = 0
    nested: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def _judged_notes(self) -> list[str]:
        return [note for item in self.evaluations.values() for note in item.notes]

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON-able values.

        "metrics" has macro_f1, f1_positive, accuracy and micro_f1 of the last split (test before dev), "intervals"
        their bounds; without any split, those of nested cross-validation. A stream has the macro F1 of its held-out
        rows, and rows that can't be told apart that of the choice, both without an interval.
        """
        last = list(self.evaluations)[-1] if self.evaluations else None
        how = self.model.chosen_by
        tried = self.model.facts[how]
        metrics, of = {"macro_f1": tried[self.model.baseline], "intervals": {}}, _TRIALS[how]
        if last:
            metrics, of = _metrics(self.evaluations[last]), last
        elif self.nested:
            metrics, of = _told(self.nested), "nested cross-validation"
        rows = self.evaluations[last].rows if last else 0
        return {
            "baseline": self.model.baseline,
            "metrics": metrics,
            "metrics_of": of,
            "splits": {split: _metrics(item) for split, item in self.evaluations.items()},
            "positive": self.evaluations[last].positive if last else self.model.targets.positive,
            "labels": list(self.model.labels),
            how: tried,
            "train_rows": self.model.facts["rows"],
            "left_out_rows": self.left_out,
            "cpu_seconds": {"train": round(self.train_cpu_seconds, 3), "predict": round(self.predict_cpu_seconds, 3)},
            "sentences_per_cpu_second": round(rows / self.predict_cpu_seconds) if rows else None,
            "model_bytes": self.model_bytes,
            "spans": {split: item.to_dict() for split, item in self.spans.items()},
            "notes": list(dict.fromkeys((*self.model.notes, *self._judged_notes))),
            "path": str(self.path) if self.path else None,
        }


def train_files(
    train: Sequence[Path | str],
    *,
    dev: Path | str | None = None,
    test: Path | str | None = None,
    text_column: str = "text",
    label_column: str | None = None,
    group_column: str | None = None,
    baseline: str = "auto",
    positive: str | None = None,
    schema: Schema | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    rejects: Path | str | None = None,
) -> Run:
    """Train on files and judge on others; nothing is chosen by what `dev` or `test` say.

    Training files of more than `STREAM_BYTES` together are streamed: "auto" is then "hashing-sgd".

    Args:
        train: Files with labelled sentences, see `read_rows`.
        dev: A file to report on.
        test: A file to report on.
        text_column: Holds the sentence.
        label_column: Holds the label or labels; left out, "labels" or "label".
        group_column: Holds the story or article; left out, story_id, article_id, or equal texts.
        baseline: A name on the ladder, "auto" or "auto+embeddings".
        positive: The label that `f1_positive` is about; left out, the rarer one of two.
        schema: For keyword rules.
        seed: For folds and solvers.
        out: The model directory to write; left out, nothing is written.
        rejects: A file for rows that can't be used, one JSON object a line with the reason; left out, such a row is an
            error.

    Raises:
        InvalidInput: A file can't be read or used.
        UsageError: There is no such baseline or positive label, or `rejects` is one of the files.
    """
    files = {split: Path(path) for split, path in (("dev", dev), ("test", test)) if path is not None}
    beside = nullcontext() if rejects is None else RejectsFile(Path(rejects), [*map(Path, train), *files.values()])
    with beside as left_out:
        reading: dict[str, Any] = {"text_column": text_column, "label_column": label_column}
        reading |= {"group_column": group_column, "reject": left_out}
        judged = {split: read_rows(path, **reading) for split, path in files.items()}
        if baseline in ("auto", stream.NAME) and sum(map(_text_bytes, train)) > STREAM_BYTES:
            batches = lambda: chain.from_iterable(iter_rows(path, **reading) for path in train)  # noqa: E731
            run = _evaluated(lambda: stream.train_stream(batches, seed=seed, positive=positive), judged, (), positive)
        else:
            parts = [read_rows(path, **reading) for path in train]
            run = _trained(
                parts,
                lambda part: train_model(part, baseline=baseline, seed=seed, positive=positive, schema=schema),
                judged,
                positive,
                seed,
            )
    if left_out is not None:
        run = _without(run, left_out)
    if out is None:
        return run
    names = {split: path.name for split, path in files.items()}
    source = DataSource(name=", ".join(Path(path).name for path in train), splits=names)
    return _written(run, Path(out), run.model.baseline, source)


def _trained(
    parts: Sequence[Rows], fit: Callable[[Rows], Model], judged: Mapping[str, Rows], positive: str | None, seed: int
) -> Run:
    """Look over the rows, learn from them, and judge the model on the files; without a file, by nested folds."""
    rows = concat(parts)
    for part in judged.values():
        check_kind(part, multi=rows.multi)
    few = len(rows) <= MOST  # of more, copies take longer to find than the model to learn
    findings = look(rows, judged, parts=parts if few else (), leaks=False)  # the evaluation tells of leaks
    refuse(findings, rows.where)
    run = _noted(_evaluated(lambda: fit(rows), judged, rows.texts, positive), map(str, findings))
    if judged:
        return run
    return replace(run, nested=nested_scores(rows, fit, positive=run.model.targets.positive, seed=seed))


def _without(run: Run, left_out: RejectsFile) -> Run:
    """Return a run whose notes say how many rows were left out."""
    if not left_out.count:
        return run
    note = f"{tally(left_out.count, 'row')} left out, which can't be used; the reasons are in {left_out.path}"
    return replace(_noted(run, [note]), left_out=left_out.count)


def _noted(run: Run, notes: Iterable[str]) -> Run:
    """Return a run whose model tells more."""
    return replace(run, model=replace(run.model, notes=(*run.model.notes, *notes)))


def train_release(
    directory: Path | str,
    models: Path | str,
    *,
    baseline: str = "auto",
    seed: int = 0,
    dataset: str | None = None,
    revision: str | None = None,
    name: str | None = None,
    by: str | None = None,
) -> Run:
    """Train on a release's train split, judge on validation and test where it has them, and write the model.

    Args:
        directory: The release.
        models: Where the model directory is put.
        baseline: A name on the ladder, "auto" or "auto+embeddings".
        seed: For folds and solvers.
        dataset: The dataset's id on the Hub, for the model card.
        revision: Its git revision or tag there; left out, the card says "v<version>".
        name: Of the model directory; left out, `<baseline>-<version>`.
        by: "by_time", "by_publisher" or "by_language": train and judge on the sides of that harder split, labels only.

    Raises:
        InvalidInput: There is no release, it has no train split, or no text.
        UsageError: There is no such baseline.
    """
    release = load_release(directory)
    if by is not None:
        rows, test = (side_of_release(directory, f"split_{by}", side) for side in ("train", "test"))
        run = _evaluated(
            lambda: train_model(rows, baseline=baseline, seed=seed, schema=release.schema),
            {"test": test},
            rows.texts,
            None,
        )
        name = name or f"{run.model.baseline}-{release.version}-{by}"
        source = DataSource(name=dataset or "a release", dataset=dataset, version=release.version, revision=revision)
        return _written(_noted(run, map(str, look(rows))), Path(models) / name, name, source)
    splits = [split for split in ("validation", "test") if split in release.splits()]
    rows = rows_of_release(directory, "train")
    run = _evaluated(
        lambda: train_model(rows, baseline=baseline, seed=seed, schema=release.schema),
        {split: rows_of_release(directory, split) for split in splits},
        rows.texts,
        None,
    )
    run = _noted(run, map(str, look(rows)))
    run = _with_tagger(run, Path(directory), splits, seed)
    name = name or f"{run.model.baseline}-{release.version}"
    source = DataSource(name=dataset or "a release", dataset=dataset, version=release.version, revision=revision)
    return _written(run, Path(models) / name, name, source)


def _with_tagger(run: Run, directory: Path, splits: Sequence[str], seed: int) -> Run:
    """Train a tagger beside the model where spans were decided, and judge it; a note says where there are too few."""
    if not has_spans(directory):
        return run
    try:
        tagger, seconds = timed(lambda: train_spans(span_rows_of_release(directory, "train"), seed=seed))
    except InvalidInput as error:
        return replace(run, model=replace(run.model, notes=(*run.model.notes, f"no spans were learnt: {error.what}")))
    model = replace(run.model, tagger=tagger)
    return replace(
        run,
        model=model,
        train_cpu_seconds=run.train_cpu_seconds + seconds,
        model_bytes=sum(map(len, contents(model).values())),
        spans={
            split: found for split in splits if (found := evaluate_release_spans(model, directory, split)) is not None
        },
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Do some work; return what it returns and the CPU seconds of this process that it took."""
    started = time.process_time()
    return work(), time.process_time() - started


def _evaluated(
    work: Callable[[], Model],
    judged: Mapping[str, Rows],
    trained_on: Sequence[str],
    positive: str | None,
) -> Run:
    """Train a model and evaluate it on the rows of each split."""
    model, train_seconds = timed(work)
    last = list(judged.values())[-1].texts if judged else ()
    _, predict_seconds = timed(lambda: model.predict(last))
    evaluations = {
        split: evaluate(model, part, positive=positive, trained_on=trained_on) for split, part in judged.items()
    }
    return Run(
        model=model,
        evaluations=evaluations,
        train_cpu_seconds=train_seconds,
        predict_cpu_seconds=predict_seconds,
        model_bytes=sum(map(len, contents(model).values())),
        path=None,
    )


def _written(run: Run, directory: Path, name: str, source: DataSource) -> Run:
    save(run.model, directory)
    if run.model.blocks and not run.model.embeds:
        save_pipeline(run.model, directory)
    write_atomic(directory / METRICS, metrics_json(run.evaluations, run.spans))
    write_atomic(directory / REQUIREMENTS, requirements(run.model))
    for split, evaluation in list(run.evaluations.items())[-1:]:
        write_atomic(directory / PICTURE, f1_picture(evaluation, split=split))
    write_atomic(directory / README, card(run.model, name, source, run.evaluations, run.spans))
    return replace(run, path=directory)


def summary(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the overall scores of an evaluation, as `Evaluation.to_dict` has them, and their intervals."""
    found = {name: evaluation[name] for name in _SCORES}
    return {
        **{name: score and score["value"] for name, score in found.items()},
        "intervals": {name: [score["low"], score["high"]] for name, score in found.items() if score},
    }


def _told(scores: Mapping[str, Estimate]) -> dict[str, Any]:
    """Return scores and their intervals as `summary` does."""
    bounds = {name: list(score.interval) for name, score in scores.items()}
    return {**{name: score.value for name, score in scores.items()}, "intervals": bounds}


def _metrics(evaluation: Evaluation) -> dict[str, Any]:
    return {**summary(evaluation.to_dict()), "rows": evaluation.rows}


def _text_bytes(path: Path | str) -> int:
    """Return a file's size, a compressed one's roughly unpacked."""
    path = Path(path)
    return path.stat().st_size * (4 if path.suffix in (".gz", ".parquet") else 1) if path.is_file() else 0
