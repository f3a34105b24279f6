"""From many votes to one label and how sure of it we are.

The labels of each sentence: every label is a yes-or-no question to everyone who answered.

How much an annotator's numbers count: as much as what they say of labels is believed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from toolkit.adjudicate.models.dawid_skene import dawid_skene
from toolkit.adjudicate.models.ensemble import pool
from toolkit.adjudicate.models.hierarchical import difficulty, hierarchical
from toolkit.adjudicate.models.mace import mace
from toolkit.adjudicate.models.one_coin import one_coin
from toolkit.adjudicate.models.votes import FloatArray, Posterior, Votes, majority
from toolkit.adjudicate.models.weighted_majority import weighted
from toolkit.errors import UsageError
from toolkit.records import Aggregation, Annotation
from toolkit.schema import Schema

BoolArray: TypeAlias = npt.NDArray[np.bool_]

METHODS: tuple[Aggregation, ...] = get_args(Aggregation)

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
    votes: Iterable[tuple[Hashable, Hashable, Hashable]], method: Aggregation = "auto"
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
        InvalidInput: A vote is not a triple of names: None and NaN are none, nor is what has no hash.
    """
    coded = Votes.of(votes)
    posterior = fit(coded, method)
    best = posterior.best()
    return {
        item: (coded.labels[label], float(posterior.probabilities[at, label]))
        for at, (item, label) in enumerate(zip(coded.items, best.tolist(), strict=True))
    }


def fit(votes: Votes, method: Aggregation = "auto") -> Posterior:
    """Return the method's probabilities for every item.

    Raises:
        UsageError: There is no such method.
    """
    model = _MODELS.get(method) if isinstance(method, str) else None
    if model is None:
        raise UsageError(f"there is no method {method!r}", remedy=f"use one of {', '.join(METHODS)}")
    return model(votes) if votes.item.size else majority(votes)


@dataclass(frozen=True, slots=True)
class LabelBeliefs:
    """What the votes say of every label of every sentence.

    Attributes:
        sentences: Sentence ids, sorted.
        labels: Label ids in the schema's order.
        shares: Share of those who answered that gave the label, shape (sentences, labels).
        probabilities: The model's probability of the label, likewise.
        methods: Model that each label's probabilities come from.
        heard: Where models took part, shape (sentences, labels); None where they have no vote.
    """

    sentences: tuple[str, ...]
    labels: tuple[str, ...]
    shares: FloatArray
    probabilities: FloatArray
    methods: tuple[str, ...]
    heard: BoolArray | None = None


def label_beliefs(ballots: Mapping[str, tuple[Annotation, ...]], schema: Schema, method: Aggregation) -> LabelBeliefs:
    """Aggregate each label on its own.

    Args:
        ballots: Answers to each sentence, sentences and annotators in order.
        schema: The schema.
        method: How to aggregate.
    """
    sentences = tuple(ballots)
    answers = [(at, answer) for at, sentence in enumerate(sentences) for answer in ballots[sentence]]
    annotators = tuple(sorted({answer.annotator for _, answer in answers}))
    number = {annotator: at for at, annotator in enumerate(annotators)}
    item = np.array([at for at, _ in answers], dtype=np.int64)
    annotator = np.array([number[answer.annotator] for _, answer in answers], dtype=np.int64)
    posteriors = []
    for label in schema.label_ids:
        given = np.array([label in answer.labels for _, answer in answers], dtype=np.int64)
        votes = Votes(item, annotator, given, sentences, annotators, (False, True))
        posteriors.append(_yes_or_no(votes, method))
    shape = (len(sentences), len(posteriors))
    return LabelBeliefs(
        sentences,
        schema.label_ids,
        np.array([share for share, _ in posteriors]).reshape(shape[::-1]).T,
        np.array([belief.probabilities[:, 1] for _, belief in posteriors]).reshape(shape[::-1]).T,
        tuple(belief.method for _, belief in posteriors),
    )


def _yes_or_no(votes: Votes, method: Aggregation) -> tuple[FloatArray, Posterior]:
    counts = votes.counts()
    share = counts[:, 1] / np.maximum(counts.sum(axis=1), 1)
    contested = ((share > 0) & (share < 1)).any()
    return share, fit(votes, method if contested else "majority")


_LEAST = 0.05  # of one who does no better than chance: enough to be heard


def trust(ballots: Mapping[str, tuple[Annotation, ...]], beliefs: LabelBeliefs) -> dict[str, float]:
    """Return the log-odds that an annotator is right about a label that not everybody agrees on.

    The best weight of independent voters (Nitzan & Paroush 1982, Int Econ Rev 23:289). Labels that all or none of a
    sentence's annotators give say nothing about any of them. One right and one wrong answer are imagined for everybody,
    and everybody counts at least a little; where no label is in dispute, all count the same.

    Args:
        ballots: Answers to each sentence.
        beliefs: What the votes say of every label of every sentence.
    """
    right: dict[str, float] = defaultdict(float)
    asked: Counter[str] = Counter()
    for at, sentence in enumerate(beliefs.sentences):
        for number, label in enumerate(beliefs.labels):
            if 0 < beliefs.shares[at, number] < 1:
                chance = float(beliefs.probabilities[at, number])
                for answer in ballots[sentence]:
                    right[answer.annotator] += chance if label in answer.labels else 1 - chance
                    asked[answer.annotator] += 1
    reliable = {who: (right[who] + 1) / (asked[who] + 2) for who in sorted(asked)}
    return {who: max(math.log(share / (1 - share)), _LEAST) for who, share in reliable.items()}
