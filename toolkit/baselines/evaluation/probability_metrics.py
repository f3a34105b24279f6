"""How good the probabilities of a label are: average precision and calibration error, with intervals over stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.baselines.evaluation.grouped_counts import Figure, figure, group_weights, members
from toolkit.baselines.evaluation.metrics import average_precision, bin_of, calibration_error

_BINS = 10


def probability_scores(
    gold: Flags, probabilities: Floats, groups: Sequence[str], *, seed: int, resamples: int
) -> list[dict[str, Figure]]:
    """Return average_precision and calibration_error with their intervals, a label.

    Args:
        gold: [N, L], the truth.
        probabilities: [N, L].
        groups: N group ids; the same seed draws the same ones as for every other figure.
        seed: For the bootstrap.
        resamples: For the intervals; 0 leaves them out.
    """
    member = members(groups)
    rankings = [_Ranking.of(flags, column, member) for flags, column in zip(gold.T, probabilities.T, strict=True)]
    gaps = [_Gaps.of(flags, column, member) for flags, column in zip(gold.T, probabilities.T, strict=True)]
    drawn: list[Floats] = [np.zeros((0, 2, gold.shape[1]))]
    for weights in group_weights(len(set(groups)), seed=seed, resamples=resamples):
        pairs = [(ranking.drawn(weights), gap.drawn(weights)) for ranking, gap in zip(rankings, gaps, strict=True)]
        drawn.append(np.stack([np.stack(pair, axis=1) for pair in pairs], axis=2))
    draws = np.concatenate(drawn)
    return [
        {
            "average_precision": figure(average_precision(flags, column), draws[:, 0, number]),
            "calibration_error": figure(calibration_error(flags, column, bins=_BINS), draws[:, 1, number]),
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
