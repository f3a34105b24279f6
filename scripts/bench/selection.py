"""Measure how many labels `toolkit select` saves against random order, and print a table.

    python scripts/bench/selection.py DIR [--seeds 10] [--only NAME …] [--random-share 0.5]

DIR is that of baselines.py. For each seed a fifth of the rows is held out; the rest is the pool that might be labelled.
Both ways start from the same random rows, and add more: as `select` ranks them with the model so far, or at random.
Sets of a few thousand rows grow by a twentieth of the pool at a time. "CT24, whole" is the whole training file; there
each step has 1.4 times the labels of the one before. After each step the cheap rung, words-lr, is trained and judged on
the held-out rows, with thresholds by macro F1 in both ways: left to itself, `train` would choose them by F1 of a rare
label, which is no longer rare among selected rows, and selection would look twice as good for that alone.
The curves are averaged over the seeds and held to rise (isotonic regression) before it is read off, between points,
where they reach 95 % of the mean macro F1 with all labels; so one lucky batch decides nothing. Intervals are 95 %, by
resampling seeds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from toolkit.baselines import Model, Rows, concat, read_rows, select, train
from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.targets import flags_of
from toolkit.baselines.evaluation.metrics import counts, macro_f1
from toolkit.baselines.selection.ranking import RANDOM_SHARE

Curves = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the table.

    Attributes:
        files: Within DIR, without their ending.
        most: Rows that are drawn from the files anew for each seed; None for all.
        growth: How many times as many labels each step has as the one before; None for equal steps.
    """

    files: tuple[str, ...]
    most: int | None = 3750
    growth: float | None = None

    def budgets(self, pool: int) -> list[int]:
        """Return numbers of labels, rising, for a pool of so many rows."""
        if self.growth is None:
            return [pool // 20 * step for step in range(1, 16)]
        found = [float(FIRST)]
        while found[-1] * self.growth <= LAST * pool:
            found.append(found[-1] * self.growth)
        return [round(budget) for budget in found]


SETS = {
    "CT24": Task(("ct24_checkworthy_en/train",)),
    "CT24, whole": Task(("ct24_checkworthy_en/train",), most=None, growth=1.4),
    "CNC": Task(("cnc/V2_train_st1",)),
    "SUBJ": Task(("subj_clef25/en_train", "subj_clef25/en_dev")),
    "disaster": Task(("disaster_response/validation",)),
}
FIRST, LAST, GOAL = 250, 0.6, 0.95
TARGET = 0.60


def curve(pool: Rows, held: Rows, budgets: Sequence[int], share: float, seed: int) -> list[float]:
    """Return held-out macro F1 at each number of labels; of those after the first, a share is drawn at random."""
    have = np.random.default_rng(seed + 2).permutation(len(pool)).tolist()[: budgets[0]]
    order = np.random.default_rng(seed + 1).permutation(len(pool)).tolist()
    model = trained(pool.take(sorted(have)))
    found = [judged(model, held)]
    for budget in budgets[1:]:
        labelled = set(have)
        rest = [number for number in order if number not in labelled]
        if share < 1:
            rest = selected(model, pool, have, rest, budget - len(have), share, seed)
        have += rest[: budget - len(have)]
        model = trained(pool.take(sorted(have)))
        found.append(judged(model, held))
    return found


def selected(
    model: Model, pool: Rows, have: Sequence[int], rest: Sequence[int], count: int, share: float, seed: int
) -> list[int]:
    """Return the rows that `select` would have labelled next."""
    chosen = select(
        model,
        [pool.texts[number] for number in rest],
        [str(number) for number in rest],
        count=count,
        labelled=[pool.texts[number] for number in have],
        random_share=share,
        seed=seed,
    )
    return [int(item.sentence_id) for item in chosen]


def trained(rows: Rows) -> Model:
    """Return the cheap rung."""
    return train(rows, baseline="words-lr", folds=3, measure="macro_f1")


def judged(model: Model, held: Rows) -> float:
    """Return the macro F1 of a model on held-out rows."""
    names = held.label_names
    return float(macro_f1(counts(flags_of(held.labels, names), flags_of(model.predict(held.texts), names))))


def needed(curves: Curves, goal: float, budgets: Sequence[int]) -> float:
    """Return the labels at which the mean of curves [seeds, budgets] reaches a score; infinity if it does not."""
    rising = IsotonicRegression().fit_transform(budgets, curves.mean(axis=0))
    if rising[-1] < goal:
        return float("inf")
    after = int(np.argmax(rising >= goal))
    if after == 0:
        return float(budgets[0])
    share = (goal - rising[after - 1]) / (rising[after] - rising[after - 1])
    return float(budgets[after - 1] + share * (budgets[after] - budgets[after - 1]))


def measure(name: str, folder: Path, seeds: int, share: float) -> str:
    """Return the table's row of one set."""
    task = SETS[name]
    rows = concat([read_rows(folder / f"{path}.jsonl.gz") for path in task.files])
    ways: dict[float, list[list[float]]] = {1.0: [], share: []}
    budgets = task.budgets(min(len(rows), task.most or len(rows)) * 4 // 5)
    full, size = [], 0
    for seed in range(seeds):
        part = rows.take(np.random.default_rng(seed).permutation(len(rows))[: task.most].tolist())
        number = grouped_folds(flags_of(part.labels, part.label_names), part.groups, count=5, seed=seed).number
        pool, held = (part.take(np.flatnonzero(mine).tolist()) for mine in (number != 0, number == 0))
        size = len(pool)
        full.append(judged(trained(pool), held))
        for random_share, curves in ways.items():
            curves.append(curve(pool, held, budgets, random_share, seed))
    chance = np.random.default_rng(0)
    chosen, drawn, whole = np.array(ways[share]), np.array(ways[1.0]), np.array(full)

    def ratio(some: npt.NDArray[np.int64]) -> float:
        goal = GOAL * float(whole[some].mean())
        other = needed(drawn[some], goal, budgets)
        return needed(chosen[some], goal, budgets) / other if np.isfinite(other) else float("nan")

    draws = np.array([ratio(chance.integers(0, seeds, seeds)) for _ in range(500)])
    low, high = np.nanpercentile(draws, [2.5, 97.5], method="nearest")
    goal = GOAL * float(whole.mean())
    cells = (
        name,
        size,
        f"{whole.mean():.3f}",
        f"{needed(drawn, goal, budgets):.0f}",
        f"{needed(chosen, goal, budgets):.0f}",
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
    parser.add_argument("--random-share", type=float, default=RANDOM_SHARE, help="of what `select` ranks, below 1")
    options = parser.parse_args()
    columns = ("set", "rows", "macro F1 with all", "labels at random", "with select", "ratio", "95 % interval", "goal")
    print("| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), sep="\n")
    for name, task in SETS.items():
        if name in (options.only or SETS) and (options.directory / f"{task.files[0]}.jsonl.gz").is_file():
            print(measure(name, options.directory, options.seeds, options.random_share), flush=True)


if __name__ == "__main__":
    main()
