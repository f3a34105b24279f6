"""Votes on items, coded as integers in an order that does not depend on how they came.

What a model of annotators believes of every item.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.errors import InvalidInput

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes as parallel arrays, sorted by item, annotator and label; a repeated vote counts as often as it was cast.

    Attributes:
        item: Index into `items`, shape (votes,).
        annotator: Index into `annotators`, shape (votes,).
        label: Index into `labels`, shape (votes,).
        items: Names, sorted.
        annotators: Names, sorted.
        labels: Names, sorted.
    """

    item: IntArray
    annotator: IntArray
    label: IntArray
    items: tuple[Hashable, ...]
    annotators: tuple[Hashable, ...]
    labels: tuple[Hashable, ...]

    @classmethod
    def of(cls, votes: Iterable[tuple[Hashable, Hashable, Hashable]]) -> Votes:
        """Code (item, annotator, label) triples.

        Raises:
            InvalidInput: A vote is not a triple of names; all such votes are told.
        """
        if not isinstance(votes, Iterable):
            raise InvalidInput(f"{votes!r} are no votes", remedy="give (item, annotator, label) triples")
        triples = list(votes)
        faults = [fault for at, vote in enumerate(triples) if (fault := _fault(at, vote)) is not None]
        if faults:
            raise InvalidInput.all_of(faults)
        columns = [list(column) for column in zip(*triples, strict=True)] or [[], [], []]
        (items, item), (annotators, annotator), (labels, label) = (_coded(column) for column in columns)
        order = np.lexsort((label, annotator, item))
        return cls(item[order], annotator[order], label[order], items, annotators, labels)

    def counts(self) -> FloatArray:
        """Return how often each item got each label, shape (items, labels)."""
        size = len(self.labels)
        cells = np.bincount(self.item * size + self.label, minlength=len(self.items) * size)
        return cells.reshape(len(self.items), size).astype(np.float64)

    def of_items(self, kept: IntArray) -> Votes:
        """Return the votes on some items (indices, in any order), annotators and labels numbered as they are."""
        kept = np.sort(kept)
        number = np.full(len(self.items), -1, dtype=np.int64)
        number[kept] = np.arange(kept.size)
        there = number[self.item] >= 0
        items = tuple(self.items[at] for at in kept.tolist())
        return Votes(
            number[self.item[there]], self.annotator[there], self.label[there], items, self.annotators, self.labels
        )


def _fault(at: int, vote: Any) -> InvalidInput | None:
    """Return what is wrong with a vote: no triple, or a part that is missing, not equal to itself or not hashable."""
    where = f"votes[{at}]"
    if isinstance(vote, str) or not isinstance(vote, Sequence | np.ndarray) or len(vote) != 3:
        return InvalidInput(f"{vote!r} is not (item, annotator, label)", where=where)
    for part, name in zip(vote, ("an item", "an annotator", "a label"), strict=True):
        if part is None or not isinstance(part, Hashable) or part != part:
            remedy = "leave out who did not answer, and give a set of labels as a tuple or a frozenset"
            return InvalidInput(f"{part!r} is not {name}", where=where, remedy=remedy)
    return None


def _coded(names: Sequence[Any]) -> tuple[tuple[Hashable, ...], IntArray]:
    distinct = set(names)
    try:
        ordered = sorted(distinct)
    except TypeError:  # names of several types
        ordered = sorted(distinct, key=lambda name: (type(name).__name__, str(name)))
    code = {name: at for at, name in enumerate(ordered)}
    return tuple(ordered), np.fromiter((code[name] for name in names), dtype=np.int64, count=len(names))


_TIE = 1e-9  # probabilities this close are a tie: the difference is rounding


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities of labels, and the model they come from.

    Attributes:
        method: The model's name.
        probabilities: Of each label for each item, shape (items, labels), rows sum to 1.
        prior: Share of each label, shape (labels,).
        confusion: Chance that an annotator gives a label (last axis) where another is true (middle axis), shape
            (annotators, labels, labels); None for a model without one.
        log_likelihood: Of the votes under the model, natural logarithm; NaN for a model without one.
    """

    method: str
    probabilities: FloatArray
    prior: FloatArray
    confusion: FloatArray | None = None
    log_likelihood: float = float("nan")

    def best(self) -> IntArray:
        """Return each item's most probable label; a tie goes to the commoner label, then to the first in order."""
        if not self.probabilities.size:
            return np.zeros(0, dtype=np.int64)
        near = self.probabilities >= self.probabilities.max(axis=1, keepdims=True) - _TIE
        ranked: FloatArray = np.where(near, 1.0 + self.prior, 0.0)
        best: IntArray = ranked.argmax(axis=1)
        return best

    def tied(self) -> FloatArray:
        """Return True for each item whose two best labels are equally probable, shape (items,)."""
        near = self.probabilities >= self.probabilities.max(axis=1, keepdims=True) - _TIE
        return np.asarray(near.sum(axis=1) > 1)


def majority(votes: Votes) -> Posterior:
    """Return the share of votes that each label got."""
    counts = votes.counts()
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Posterior("majority", share, counts.sum(axis=0) / max(counts.sum(), 1))
