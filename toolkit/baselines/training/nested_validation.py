"""Nested cross-validation: the score of a training without rows to judge on, with its interval.

The score by which a setting was chosen flatters it: settings, calibration and thresholds have seen the rows that it is
of. Here everything is chosen anew without the stories that are then answered, so that nothing has seen them. It is the
score of models of nine tenths of the rows, which is a little below that of all rows; of many rows four fifths do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import flags_of
from toolkit.baselines.evaluation.grouped_counts import GroupedCounts, label_scores, overall_scores
from toolkit.baselines.models.baseline import Model
from toolkit.errors import InvalidInput
from toolkit.records import Estimate

MOST = 20_000
"""Rows beyond which it would take too long; the score of the choice then has to do."""

FEW = 2_000
"""Rows up to which a fifth of them is missed: there ten folds halve what the score is too low by."""


def nested_scores(
    rows: Rows, fit: Callable[[Rows], Model], *, positive: str | None = None, seed: int = 0
) -> dict[str, Estimate]:
    """Return macro_f1, micro_f1, accuracy and, of two labels, f1_positive of answers to rows that no training saw.

    Args:
        rows: The training rows.
        fit: A whole training: choice, calibration and thresholds.
        positive: The label that f1_positive is of, if any.
        seed: For the folds.

    Returns:
        The scores with intervals over stories; nothing where there are too many rows, or where a part of them can't be
        trained on.

    Examples:
        >>> from toolkit.baselines import Rows, train
        >>> rows = Rows(texts=("rain fell", "it was dry") * 30, labels=(("wet",), ("dry",)) * 30, multi=False,
        ...             groups=tuple(str(at // 4) for at in range(60)))
        >>> found = nested_scores(rows, lambda part: train(part, baseline="words-lr"))
        >>> found["macro_f1"].value
        1.0
    """
    names = list(rows.label_names)
    gold = flags_of(rows.labels, names)
    # another seed than training's, whose folds would else be the same
    folds = grouped_folds(gold, rows.groups, count=10 if len(rows) <= FEW else 5, seed=seed + 1)
    if not folds.count or len(rows) > MOST:
        return {}
    answers: list[tuple[str, ...]] = [()] * len(rows)
    for fold in range(folds.count):
        held = np.flatnonzero(folds.number == fold).tolist()
        try:
            model = fit(rows.take(np.flatnonzero(folds.number != fold).tolist()))
        except InvalidInput:
            return {}
        for number, given in zip(held, model.predict([rows.texts[number] for number in held]), strict=True):
            answers[number] = given
    grouped = GroupedCounts(gold, flags_of(answers, names), rows.groups)
    found = overall_scores(grouped)
    if positive in names:
        found["f1_positive"] = label_scores(grouped)[names.index(str(positive))]["f1"]
    return {name: _widened(each, folds.count) for name, each in found.items()}


def _widened(found: Estimate, folds: int) -> Estimate:
    """Take the variance folds / (folds − 1) times, as the models of the folds have learnt from each other's rows.

    The interval of scores knows the rows that are judged, but not that training on other rows gives another model. By
    how much that adds no cross-validation can tell without bias (Bengio and Grandvalet 2004, JMLR 5:1089), so that it
    was measured on invented sets: docs/explanation/intervals.md has the figures.
    """
    if found.value is None or found.low is None or found.high is None:
        return found
    by = math.sqrt(folds / (folds - 1))
    low, high = (found.value + by * (bound - found.value) for bound in (found.low, found.high))
    return replace(found, low=round(max(low, 0.0), 6), high=round(min(high, 1.0), 6))
