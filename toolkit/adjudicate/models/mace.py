"""MACE: an annotator either knows the answer or guesses, from an own habit.

Hovy, D., Berg-Kirkpatrick, T., Vaswani, A. & Hovy, E. (2013). Learning whom to trust with MACE. NAACL-HLT, pp. 1120;
its variational variant, begun at the vote shares instead of by chance.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.models.confusion import infer, settled, vote_shares, vote_table
from toolkit.adjudicate.models.votes import FloatArray, Posterior, Votes

_KNOWS = 0.5  # imagined knowing and guessing votes: Beta(0.5, 0.5), as in the paper
_HABIT = 10.0  # imagined guesses of each annotator, spread evenly, as in the paper


def mace(votes: Votes, *, iterations: int = 60) -> Posterior:
    """Fit by variational Bayes; labels are equally likely beforehand.

    Args:
        votes: The votes.
        iterations: Stop after so many.
    """
    from scipy.special import digamma

    table, size, people = vote_table(votes), len(votes.labels), len(votes.annotators)
    truth, likelihood = vote_shares(votes), -np.inf
    knows: FloatArray = np.full(people, 0.8)
    guesses = 1 - knows
    habit: FloatArray = np.full((people, size), 1 / size)
    for _ in range(iterations):
        by_knowing = truth[votes.item, votes.label] * knows[votes.annotator]
        by_guessing = (guesses[:, None] * habit)[votes.annotator, votes.label]
        known = by_knowing / (by_knowing + by_guessing)
        knowing = np.bincount(votes.annotator, known, minlength=people) + _KNOWS
        counted = np.bincount(votes.annotator * size + votes.label, 1 - known, minlength=people * size)
        guessed = counted.reshape(people, size) + _HABIT / size
        guessing = guessed.sum(axis=1) - _HABIT + _KNOWS
        knows = np.exp(digamma(knowing) - digamma(knowing + guessing))
        guesses = np.exp(digamma(guessing) - digamma(knowing + guessing))
        habit = np.exp(digamma(guessed) - digamma(guessed.sum(axis=1, keepdims=True)))
        given = (guesses[:, None] * habit)[:, :, None] + knows[:, None, None] * np.eye(size)
        before = truth
        truth, likelihood = infer(table, np.log(given).reshape(-1, size), np.full(size, -np.log(size)))
        if settled(truth, before):
            break
    return Posterior("mace", truth, truth.mean(axis=0), log_likelihood=likelihood)
