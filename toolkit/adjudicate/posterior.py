"""What a model of annotators believes of every item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.adjudicate.votes import FloatArray, IntArray, Votes

_TIE = 1e-9  # probabilities this close are a tie: the difference is rounding


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities of labels, and the model they come from.

    Attributes:
        method: The model's name.
        probabilities: Of each label for each item, shape (items, labels), rows sum to 1.
        prior: Share of each label, shape (labels,).
        confusion: Chance that an annotator gives a label (last axis) where another is true (middle axis), shape
            (annotators, labels, labels); None for a model without one.
        log_likelihood: Of the votes under the model, natural logarithm; NaN for a model without one.
    """

    method: str
    probabilities: FloatArray
    prior: FloatArray
    confusion: FloatArray | None = None
    log_likelihood: float = float("nan")

    def best(self) -> IntArray:
        """Return each item's most probable label; a tie goes to the commoner label, then to the first in order."""
        if not self.probabilities.size:
            return np.zeros(0, dtype=np.int64)
        near = self.probabilities >= self.probabilities.max(axis=1, keepdims=True) - _TIE
        ranked: FloatArray = np.where(near, 1.0 + self.prior, 0.0)
        best: IntArray = ranked.argmax(axis=1)
        return best

    def tied(self) -> FloatArray:
        """Return True for each item whose two best labels are equally probable, shape (items,)."""
        near = self.probabilities >= self.probabilities.max(axis=1, keepdims=True) - _TIE
        return np.asarray(near.sum(axis=1) > 1)


def majority(votes: Votes) -> Posterior:
    """Return the share of votes that each label got."""
    counts = votes.counts()
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Posterior("majority", share, counts.sum(axis=0) / max(counts.sum(), 1))
