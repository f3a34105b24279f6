"""The labels of each sentence: every label is a yes-or-no question to everyone who answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from toolkit.adjudicate.aggregate import Method, fit
from toolkit.adjudicate.posterior import Posterior
from toolkit.adjudicate.votes import FloatArray, Votes
from toolkit.records import Annotation
from toolkit.schema import Schema


@dataclass(frozen=True, slots=True)
class LabelBeliefs:
    """What the votes say of every label of every sentence.

    Attributes:
        sentences: Sentence ids, sorted.
        labels: Label ids in the schema's order.
        shares: Share of those who answered that gave the label, shape (sentences, labels).
        probabilities: The model's probability of the label, likewise.
        methods: Model that each label's probabilities come from.
    """

    sentences: tuple[str, ...]
    labels: tuple[str, ...]
    shares: FloatArray
    probabilities: FloatArray
    methods: tuple[str, ...]


def label_beliefs(ballots: Mapping[str, tuple[Annotation, ...]], schema: Schema, method: Method) -> LabelBeliefs:
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


def _yes_or_no(votes: Votes, method: Method) -> tuple[FloatArray, Posterior]:
    counts = votes.counts()
    share = counts[:, 1] / np.maximum(counts.sum(axis=1), 1)
    contested = ((share > 0) & (share < 1)).any()
    return share, fit(votes, method if contested else "majority")
