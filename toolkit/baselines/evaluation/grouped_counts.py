"""What answers got right and wrong, added up by story: F1 and accuracy with their intervals, and a paired test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.agreement.intervals import Resampling, cluster_numbers, percentile
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Flags, Floats, flags_of
from toolkit.baselines.evaluation.metrics import macro_f1, micro_f1, precision_recall_f1
from toolkit.records import Estimate


class GroupedCounts:
    """Right and wrong answers by group: enough for every F1 and for accuracy.

    Args:
        gold: The true labels, shape (rows, labels).
        given: The answers, shape (rows, labels).
        groups: Group id of each row: its story or article.

    Attributes:
        labels: Number of labels.
        table: Counts of each group, shape (groups, columns): true positives of each label, then false positives, then
            false negatives, then rows whose labels are all right, then rows.
    """

    def __init__(self, gold: Flags, given: Flags, groups: Sequence[str]) -> None:
        rows = np.concatenate(
            [gold & given, ~gold & given, gold & ~given, (gold == given).all(axis=1)[:, None], np.ones((len(gold), 1))],
            axis=1,
        )
        self.labels = gold.shape[1]
        self.table: Floats = np.zeros((len(set(groups)), rows.shape[1]))
        np.add.at(self.table, cluster_numbers(groups, by_name=True), rows)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.table[:, -1].sum())

    def resampled(self, resampling: Resampling) -> Floats:
        """Return totals over drawn groups, shape (resamples, columns); no row for a single group."""
        totals = [weights @ self.table for weights in resampling.weights(len(self.table))]
        return np.concatenate([np.zeros((0, self.table.shape[1])), *totals])

    def counts(self, totals: Floats) -> Floats:
        """Return [..., labels, 3] true positives, false positives and false negatives out of totals [..., columns]."""
        parts = [totals[..., number * self.labels : (number + 1) * self.labels] for number in range(3)]
        return np.stack(parts, axis=-1)


def accuracy(totals: Floats) -> Floats:
    """Return the share of rows whose labels are all right, out of totals [..., columns]."""
    return np.asarray(totals[..., -2] / totals[..., -1])


def overall_scores(grouped: GroupedCounts, resampling: Resampling) -> dict[str, Estimate]:
    """Return macro_f1, micro_f1 and accuracy with their intervals."""
    draws, whole = grouped.resampled(resampling), grouped.table.sum(axis=0)
    measures: dict[str, Callable[[Floats], Floats]] = {
        "macro_f1": lambda totals: macro_f1(grouped.counts(totals)),
        "micro_f1": lambda totals: micro_f1(grouped.counts(totals)),
        "accuracy": accuracy,
    }
    return {name: percentile(measure(whole), measure(draws), n=grouped.rows) for name, measure in measures.items()}


def label_scores(grouped: GroupedCounts, resampling: Resampling) -> list[dict[str, Estimate]]:
    """Return precision, recall and f1 of each label with their intervals."""
    draws = precision_recall_f1(grouped.counts(grouped.resampled(resampling)))
    whole = precision_recall_f1(grouped.counts(grouped.table.sum(axis=0)))
    parts = list(zip(("precision", "recall", "f1"), whole, draws, strict=True))
    return [
        {name: percentile(value[number], drawn[:, number]) for name, value, drawn in parts}
        for number in range(grouped.labels)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """Two models on the same rows.

    Attributes:
        difference: Macro F1 of the first less that of the second, with its interval.
        p_value: Share of random swaps of the two models' answers, group by group, that differ at least as much.
        groups: Number of groups that were resampled and swapped.
    """

    difference: Estimate
    p_value: float
    groups: int


def paired_test(first: GroupedCounts, second: GroupedCounts, resampling: Resampling) -> PairedTest:
    """Test whether the macro F1 of two models on the same rows and groups differs by more than chance.

    Approximate randomisation (Noreen 1989; Yeh 2000, "More accurate tests for the statistical significance of result
    differences"), swapping whole groups; the p-value counts the observed difference in, so it is never 0. The interval
    is that of the paired bootstrap.
    """
    observed = _macro(first, first.table.sum(axis=0)) - _macro(second, second.table.sum(axis=0))
    drawn_first = first.resampled(resampling)  # the same seed draws the same groups
    drawn_second = second.resampled(resampling)
    rng = np.random.default_rng(resampling.seed)
    change = second.table - first.table
    extreme = 0
    for _ in range(resampling.resamples):
        moved = rng.integers(0, 2, size=len(change)) @ change
        swapped = _macro(first, first.table.sum(axis=0) + moved) - _macro(second, second.table.sum(axis=0) - moved)
        extreme += bool(abs(swapped) >= abs(observed) - 1e-12)
    return PairedTest(
        difference=percentile(observed, _macro(first, drawn_first) - _macro(second, drawn_second), n=first.rows),
        p_value=round((extreme + 1) / (resampling.resamples + 1), 6),
        groups=len(first.table),
    )


def _macro(grouped: GroupedCounts, totals: Floats) -> Floats:
    return macro_f1(grouped.counts(totals))


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Rows beside the answers that they were given.

    Attributes:
        rows: The rows.
        names: Every label of the rows and of the answers, sorted.
        gold: The true labels, shape (rows, names).
        given: The answers, shape (rows, names).
        resampling: For the intervals.
    """

    rows: Rows
    names: list[str]
    gold: Flags
    given: Flags
    resampling: Resampling

    def answered(self, given: Sequence[tuple[str, ...]]) -> ScoredRows:
        """Return the same rows with other answers."""
        return replace(self, given=flags_of(given, self.names))

    def grouped(self, chosen: Flags) -> GroupedCounts:
        """Add up the rows under a mask of shape (rows,)."""
        groups = [group for group, yes in zip(self.rows.groups, chosen, strict=True) if yes]
        return GroupedCounts(self.gold[chosen], self.given[chosen], groups)

    def scored(self, chosen: Flags) -> dict[str, Estimate]:
        """Return macro_f1, micro_f1 and accuracy of the rows under a mask of shape (rows,)."""
        return overall_scores(self.grouped(chosen), self.resampling)
