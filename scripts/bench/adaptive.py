"""Measure what adaptive overlap saves: answers, at equal accuracy, on crowds with gold answers.

    python scripts/bench/adaptive.py DIR [--most 3] [--seeds 20] [--json FILE]

DIR holds `NAME.votes.jsonl.gz` ({"task", "worker", "label"} a line) and `NAME.gold.jsonl.gz` ({"task", "label"}). Of
the gold tasks those with at least `--most` votes are taken; each seed puts a task's votes into another order.

fixed     The first `most` votes. Accuracy of their majority; of a tie the share of its labels that are right.
adaptive  The first two votes, then one more at a time until one label is two ahead (`is_settled`), `most` at most.
random    As many answers as adaptive has in all, spread over the tasks without looking: what the rule itself brings.
saved     Share of the answers that adaptive does without.

The table ends with the mean over sets. Exit code 4: adaptive loses more than .01 accuracy on a set with at least 200
gold tasks.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from toolkit.plan.design import is_settled

LOSS = 0.01
ENOUGH = 200


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a gzipped JSON Lines file."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def right(votes: Sequence[str], gold: str) -> float:
    """Return 1 if the commonest label is right; of a tie the share of its labels that are."""
    counts = Counter(votes)
    most = max(counts.values())
    tied = [label for label, number in counts.items() if number == most]
    return (gold in tied) / len(tied)


def measure(votes: Path, most: int, seeds: int) -> dict[str, float]:
    """Return the row of one set."""
    gold = {row["task"]: row["label"] for row in read(votes.with_name(votes.name.replace(".votes.", ".gold.")))}
    labels: dict[str, list[str]] = defaultdict(list)
    for row in read(votes):
        if row["task"] in gold:
            labels[row["task"]].append(row["label"])
    tasks = {task: given for task, given in sorted(labels.items()) if len(given) >= most}
    found: dict[str, list[float]] = defaultdict(list)
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        orders = {task: [given[n] for n in random.permutation(len(given))[:most]] for task, given in tasks.items()}
        used = {}
        for task, order in orders.items():
            used[task] = 2
            while used[task] < most and not is_settled(order[: used[task]]):
                used[task] += 1
        spare = sum(used.values()) - 2 * len(orders)
        blind, names_of = dict.fromkeys(orders, 2), list(orders)
        for place in random.permutation(len(orders) * (most - 2))[:spare]:
            blind[names_of[place % len(orders)]] += 1
        found["fixed"].append(fmean(right(order, gold[task]) for task, order in orders.items()))
        found["adaptive"].append(fmean(right(order[: used[task]], gold[task]) for task, order in orders.items()))
        found["random"].append(fmean(right(order[: blind[task]], gold[task]) for task, order in orders.items()))
        found["saved"].append(1 - sum(used.values()) / (most * len(orders)))
    return {"tasks": float(len(tasks)), **{name: fmean(values) for name, values in found.items()}}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--most", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = {}
    for votes in sorted(options.directory.glob("*.votes.jsonl.gz")):
        row = measure(votes, options.most, options.seeds)
        if row["tasks"]:
            rows[votes.name.removesuffix(".votes.jsonl.gz")] = row
    names = ("fixed", "adaptive", "random", "saved")
    mean = {name: fmean(row[name] for row in rows.values()) for name in names}
    print("| set | tasks | accuracy, fixed | adaptive | random | answers saved |\n|---|---:|---:|---:|---:|---:|")
    for name, row in {**rows, "mean": {"tasks": sum(row["tasks"] for row in rows.values()), **mean}}.items():
        cells = " | ".join(f"{row[each]:.3f}" for each in names[:3])
        print(f"| {name} | {row['tasks']:,.0f} | {cells} | {row['saved']:.1%} |")
    if options.json:
        options.json.write_text(json.dumps({**rows, "mean": mean}, indent=2) + "\n")
    worse = [name for name, row in rows.items() if row["tasks"] >= ENOUGH and row["fixed"] - row["adaptive"] > LOSS]
    return 4 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
