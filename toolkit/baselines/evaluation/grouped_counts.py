"""Intervals and paired tests that treat a story, not a sentence, as the thing that was sampled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.baselines.evaluation.metrics import macro_f1, micro_f1, precision_recall_f1

_CHUNK = 4_000_000  # group weights in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A score with its 95 % interval; None where it is undefined.

    Attributes:
        value: The score on the rows as they are.
        low: 2.5th percentile over resampled groups.
        high: 97.5th percentile.
    """

    value: float | None
    low: float | None
    high: float | None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Its bounds."""
        return self.low, self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same rows.

    Attributes:
        difference: Macro F1 of the first less that of the second, with its interval.
        p_value: Share of random swaps of the two models' answers, group by group, that differ at least as much.
        groups: Number of groups that were resampled and swapped.
    """

    difference: Figure
    p_value: float
    groups: int


def group_weights(groups: int, *, seed: int, resamples: int) -> Iterator[Ints]:
    """Draw as many groups as there are, with replacement, again and again; the same seed draws the same ones.

    Yields:
        [draws, groups], how often each group is in a draw, some draws at a time, `resamples` of them in all; nothing
        for a single group, which says nothing about how groups differ.
    """
    if groups < 2:
        return
    rng, share, step = np.random.default_rng(seed), np.full(groups, 1.0 / groups), max(1, _CHUNK // groups)
    for start in range(0, resamples, step):
        yield rng.multinomial(groups, share, size=min(step, resamples - start))


def members(groups: Sequence[str]) -> Ints:
    """Return [N], the number of each row's group among the sorted names of groups."""
    place = {name: number for number, name in enumerate(sorted(set(groups)))}
    return np.array([place[group] for group in groups], dtype=np.int64)


class GroupedCounts:
    """What answers got right and wrong, added up by group: enough for every F1 and for accuracy.

    Args:
        gold: [N, L], the truth.
        given: [N, L], the answers.
        groups: N group ids.
    """

    def __init__(self, gold: Flags, given: Flags, groups: Sequence[str]) -> None:
        member = members(groups)
        rows = np.concatenate(
            [gold & given, ~gold & given, gold & ~given, (gold == given).all(axis=1)[:, None], np.ones((len(gold), 1))],
            axis=1,
        )
        self.labels = gold.shape[1]
        self.table: Floats = np.zeros((len(set(groups)), rows.shape[1]))
        np.add.at(self.table, member, rows)

    def resampled(self, *, seed: int, resamples: int) -> Floats:
        """Return [resamples, columns]: totals over as many groups as there are, drawn with replacement.

        A single group says nothing about how groups differ: no row is returned, and intervals stay undefined.
        """
        totals = [weights @ self.table for weights in group_weights(len(self.table), seed=seed, resamples=resamples)]
        return np.concatenate([np.zeros((0, self.table.shape[1])), *totals])

    def counts(self, totals: Floats) -> Floats:
        """Return [..., L, 3] true positives, false positives and false negatives out of totals [..., columns]."""
        parts = [totals[..., number * self.labels : (number + 1) * self.labels] for number in range(3)]
        return np.stack(parts, axis=-1)


def accuracy(totals: Floats) -> Floats:
    """Return the share of rows whose labels are all right, out of totals [..., columns]."""
    return np.asarray(totals[..., -2] / totals[..., -1])


def scores(grouped: GroupedCounts, *, seed: int, resamples: int) -> dict[str, Figure]:
    """Return macro_f1, micro_f1 and accuracy with intervals."""
    draws = grouped.resampled(seed=seed, resamples=resamples)
    whole = grouped.table.sum(axis=0)
    measures: dict[str, Callable[[Floats], Floats]] = {
        "macro_f1": lambda totals: macro_f1(grouped.counts(totals)),
        "micro_f1": lambda totals: micro_f1(grouped.counts(totals)),
        "accuracy": accuracy,
    }
    return {name: figure(measure(whole), measure(draws)) for name, measure in measures.items()}


def label_scores(grouped: GroupedCounts, *, seed: int, resamples: int) -> list[dict[str, Figure]]:
    """Return precision, recall and f1 with their intervals, a label."""
    draws = precision_recall_f1(grouped.counts(grouped.resampled(seed=seed, resamples=resamples)))
    whole = precision_recall_f1(grouped.counts(grouped.table.sum(axis=0)))
    names = ("precision", "recall", "f1")
    return [
        {name: figure(value[number], drawn[:, number]) for name, value, drawn in zip(names, whole, draws, strict=True)}
        for number in range(grouped.labels)
    ]


def figure(value: Floats | float, draws: Floats) -> Figure:
    """Return a score with the percentile interval of its resampled values, NaN ones left out."""
    defined = draws[~np.isnan(draws)]
    low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (float("nan"), float("nan"))
    return Figure(value=plain(value), low=plain(low), high=plain(high))


def plain(value: Floats | float) -> float | None:
    """Return a number as JSON can hold it: six decimals, None for NaN."""
    number = float(value)
    return None if np.isnan(number) else round(number, 6)


def paired_test(first: GroupedCounts, second: GroupedCounts, *, seed: int, resamples: int) -> Comparison:
    """Test whether two models' macro F1 on the same rows and groups differ by more than chance.

    Approximate randomisation (Noreen 1989; Yeh 2000, "More accurate tests for the statistical significance of result
    differences"), swapping whole groups; the p-value counts the observed difference in, so it is never 0. The interval
    is that of the paired bootstrap.
    """
    observed = _macro(first, first.table.sum(axis=0)) - _macro(second, second.table.sum(axis=0))
    drawn_first = first.resampled(seed=seed, resamples=resamples)  # the same seed draws the same groups
    drawn_second = second.resampled(seed=seed, resamples=resamples)
    rng = np.random.default_rng(seed)
    change = second.table - first.table
    extreme = 0
    for _ in range(resamples):
        moved = rng.integers(0, 2, size=len(change)) @ change
        swapped = _macro(first, first.table.sum(axis=0) + moved) - _macro(second, second.table.sum(axis=0) - moved)
        extreme += bool(abs(swapped) >= abs(observed) - 1e-12)
    return Comparison(
        difference=figure(observed, _macro(first, drawn_first) - _macro(second, drawn_second)),
        p_value=round((extreme + 1) / (resamples + 1), 6),
        groups=len(first.table),
    )


def _macro(grouped: GroupedCounts, totals: Floats) -> Floats:
    return macro_f1(grouped.counts(totals))
