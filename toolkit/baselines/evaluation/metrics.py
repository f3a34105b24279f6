"""Precision, recall, F1 and average precision, as arrays and with intervals over stories.

An undefined score (nothing to find and nothing found) is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.agreement.intervals import (
    at_ends,
    cluster_numbers,
    enough,
    estimate,
    independent,
    inflation,
    too_few,
    wilson,
)
from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.baselines.evaluation.reliability import calibration_estimate
from toolkit.records import Estimate

_POSITIVES = 10  # rows that carry a label, at least, for an interval of its average precision


def counts(gold: Flags, given: Flags) -> Ints:
    """Return [L, 3]: true positives, false positives and false negatives of each label.

    Args:
        gold: [N, L], the truth.
        given: [N, L], the answers.
    """
    return np.stack([(gold & given).sum(axis=0), (~gold & given).sum(axis=0), (gold & ~given).sum(axis=0)], axis=-1)


def precision_recall_f1(table: Ints | Floats) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall and F1 from counts [..., 3], each [...].

    F1 = 2 TP / (2 TP + FP + FN): 0 for a label that exists and is never found.
    """
    hits, false, missed = (np.asarray(table[..., column], dtype=np.float64) for column in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        return hits / (hits + false), hits / (hits + missed), 2 * hits / (2 * hits + false + missed)


def macro_f1(table: Ints | Floats) -> Floats:
    """Return the mean F1 [...] over the labels that were to be found or were given, from counts [..., L, 3]."""
    _, _, f1 = precision_recall_f1(table)
    defined = ~np.isnan(f1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(defined, f1, 0.0).sum(axis=-1) / defined.sum(axis=-1))


def micro_f1(table: Ints | Floats) -> Floats:
    """Return F1 [...] of all labels' counts [..., L, 3] added up."""
    return precision_recall_f1(np.asarray(table).sum(axis=-2))[2]


def average_precision(gold: Flags, probabilities: Floats) -> float:
    """Return the area under the precision-recall steps of one label, NaN without positives; ties share a step.

    Args:
        gold: [N].
        probabilities: [N], higher is more likely.
    """
    positives = int(gold.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hits = np.cumsum(gold[order])[ends]
    return float(np.sum(np.diff(hits, prepend=0) * hits / (ends + 1)) / positives)


def probability_scores(gold: Flags, probabilities: Floats, groups: Sequence[str]) -> list[dict[str, Estimate]]:
    """Return average_precision and calibration_error of each label with their intervals.

    Args:
        gold: The true labels, shape (rows, labels).
        probabilities: Shape (rows, labels).
        groups: Group id of each row.
    """
    member = cluster_numbers(groups, by_name=True)
    return [
        {
            "average_precision": precision_estimate(flags, column, member),
            "calibration_error": calibration_estimate(flags, column, member),
        }
        for flags, column in zip(gold.T, probabilities.T, strict=True)
    ]


def precision_estimate(gold: Flags, probabilities: Floats, member: Ints) -> Estimate:
    """Return average precision of one label with its interval.

    Args:
        gold: Shape (rows,).
        probabilities: Shape (rows,).
        member: Number of each row's story, shape (rows,).
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, positive, story = probabilities[order], gold[order].astype(np.float64), member[order]
    ends = np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)]
    step = np.cumsum(ends) - ends  # ties share a step
    seen, found = np.flatnonzero(ends) + 1.0, np.cumsum(positive)[ends]
    hits, positives, stories = np.diff(found, prepend=0), float(positive.sum()), int(member.max(initial=-1)) + 1
    few = too_few(positives, stories, _POSITIVES, what="row that carries it").replace("carries its", "carry it")
    if not positives:
        return Estimate(value=None, n=0, reason="it is undefined on these rows")
    value = float((hits * found / seen).sum() / positives)
    # a row moves the precision at its own step, and at all later steps that it is ahead of
    ahead = np.cumsum((hits / (positives * seen))[::-1])[::-1]
    behind = np.cumsum((hits * found / (positives * seen**2))[::-1])[::-1]
    moved = positive * ((found / seen)[step] - value) / positives + positive * ahead[step] - behind[step]
    share = np.bincount(story, positive, minlength=stories) / positives
    own = float((moved**2).sum())
    sums = np.bincount(story, moved, minlength=stories)
    factor, freedom = inflation(own, sums, share, positives * value * (1 - value))
    # each positive row counts itself among those found: of few rows the value comes out too high
    centre = max(value - (1 - value) * ahead[0] / 2, 0.0)
    inside = wilson(centre, independent(value, own, positives) / factor, freedom)
    bounds = enough(at_ends(value, positives, inside), positives, stories, _POSITIVES)
    return estimate(value, bounds, n=int(positives), reason=few)
