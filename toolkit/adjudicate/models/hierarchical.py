"""Hierarchical Dawid & Skene, with or without hard items.

Every annotator has a confusion matrix, pulled towards everybody's: who voted little is taken to be like the others.
Paun et al. (2018). Comparing Bayesian models of annotation. TACL 6:571; fitted by variational Bayes as
in Kim & Ghahramani (2012). Bayesian classifier combination. AISTATS.

With two levels of difficulty, an item is easy or hard and annotators have a confusion matrix for each. The plain model
reads a few joint mistakes on a hard item as proof; here they are what hard items look like. In the line of Whitehill et
al. (2009), GLAD, with two levels and whole confusion matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.adjudicate.models.confusion import given_counts, infer, settled, shrunk, vote_shares, vote_table
from toolkit.adjudicate.models.votes import FloatArray, Posterior, Votes


@dataclass(frozen=True, slots=True)
class Graded:
    """A fitted model.

    Attributes:
        posterior: What it believes of the items it was fitted to.
        log_given: Log chance of each vote in each state, shape (annotators · labels, levels · labels).
        log_prior: Log share of each state, shape (levels · labels,).
    """

    posterior: Posterior
    log_given: FloatArray
    log_prior: FloatArray

    def score(self, votes: Votes) -> float:
        """Return the log-likelihood of votes on other items by the same annotators."""
        return infer(vote_table(votes), self.log_given, self.log_prior)[1]


def graded(votes: Votes, strengths: Sequence[float], *, name: str, iterations: int = 60) -> Graded:
    """Fit from the vote shares; an item begins the harder, the less its votes agree.

    Args:
        votes: The votes.
        strengths: Of the pull towards everybody's confusions, for each level of difficulty, the easiest first; see
            `confusion.shrunk`. One or two levels.
        name: What to call it.
        iterations: Stop after so many.
    """
    table, size = vote_table(votes), len(votes.labels)
    by_annotator = table.T.tocsr()
    states, likelihood = _first_states(vote_shares(votes), len(strengths)), -np.inf
    prior = np.zeros(states.shape[1])
    mean: FloatArray = np.zeros((0, size, states.shape[1]))
    for _ in range(iterations):
        prior = (states.sum(axis=0) + 1 / len(strengths)) / (len(states) + size)
        given = given_counts(by_annotator, states, size)
        levels = [shrunk(given[:, :, at * size : (at + 1) * size], strength) for at, strength in enumerate(strengths)]
        mean = np.concatenate([level[0] for level in levels], axis=2)
        log_given = np.concatenate([level[1] for level in levels], axis=2)
        before = states
        states, likelihood = infer(table, log_given.reshape(-1, states.shape[1]), np.log(prior))
        if settled(states, before):
            break
    truth = states.reshape(len(states), len(strengths), size).sum(axis=1)
    confusion = mean.transpose(0, 2, 1) if len(strengths) == 1 else None
    posterior = Posterior(name, truth, prior.reshape(len(strengths), size).sum(axis=0), confusion, likelihood)
    return Graded(posterior, np.log(mean).reshape(-1, states.shape[1]), np.log(prior))


def hierarchical(votes: Votes, *, strength: float = 1.0) -> Posterior:
    """Fit without levels of difficulty."""
    return graded(votes, (strength,), name="hierarchical").posterior


def difficulty(votes: Votes, *, easy: float = 1.0, hard: float = 2.0) -> Posterior:
    """Fit with easy and hard items."""
    return graded(votes, (easy, hard), name="difficulty").posterior


def _first_states(shares: FloatArray, levels: int) -> FloatArray:
    if levels == 1:
        return shares
    chance = 1 / shares.shape[1]
    agreed = (shares.max(axis=1, keepdims=True) - chance) / max(1 - chance, chance)
    easy = np.clip(agreed, 0.05, 0.95)
    return np.hstack([shares * easy, shares * (1 - easy)])
