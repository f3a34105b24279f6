"""The stages train and curve.

train    releases/<version>/  → models/<baseline>-<version>/
curve    releases/<version>/  → reports/learning_curve.json
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.evaluation.on_release import answers_of_release
from toolkit.baselines.models.model_files import CONFIG, FORMAT, SPANS
from toolkit.baselines.spans.span_files import FORMAT as SPAN_FORMAT
from toolkit.baselines.spans.span_files import format_of
from toolkit.baselines.training.curve import annotator_curve, cheap_rung, sentence_curve
from toolkit.baselines.training.model_card import METRICS
from toolkit.baselines.training.training_run import summary, train_release
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Made, Outcome, Workspace
from toolkit.project.files import file_digest
from toolkit.project.stage import ReportOutcome, derive_report, derive_value, read_lock
from toolkit.release import Release, load, newest

CURVE = "reports/learning_curve.json"


@dataclass(frozen=True)
class Trained(Outcome):
    """What became of the stage train.

    Attributes:
        path: The model directory.
        baseline: The rung that was trained, or chosen.
        metrics: macro_f1, f1_positive, accuracy and micro_f1 of the last split, "intervals" with their bounds.
        metrics_of: That split: "test", else "validation"; None where the release has neither.
        notes: What whoever uses the model should know, such as too few rows.
    """

    path: Path = Path()
    baseline: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    metrics_of: str | None = None
    notes: Sequence[str] = ()


def train(
    workspace: Workspace,
    release: Path | None = None,
    *,
    baseline: str = "auto",
    seed: int = 0,
    dataset: str | None = None,
    revision: str | None = None,
    by: str | None = None,
) -> Trained:
    """Train a baseline on a release of a project, into models/<baseline>-<version>/.

    Args:
        workspace: The project.
        release: The release directory; default: the newest of the project.
        baseline: A name on the ladder, "auto" or "auto+embeddings".
        seed: For folds and solvers.
        dataset: The release's id on the Hub, for the model card; default: `hub.repo` of toolkit.yaml.
        revision: Its tag or commit there; default: "v<version>".
        by: One of `HARDER`: on the sides of that split. The model is there to be compared; the last one trained without
            stays that which other stages take, and the rung that it is of is what "auto" stands for.

    Raises:
        InvalidInput: There is no release, or it has nothing to train on.
        UsageError: There is no such baseline.
    """
    if by is not None and by not in HARDER:
        raise UsageError(f"there is no split {by!r}", remedy=f"take one of {', '.join(HARDER)}")
    with workspace.lock():
        source = release_of(workspace, release)
        stage = "train" if by is None else f"train {by}"
        how: dict[str, Any] = {"baseline": _same_rung(workspace, baseline, by), "seed": seed}
        how |= {} if by is None else {"by": by}
        at_hub = {"dataset": dataset or workspace.config.hub.repo, "revision": revision}
        outcome, trained = derive_value(
            workspace.root,
            stage,
            inputs={f"releases/{source.version}/manifest.json": file_digest(source.path / "manifest.json")},
            parameters=how | at_hub,
            make=partial(_train, source, how | at_hub),
            read=lambda: _read(trained_model(workspace, stage)),
            again=_is_of_another_format(last_model(workspace, stage)),
        )
        return Trained(**vars(outcome), path=trained_model(workspace, stage), **trained)


def _is_of_another_format(folder: Path | None) -> bool:
    """Tell whether a model, or its part for spans, was written by a version that wrote it otherwise."""
    wanted = {} if folder is None else {folder / CONFIG: FORMAT, folder / SPANS / CONFIG: SPAN_FORMAT}
    found = {path: format_of(path.read_bytes()) for path in wanted if path.exists()}
    return any(name not in (None, wanted[path]) for path, name in found.items())  # a damaged file is made again anyhow


HARDER = ("by_time", "by_publisher", "by_language")
"""The harder splits of a release, see `toolkit.release.harder_splits`."""


def _same_rung(workspace: Workspace, baseline: str, by: str | None) -> str:
    """Return the rung of the last model instead of "auto" for a harder split, so that the two can be compared."""
    last = last_model(workspace)
    if by is None or baseline != "auto" or last is None or not (last / CONFIG).exists():
        return baseline
    return str(json.loads((last / CONFIG).read_bytes())["baseline"])


def _train(source: Release, how: Mapping[str, Any]) -> tuple[Made, Mapping[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        run = train_release(source.path, folder, **how)
        files = {
            f"models/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }
    facts, model = run.model.facts, run.model
    counts = {"rows": facts["rows"], "stories": facts["groups"], "labels": len(model.labels)}
    evaluations = {split: found.to_dict() for split, found in run.evaluations.items()}
    return Made(files, counts), _told(model.baseline, model.notes, evaluations)


def _read(folder: Path) -> Mapping[str, Any]:
    """Return what `_train` returned when it made a model directory."""
    metrics = json.loads((folder / METRICS).read_bytes())
    evaluations = {split: found for split, found in metrics.items() if "macro_f1" in found}
    config = json.loads((folder / CONFIG).read_bytes())
    return _told(config["baseline"], config["notes"], evaluations)


def _told(baseline: str, notes: Sequence[str], evaluations: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    last = list(evaluations)[-1] if evaluations else None
    metrics = summary(evaluations[last]) if last else {"intervals": {}}
    return {"baseline": baseline, "metrics": metrics, "metrics_of": last, "notes": tuple(notes)}


def learning_curve(
    workspace: Workspace,
    release: Path | None = None,
    *,
    baseline: str = "auto",
    more: int = 500,
    seed: int = 0,
    resamples: int = 500,
) -> ReportOutcome:
    """Estimate what more sentences, and more annotators per sentence, would add, into reports/learning_curve.json.

    Args:
        workspace: The project.
        release: The release directory; default: the newest of the project.
        baseline: A name on the ladder; "auto" stands for a cheap one, since it is trained many times.
        more: Sentences that might be added.
        seed: For folds, shares, solvers and the bootstrap.
        resamples: For the intervals of gains.

    Returns:
        The report: "release", "curves" (each as `Curve.to_dict` gives it) and "notes".

    Raises:
        InvalidInput: There is no release, or it has too few stories.
        UsageError: There is no such baseline.
    """
    with workspace.lock():
        source, baseline = release_of(workspace, release), cheap_rung(baseline)
        return derive_report(
            workspace.root,
            "curve",
            CURVE,
            inputs={f"releases/{source.version}/manifest.json": file_digest(source.path / "manifest.json")},
            parameters={"baseline": baseline, "more": more, "seed": seed, "resamples": resamples},
            make=partial(_curves, source, baseline, more, seed, resamples),
        )


def _curves(source: Release, baseline: str, more: int, seed: int, resamples: int) -> tuple[Made, Mapping[str, Any]]:
    rows = rows_of_release(source.path, "train")
    curves = [sentence_curve(rows, baseline=baseline, more=more, seed=seed, resamples=resamples).to_dict()]
    notes = []
    try:
        answers = answers_of_release(source.path, "train")
        people = annotator_curve(rows, answers, baseline=baseline, seed=seed, resamples=resamples)
        curves.append(people.to_dict())
    except InvalidInput as error:
        notes.append(f"no curve over annotators: {error.what}" + (f"; {error.remedy}" if error.remedy else ""))
    report = {"release": source.version, "curves": curves, "notes": notes}
    return Made({}, {"rows": len(rows), "points": len(curves[0]["points"])}), report


def trained_model(workspace: Workspace, stage: str = "train") -> Path:
    """Return the model directory that `train` made last.

    Args:
        workspace: The project.
        stage: "train BY" for that of a harder split.

    Raises:
        InvalidInput: Nothing was trained yet.
    """
    folder = last_model(workspace, stage)
    if folder is None:
        raise InvalidInput(
            "no model was trained yet", where=str(workspace.path("models")), remedy="run `toolkit train`"
        )
    return folder


def last_model(workspace: Workspace, stage: str = "train") -> Path | None:
    """Return the model directory that `train` made last, None before the first."""
    outputs = read_lock(workspace.root).get(stage, {}).get("outputs", {})
    return workspace.root / min(Path(name).parent for name in outputs) if outputs else None


def release_of(workspace: Workspace, release: Path | None) -> Release:
    """Return a release by its directory, by default the newest of the project; its files are those of its manifest.

    Raises:
        InvalidInput: There is none, or it is damaged.
    """
    found = newest(workspace.path("releases")) if release is None else load(release)
    if found is None:
        raise InvalidInput(
            "there is no release yet", where=str(workspace.path("releases")), remedy="run `toolkit build 1.0.0`"
        )
    return found.hold()
