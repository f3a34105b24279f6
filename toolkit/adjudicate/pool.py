"""The opinion of several models at once, because none of them is right about every crowd.

Measured on 16 crowds, each model beats the others somewhere and loses to a plain majority elsewhere: full confusion
matrices explain votes best (in cross-validation too) even where their latent classes are not the true labels, so that
choosing one by likelihood chooses wrongly. The mean of the models' probabilities, a linear opinion pool (Stone, 1961),
is near the best model of each crowd without knowing which that is, and is less sure of itself than any one.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.dawid_skene import hierarchical
from toolkit.adjudicate.difficulty import difficulty
from toolkit.adjudicate.one_coin import one_coin
from toolkit.adjudicate.posterior import Posterior, majority
from toolkit.adjudicate.votes import Votes

MEMBERS = (majority, one_coin, hierarchical, difficulty)
"""From no assumption on annotators to many: equal votes, an accuracy each, a confusion matrix each, and hard items."""


def pool(votes: Votes) -> Posterior:
    """Return the mean of the members' probabilities."""
    opinions = [member(votes) for member in MEMBERS]
    mean = np.mean([opinion.probabilities for opinion in opinions], axis=0)
    return Posterior("auto", mean, majority(votes).prior)
