"""Majority vote in which a vote counts as much as its annotator is reliable.

Nitzan, S. & Paroush, J. (1982). Optimal decision rules in uncertain dichotomous choice situations. Int Econ Rev 23:289:
of independent voters, the logarithm of the odds to be right is the best weight.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.models.confusion import settled, vote_shares
from toolkit.adjudicate.models.votes import FloatArray, Posterior, Votes

_LEAST = 0.05  # weight of one who does no better than chance: enough to be heard where nobody else voted


def weighted(votes: Votes, *, iterations: int = 20) -> Posterior:
    """Weight annotators by the log-odds that the *other* votes on their items agree with them, until it settles.

    One vote of agreement and one of disagreement are imagined for everybody, so that who voted once is not extreme.

    Args:
        votes: The votes.
        iterations: Stop after so many.

    Returns:
        Shares of the weighted votes.
    """
    shares = vote_shares(votes)
    size, cells = len(votes.labels), votes.item * len(votes.labels) + votes.label
    cast = np.bincount(votes.annotator, minlength=len(votes.annotators))
    weight: FloatArray = np.ones(cast.size)
    for _ in range(iterations):
        total = np.bincount(cells, weight[votes.annotator], minlength=shares.size).reshape(shares.shape)
        others = total.sum(axis=1)[votes.item] - weight[votes.annotator]
        with_me = total[votes.item, votes.label] - weight[votes.annotator]
        agreeing = np.where(others > 0, with_me / np.maximum(others, _LEAST), 0.5)
        reliable = (np.bincount(votes.annotator, agreeing, minlength=cast.size) + 1) / (cast + 2)
        weight = np.maximum(np.log(reliable / (1 - reliable) * max(size - 1, 1)), _LEAST)
        before = shares
        total = np.bincount(cells, weight[votes.annotator], minlength=shares.size).reshape(shares.shape)
        shares = total / total.sum(axis=1, keepdims=True)
        if settled(shares, before):
            break
    return Posterior("weighted", shares, votes.counts().sum(axis=0) / votes.item.size)
