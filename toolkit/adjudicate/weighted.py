"""Majority vote in which a vote counts as much as its annotator agrees with the outcome."""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.confusion import settled, vote_shares
from toolkit.adjudicate.posterior import Posterior
from toolkit.adjudicate.votes import FloatArray, Votes


def weighted(votes: Votes, *, iterations: int = 20) -> Posterior:
    """Weight annotators by how often the weighted outcome of the *other* votes is theirs, until it settles.

    One vote of agreement and one of disagreement are imagined for everybody, so that who voted once is not extreme.

    Args:
        votes: The votes.
        iterations: Stop after so many.
    """
    shares = vote_shares(votes)
    size, cells = len(votes.labels), votes.item * len(votes.labels) + votes.label
    cast = np.bincount(votes.annotator, minlength=len(votes.annotators))
    weight: FloatArray = np.ones(cast.size)
    for _ in range(iterations):
        total = np.bincount(cells, weight[votes.annotator], minlength=shares.size).reshape(shares.shape)
        others = total[votes.item] - weight[votes.annotator, None] * np.eye(size)[votes.label]
        agreeing = others[np.arange(votes.item.size), votes.label] / np.maximum(others.sum(axis=1), 1e-12)
        weight = (np.bincount(votes.annotator, agreeing, minlength=cast.size) + 1) / (cast + 2)
        before = shares
        total = np.bincount(cells, weight[votes.annotator], minlength=shares.size).reshape(shares.shape)
        shares = total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12)
        if settled(shares, before):
            break
    return Posterior("weighted", shares, shares.mean(axis=0))
