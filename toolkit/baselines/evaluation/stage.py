"""The stage evaluate: models/<name>/, releases/<version>/ → reports/evaluation.json, reports/errors.csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.evaluation.falls import falls, harder_models
from toolkit.baselines.evaluation.on_release import evaluate_release, evaluate_release_spans
from toolkit.baselines.evaluation.scores import Evaluation, compare
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.model_files import CONFIG, TENSORS
from toolkit.baselines.models.model_files import load as load_model
from toolkit.baselines.spans import span_ceiling
from toolkit.baselines.training.stage import release_of, trained_model
from toolkit.engine.csv_cells import safe_cell
from toolkit.project import Made, Workspace
from toolkit.project.files import file_digest
from toolkit.project.stage import ReportOutcome, derive_report
from toolkit.release import Release, load

EVALUATION = "reports/evaluation.json"
ERRORS = "reports/errors.csv"

_COLUMNS = ("sentence_id", "label", "fault", "probability", "gold", "given", "words", "text")


def evaluate(
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
    swaps: int = 1000,
) -> ReportOutcome:
    """Evaluate a model on a split of a release, into reports/evaluation.json and its mistakes into reports/errors.csv.

    Args:
        workspace: The project.
        model: The model directory; default: the one that was trained last.
        release: The release directory; default: the newest of the project.
        name: What the report calls the model; default: the name of its directory.
        split: "validation" or "test".
        since: An older release: the report also says why the score moved since.
        against: The directory of another model, for a paired test on the same rows.
        against_name: What the report calls that one; default: the name of its directory.
        seed: For the paired test.
        swaps: How often the paired test swaps the answers of stories.

    Returns:
        The report: what `Evaluation.to_dict` gives, with "model", "release" and "split", and "since", "spans",
        "span_ceiling" and "against" where there are such.

    Raises:
        InvalidInput: There is no such model, release or split.
    """
    with workspace.lock():
        source, older = release_of(workspace, release), None if since is None else load(since)
        folder = model or trained_model(workspace)
        rival = None if against is None else _Rival(against, against_name or against.name)
        manifests = (each for each in (source, older) if each is not None)
        harder = _harder(workspace, folder, source) if split == "test" else {}
        return derive_report(
            workspace.root,
            "evaluate",
            EVALUATION,
            inputs={
                **_model_files(folder, folder.name),
                **(_model_files(rival.folder, _place(rival.folder, workspace.root)) if rival else {}),
                **{
                    f"releases/{each.version}/manifest.json": file_digest(each.path / "manifest.json")
                    for each in manifests
                },
                **{_place(path, workspace.root): file_digest(path) for path in harder.values()},
            },
            parameters={"model": name or folder.name, "split": split}
            | ({"since": older.version} if older else {})
            | ({"against": rival.name, "seed": seed, "swaps": swaps} if rival else {}),
            make=partial(_evaluate, folder, name or folder.name, source, split, older, rival, seed, swaps, harder),
        )


@dataclass(frozen=True, slots=True)
class _Rival:
    """The model that another one is tested against."""

    folder: Path
    name: str


def _harder(workspace: Workspace, folder: Path, source: Release) -> dict[str, Path]:
    """Return the metrics of models of the same baseline that were trained on harder splits of the release."""
    baseline = json.loads((folder / CONFIG).read_bytes())["baseline"] if (folder / CONFIG).is_file() else ""
    return harder_models(workspace.path("models"), baseline, source.version)


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
    swaps: int,
    harder: Mapping[str, Path],
) -> tuple[Made, Mapping[str, Any]]:
    against = (load_model(rival.folder), rival.name) if rival else None
    found, report = release_report(
        load_model(folder), name, source, split=split, since=older, against=against, seed=seed, swaps=swaps
    )
    if harder:
        report["falls"] = falls(report, harder)
    return Made({ERRORS: errors_csv(found).encode()}, {"rows": found.rows, "stories": found.groups}), report


def release_report(
    model: Model,
    name: str,
    source: Release,
    *,
    split: str = "test",
    since: Release | None = None,
    against: tuple[Model, str] | None = None,
    seed: int = 0,
    swaps: int = 1000,
) -> tuple[Evaluation, dict[str, Any]]:
    """Judge all that a model says of a split of a release, labels and spans, beside the people who labelled it.

    Args:
        model: The model.
        name: What the report calls it.
        source: The release.
        split: "validation" or "test".
        since: An older release: the report also says why the score moved since.
        against: Another model and its name, for a paired test on the same rows.
        seed: For the paired test.
        swaps: How often the paired test swaps the answers of stories.

    Returns:
        The evaluation of the labels, and the report as `evaluate` has it.

    Raises:
        InvalidInput: There is no such split.
    """
    model = model.remembering()
    found = evaluate_release(model, source.path, split=split, since=since.path if since else None)
    report: dict[str, Any] = {"model": name, "release": source.version, "split": split, **found.to_dict()}
    if since is not None:
        report["since"] = since.version
    spans = evaluate_release_spans(model, source.path, split)
    if spans is not None:
        report["spans"] = spans.to_dict()
    people = span_ceiling(source.path, split)
    if people:
        report["span_ceiling"] = [asdict(person) for person in people]
    if against is not None:
        other, called = against
        tested = compare(model, other, rows_of_release(source.path, split), seed=seed, swaps=swaps)
        report["against"] = {"model": called, **asdict(tested)}
    return found, report


def errors_csv(evaluation: Evaluation) -> str:
    """Return the mistakes as CSV, the surest first, under a line of the names of its columns.

    Words stand with what they weighed, in log-odds: "denied +1.52, council -0.31". No cell is a formula.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for error in evaluation.errors:
        words = ", ".join(f"{word} {weight:+.2f}" for word, weight in error.words)
        gold, given = (" | ".join(labels) for labels in (error.gold, error.given))
        cells = (error.id, error.label, error.fault, error.probability, gold, given, words, error.text)
        writer.writerow([safe_cell(cell) for cell in cells])
    return file.getvalue()
