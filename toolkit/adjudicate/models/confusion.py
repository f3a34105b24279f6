"""Parts that the models of annotators share: sparse votes, the step that infers the truth, and shrunk confusions."""

from __future__ import annotations

from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from toolkit.adjudicate.models.votes import FloatArray, Votes

VoteTable: TypeAlias = Any  # scipy.sparse.csr_matrix, which ships no types

_SETTLED = 1e-4  # largest change of a probability between two rounds at which a model has converged


def vote_table(votes: Votes) -> VoteTable:
    """Return how often each annotator gave each label to each item: sparse, (items, annotators · labels)."""
    from scipy import sparse  # here, so that importing the room stays light

    size = len(votes.labels)
    columns = votes.annotator * size + votes.label
    shape = (len(votes.items), len(votes.annotators) * size)
    return sparse.coo_array((np.ones(votes.item.size), (votes.item, columns)), shape=shape).tocsr()


def vote_shares(votes: Votes) -> FloatArray:
    """Return the share of each label among the votes on each item, where every model begins; (items, labels)."""
    counts = votes.counts()
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def infer(table: VoteTable, log_given: FloatArray, log_prior: FloatArray) -> tuple[FloatArray, float]:
    """Return each item's probability of every state, and the log-likelihood of all votes.

    Args:
        table: As `vote_table` returns it.
        log_given: Log chance of each vote in each state, shape (annotators · labels, states).
        log_prior: Log share of each state, shape (states,).
    """
    log_joint = table @ log_given + log_prior
    top = reduce(np.maximum, log_joint.T)[:, None]  # a column at a time: numpy is slow along a short last axis
    joint = np.exp(log_joint - top)
    total = np.einsum("ij->i", joint)[:, None]
    return joint / total, float((top + np.log(total)).sum())


def given_counts(by_annotator: VoteTable, states: FloatArray, labels: int) -> FloatArray:
    """Return how often each annotator gave each label in each state, shape (annotators, labels, states)."""
    return np.asarray(by_annotator @ states).reshape(-1, labels, states.shape[1])


def shrunk(given: FloatArray, strength: float) -> tuple[FloatArray, FloatArray]:
    """Return confusions pulled towards that of all annotators together, shape (annotators, given, true).

    Each annotator's column is Dirichlet with `strength` imagined votes spread as everybody's votes are: who voted
    little is taken to be like the others. Half a vote on the diagonal keeps labels from trading places.

    Args:
        given: As `given_counts` returns it.
        strength: Imagined votes for each true label.

    Returns:
        The mean, and the expectation of its logarithm (variational Bayes), which trusts rare votes less.
    """
    from scipy.special import digamma

    labels, states = given.shape[1:]
    pooled = given.sum(axis=0) + 0.1 + 0.5 * np.eye(labels, states)
    weights = given + strength * pooled / pooled.sum(axis=0)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total, digamma(weights) - digamma(total)


def settled(now: FloatArray, before: FloatArray) -> bool:
    """Return whether two rounds believe the same."""
    return bool(np.abs(now - before).max(initial=0.0) < _SETTLED)
