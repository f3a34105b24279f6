"""Measure the alternative annotator test by simulation: how often a model that may not pass does, and one that may.

    python scripts/bench/alt_test.py [--runs 2000] [--json FILE]

People are planted: of two labels that are equally common each gives the right one with probability .85. So is the
model: with the probability to be right at which a person is better by exactly ε (`border`), at which it is as good as
a person (`equal`), or .05 better (`better`). Whether one is right follows the story, in a share of the sentences that
is the clustering; a story has six sentences. A cell is people × stories × clustering × ε. Its type-I error is the
share of tests of one person that the model wins at the border at the nominal .05, before the correction for many
people, and its power the same for `equal` and `better`. `passed` is the share of whole tests (ω ≥ .5 after Benjamini
& Yekutieli) that pass.

Exit code 4: a type-I error of 20 stories and more is outside .04 to .06 but for twice its standard error.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from toolkit.agreement import alt_test

RIGHT, PER_STORY, NOMINAL, NEAR = 0.85, 6, 0.05, 0.01
Array = np.ndarray[Any, np.dtype[np.float64]]


class Cell(NamedTuple):
    """One row of the table."""

    people: int
    stories: int
    clustering: float
    epsilon: float
    model: str
    won: float
    passed: float


def lead(right: float, people: int) -> float:
    """Return by how much a person leads, the mean of H − F, against a model that is right with a probability.

    With the truth given, who agrees with more of the others is who is right, unless more than half of them are wrong.
    """
    others = people - 1
    wrong = sum(
        math.comb(others, number) * (1 - RIGHT) ** number * RIGHT ** (others - number)
        for number in range(others + 1)
        if number * 2 > others
    )
    tied = sum(
        math.comb(others, number) * (1 - RIGHT) ** number * RIGHT ** (others - number)
        for number in range(others + 1)
        if number * 2 == others
    )
    return (1 - 2 * wrong - tied) * (RIGHT - right)


def border(epsilon: float, people: int) -> float:
    """Return how often a model is right over which a person leads by exactly ε."""
    return RIGHT - epsilon / (lead(0.0, people) / RIGHT)


def answers(random: np.random.Generator, right: float, stories: int, clustering: float) -> Array:
    """Return whether one is right about each sentence, shape (stories · PER_STORY,)."""
    own = random.random(stories * PER_STORY)
    common = np.repeat(random.random(stories), PER_STORY)
    return np.where(random.random(len(own)) < clustering, common, own) < right


def tested(
    random: np.random.Generator, people: int, stories: int, clustering: float, epsilon: float, right: float
) -> tuple[float, bool]:
    """Return the share of people whom one planted model wins over at the nominal level, and whether it passes."""
    items = stories * PER_STORY
    truth = random.random(items) < 0.5

    def given(chance: float) -> dict[int, bool]:
        said = truth == answers(random, chance, stories, clustering)
        return dict(enumerate(said.tolist()))

    crowd = {f"p{at}": given(RIGHT) for at in range(people)}
    story = {item: item // PER_STORY for item in range(items)}
    found = alt_test(crowd, given(right), epsilon=epsilon, stories=story, resamples=2)
    return float(np.mean([rival.p_value < NOMINAL for rival in found.rivals])), found.passed


def measured(runs: int) -> Iterator[Cell]:
    """Yield the rows of the table."""
    random = np.random.default_rng(0)
    for people in (3, 5):
        for stories in (10, 20, 60):
            for clustering in (0.0, 0.5):
                for epsilon in (0.1, 0.2):
                    models = {"border": border(epsilon, people), "equal": RIGHT, "better": RIGHT + 0.05}
                    for model, right in models.items():
                        many = runs if model == "border" else max(runs // 10, 50)
                        found = [tested(random, people, stories, clustering, epsilon, right) for _ in range(many)]
                        won, passed = np.mean(found, axis=0)
                        yield Cell(people, stories, clustering, epsilon, model, float(won), float(passed))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print(f"{'people':>6} {'stories':>7} {'clustering':>10} {'ε':>4} {'model':7} {'won':>6} {'passed':>6}")
    cells = []
    for cell in measured(given.runs):
        cells.append(cell)
        print(
            f"{cell.people:6} {cell.stories:7} {cell.clustering:10.1f} {cell.epsilon:4.1f} {cell.model:7} "
            f"{cell.won:6.3f} {cell.passed:6.3f}",
            flush=True,
        )
    if given.json:
        given.json.write_text(json.dumps([cell._asdict() for cell in cells], indent=2) + "\n")
    slack = NEAR + 2 * (NOMINAL * (1 - NOMINAL) / given.runs) ** 0.5
    wrong = [c for c in cells if c.model == "border" and c.stories >= 20 and abs(c.won - NOMINAL) > slack]
    print(f"type-I error: {len(wrong)} cells of 20 stories and more are outside .04 to .06 but for chance")
    sys.exit(4 if wrong else 0)


main()
