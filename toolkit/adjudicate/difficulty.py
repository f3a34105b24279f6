"""Dawid & Skene's model with hard items: votes on one item are less independent than the plain model believes.

Every item is easy or hard; annotators have a confusion matrix for each, the hard ones pulled closer to everybody's. The
plain model reads a few joint mistakes on a hard item as proof; here they are what hard items look like. In the line of
Whitehill et al. (2009), GLAD, with two levels of difficulty and whole confusion matrices.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.confusion import given_counts, infer, settled, shrunk, vote_shares, vote_table
from toolkit.adjudicate.posterior import Posterior
from toolkit.adjudicate.votes import Votes


def difficulty(votes: Votes, *, easy: float = 1.0, hard: float = 2.0, iterations: int = 60) -> Posterior:
    """Fit from the vote shares; an item begins the harder, the less its votes agree.

    Args:
        votes: The votes.
        easy: Strength of the pull towards everybody's confusions on easy items; see `confusion.shrunk`.
        hard: The same on hard ones.
        iterations: Stop after so many.
    """
    table, size = vote_table(votes), len(votes.labels)
    by_annotator = table.T.tocsr()
    shares = vote_shares(votes)
    agreed = (shares.max(axis=1, keepdims=True, initial=0.0) - 1 / size) / max(1 - 1 / size, 1 / size)
    agreed = np.clip(agreed, 0.05, 0.95)
    states, likelihood = np.hstack([shares * agreed, shares * (1 - agreed)]), -np.inf
    for _ in range(iterations):
        prior = (states.sum(axis=0) + 0.5) / (len(states) + size)
        given = given_counts(by_annotator, states, size)
        log_easy, log_hard = shrunk(given[:, :, :size], easy)[1], shrunk(given[:, :, size:], hard)[1]
        before = states
        states, likelihood = infer(
            table, np.concatenate([log_easy, log_hard], axis=2).reshape(-1, 2 * size), np.log(prior)
        )
        if settled(states, before):
            break
    truth = states[:, :size] + states[:, size:]
    return Posterior("difficulty", truth, truth.mean(axis=0), log_likelihood=likelihood)
