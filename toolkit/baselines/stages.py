"""Stages of a project that need scikit-learn: each reruns only if its release or its options changed.

train       releases/<version>/            → models/<baseline>-<version>/
evaluate    models/<name>/, releases/<version>/ → reports/evaluation.json, reports/errors.csv
curve       releases/<version>/            → reports/learning_curve.json
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.baselines.card import METRICS
from toolkit.baselines.curve import annotator_curve, sentence_curve
from toolkit.baselines.errors_table import errors_csv
from toolkit.baselines.evaluation import compare
from toolkit.baselines.judging import answers_of_release, evaluate_release, evaluate_release_spans
from toolkit.baselines.reading import rows_of_release
from toolkit.baselines.runs import summary, train_release
from toolkit.baselines.stored import CONFIG, TENSORS
from toolkit.baselines.stored import load as load_model
from toolkit.errors import InvalidInput
from toolkit.release import Release, load, newest
from toolkit.workspace import Made, Outcome, Workspace, derive
from toolkit.workspace.derive import read_lock
from toolkit.workspace.files import file_digest

EVALUATION = "reports/evaluation.json"
ERRORS = "reports/errors.csv"
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
        source = _release(workspace, release)
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
        source = _release(workspace, release)
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


def evaluate_project(
    workspace: Workspace,
    model: Path | None = None,
    release: Path | None = None,
    *,
    name: str | None = None,
    split: str = "test",
    since: Path | None = None,
    against: Path | None = None,
    against_name: str | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Outcome:
    """Judge a model on a split of a release, into reports/evaluation.json and its mistakes into reports/errors.csv.

    Args:
        workspace: The project.
        model: The model directory; default: the one that was trained last.
        release: The release directory; default: the newest of the project.
        name: What the report calls the model; default: the name of its directory.
        split: "validation" or "test".
        since: An older release: the report also says why the score moved since.
        against: The directory of another model, for a paired test on the same rows.
        against_name: What the report calls that one; default: the name of its directory.
        seed: For the bootstrap and the test.
        resamples: For the intervals and the test.

    Raises:
        InvalidInput: There is no such model, release or split.
    """
    with workspace.lock():
        source, older = _release(workspace, release), None if since is None else load(since)
        folder = model or trained_model(workspace)
        rival = None if against is None else _Rival(against, against_name or against.name)
        manifests = (each for each in (source, older) if each is not None)
        return derive(
            workspace.root,
            "evaluate",
            inputs={
                **_model_files(folder, folder.name),
                **(_model_files(rival.folder, _place(rival.folder, workspace.root)) if rival else {}),
                **{
                    f"releases/{each.version}/manifest.json": file_digest(each.path / "manifest.json")
                    for each in manifests
                },
            },
            parameters={"model": name or folder.name, "split": split, "seed": seed, "resamples": resamples}
            | ({"since": older.version} if older else {})
            | ({"against": rival.name} if rival else {}),
            make=partial(_evaluate, folder, name or folder.name, source, split, older, rival, seed, resamples),
        )


@dataclass(frozen=True, slots=True)
class _Rival:
    """The model that another one is tested against."""

    folder: Path
    name: str


def _model_files(folder: Path, called: str) -> dict[str, str | None]:
    return {f"{called}/{name}": file_digest(folder / name) for name in (CONFIG, TENSORS)}


def _place(folder: Path, root: Path) -> str:
    """Return a path from the project on, or from the root of the disk on if it is elsewhere."""
    whole = folder.absolute()
    return str(whole.relative_to(root) if whole.is_relative_to(root) else whole)


def _evaluate(
    folder: Path,
    name: str,
    source: Release,
    split: str,
    older: Release | None,
    rival: _Rival | None,
    seed: int,
    resamples: int,
) -> Made:
    model, since = load_model(folder).remembering(), older.path if older else None
    found = evaluate_release(model, source.path, split=split, since=since, seed=seed, resamples=resamples)
    spans = evaluate_release_spans(model, source.path, split, seed=seed, resamples=resamples)
    value = {"model": name, "release": source.version, "split": split, **found.to_dict()}
    if older is not None:
        value["since"] = older.version
    if spans is not None:
        value["spans"] = spans.to_dict()
    if rival is not None:
        rows = rows_of_release(source.path, split)
        tested = compare(model, load_model(rival.folder), rows, seed=seed, resamples=resamples)
        value["against"] = {"model": rival.name, **asdict(tested)}
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    files = {EVALUATION: text.encode(), ERRORS: errors_csv(found).encode()}
    return Made(files=files, counts={"rows": found.rows, "stories": found.groups})


def _release(workspace: Workspace, release: Path | None) -> Release:
    found = newest(workspace.path("releases")) if release is None else load(release)
    if found is None:
        raise InvalidInput(
            "there is no release yet", where=str(workspace.path("releases")), remedy="run `toolkit build 1.0.0`"
        )
    return found
