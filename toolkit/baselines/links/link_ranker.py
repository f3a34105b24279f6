"""The ranker of pairs: how likely it is that a link joins two places, learnt from links that people drew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.baselines.data.targets import Flags, Floats
from toolkit.baselines.links.link_pairs import FEATURES, LinkPair

Ends = tuple[str, str, str]
"""A link as its label and its two sentences."""

LEAST: Final = 10
"""Links of a label that have to be drawn before its weights are learnt; else those of `UNLEARNT` hold."""

UNLEARNT: Final[Mapping[str, float]] = {
    "near": 1.0,
    "near_articles": 0.5,
    "earlier": 1.5,
    "first": 1.0,
    "content": 2.0,
    "sources": 1.0,
    "accused": 2.0,
    "words": 4.0,
    "numbers": 0.5,
    "kind": 1.0,
}
"""Weights of features where too little is drawn to learn from: set by hand, the bias is -5."""

_BIAS: Final = -5.0
_UNLIKE: Final = 0.05  # threshold by hand of links between unlike places, such as a denial and a claim
_ALIKE: Final = 0.95  # … and between like ones, of which any two are a candidate
_STRENGTH: Final = 10.0  # inverse of the regularisation, as in scikit-learn


@dataclass(frozen=True, slots=True)
class RankedPair:
    """A pair with what the ranker says.

    Attributes:
        pair: The pair.
        probability: That the link joins it, in [0, 1].
        rank: 1 for the likeliest tail of its head.
        suggested: The likeliest tail of its head, and likelier than the threshold.
    """

    pair: LinkPair
    probability: float
    rank: int
    suggested: bool


@dataclass(frozen=True)
class LinkRanker:
    """A ranker: a logistic regression per link.

    Attributes:
        weights: Link → the weights of `FEATURES`, and the bias, where they are learnt from drawn links.
        thresholds: Link → the probability from which such a link is suggested.
    """

    weights: Mapping[str, tuple[float, ...]]
    thresholds: Mapping[str, float]

    @classmethod
    def fitted(cls, pairs: Sequence[LinkPair], drawn: Collection[Ends]) -> LinkRanker:
        """Learn from pairs of decided stories and the links among them.

        The threshold of a link is the one with the best F1 on the pairs that it learns from.

        Args:
            pairs: Every candidate of the stories.
            drawn: The links that hold there; all other pairs count as not linked.
        """
        weights, thresholds = {}, {}
        for label in sorted({pair.label for pair in pairs}):
            mine = [pair for pair in pairs if pair.label == label]
            linked = np.array([pair.ends in drawn for pair in mine])
            if LEAST <= linked.sum() < len(linked):
                weights[label] = _learnt(mine, linked)
                thresholds[label] = _best_threshold(mine, _probabilities(mine, weights[label]), drawn)
        return cls(weights, thresholds)

    def ranked(self, pairs: Iterable[LinkPair]) -> list[RankedPair]:
        """Return pairs with their probability and rank, by link, head and rank; ties keep the order of the story."""
        by_head: dict[tuple[str, str, int], list[tuple[float, LinkPair]]] = {}
        for pair in pairs:
            (probability,) = _probabilities([pair], self.weights.get(pair.label, _UNLEARNT))
            key = pair.label, pair.head.sentence_id, pair.head.start
            by_head.setdefault(key, []).append((float(probability), pair))
        found = []
        for found_pairs in by_head.values():
            ordered = sorted(found_pairs, key=lambda item: -round(item[0], 9))
            for rank, (probability, pair) in enumerate(ordered, start=1):
                enough = probability >= self.thresholds.get(pair.label, _threshold_by_hand(pair))
                found.append(RankedPair(pair, probability, rank, rank == 1 and enough))
        return found


def nearest_earlier(pairs: Iterable[LinkPair]) -> list[RankedPair]:
    """Return pairs ranked as the simplest rule does: the nearest earlier place first, later ones after all earlier.

    It suggests a link from each head that has an earlier place.
    """
    by_head: dict[tuple[str, str, int], list[LinkPair]] = {}
    for pair in pairs:
        by_head.setdefault((pair.label, pair.head.sentence_id, pair.head.start), []).append(pair)
    found = []
    earlier = FEATURES.index("earlier")
    for mine in by_head.values():
        ordered = sorted(mine, key=lambda pair: (not pair.features[earlier], pair.distance))
        for rank, pair in enumerate(ordered, start=1):
            found.append(RankedPair(pair, 1 / rank, rank, rank == 1 and bool(pair.features[earlier])))
    return found


_UNLEARNT: Final = (*(UNLEARNT.get(name, 0.0) for name in FEATURES), _BIAS)


def _threshold_by_hand(pair: LinkPair) -> float:
    return _ALIKE if pair.head.label == pair.tail.label else _UNLIKE


def _learnt(pairs: Sequence[LinkPair], linked: Flags) -> tuple[float, ...]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=1000).fit([pair.features for pair in pairs], linked)
    return (*(float(weight) for weight in model.coef_[0]), float(model.intercept_[0]))


def _probabilities(pairs: Sequence[LinkPair], weights: Sequence[float]) -> Floats:
    features = np.array([pair.features for pair in pairs])
    return np.asarray(1 / (1 + np.exp(-(features @ np.array(weights[:-1]) + weights[-1]))))


def _best_threshold(pairs: Sequence[LinkPair], probabilities: Floats, drawn: Collection[Ends]) -> float:
    """Return the probability of the likeliest tail of a head from which F1 is best; of several the least."""
    best: dict[tuple[str, int], tuple[float, bool]] = {}
    for pair, probability in zip(pairs, probabilities.tolist(), strict=True):
        key = pair.head.sentence_id, pair.head.start
        if key not in best or probability > best[key][0]:
            best[key] = probability, pair.ends in drawn
    tops = sorted(best.values(), reverse=True)
    wanted = sum(pair.ends in drawn for pair in pairs)
    hits, found = 0, (0.0, 0.5)
    for number, (probability, right) in enumerate(tops, start=1):
        hits += right
        found = max(found, (2 * hits / (number + wanted), -probability))
    return abs(found[1])
