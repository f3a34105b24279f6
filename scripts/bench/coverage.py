"""Measure how often nominal 95 % intervals hold the truth, for every figure that is printed.

    python scripts/bench/coverage.py [--runs N] [--stories 3,5,10] [--json FILE]

A set of rows: stories of 2 to 14 sentences. Whether a sentence carries a label, and what a model scores it, are shifted
from story to story by normal variables (on the scale of log-odds, standard deviation = clustering; of the score, 0.7 of
that); three labels, a score of unit variance that stands 2 higher where the label is right, probabilities that are
calibrated without clustering, a threshold at .35. A second model, for the difference, adds noise to the score. For
agreement: three people who each miss three sentences in ten, right with log-odds that are shifted by story likewise.
The truth is that of 60,000 stories.

A cell is a figure × stories × prevalence × clustering. `given` is the share of sets of which an interval is given: too
few rows tell nothing, and an interval that only says so would hold everything. Cells with `given` below .10 are left
out.

Exit code 4: a cell is outside .90 to .99, or fewer than 85 % of the cells are within .93 to .97; each but for twice the
standard error of a simulated share.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from toolkit.agreement import Ratings
from toolkit.agreement.coefficients import statistic
from toolkit.agreement.intervals import over_stories, proportion
from toolkit.agreement.statistic import prevalence
from toolkit.baselines.evaluation.grouped_counts import (
    GroupedCounts,
    accuracy,
    difference_bounds,
    label_bounds,
    macro_bounds,
    micro_bounds,
)
from toolkit.baselines.evaluation.metrics import (
    average_precision,
    macro_f1,
    micro_f1,
    precision_estimate,
    precision_recall_f1,
)
from toolkit.baselines.evaluation.reliability import calibration_error, calibration_estimate

STORIES = (3, 5, 10, 20, 60)
PREVALENCES = (0.05, 0.1, 0.3, 0.5)
CLUSTERINGS = (0.0, 0.35, 0.7)
LABELS = 3
BATCHES = 5
SLOW = 5  # of the figures that are measured set by set, one set in so many is
COEFFICIENTS = ("alpha", "ac1", "percent", "positive", "negative")
GIVEN = 0.10
WITHIN = (0.93, 0.97)
LIMITS = (0.90, 0.99)


class Sets(NamedTuple):
    """Sets of rows of the same stories: shape (sets, rows, labels) each but for `member`, (rows,)."""

    gold: Any
    given: Any
    other: Any
    probabilities: Any
    member: Any


def rows(random: np.random.Generator, sets: int, stories: int, rate: float, clustering: float) -> Sets:
    """Draw labels, answers of two models and probabilities."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))
    odds = np.log(rate / (1 - rate))
    shift = random.normal(0, clustering, (sets, stories, LABELS))[:, member]
    gold = random.random(shift.shape) < 1 / (1 + np.exp(-(odds + shift)))
    score = random.normal(0, 1, shift.shape) + random.normal(0, clustering * 0.7, (sets, stories, LABELS))[:, member]
    score += np.where(gold, 2.0, 0.0)
    noisy = score + random.normal(0, 0.6, shift.shape)
    first, second = (1 / (1 + np.exp(-(2 * each - 2 + odds))) for each in (score, noisy))
    return Sets(gold, first > 0.35, second > 0.35, first, member)


def people(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Ratings, Any]:
    """Draw three people's answers, and the story of each sentence."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))
    right = 0.95 if rate < 0.2 else 0.85

    def chance(mean: float) -> Any:
        return 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + random.normal(0, clustering, stories))))[member]

    truth, met = random.random(member.size) < chance(rate), chance(right)
    ratings = np.where(random.random((3, member.size)) < met, truth, ~truth).astype(float)
    ratings[random.random(ratings.shape) < 0.3] = np.nan
    return Ratings.of(ratings), member


def coefficients(ratings: Ratings) -> dict[str, Any]:
    """Return each coefficient, and the prevalence, as a statistic over sentences."""
    units = np.arange(ratings.n_units)
    found = {f"agreement {name}": statistic(ratings, units, name, positive=True) for name in COEFFICIENTS}  # type: ignore[arg-type]
    return {**found, "agreement prevalence": prevalence(ratings, units, value=True)}


def truths(rate: float, clustering: float) -> dict[str, float]:
    """Return every figure of very many stories."""
    many = rows(np.random.default_rng(1), 1, 60_000, rate, clustering)
    first, second = (GroupedCounts(many.gold[0], given[0], many.member.tolist()) for given in (many.given, many.other))
    precision, recall, f1 = (each.mean() for each in precision_recall_f1(first.totals))
    gold, probabilities = many.gold[0].reshape(-1), many.probabilities[0].reshape(-1)
    answers, _ = people(np.random.default_rng(2), 60_000, rate, clustering)
    return {
        "accuracy": float(accuracy(first)),
        "macro F1": float(macro_f1(first.totals)),
        "micro F1": float(micro_f1(first.totals)),
        "difference": float(macro_f1(first.totals) - macro_f1(second.totals)),
        "precision": float(precision),
        "recall": float(recall),
        "F1": float(f1),
        "average precision": average_precision(gold, probabilities),
        "calibration error": calibration_error(gold, probabilities),
        **{
            name: float(each.values(each.terms.sum(axis=0, keepdims=True))[0])
            for name, each in coefficients(answers).items()
        },
    }


def bounds(random: np.random.Generator, runs: int, stories: int, rate: float, clustering: float) -> Iterator[Any]:
    """Yield (figure, lower bounds, upper bounds) of many sets; NaN where none are given."""
    sets = max(1, runs // BATCHES)
    for _ in range(BATCHES):
        drawn = rows(random, sets, stories, rate, clustering)
        groups = [f"{story:05}" for story in drawn.member]
        first, second = (GroupedCounts(drawn.gold, given, groups) for given in (drawn.given, drawn.other))
        yield "accuracy", *proportion(first.right, first.sizes)
        yield "macro F1", *macro_bounds(first)
        yield "micro F1", *micro_bounds(first)
        yield "difference", *difference_bounds(first, second)
        for name, found in label_bounds(first).items():
            yield {"f1": "F1"}.get(name, name), found.low[:, 0], found.high[:, 0]
        for at in range(sets // SLOW):
            gold, probabilities = drawn.gold[at, :, 0], drawn.probabilities[at, :, 0]
            yield "average precision", *_bounds(precision_estimate(gold, probabilities, drawn.member))
            yield "calibration error", *_bounds(calibration_estimate(gold, probabilities, drawn.member))
            answers, member = people(random, stories, rate, clustering)
            for name, measure in coefficients(answers).items():
                yield name, *_bounds(over_stories(measure, member))


def _bounds(found: Any) -> tuple[Any, Any]:
    none = found.low is None
    return np.array([np.nan if none else found.low]), np.array([np.nan if none else found.high])


def cells(runs: int, numbers: tuple[int, ...]) -> list[dict[str, Any]]:
    """Measure every cell."""
    found = []
    for clustering in CLUSTERINGS:
        for rate in PREVALENCES:
            truth = truths(rate, clustering)
            for stories in numbers:
                held: dict[str, list[Any]] = defaultdict(list)
                for name, low, high in bounds(np.random.default_rng(stories), runs, stories, rate, clustering):
                    held[name].append(np.where(np.isnan(low), np.nan, (low <= truth[name]) & (truth[name] <= high)))
                for name, each in held.items():
                    inside = np.concatenate(each)
                    given = ~np.isnan(inside)
                    cell = {"figure": name, "stories": stories, "prevalence": rate, "clustering": clustering}
                    share = float(inside[given].mean()) if given.any() else None
                    found.append({**cell, "coverage": share, "given": float(given.mean()), "sets": len(inside)})
    return found


def table(found: list[dict[str, Any]], numbers: tuple[int, ...]) -> list[str]:
    """Return a Markdown table: the range of each figure's coverage for each number of stories, over all other cells."""
    lines = [
        f"| | {' | '.join(f'{number} stories' for number in numbers)} | within .93–.97 |",
        "|---|" + "---|" * (len(numbers) + 1),
    ]
    for name in dict.fromkeys(each["figure"] for each in found):
        mine = [each for each in found if each["figure"] == name and counts(each)]
        ranges = []
        for number in numbers:
            shares = [each["coverage"] for each in mine if each["stories"] == number]
            ranges.append(f"{min(shares):.2f}–{max(shares):.2f}".replace("0.", ".") if shares else "–")
        lines.append(f"| {name} | {' | '.join(ranges)} | {sum(map(inside, mine))} of {len(mine)} |")
    return lines


def counts(cell: dict[str, Any]) -> bool:
    """Say whether an interval is given often enough to judge a cell."""
    return bool(cell["given"] >= GIVEN)


def inside(cell: dict[str, Any], limits: tuple[float, float] = WITHIN) -> bool:
    """Say whether the coverage of a cell is within limits, but for twice the standard error of a simulated share."""
    slack = 2 * (0.95 * 0.05 / max(cell["sets"] * cell["given"], 1)) ** 0.5
    return bool(limits[0] - slack <= cell["coverage"] <= limits[1] + slack)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1500)
    parser.add_argument("--stories", type=lambda said: tuple(map(int, said.split(","))), default=STORIES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = cells(options.runs, options.stories)
    print("\n".join(table(found, options.stories)))
    judged = [each for each in found if counts(each)]
    good = sum(map(inside, judged))
    print(f"\n{good} of {len(judged)} cells within {WITHIN[0]} to {WITHIN[1]}; {time.process_time():.0f} CPU s")
    for each in sorted(judged, key=lambda cell: cell["coverage"]):
        if not inside(each):
            print({key: round(value, 3) if isinstance(value, float) else value for key, value in each.items()})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    wild = [each for each in judged if not inside(each, LIMITS)]
    return 4 if wild or good < 0.85 * len(judged) else 0


if __name__ == "__main__":
    sys.exit(main())
