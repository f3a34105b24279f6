"""The opinion of several models at once, because none of them is right about every crowd.

Measured on 16 crowds, each model beats the others somewhere, and each but the plain majority loses to the majority
somewhere. Full confusion matrices explain votes best, in cross-validation too, even where their latent classes are not
the true labels, so that choosing one model by likelihood chooses wrongly. The mean of the models' probabilities, a
linear opinion pool (Stone 1961, The opinion pool), is near the best model of each crowd without knowing which that is,
and is less sure of itself than any one. What likelihood can tell is whether some items are hard for everybody: that
choice is made by cross-validation.
"""

from __future__ import annotations

import numpy as np

from toolkit.adjudicate.models.hierarchical import difficulty, graded, hierarchical
from toolkit.adjudicate.models.one_coin import one_coin
from toolkit.adjudicate.models.votes import Posterior, Votes, majority

_PLAIN = ((1.0,), (4.0,))  # strengths of the models without hard items …
_HARD = (1.0, 2.0)  # … and with them
_EVIDENCE = 5.0  # log-likelihood of votes not seen by which hard items must win: odds of 150 to 1
_FOLDS = 3
_ENOUGH = 10_000  # votes that decide it; more cost time and change nothing


def pool(votes: Votes) -> Posterior:
    """Return the mean of four models' probabilities.

    From no assumption on annotators to many: equal votes, an accuracy each, a confusion matrix each, and a second
    opinion with confusion matrices, which knows hard items where cross-validation finds any.
    """
    second = difficulty if has_hard_items(votes) else hierarchical
    opinions = [model(votes).probabilities for model in (majority, one_coin, hierarchical, second)]
    return Posterior("auto", np.mean(opinions, axis=0), majority(votes).prior)


def has_hard_items(votes: Votes) -> bool:
    """Return whether votes on items not seen are predicted better by a model with hard items."""
    order = np.random.default_rng(0).permutation(len(votes.items))
    per_item = np.bincount(votes.item, minlength=len(votes.items))
    order = order[: np.searchsorted(np.cumsum(per_item[order]), _ENOUGH) + 1]
    if len(order) < 2 * _FOLDS:
        return False
    gain = 0.0
    for fold in range(_FOLDS):
        held_out = votes.of_items(order[fold::_FOLDS])
        seen = votes.of_items(np.concatenate([order[at::_FOLDS] for at in range(_FOLDS) if at != fold]))
        plain = max(graded(seen, strengths, name="plain").score(held_out) for strengths in _PLAIN)
        gain += graded(seen, _HARD, name="hard").score(held_out) - plain
    return gain > _EVIDENCE
