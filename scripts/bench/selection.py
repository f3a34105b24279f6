"""Measure how many labels `toolkit select` saves against random order, and print a table.

    python scripts/bench/selection.py DIR [--seeds 10] [--only NAME …]

DIR is that of baselines.py. For each seed a fifth of at most 3,750 rows is held out. Both ways start from the same
random twentieth of the rest, and add a twentieth at a time: as `select` ranks it with the model so far, or at random.
After each the cheap rung, words-lr, is trained and judged on the held-out rows. The curves are averaged over the seeds
and held to rise (isotonic regression) before it is read off, between points, where they reach 95 % of the mean macro
F1 with all labels; so one lucky batch decides nothing. Intervals are 95 %, by resampling seeds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from toolkit.baselines import Model, Rows, concat, read_rows, select, train
from toolkit.baselines.folds import grouped_folds
from toolkit.baselines.metrics import counts, macro_f1
from toolkit.baselines.targets import flags_of

Curves = npt.NDArray[np.float64]

SETS = {
    "CT24": ("ct24_checkworthy_en/train",),
    "CNC": ("cnc/V2_train_st1",),
    "SUBJ": ("subj_clef25/en_train", "subj_clef25/en_dev"),
    "disaster": ("disaster_response/validation",),
}
ROWS, STEPS, POINTS, GOAL = 3750, 20, 15, 0.95
TARGET = 0.60


def curve(pool: Rows, held: Rows, start: Sequence[int], way: str, seed: int) -> list[float]:
    """Return held-out macro F1 after each batch; `start` are the row numbers of the first."""
    order = np.random.default_rng(seed + 1).permutation(len(pool)).tolist()
    have, found = list(start), list[float]()
    while True:
        model = trained(pool.take(sorted(have)))
        found.append(judged(model, held))
        if len(found) == POINTS:
            return found
        labelled = set(have)
        rest = [number for number in order if number not in labelled]
        if way == "select":
            rest = selected(model, pool, have, rest, len(start), seed)
        have += rest[: len(start)]


def selected(model: Model, pool: Rows, have: Sequence[int], rest: Sequence[int], count: int, seed: int) -> list[int]:
    """Return the rows that `select` would have labelled next."""
    chosen = select(
        model,
        [pool.texts[number] for number in rest],
        [str(number) for number in rest],
        count=count,
        labelled=[pool.texts[number] for number in have],
        seed=seed,
    )
    return [int(item.sentence_id) for item in chosen]


def trained(rows: Rows) -> Model:
    """Return the cheap rung."""
    return train(rows, baseline="words-lr", folds=3)


def judged(model: Model, held: Rows) -> float:
    """Return the macro F1 of a model on held-out rows."""
    names = held.label_names
    return float(macro_f1(counts(flags_of(held.labels, names), flags_of(model.predict(held.texts), names))))


def needed(curves: Curves, goal: float, batch: int) -> float:
    """Return the labels at which the mean of curves [seeds, POINTS] reaches a score; infinity if it does not."""
    rising = IsotonicRegression().fit_transform(np.arange(POINTS), curves.mean(axis=0))
    if rising[-1] < goal:
        return float("inf")
    first = int(np.argmax(rising >= goal))
    if first == 0:
        return float(batch)
    return float(batch * (first + (goal - rising[first - 1]) / (rising[first] - rising[first - 1])))


def measure(name: str, folder: Path, seeds: int) -> str:
    """Return the table's row of one set."""
    rows = concat([read_rows(folder / f"{path}.jsonl.gz") for path in SETS[name]])
    ways: dict[str, list[list[float]]] = {"random": [], "select": []}
    full, size = [], 0
    for seed in range(seeds):
        part = rows.take(np.random.default_rng(seed).permutation(len(rows))[:ROWS].tolist())
        number = grouped_folds(flags_of(part.labels, part.label_names), part.groups, count=5, seed=seed).number
        pool, held = (part.take(np.flatnonzero(mine).tolist()) for mine in (number != 0, number == 0))
        size = len(pool)
        full.append(judged(trained(pool), held))
        start = np.random.default_rng(seed + 2).permutation(size)[: size // STEPS].tolist()
        for way, curves in ways.items():
            curves.append(curve(pool, held, start, way, seed))
    batch, chance = size // STEPS, np.random.default_rng(0)
    chosen, drawn, whole = np.array(ways["select"]), np.array(ways["random"]), np.array(full)

    def ratio(some: npt.NDArray[np.int64]) -> float:
        goal = GOAL * float(whole[some].mean())
        other = needed(drawn[some], goal, batch)
        return needed(chosen[some], goal, batch) / other if np.isfinite(other) else float("nan")

    draws = np.array([ratio(chance.integers(0, seeds, seeds)) for _ in range(500)])
    low, high = np.nanpercentile(draws, [2.5, 97.5], method="nearest")
    goal = GOAL * float(whole.mean())
    cells = (
        name,
        size,
        f"{whole.mean():.3f}",
        f"{needed(drawn, goal, batch):.0f}",
        f"{needed(chosen, goal, batch):.0f}",
        f"{ratio(np.arange(seeds)):.2f}",
        f"{low:.2f} to {high:.2f}",
        f"{TARGET:.2f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Read the command line and print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="*", choices=SETS)
    options = parser.parse_args()
    columns = ("set", "rows", "macro F1 with all", "labels at random", "with select", "ratio", "95 % interval", "goal")
    print("| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), sep="\n")
    for name, paths in SETS.items():
        if name in (options.only or SETS) and (options.directory / f"{paths[0]}.jsonl.gz").is_file():
            print(measure(name, options.directory, options.seeds), flush=True)


if __name__ == "__main__":
    main()
