"""Train baselines on public sentence sets and print a table: score with its interval, CPU seconds, speed.

    python scripts/bench/baselines.py DIR [--baseline NAME …] [--only NAME …] [--rare] [--json]

DIR holds a folder a set (ct24_checkworthy_en, subj_clef25, disaster_response, cnc) with its .jsonl.gz files. A row of
the table is one set, judged on its test file if that is there, else on its dev file, else on a fifth of the training
rows that training did not see. Nothing is chosen by what these say.
With --rare, labels of the multi-label set on 20 to 60 rows: each fifth is answered by what learnt from the others.
Embeddings that were made before are read where TOOLKIT_EMBEDDINGS names a folder, and are not in the seconds then.
What `toolkit select` saves is measured by selection.py.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np

from toolkit.baselines import Evaluation, Rows, concat, evaluate, read_rows, train
from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.targets import Flags, Floats, flags_of
from toolkit.baselines.evaluation.metrics import counts, precision_recall_f1
from toolkit.baselines.models.model_files import contents
from toolkit.baselines.training.training_run import timed
from toolkit.records import Estimate


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the table.

    Attributes:
        name: Of the set.
        folder: Within DIR.
        train: Files to train on.
        judged: Files to judge on; the first one that is there is taken, none means a held-out fifth.
        measure: What the target speaks of.
        score: Reads it off an evaluation.
        target: File → what is to be reached on it.
        baseline: A rung to take instead of the one that was asked for.
    """

    name: str
    folder: str
    train: tuple[str, ...]
    judged: tuple[str, ...]
    measure: str
    score: Callable[[Evaluation], Estimate | None]
    target: dict[str, float]
    baseline: str | None = None


TASKS = (
    Task(
        "CT24 check-worthiness",
        "ct24_checkworthy_en",
        ("train",),
        ("test", "dev"),
        "F1+",
        lambda item: item.f1_positive,
        {"test": 0.60, "dev": 0.80},
    ),
    Task(
        "CT24, the fast model",
        "ct24_checkworthy_en",
        ("train",),
        ("dev",),
        "F1+",
        lambda item: item.f1_positive,
        {"dev": 0.80},
        "words-lr",
    ),
    Task(
        "SUBJ English, train + dev",
        "subj_clef25",
        ("en_train", "en_dev"),
        ("en_test",),
        "macro F1",
        lambda item: item.macro_f1,
        {"en_test": 0.62, "held out": 0.62},
    ),
    Task(
        "SUBJ English, train",
        "subj_clef25",
        ("en_train",),
        ("en_dev",),
        "macro F1",
        lambda item: item.macro_f1,
        {},
    ),
    Task(
        "SUBJ German, train",
        "subj_clef25",
        ("de_train",),
        ("de_dev",),
        "macro F1",
        lambda item: item.macro_f1,
        {},
    ),
    Task(
        "SUBJ Arabic, train",
        "subj_clef25",
        ("ar_train",),
        ("ar_dev",),
        "macro F1",
        lambda item: item.macro_f1,
        {},
    ),
    Task(
        "disaster, multi-label",
        "disaster_response",
        ("validation",),
        ("test",),
        "macro F1",
        lambda item: item.macro_f1,
        {"test": 0.48, "held out": 0.48},
    ),
    Task(
        "CNC V2",
        "cnc",
        ("V2_train_st1",),
        ("V2_dev_st1",),
        "accuracy",
        lambda item: item.accuracy,
        {"V2_dev_st1": 0.71},
    ),
)


def run(task: Task, folder: Path, baseline: str) -> dict[str, Any]:
    """Train and judge one set."""
    rows = concat([_read(folder / task.folder, name) for name in task.train])
    name = next((name for name in task.judged if _path(folder / task.folder, name).is_file()), None)
    judged = _read(folder / task.folder, name) if name else None
    if judged is None:
        rows, judged, name = *_held_out(rows), "held out"
    model, train_seconds = timed(lambda: train(rows, baseline=task.baseline or baseline))
    _, predict_seconds = timed(lambda: model.predict(rows.texts[::-1]))  # embeddings of the batch before are remembered
    evaluation = evaluate(model, judged)
    score = task.score(evaluation) or Estimate(value=None)
    zero = [
        item.label
        for item in evaluation.labels
        if rows.label_counts[item.label] >= 20 and item.support and not item.f1.value
    ]
    return {
        "set": task.name,
        "train rows": len(rows),
        "judged on": f"{name}, {len(judged)} rows",
        "baseline": model.baseline,
        "measure": task.measure,
        "value": score.value,
        "interval": [score.low, score.high],
        "target": task.target.get(str(name)),
        "train CPU s": round(train_seconds, 1),
        "sentences / CPU s": round(len(rows) / predict_seconds),
        "model MB": round(sum(map(len, contents(model).values())) / 1e6, 1),
        "labels with 20 rows and F1 0": zero,
        "cross-validated": model.facts["cross_validated_macro_f1"],
    }


def rare(folder: Path, baseline: str) -> list[dict[str, Any]]:
    """Cross-fit the multi-label set; say what each rare label reaches, beside the best threshold in hindsight."""
    rows = _read(folder / "disaster_response", "validation")
    names = rows.label_names
    truth = flags_of(rows.labels, names)
    number = grouped_folds(truth, rows.groups, count=5).number
    given, chances = np.zeros_like(truth), np.zeros(truth.shape)
    for fold in range(5):
        model = train(rows.take(np.flatnonzero(number != fold).tolist()), baseline=baseline)
        held = np.flatnonzero(number == fold)
        texts = [rows.texts[row] for row in held]
        given[held] = flags_of(model.predict(texts), names)
        chances[np.ix_(held, [names.index(name) for name in model.labels])] = model.predict_proba(texts)
    f1 = precision_recall_f1(counts(truth, given))[2]
    return [
        {
            "label": name,
            "rows": int(truth[:, column].sum()),
            "given": int(given[:, column].sum()),
            "F1": round(float(f1[column]), 3),
            "best in hindsight": round(_best_f1(truth[:, column], chances[:, column]), 3),
        }
        for column, name in sorted(enumerate(names), key=lambda pair: (int(truth[:, pair[0]].sum()), pair[1]))
        if 20 <= truth[:, column].sum() <= 60
    ]


def _best_f1(flags: Flags, chances: Floats) -> float:
    hits = np.cumsum(flags[np.argsort(-chances, kind="stable")])
    return float((2 * hits / (np.arange(1, len(flags) + 1) + flags.sum())).max())


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl.gz"


def _read(folder: Path, name: str) -> Rows:
    return read_rows(_path(folder, name))


def _held_out(rows: Rows) -> tuple[Rows, Rows]:
    number = grouped_folds(flags_of(rows.labels, rows.label_names), rows.groups, count=5).number
    return rows.take(np.flatnonzero(number != 0).tolist()), rows.take(np.flatnonzero(number == 0).tolist())


def table(results: Sequence[dict[str, Any]]) -> str:
    """Return the results as a Markdown table."""
    head = ("set", "train rows", "judged on", "baseline", "measure", "95 % interval", "to reach", "train CPU s")
    columns = (*head, "sentences/CPU s", "MB")
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for item in results:
        low, high = item["interval"]
        cells = (
            item["set"],
            item["train rows"],
            item["judged on"],
            item["baseline"],
            f"{item['measure']} {item['value']:.3f}",
            f"{low:.3f} to {high:.3f}",
            "–" if item["target"] is None else f"{item['target']:.2f}",
            item["train CPU s"],
            item["sentences / CPU s"],
            item["model MB"],
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--baseline", nargs="*", default=["auto"], help="such as auto+embeddings embeddings-blend:use")
    parser.add_argument("--only", nargs="*", help="part of a set's name")
    parser.add_argument("--rare", action="store_true", help="rare labels of the multi-label set, cross-fitted, as JSON")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.rare:
        print(json.dumps(rare(options.directory, options.baseline[0]), indent=2))
        return
    wanted = [
        task
        for task in TASKS
        if (options.directory / task.folder).is_dir()
        and (not options.only or any(part.lower() in task.name.lower() for part in options.only))
    ]
    results = [run(task, options.directory, baseline) for task in wanted for baseline in options.baseline]
    print(json.dumps(results, indent=2) if options.json else table(results))


if __name__ == "__main__":
    main()
