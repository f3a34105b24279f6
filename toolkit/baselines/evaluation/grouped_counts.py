"""Right and wrong answers, added up by story: F1 and accuracy with their intervals, and a paired test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from toolkit.agreement.intervals import (
    Bounds,
    at_ends,
    cluster_numbers,
    enough,
    estimate,
    independent,
    inflation,
    proportion,
    student,
    too_few,
    wilson,
)
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Flags, Floats, flags_of
from toolkit.baselines.evaluation.metrics import macro_f1, micro_f1, precision_recall_f1
from toolkit.records import Estimate

ENOUGH = 10
"""Rows that a score of one label rests on, at least, for an interval: those that carry it or were given it."""


class GroupedCounts:
    """Right and wrong answers by story: enough for every F1 and for accuracy.

    Args:
        gold: The true labels, shape (…, rows, labels); leading axes hold further sets of labels of the same rows.
        given: The answers, shape (…, rows, labels).
        groups: Group id of each row: its story or article.

    Attributes:
        table: True positives, false positives and false negatives, shape (…, stories, labels, 3).
        right: Rows whose labels are all right, shape (…, stories).
        sizes: Rows, shape (stories,).
    """

    def __init__(self, gold: Flags, given: Flags, groups: Sequence[str]) -> None:
        self._member = cluster_numbers(groups, by_name=True)
        self._hits, self._relevant = gold & given, gold | given
        counted = (self._hits, ~gold & given, gold & ~given)
        self.table: Floats = np.stack([self._by_story(each) for each in counted], axis=-1)
        self.right: Floats = self._by_story((gold == given).all(axis=-1)[..., None])[..., 0]
        self.sizes: Floats = np.bincount(self._member).astype(np.float64)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.sizes.sum())

    @property
    def stories(self) -> int:
        """Number of stories."""
        return len(self.sizes)

    @cached_property
    def totals(self) -> Floats:
        """Counts of all stories together, shape (…, labels, 3)."""
        return np.asarray(self.table.sum(axis=-3))

    def of_macro(self) -> _Mean:
        """Return macro F1 as a mean over labels, with what moves it."""
        hits, relevant = self.totals[..., 0], self.totals.sum(axis=-1)
        there = relevant > 0
        labels = np.maximum(there.sum(axis=-1), 1)[..., None]
        n = np.maximum(relevant, 1.0)
        # F1 grows with hits / relevant (Jaccard's index), which is a share of rows: F1 = 2 J / (1 + J)
        index, even = hits / n, (hits + 1) / (n + 2)
        slope = np.where(there, 2 / (1 + even) ** 2 / labels, 0.0)
        return _Mean(
            value=macro_f1(self.totals),
            even=(np.where(there, 2 * even / (1 + even), 0.0) / labels).sum(axis=-1),
            unseen=(slope**2 * np.maximum(even * (1 - even) - index * (1 - index), 0.0) / n).sum(axis=-1),
            one_row=((slope / n) ** 2).sum(axis=-1),
            bend=(slope / (1 + even) * even * (1 - even) / n).sum(axis=-1),
            rows=self._moved(self._hits, self._relevant, slope / n, index),
            stories=self._moved(self.table[..., 0], self.table.sum(axis=-1), slope / n, index),
            share=(self.table.sum(axis=-1) / n[..., None, :] * there[..., None, :] / labels[..., None, :]).sum(axis=-1),
            together=labels[..., 0] ** 2 / np.maximum(np.where(there, 1 / n, 0.0).sum(axis=-1), 1e-9),
            trials=relevant.sum(axis=-1),
        )

    def of_micro(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return Jaccard's index of all labels together, and what moves it: its rows, its stories, their shares."""
        relevant = self.table.sum(axis=(-1, -2))
        n = np.maximum(relevant.sum(axis=-1), 1.0)[..., None]
        index = self.table[..., 0].sum(axis=(-1, -2))[..., None] / n
        return (
            index[..., 0],
            self._moved(self._hits, self._relevant, 1 / n, index),
            self._moved(self.table[..., 0], self.table.sum(axis=-1), 1 / n, index),
            relevant / n,
        )

    @staticmethod
    def _moved(hits: Flags | Floats, relevant: Flags | Floats, weight: Floats, index: Floats) -> Floats:
        """Return how each row or story moves a mean of shares, shape (…, rows)."""
        shape = (*hits.shape[:-2], hits.shape[-1])
        up, down = (np.broadcast_to(each, shape)[..., None] for each in (weight, weight * index))
        return np.asarray((hits @ up - relevant @ down)[..., 0])

    def _by_story(self, flags: Flags) -> Floats:
        order = np.argsort(self._member, kind="stable")
        starts = np.searchsorted(self._member[order], np.arange(int(self._member.max(initial=-1)) + 1))
        if not len(order):
            return np.zeros((*flags.shape[:-2], 0, flags.shape[-1]))
        return np.add.reduceat(flags[..., order, :].astype(np.float64), starts, axis=-2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mean:
    """A mean of F1 over labels, and what an interval needs; each of shape (…) but for `rows`, `stories` and `share`.

    Attributes:
        value: The mean.
        even: The same with one row more for and one against each label, so that none is at an end.
        unseen: Variance of independent rows that `rows` misses because a label is at, or near, an end.
        one_row: Square of what one row more, of each label, moves it by.
        bend: How far F1 of few rows comes out too low, as it bends down.
        rows: Influence of each row, shape (…, rows).
        stories: Influence of each story, shape (…, stories).
        share: Part of what it rests on that is in each story, shape (…, stories).
        together: Rows of a single label that would tell as much.
        trials: Rows that it rests on, of all labels together.
    """

    value: Floats
    even: Floats
    unseen: Floats
    one_row: Floats
    bend: Floats
    rows: Floats
    stories: Floats
    share: Floats
    together: Floats
    trials: Floats


def accuracy(grouped: GroupedCounts) -> Floats:
    """Return the share of rows whose labels are all right, shape (…)."""
    return np.asarray(grouped.right.sum(axis=-1) / max(grouped.rows, 1))


def macro_bounds(grouped: GroupedCounts) -> Bounds:
    """Return the bounds of macro F1, shape (…); NaN where it rests on too few rows."""
    mean = grouped.of_macro()
    own = (mean.rows**2).sum(axis=-1)
    factor, freedom = inflation(own, mean.stories, mean.share, mean.trials * mean.value * (1 - mean.value))
    variance = np.maximum((own + mean.unseen) * factor, 1e-12)
    centre = np.clip(mean.value + mean.bend * factor, 0.0, 1.0)
    inside = wilson(centre, mean.even * (1 - mean.even) / variance, freedom)
    index = at_ends(mean.value, mean.together, inside)
    ends = _as_f1(index)
    at_end = (mean.value < 1e-9) | (mean.value > 1 - 1e-9)
    inside = Bounds(*(np.where(at_end, end, bound) for end, bound in zip(ends, inside, strict=True)))
    return enough(inside, mean.trials, grouped.stories)


def micro_bounds(grouped: GroupedCounts) -> Bounds:
    """Return the bounds of micro F1, shape (…)."""
    index, rows, stories, share = grouped.of_micro()
    n = grouped.totals.sum(axis=(-1, -2))
    own = (rows**2).sum(axis=-1)
    factor, freedom = inflation(own, stories, share, n * index * (1 - index))
    bounds = at_ends(index, n, wilson(index, independent(index, own, n) / factor, freedom))
    return enough(_as_f1(bounds), n, grouped.stories)


def _as_f1(index: Bounds) -> Bounds:
    """Return bounds of Jaccard's index J as those of F1, which is 2 J / (1 + J)."""
    return Bounds(*(2 * bound / (1 + bound) for bound in index))


def label_bounds(grouped: GroupedCounts) -> dict[str, Bounds]:
    """Return the bounds of precision, recall and f1 of each label, each of shape (…, labels)."""
    by_label = np.moveaxis(grouped.table, -3, -1)  # (…, labels, 3, stories)
    hits, false, missed = (by_label[..., column, :] for column in range(3))
    found = {}
    for name, trials in (("precision", hits + false), ("recall", hits + missed), ("f1", hits + false + missed)):
        bounds = proportion(hits, trials)
        bounds = _as_f1(bounds) if name == "f1" else bounds
        found[name] = enough(bounds, trials.sum(axis=-1), grouped.stories, ENOUGH)
    return found


def overall_scores(grouped: GroupedCounts) -> dict[str, Estimate]:
    """Return macro_f1, micro_f1 and accuracy with their intervals."""
    few, totals, n = too_few(grouped.rows, grouped.stories), grouped.totals, grouped.rows
    return {
        "macro_f1": estimate(macro_f1(totals), macro_bounds(grouped), n=n, reason=_too_few_for_f1(grouped)),
        "micro_f1": estimate(micro_f1(totals), micro_bounds(grouped), n=n, reason=_too_few_for_f1(grouped)),
        "accuracy": estimate(accuracy(grouped), proportion(grouped.right, grouped.sizes), n=n, reason=few),
    }


def label_scores(grouped: GroupedCounts) -> list[dict[str, Estimate]]:
    """Return precision, recall and f1 of each label with their intervals."""
    values = dict(zip(("precision", "recall", "f1"), precision_recall_f1(grouped.totals), strict=True))
    bounds = label_bounds(grouped)
    rests_on = {
        "precision": grouped.totals[:, :2].sum(axis=-1),
        "recall": grouped.totals[:, ::2].sum(axis=-1),
        "f1": grouped.totals.sum(axis=-1),
    }
    return [
        {
            name: estimate(
                value[number],
                Bounds(bounds[name].low[number], bounds[name].high[number]),
                n=int(rests_on[name][number]),
                reason=too_few(rests_on[name][number], grouped.stories, ENOUGH),
            )
            for name, value in values.items()
        }
        for number in range(grouped.totals.shape[-2])
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """Two models on the same rows.

    Attributes:
        difference: Macro F1 of the first less that of the second, with its interval.
        p_value: Share of random swaps of the two models' answers, group by group, that differ at least as much.
        groups: Number of groups that were swapped.
    """

    difference: Estimate
    p_value: float
    groups: int


def paired_test(first: GroupedCounts, second: GroupedCounts, *, seed: int = 0, swaps: int = 1000) -> PairedTest:
    """Test whether the macro F1 of two models on the same rows and groups differs by more than chance.

    Approximate randomisation (Noreen 1989; Yeh 2000, "More accurate tests for the statistical significance of result
    differences"), swapping whole groups; the p-value counts the observed difference in, so it is never 0.
    """
    observed = macro_f1(first.totals) - macro_f1(second.totals)
    rng = np.random.default_rng(seed)
    change = second.table - first.table
    extreme = 0
    for _ in range(swaps):
        moved = np.tensordot(rng.integers(0, 2, size=len(change)), change, axes=1)
        swapped = macro_f1(first.totals + moved) - macro_f1(second.totals - moved)
        extreme += bool(abs(swapped) >= abs(observed) - 1e-12)
    return PairedTest(
        difference=macro_difference(first, second),
        p_value=round((extreme + 1) / (swaps + 1), 6),
        groups=first.stories,
    )


def macro_difference(first: GroupedCounts, second: GroupedCounts) -> Estimate:
    """Return the macro F1 of the first less that of the second, on the same rows, with its interval."""
    value = macro_f1(first.totals) - macro_f1(second.totals)
    reason = _too_few_for_f1(first)
    return estimate(value, difference_bounds(first, second), n=first.rows, method="student", reason=reason)


def difference_bounds(first: GroupedCounts, second: GroupedCounts) -> Bounds:
    """Return the bounds of the difference of two macro F1 on the same rows, shape (…).

    As in Agresti & Min (2005, Statistics in Medicine 24:729), rows on which the two differ are added, a part of one for
    each label, so that models of which no row tells one from the other are not told to be alike for certain.
    """
    one, other = first.of_macro(), second.of_macro()
    rows, stories = one.rows - other.rows, one.stories - other.stories
    own = (rows**2).sum(axis=-1)
    factor, freedom = inflation(own, stories, (one.share + other.share) / 2)
    value = macro_f1(first.totals) - macro_f1(second.totals)
    low, high = student(value, (own + (one.one_row + other.one_row) / 16) * factor, freedom)
    bounds = Bounds(np.maximum(low, -1.0), np.minimum(high, 1.0))
    return enough(bounds, np.minimum(one.trials, other.trials), first.stories)


def _too_few_for_f1(grouped: GroupedCounts) -> str:
    return too_few(float(grouped.totals.sum()), grouped.stories, what="labelled row")


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Rows beside the answers that they were given.

    Attributes:
        rows: The rows.
        names: Every label of the rows and of the answers, sorted.
        gold: The true labels, shape (rows, names).
        given: The answers, shape (rows, names).
    """

    rows: Rows
    names: list[str]
    gold: Flags
    given: Flags

    def answered(self, given: Sequence[tuple[str, ...]]) -> ScoredRows:
        """Return the same rows with other answers."""
        return replace(self, given=flags_of(given, self.names))

    def grouped(self, chosen: Flags) -> GroupedCounts:
        """Add up the rows under a mask of shape (rows,)."""
        groups = [group for group, yes in zip(self.rows.groups, chosen, strict=True) if yes]
        return GroupedCounts(self.gold[chosen], self.given[chosen], groups)

    def scored(self, chosen: Flags) -> dict[str, Estimate]:
        """Return macro_f1, micro_f1 and accuracy of the rows under a mask of shape (rows,)."""
        return overall_scores(self.grouped(chosen))
