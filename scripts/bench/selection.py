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

"CNC, spans" is about span labels: a tagger is judged by the mean exact F1 of ARG0, ARG1 and SIG0 on 400 sentences, and
900 others might be labelled. The goal is what random order reaches with the last number of labels, so that the ratio is
the share of them that does as well; what `select` ranks by spans is also held against what it ranks by labels alone,
where --labels is given.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
import numpy.typing as npt
import spans
from sklearn.isotonic import IsotonicRegression

from toolkit.baselines import Model, Rows, concat, read_rows, select, train
from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.targets import flags_of
from toolkit.baselines.evaluation.metrics import counts, macro_f1
from toolkit.baselines.selection.ranking import RANDOM_SHARE
from toolkit.baselines.spans import SpanModel, SpanRows, evaluate_spans, train_spans

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
SPANS, SPAN_BUDGETS = "cnc/V2_train_st2_spans", (100, 200, 300)
POOL, HELD = 900, 400
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


@dataclass(frozen=True, slots=True)
class SpanTrial:
    """Sentences with labels and spans: those that might be labelled, and those held out.

    Attributes:
        rows: All of them, with labels.
        marked: The same sentences with spans.
        pool: Numbers of those that might be labelled.
        held: Numbers of the others.
        seed: Of what is drawn.
    """

    rows: Rows
    marked: SpanRows
    pool: list[int]
    held: list[int]
    seed: int

    def curve(self, way: str, share: float) -> list[float]:
        """Return held-out exact F1 at each number of labels: "random", or ranked by "labels", or also by "spans"."""
        random = np.random.default_rng(self.seed + 1).permutation(self.pool).tolist()
        have = random[: SPAN_BUDGETS[0]]
        tagger = train_spans(self.marked.take(have), folds=2)
        found = [span_score(tagger, self.marked.take(self.held))]
        for budget in SPAN_BUDGETS[1:]:
            rest = [number for number in random if number not in set(have)]
            if way != "random":
                model = replace(trained(self.rows.take(have)), tagger=tagger if way == "spans" else None)
                rest = selected(model, self.rows, have, rest, budget - len(have), share, self.seed)
            have += rest[: budget - len(have)]
            tagger = train_spans(self.marked.take(have), folds=2)
            found.append(span_score(tagger, self.marked.take(self.held)))
        return found


def span_score(tagger: SpanModel, held: SpanRows) -> float:
    """Return the mean exact F1 over the span labels."""
    scores = evaluate_spans(held, tagger.predict(held.texts)).scores
    return float(np.mean([item.f1.value or 0.0 for item in scores if item.by == "exact"]))


def measure_spans(folder: Path, seeds: int, share: float, ways: Sequence[str]) -> str:
    """Return the table's rows of the set with spans."""
    marked = spans.read(folder / f"{SPANS}.jsonl.gz")
    causal = tuple(("causal",) if each else ("none",) for each in marked.spans)
    rows = Rows(texts=marked.texts, labels=causal, multi=False, groups=marked.groups)
    curves: dict[str, list[list[float]]] = {way: [] for way in ("random", *ways)}
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(rows)).tolist()
        trial = SpanTrial(rows, marked, order[HELD : HELD + POOL], order[:HELD], seed)
        for way, found in curves.items():
            found.append(trial.curve(way, share))
            print(f"seed {seed} {way}", *(f"{score:.3f}" for score in found[-1]), file=sys.stderr, flush=True)
    drawn, chance = np.array(curves["random"]), np.random.default_rng(0)
    lines = []
    for way in ways:
        chosen = np.array(curves[way])

        def ratio(some: npt.NDArray[np.int64], chosen: Curves = chosen) -> float:
            goal = float(drawn[some, -1].mean())
            return needed(chosen[some], goal, SPAN_BUDGETS) / SPAN_BUDGETS[-1]

        draws = [ratio(chance.integers(0, seeds, seeds)) for _ in range(500)]
        low, high = np.percentile(draws, [2.5, 97.5], method="nearest")
        gain = (chosen[:, 1:] - drawn[:, 1:]).mean(axis=1)
        error = gain.std(ddof=1) / seeds**0.5
        cells = (
            f"CNC, spans, ranked by {way}",
            POOL,
            f"gain {gain.mean():+.3f} ± {error:.3f}",
            SPAN_BUDGETS[-1],
            f"{ratio(np.arange(seeds)) * SPAN_BUDGETS[-1]:.0f}",
            f"{ratio(np.arange(seeds)):.2f}",
            f"{low:.2f} to {high:.2f}",
            "–",
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="*", choices=[*SETS, "CNC, spans"])
    parser.add_argument("--random-share", type=float, default=RANDOM_SHARE, help="of what `select` ranks, below 1")
    parser.add_argument("--labels", action="store_true", help="of spans, also what is ranked by labels alone")
    options = parser.parse_args()
    ways = ("labels", "spans") if options.labels else ("spans",)
    columns = ("set", "rows", "macro F1 with all", "labels at random", "with select", "ratio", "95 % interval", "goal")
    print("| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), sep="\n")
    for name, task in SETS.items():
        if name in (options.only or SETS) and (options.directory / f"{task.files[0]}.jsonl.gz").is_file():
            print(measure(name, options.directory, options.seeds, options.random_share), flush=True)
    if "CNC, spans" in (options.only or ["CNC, spans"]) and (options.directory / f"{SPANS}.jsonl.gz").is_file():
        print(measure_spans(options.directory, options.seeds, options.random_share, ways))


if __name__ == "__main__":
    main()
