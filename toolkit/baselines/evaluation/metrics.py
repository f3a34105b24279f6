"""Precision, recall, F1, average precision and calibration error, as arrays and with intervals over stories.

An undefined score (nothing to find and nothing found) is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from toolkit.agreement.intervals import Resampling, cluster_numbers, percentile
from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.records import Estimate

_BINS = 10


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


def probability_scores(
    gold: Flags, probabilities: Floats, groups: Sequence[str], resampling: Resampling
) -> list[dict[str, Estimate]]:
    """Return average_precision and calibration_error of each label with their intervals.

    Args:
        gold: The true labels, shape (rows, labels).
        probabilities: Shape (rows, labels).
        groups: Group id of each row; the same seed draws the same groups as for every other score.
        resampling: For the intervals.
    """
    member = cluster_numbers(groups, by_name=True)
    rankings = [_Ranking.of(flags, column, member) for flags, column in zip(gold.T, probabilities.T, strict=True)]
    gaps = [_Gaps.of(flags, column, member) for flags, column in zip(gold.T, probabilities.T, strict=True)]
    drawn: list[Floats] = [np.zeros((0, 2, gold.shape[1]))]
    for weights in resampling.weights(len(set(groups))):
        pairs = [(ranking.drawn(weights), gap.drawn(weights)) for ranking, gap in zip(rankings, gaps, strict=True)]
        drawn.append(np.stack([np.stack(pair, axis=1) for pair in pairs], axis=2))
    draws = np.concatenate(drawn)
    return [
        {
            "average_precision": percentile(average_precision(flags, column), draws[:, 0, number]),
            "calibration_error": percentile(calibration_error(flags, column, bins=_BINS), draws[:, 1, number]),
        }
        for number, (flags, column) in enumerate(zip(gold.T, probabilities.T, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class _Ranking:
    """A label's rows by falling probability, as far as average precision depends on them.

    It is a sum over the steps at which recall grows: runs of equal probability that hold a positive row.

    Attributes:
        rows: [steps, groups], rows of a group after the step before and up to this one.
        hits: [steps, groups], positive ones among them.
    """

    rows: sp.csr_matrix
    hits: sp.csr_matrix

    @classmethod
    def of(cls, flags: Flags, probabilities: Floats, member: Ints) -> _Ranking:
        order = np.argsort(-probabilities, kind="stable")
        ranked, positive, group = probabilities[order], flags[order], member[order]
        run = np.cumsum(np.append(True, ranked[1:] != ranked[:-1])) - 1 if len(ranked) else np.zeros(0, dtype=np.int64)
        growing = np.unique(run[positive])
        step = np.searchsorted(growing, run)  # the first step at or after the row's run
        counted = step < len(growing)
        shape = (len(growing), int(member.max(initial=-1)) + 1)
        tables = [
            sp.csr_matrix((np.ones(int(chosen.sum())), (step[chosen], group[chosen])), shape=shape)
            for chosen in (counted, counted & positive)
        ]
        return cls(*tables)

    def drawn(self, weights: Ints) -> Floats:
        """Return average precision [draws] of draws [draws, groups]; NaN where no positive row was drawn."""
        rows, hits = self.rows @ weights.T, self.hits @ weights.T
        found, seen = np.cumsum(hits, axis=0), np.cumsum(rows, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(seen > 0, found / seen, 0.0)
            return np.asarray((hits * precision).sum(axis=0) / hits.sum(axis=0))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """How far frequency and probability of a label are apart, bin by bin.

    Attributes:
        gap: [groups, bins], sum of truth less probability.
        rows: [groups].
    """

    gap: Floats
    rows: Floats

    @classmethod
    def of(cls, flags: Flags, probabilities: Floats, member: Ints) -> _Gaps:
        groups = int(member.max(initial=-1)) + 1
        gap = np.zeros((groups, _BINS))
        np.add.at(gap, (member, bin_of(probabilities, _BINS)), flags - probabilities)
        return cls(gap, np.bincount(member, minlength=groups).astype(np.float64))

    def drawn(self, weights: Ints) -> Floats:
        """Return the calibration error [draws] of draws [draws, groups]."""
        return np.asarray(np.abs(weights @ self.gap).sum(axis=1) / (weights @ self.rows))
