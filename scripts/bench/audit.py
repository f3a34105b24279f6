"""Measure `toolkit audit`: which planted label errors are found.

    python scripts/bench/audit.py FILE [--rows N] [--noise .05] [--seeds 3] [--baseline NAME] [--json FILE]

FILE     Labelled sentences that are taken to be right, as `toolkit train` reads them.
noise    Share of the rows whose labels are made wrong. Of several labels a row: with a chance of .7 one of its labels
         is taken away, else one it may or may not have is switched. Of one label a row: another, drawn by frequency.
planted  precision at the number planted (of as many rows ranked first, the share that was planted; the share found is
         the same number), average precision, and what drawing at random gives. Errors that FILE had before count
         against the ranking.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from toolkit.adjudicate import label_errors
from toolkit.baselines import Rows, read_rows
from toolkit.baselines.selection.out_of_fold import out_of_fold
from toolkit.records import Decision

LabelSet = tuple[str, ...]


def spoil(random: np.random.Generator, given: LabelSet, names: list[str], multi: bool) -> LabelSet:
    """Return other labels than those given."""
    if not multi:
        return (str(random.choice([name for name in names if name not in given])),)
    switched = str(random.choice(list(given)) if given and random.random() < 0.7 else random.choice(names))
    return tuple(sorted(set(given) ^ {switched}))


def plant(rows: Rows, noise: float, seed: int) -> tuple[Rows, set[str]]:
    """Return the rows with some labels made wrong, and the ids of these."""
    random = np.random.default_rng(seed)
    names = list(rows.label_names)
    drawn = {int(at) for at in random.choice(len(rows), round(noise * len(rows)), replace=False)}
    labels = tuple(
        spoil(random, given, names, rows.multi) if at in drawn else given for at, given in enumerate(rows.labels)
    )
    ids = tuple(str(at) for at in range(len(rows)))
    spoilt = Rows(texts=rows.texts, labels=labels, multi=rows.multi, groups=rows.groups, ids=ids)
    return spoilt, {ids[at] for at in drawn}


def measure(rows: Rows, noise: float, seed: int, baseline: str) -> dict[str, float]:
    """Plant errors, look for them, and return how many were found."""
    spoilt, planted = plant(rows, noise, seed)
    before = time.process_time()
    predictions = out_of_fold(spoilt, baseline=baseline, seed=seed)
    names = sorted(next(iter(predictions.values())))
    decisions = [
        Decision(sentence_id=row_id, labels=given, schema="bench@1.0.0", method="single")
        for row_id, given in zip(spoilt.ids, spoilt.labels, strict=True)
    ]
    hits = np.array([suspect.sentence_id in planted for suspect in label_errors(decisions, predictions, names)])
    so_far = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return {
        "planted": len(planted),
        "precision": float(hits[: len(planted)].mean()),
        "average precision": float(so_far[hits].mean()),
        "random": len(planted) / len(rows),
        "cpu_s": time.process_time() - before,
    }


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--baseline", default="words-chars-svm")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = read_rows(options.file)
    rows = rows.take(range(min(options.rows, len(rows))))
    found = [measure(rows, options.noise, seed, options.baseline) for seed in range(options.seeds)]
    for name in found[0]:
        values = [row[name] for row in found]
        print(f"{name:<28}{np.mean(values):10.3f}   {min(values):.3f} to {max(values):.3f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
