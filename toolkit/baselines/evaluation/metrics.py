"""Scores of answers against the truth. Undefined ones (nothing to find and nothing found) are NaN, never 0."""

from __future__ import annotations

import numpy as np

from toolkit.baselines.data.targets import Flags, Floats, Ints


def counts(gold: Flags, given: Flags) -> Ints:
    """Return [L, 3]: true positives, false positives and false negatives a label.

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


def calibration_error(gold: Flags, probabilities: Floats, *, bins: int = 10) -> float:
    """Return the expected calibration error of one label: 0 is best, 1 is worst, NaN without rows.

    The mean over equal-width bins, weighted by rows, of |frequency of yes − mean probability| (Naeini et al. 2015).

    Args:
        gold: [N].
        probabilities: [N].
        bins: Number of bins.
    """
    if not len(gold):
        return float("nan")
    gap = np.bincount(bin_of(probabilities, bins), weights=gold - probabilities, minlength=bins)
    return float(np.abs(gap).sum() / len(gold))


def bin_of(probabilities: Floats, bins: int) -> Ints:
    """Return the number of the equal-width bin [N] of each probability [N]; 1 is in the last."""
    return np.asarray(np.minimum((probabilities * bins).astype(np.int64), bins - 1))
