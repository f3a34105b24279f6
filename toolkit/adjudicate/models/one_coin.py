"""The one-coin model: every annotator is right with an own probability and errs evenly over the other labels."""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.models.confusion import given_counts, infer, settled, vote_shares, vote_table
from toolkit.adjudicate.models.votes import FloatArray, Posterior, Votes


def one_coin(votes: Votes, *, strength: float = 4.0, iterations: int = 60) -> Posterior:
    """Fit Dawid & Skene's model with one parameter an annotator, pulled towards everybody's accuracy.

    Args:
        votes: The votes.
        strength: Imagined votes of everybody's accuracy that each annotator starts from.
        iterations: Stop after so many.
    """
    from scipy.special import digamma

    table, size = vote_table(votes), len(votes.labels)
    by_annotator = table.T.tocsr()
    cast = np.bincount(votes.annotator, minlength=len(votes.annotators))
    truth, likelihood = vote_shares(votes), -np.inf
    accuracy: FloatArray = np.ones(cast.size)
    prior = np.zeros(size)
    for _ in range(iterations):
        prior = (truth.sum(axis=0) + 1) / (len(truth) + size)
        right = np.trace(given_counts(by_annotator, truth, size), axis1=1, axis2=2)
        usual = (right.sum() + 1) / (cast.sum() + 2)
        yes, no = right + strength * usual, cast - right + strength * (1 - usual)
        accuracy = yes / (yes + no)
        log_right = digamma(yes) - digamma(yes + no)
        log_wrong = digamma(no) - digamma(yes + no) - np.log(max(size - 1, 1))
        before = truth
        truth, likelihood = infer(table, _on_diagonal(log_right, log_wrong, size).reshape(-1, size), np.log(prior))
        if settled(truth, before):
            break
    confusion = _on_diagonal(accuracy, (1 - accuracy) / max(size - 1, 1), size)
    return Posterior("one-coin", truth, prior, confusion, likelihood)


def _on_diagonal(diagonal: FloatArray, elsewhere: FloatArray, size: int) -> FloatArray:
    """Return a matrix for each annotator, shape (annotators, size, size)."""
    return np.where(np.eye(size, dtype=bool), diagonal[:, None, None], elsewhere[:, None, None])
