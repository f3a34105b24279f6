"""Dawid & Skene's model: every annotator confuses labels in an own way; the truth is what explains all votes best.

Dawid, A. P. & Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using the EM algorithm.
Applied Statistics 28:20-28.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.models.confusion import given_counts, infer, vote_shares, vote_table
from toolkit.adjudicate.models.votes import Posterior, Votes

_FLOOR = 1e-300  # keeps the logarithm finite where an annotator never confused two labels


def dawid_skene(votes: Votes, *, tolerance: float = 1e-9, iterations: int = 200) -> Posterior:
    """Fit by maximum likelihood, with expectation-maximisation from the vote shares.

    Args:
        votes: The votes.
        tolerance: Stop when the log-likelihood grows by less a vote.
        iterations: Stop after so many.
    """
    table, size = vote_table(votes), len(votes.labels)
    by_annotator = table.T.tocsr()
    truth, likelihood = vote_shares(votes), -np.inf
    confusion, prior = np.zeros((0, size, size)), np.zeros(size)
    for _ in range(iterations):
        prior = truth.mean(axis=0)
        given = given_counts(by_annotator, truth, size)
        confusion = given / np.maximum(given.sum(axis=1, keepdims=True), _FLOOR)
        log_given = np.log(np.maximum(confusion, _FLOOR)).reshape(-1, size)
        before = likelihood
        truth, likelihood = infer(table, log_given, np.log(np.maximum(prior, _FLOOR)))
        if likelihood - before < tolerance * votes.item.size:
            break
    return Posterior("dawid-skene", truth, prior, confusion.transpose(0, 2, 1), likelihood)
