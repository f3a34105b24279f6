"""Measure aggregation: accuracy on crowds with gold answers, and the time that 100,000 votes take.

    python scripts/bench/aggregate.py DIR [--methods auto,majority,...] [--json FILE]

DIR holds `crowd/NAME.votes.jsonl.gz` ({"task", "worker", "label"} a line), `crowd/NAME.gold.jsonl.gz` ({"task",
"label"}) and `agreement/dawid_skene_1979.jsonl` ({"task", "worker", "rep", "label"}).

accuracy  Share of the gold tasks that have votes whose aggregated label is the gold one. A tie counts as the label that
          the aggregation gives. "best" is the best of majority, dawid-skene and mace on that set. "glad" is GLAD,
          written here to compare with: what the toolkit has in its place is "difficulty".
mean      Over all sets; "mean (gold ≥ 50)" leaves out sets with fewer gold answers, where one answer moves the mean.
cpu       CPU seconds of `aggregate` for 100,000 votes of 1,000 annotators on 20,000 items with four labels.
1979      Log-likelihood and class shares of Dawid and Skene's own data (published: -192.8909; .3996 .4220 .1118 .0667).

Exit code 4: the mean of "auto" over all sets is not above that of "best", "auto" is more than .01 below the majority on
a set, or it needs more than 1 CPU s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, softmax

from toolkit.adjudicate import METHODS, aggregate
from toolkit.adjudicate.models.confusion import vote_shares
from toolkit.adjudicate.models.dawid_skene import dawid_skene
from toolkit.adjudicate.models.votes import FloatArray, Votes

PEERS = ("majority", "dawid-skene", "mace")


def lines(path: Path) -> list[Any]:
    """Return the JSON lines of a plain or gzipped file."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def accuracies(folder: Path, methods: list[str]) -> dict[str, dict[str, float]]:
    """Return the accuracy of each method on each set, and the gold answers that it rests on."""
    found: dict[str, dict[str, float]] = {}
    for path in sorted((folder / "crowd").glob("*.votes.jsonl.gz")):
        votes = [(vote["task"], vote["worker"], vote["label"]) for vote in lines(path)]
        voted = {task for task, _, _ in votes}
        gold = {
            answer["task"]: answer["label"]
            for answer in lines(path.with_name(path.name.replace("votes", "gold")))
            if answer["task"] in voted
        }
        row = {"gold": float(len(gold))}
        for method in methods:
            labels = aggregate(votes, method)  # type: ignore[arg-type]
            row[method] = sum(labels[task][0] == label for task, label in gold.items()) / len(gold)
        coded = Votes.of(votes)
        said = dict(zip(coded.items, glad(coded).argmax(axis=1), strict=True))
        row["glad"] = sum(coded.labels[said[task]] == label for task, label in gold.items()) / len(gold)
        found[path.name.removesuffix(".votes.jsonl.gz")] = row
    return found


def glad(votes: Votes, rounds: int = 20, steps: int = 10) -> FloatArray:
    """Return each item's probability of every label under GLAD, shape (items, labels); to compare with, in this bench.

    An annotator is right with the logistic of ability × ease of the item, and errs evenly over the other labels; both
    parameters are N(1, 1) beforehand, ease on the scale of its logarithm (Whitehill et al. 2009, NIPS 22).
    """
    items, people, size = len(votes.items), len(votes.annotators), len(votes.labels)
    truth, found = vote_shares(votes), np.ones(people + items)
    for _ in range(rounds):
        right = truth[votes.item, votes.label]

        def loss(now: FloatArray, right: FloatArray = right) -> tuple[float, FloatArray]:
            ability, ease = now[:people], np.exp(np.minimum(now[people:], 10))
            logit = ability[votes.annotator] * ease[votes.item]
            excess = expit(logit) - right
            slopes = [
                np.bincount(votes.annotator, excess * ease[votes.item], minlength=people),
                np.bincount(votes.item, excess * logit, minlength=items),
            ]
            fit = (np.logaddexp(0, logit) - right * logit).sum()
            return float(fit + 0.5 * ((now - 1) ** 2).sum()), np.concatenate(slopes) + now - 1

        found = minimize(loss, found, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
        logit = found[votes.annotator] * np.exp(np.minimum(found[people + votes.item], 10))
        gain = np.zeros((items, size))
        np.add.at(gain, (votes.item, votes.label), logit + np.log(max(size - 1, 1)))
        truth = softmax(gain, axis=1)
    return truth


def seconds(methods: list[str]) -> dict[str, float]:
    """Return the CPU seconds of each method on 100,000 votes."""
    random = np.random.default_rng(0)
    items, annotators = np.repeat(np.arange(20_000), 5), random.integers(0, 1000, 100_000)
    truth, skill = random.integers(0, 4, 20_000), random.beta(4, 2, 1000)
    right = random.random(100_000) < skill[annotators]
    given = np.where(right, truth[items], random.integers(0, 4, 100_000))
    votes = list(zip(items.tolist(), annotators.tolist(), given.tolist(), strict=True))
    aggregate(votes[:100])  # imports are not what is measured
    spent = {}
    for method in methods:
        before = time.process_time()
        aggregate(votes, method)  # type: ignore[arg-type]
        spent[method] = time.process_time() - before
    before = time.process_time()
    glad(Votes.of(votes))
    spent["glad"] = time.process_time() - before
    return spent


def anaesthetists(folder: Path) -> dict[str, Any]:
    """Fit Dawid and Skene's model to their own data."""
    votes = lines(folder / "agreement" / "dawid_skene_1979.jsonl")
    found = dawid_skene(Votes.of((vote["task"], vote["worker"], vote["label"]) for vote in votes))
    return {"log_likelihood": found.log_likelihood, "shares": found.prior.tolist()}


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    methods = [method for method in METHODS if method in options.methods.split(",")]
    sets = accuracies(options.dir, methods)
    cpu = seconds(methods)
    own = anaesthetists(options.dir)
    peers = [method for method in PEERS if method in methods]
    shown = [*methods, "glad"]
    width = max(map(len, sets)) + 2
    print(" " * width + "  gold" + "".join(f"{name:>14}" for name in [*shown, "best"]))
    for name, row in sets.items():
        best = max((row[method] for method in peers), default=float("nan"))
        print(f"{name:<{width}}{row['gold']:6.0f}" + "".join(f"{x:14.4f}" for x in [*(row[m] for m in shown), best]))
    for title, least in (("mean", 0), ("mean (gold ≥ 50)", 50)):
        rows = [row for row in sets.values() if row["gold"] >= least]
        means = [np.mean([row[method] for row in rows]) for method in shown]
        means.append(np.mean([max(row[method] for method in peers) for row in rows]) if peers else np.nan)
        print(f"{title:<{width}}{len(rows):6}" + "".join(f"{x:14.4f}" for x in means))
    print(f"{'cpu s, 100k votes':<{width + 6}}" + "".join(f"{cpu[method]:14.2f}" for method in shown))
    print(f"1979: log-likelihood {own['log_likelihood']:.4f}, shares {' '.join(f'{x:.4f}' for x in own['shares'])}")
    if options.json:
        tables = {"accuracy": sets, "cpu_s": cpu, "dawid_skene_1979": own}
        options.json.write_text(json.dumps(tables, indent=2) + "\n", encoding="utf-8")
    return 0 if not {"auto", *PEERS} <= set(methods) or reached(sets, cpu["auto"]) else 4


def reached(sets: dict[str, dict[str, float]], cpu: float) -> bool:
    """Return whether "auto" meets its goals: see the exit code."""
    above = sum(row["auto"] - max(row[peer] for peer in PEERS) for row in sets.values()) > 0
    safe = all(row["auto"] >= row["majority"] - 0.01 for row in sets.values())
    return above and safe and cpu <= 1


if __name__ == "__main__":
    sys.exit(main())
