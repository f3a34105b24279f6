"""From many votes to one label and how sure of it we are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Literal, get_args

from toolkit.adjudicate.dawid_skene import dawid_skene
from toolkit.adjudicate.graded import difficulty, hierarchical
from toolkit.adjudicate.mace import mace
from toolkit.adjudicate.one_coin import one_coin
from toolkit.adjudicate.pool import pool
from toolkit.adjudicate.posterior import Posterior, majority
from toolkit.adjudicate.votes import Votes
from toolkit.adjudicate.weighted import weighted
from toolkit.errors import UsageError

Method = Literal["auto", "majority", "weighted", "dawid-skene", "hierarchical", "one-coin", "mace", "difficulty"]
METHODS: tuple[Method, ...] = get_args(Method)

_MODELS: dict[str, Callable[[Votes], Posterior]] = {
    "auto": pool,
    "majority": majority,
    "weighted": weighted,
    "dawid-skene": dawid_skene,
    "hierarchical": hierarchical,
    "one-coin": one_coin,
    "mace": mace,
    "difficulty": difficulty,
}


def aggregate(
    votes: Iterable[tuple[Hashable, Hashable, Hashable]], method: Method = "auto"
) -> dict[Hashable, tuple[Hashable, float]]:
    """Decide every item's label from its votes.

    Args:
        votes: (item, annotator, label) triples in any order.
        method: "majority"; "weighted" by agreement; "one-coin" (an accuracy each); "dawid-skene" (1979) and
            "hierarchical" (shrunk) confusion matrices; "difficulty" (the same with hard items); "mace"; or "auto", a
            pool of them.

    Returns:
        Item → (label, confidence): the label's posterior probability, for "majority" its share of votes. A tie shows
        as equal confidence; the label is then the commoner one in all votes, then the first in order.

    Raises:
        UsageError: There is no such method.
        InvalidInput: A vote is no triple of names: None and NaN are none, nor is what has no hash.
    """
    coded = Votes.of(votes)
    posterior = fit(coded, method)
    best = posterior.best()
    return {
        item: (coded.labels[label], float(posterior.probabilities[at, label]))
        for at, (item, label) in enumerate(zip(coded.items, best.tolist(), strict=True))
    }


def fit(votes: Votes, method: Method = "auto") -> Posterior:
    """Return the method's probabilities for every item.

    Raises:
        UsageError: There is no such method.
    """
    model = _MODELS.get(method) if isinstance(method, str) else None
    if model is None:
        raise UsageError(f"there is no method {method!r}", remedy=f"use one of {', '.join(METHODS)}")
    return model(votes) if votes.item.size else majority(votes)
