"""The stages train and curve.

train    releases/<version>/  → models/<baseline>-<version>/
curve    releases/<version>/  → reports/learning_curve.json
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.evaluation.on_release import answers_of_release
from toolkit.baselines.models.save_load import CONFIG
from toolkit.baselines.training.learning_curve import annotator_curve, sentence_curve
from toolkit.baselines.training.model_card import METRICS
from toolkit.baselines.training.model_run import summary, train_release
from toolkit.errors import InvalidInput
from toolkit.project import Made, Outcome, Workspace, derive
from toolkit.project.files import file_digest
from toolkit.project.stage import read_lock
from toolkit.release import Release, load, newest

CURVE = "reports/learning_curve.json"


def train_project(
    workspace: Workspace,
    release: Path | None = None,
    *,
    baseline: str = "auto",
    seed: int = 0,
    resamples: int = 1000,
    dataset: str | None = None,
    revision: str | None = None,
) -> Outcome:
    """Train a baseline on a release of a project, into models/<baseline>-<version>/.

    Args:
        workspace: The project.
        release: The release directory; default: the newest of the project.
        baseline: A name on the ladder, "auto" or "auto+embeddings".
        seed: For folds, solvers and the bootstrap.
        resamples: For the intervals.
        dataset: The release's id on the Hub, for the model card; default: `hub.repo` of toolkit.yaml.
        revision: Its tag or commit there; default: "v<version>".

    Raises:
        InvalidInput: There is no release, or it has nothing to train on.
        UsageError: There is no such baseline.
    """
    with workspace.lock():
        source = release_of(workspace, release)
        how = {"baseline": baseline, "seed": seed, "resamples": resamples}
        at_hub = {"dataset": dataset or workspace.config.hub.repo, "revision": revision}
        return derive(
            workspace.root,
            "train",
            inputs={f"releases/{source.version}/manifest.json": file_digest(source.path / "manifest.json")},
            parameters=how | at_hub,
            make=partial(_train, source, how | at_hub),
        )


def _train(source: Release, how: Mapping[str, Any]) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        run = train_release(source.path, folder, **how)
        files = {
            f"models/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }
    facts = run.model.facts
    return Made(
        files=files,
        counts={"rows": facts["rows"], "stories": facts["groups"], "labels": len(run.model.labels)},
    )


def curve_project(
    workspace: Workspace,
    release: Path | None = None,
    *,
    baseline: str = "words-lr",
    more: int = 500,
    seed: int = 0,
    resamples: int = 500,
) -> Outcome:
    """Say what more sentences, and more annotators a sentence, are worth, into reports/learning_curve.json.

    Args:
        workspace: The project.
        release: The release directory; default: the newest of the project.
        baseline: A name on the ladder; a cheap one, since it is trained many times.
        more: Sentences that might be added.
        seed: For folds, shares, solvers and the bootstrap.
        resamples: For the intervals.

    Raises:
        InvalidInput: There is no release, or it has too few stories.
        UsageError: There is no such baseline.
    """
    with workspace.lock():
        source = release_of(workspace, release)
        return derive(
            workspace.root,
            "curve",
            inputs={f"releases/{source.version}/manifest.json": file_digest(source.path / "manifest.json")},
            parameters={"baseline": baseline, "more": more, "seed": seed, "resamples": resamples},
            make=partial(_curve, source, baseline, more, seed, resamples),
        )


def _curve(source: Release, baseline: str, more: int, seed: int, resamples: int) -> Made:
    rows = rows_of_release(source.path, "train")
    curves = [sentence_curve(rows, baseline=baseline, more=more, seed=seed, resamples=resamples).to_dict()]
    notes = []
    try:
        answers = answers_of_release(source.path, "train")
        people = annotator_curve(rows, answers, baseline=baseline, seed=seed, resamples=resamples)
        curves.append(people.to_dict())
    except InvalidInput as error:
        notes.append(f"no curve over annotators: {error.what}" + (f"; {error.remedy}" if error.remedy else ""))
    value = {"release": source.version, "curves": curves, "notes": notes}
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    return Made(files={CURVE: text.encode()}, counts={"rows": len(rows), "points": len(curves[0]["points"])})


def trained_model(workspace: Workspace) -> Path:
    """Return the model directory that `train` made last.

    Raises:
        InvalidInput: Nothing was trained yet.
    """
    folder = last_model(workspace)
    if folder is None:
        raise InvalidInput(
            "no model was trained yet", where=str(workspace.path("models")), remedy="run `toolkit train`"
        )
    return folder


def last_model(workspace: Workspace) -> Path | None:
    """Return the model directory that `train` made last, None before the first."""
    outputs = read_lock(workspace.root).get("train", {}).get("outputs", {})
    return workspace.root / min(Path(name).parent for name in outputs) if outputs else None


def trained(workspace: Workspace) -> dict[str, Any]:
    """Return what `train` made last, in the words of `Run.to_dict`: path, baseline, metrics and of which split.

    Raises:
        InvalidInput: Nothing was trained yet.
    """
    folder = trained_model(workspace)
    judged = {name: each for name, each in json.loads((folder / METRICS).read_bytes()).items() if "macro_f1" in each}
    last = list(judged)[-1] if judged else None
    metrics = summary(judged[last]) if last else {"intervals": {}}
    baseline = json.loads((folder / CONFIG).read_bytes())["baseline"]
    return {"path": str(folder), "baseline": baseline, "metrics": metrics, "metrics_of": last}


def release_of(workspace: Workspace, release: Path | None) -> Release:
    """Return a release by its directory, by default the newest of the project.

    Raises:
        InvalidInput: There is none.
    """
    found = newest(workspace.path("releases")) if release is None else load(release)
    if found is None:
        raise InvalidInput(
            "there is no release yet", where=str(workspace.path("releases")), remedy="run `toolkit build 1.0.0`"
        )
    return found
