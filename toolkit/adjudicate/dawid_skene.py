"""Dawid & Skene's model: every annotator confuses labels in an own way; the truth is what explains all votes best.

Dawid, A. P. & Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using the EM algorithm.
Applied Statistics 28:20-28.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.posterior import Posterior
from toolkit.adjudicate.votes import FloatArray, Votes

_FLOOR = 1e-300  # keeps log finite where an annotator never confused two labels


def dawid_skene(votes: Votes, *, prior_votes: float = 0.0, tolerance: float = 1e-9, iterations: int = 200) -> Posterior:
    """Fit annotators' confusion matrices and the label shares by expectation-maximisation, from vote shares.

    Args:
        votes: The votes.
        prior_votes: Imagined votes added to every cell of every confusion matrix; 0 is maximum likelihood.
        tolerance: Stop when the log-likelihood of a vote changes by less.
        iterations: Stop after so many.
    """
    counts = votes.counts()
    truth = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size, before = len(votes.labels), -np.inf
    table = vote_table(votes)
    by_annotator = table.T.tocsr()
    confusion, prior, likelihood = np.zeros((0, size, size)), np.zeros(size), before
    for _ in range(iterations):
        prior = truth.mean(axis=0)
        given = (by_annotator @ truth).reshape(-1, size, size).transpose(0, 2, 1) + prior_votes
        confusion = given / np.maximum(given.sum(axis=2, keepdims=True), _FLOOR)
        truth, likelihood = expect(table, confusion, prior)
        if likelihood - before < tolerance * max(votes.item.size, 1):
            break
        before = likelihood
    return Posterior("dawid-skene", truth, prior, confusion, likelihood)


def vote_table(votes: Votes):  # type: ignore[no-untyped-def]  # scipy ships no types
    """Return how often each (annotator, label) was given to each item: sparse, (items, annotators · labels)."""
    from scipy.sparse import csr_matrix

    size = len(votes.labels)
    columns = votes.annotator * size + votes.label
    shape = (len(votes.items), len(votes.annotators) * size)
    return csr_matrix((np.ones(votes.item.size), (votes.item, columns)), shape=shape)


def expect(table, confusion: FloatArray, prior: FloatArray) -> tuple[FloatArray, float]:  # type: ignore[no-untyped-def]
    """Return the labels' probabilities, shape (items, labels), and the log-likelihood of all votes.

    Args:
        table: As `vote_table` returns it.
        confusion: Chance of each given label, shape (annotators, true, given).
        prior: Share of each true label, shape (labels,).
    """
    size = prior.size
    log_given = np.log(np.maximum(confusion, _FLOOR)).transpose(0, 2, 1).reshape(-1, size)
    log_joint = table @ log_given + np.log(np.maximum(prior, _FLOOR))
    top = log_joint.max(axis=1, keepdims=True) if log_joint.size else log_joint
    joint = np.exp(log_joint - top)
    total = joint.sum(axis=1, keepdims=True)
    return np.asarray(joint / total), float((top + np.log(total)).sum())
