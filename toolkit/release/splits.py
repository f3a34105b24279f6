"""Splits that do not leak: a story is never divided, label frequencies are balanced, and earlier splits are kept.

The assignment is iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of
Multi-Label Data", algorithm 1) over groups instead of rows: the rarest label first, its largest stories first, each to
the split that still needs most of it. Moves of single stories, then exchanges of two, follow while they bring the
splits closer to their targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.errors import UsageError
from toolkit.records import content_id

FRACTIONS: Mapping[str, float] = MappingProxyType({"train": 0.8, "validation": 0.1, "test": 0.1})
"""Default share of the rows in each split, in the order in which splits are listed everywhere."""

_SWEEPS = 20  # on every set that was tried, improvement ends after three or four
_PARTNERS = 256  # stories that one is offered for an exchange: enough to find a good one, and linear in the stories

Counts = npt.NDArray[np.float64]


class SplitRow(NamedTuple):
    """One sentence for the assignment: its story and its strata (labels, span types)."""

    story_id: str
    strata: tuple[str, ...] = ()


def story_splits(
    rows: Iterable[SplitRow],
    *,
    seed: int = 0,
    fractions: Mapping[str, float] = FRACTIONS,
    frozen: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Assign every story to a split so that each label has about the same share in every split.

    Let n_s be the rows of split s and n_sk its rows with label k. The targets are t_s = f_s n and t_sk = f_s n_k for
    fractions f_s that sum to 1. Stories are given out by iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011,
    "On the Stratification of Multi-Label Data", algorithm 1): the rarest label first, its largest stories first, each
    to the split that lacks most of it. Then single stories are moved, and pairs exchanged, while that lowers
    Σ (n_sk - t_sk)² / max(t_sk, 1) over splits and labels, all rows counting as one more label.

    Args:
        rows: The sentences, in any order.
        seed: Decides between stories and splits that are equally good; default 0.
        fractions: Split → share of the rows; positive, of any sum.
        frozen: Story → split of an earlier release. It is kept; new stories are put where balance improves.

    Returns:
        Story → split, sorted by story. With at least as many stories as splits, no split is empty, unless frozen
        stories leave too few others.

    Raises:
        UsageError: A fraction is not positive.

    Examples:
        >>> rows = [SplitRow(f"story-{n}", ("claim",) if n % 2 else ("denial",)) for n in range(8)]
        >>> splits = story_splits(rows, fractions={"train": 0.5, "test": 0.5})
        >>> [sorted(label for row in rows if splits[row.story_id] == split for label in row.strata)
        ...  for split in ("train", "test")]
        [['claim', 'claim', 'denial', 'denial'], ['claim', 'claim', 'denial', 'denial']]
    """
    if not fractions or min(fractions.values()) <= 0:
        raise UsageError("every split needs a share above 0", remedy="leave out the splits that are not wanted")
    stories, counts = _count(rows)
    names = list(fractions)
    shares = np.array([fractions[name] for name in names]) / sum(fractions.values())
    fixed = {index: names.index(frozen[story]) for index, story in enumerate(stories) if frozen.get(story) in fractions}
    kept = {story: frozen[story] for story in stories if story in frozen}
    state = _Assignment(counts, shares, _ranks(stories, seed), fixed)
    state.distribute()
    state.fill_empty()
    state.improve()
    state.exchange()
    return {story: kept.get(story, names[split]) for story, split in zip(stories, state.split.tolist(), strict=True)}


def _count(rows: Iterable[SplitRow]) -> tuple[list[str], Counts]:
    """Return the sorted stories and, for each, its number of rows (column 0) and of rows per stratum (the others)."""
    sizes: dict[str, int] = {}
    cells: dict[tuple[str, str], int] = {}
    for story, strata in rows:
        sizes[story] = sizes.get(story, 0) + 1
        for stratum in strata:
            cells[story, stratum] = cells.get((story, stratum), 0) + 1
    stories = sorted(sizes)
    columns = {stratum: index for index, stratum in enumerate(sorted({stratum for _, stratum in cells}), start=1)}
    places = {story: index for index, story in enumerate(stories)}
    counts = np.zeros((len(stories), len(columns) + 1))
    counts[:, 0] = [sizes[story] for story in stories]
    for (story, stratum), count in cells.items():
        counts[places[story], columns[stratum]] = count
    return stories, counts


def _ranks(stories: list[str], seed: int) -> npt.NDArray[np.int64]:
    """Return a seeded rank for every story, the same on every machine and independent of the other stories."""
    order = sorted(range(len(stories)), key=lambda index: content_id(seed, stories[index]))
    ranks = np.empty(len(stories), dtype=np.int64)
    ranks[order] = np.arange(len(stories))
    return ranks


class _Assignment:
    """The state of one assignment: `split[g]` is the split of story g, -1 while it has none."""

    def __init__(self, counts: Counts, shares: Counts, ranks: npt.NDArray[np.int64], fixed: Mapping[int, int]) -> None:
        self.counts = counts
        self.ranks = ranks
        self.target = np.outer(shares, counts.sum(axis=0))  # split x column
        self.scale = 1 / np.maximum(self.target, 1)
        self.held = np.zeros_like(self.target)
        self.split = np.full(len(counts), -1, dtype=np.int64)
        self.free = np.ones(len(counts), dtype=bool)
        for story, split in fixed.items():
            self._put(story, split)
            self.free[story] = False

    def _put(self, story: int, split: int) -> None:
        if self.split[story] >= 0:
            self.held[self.split[story]] -= self.counts[story]
        self.split[story] = split
        self.held[split] += self.counts[story]

    def distribute(self) -> None:
        """Give every free story its first split, the rarest stratum first."""
        totals = self.counts.sum(axis=0)
        for column in sorted(range(1, len(totals)), key=lambda c: (totals[c], c)):
            self._distribute(column)
        self._distribute(0)

    def _distribute(self, column: int) -> None:
        waiting = np.flatnonzero((self.split < 0) & (self.counts[:, column] > 0))
        for story in waiting[np.lexsort((self.ranks[waiting], -self.counts[waiting, column]))].tolist():
            need = self.target - self.held
            # lexsort's last key counts most: this stratum's need, then that of rows, then the split's place
            order = np.lexsort((np.arange(len(need)), -need[:, 0], -need[:, column]))
            self._put(story, int(order[0]))

    def fill_empty(self) -> None:
        """Give every split without a story the free story that is cheapest to move."""
        for split in range(len(self.target)):
            sizes = np.bincount(self.split, minlength=len(self.target)) if len(self.split) else np.zeros(1, np.int64)
            spare = self.free & (sizes[self.split] > 1)
            if len(self.split) == 0 or sizes[split] or not spare.any():
                continue
            candidates = np.flatnonzero(spare)
            costs = [self._gain(story)[split] for story in candidates.tolist()]
            self._put(int(candidates[np.lexsort((self.ranks[candidates], costs))[0]]), split)

    def improve(self) -> None:
        """Move single stories while that brings the splits closer to their targets; no split is emptied."""
        sizes = np.bincount(self.split, minlength=len(self.target)) if len(self.split) else np.zeros(1, np.int64)
        order = np.argsort(self.ranks)
        for _ in range(_SWEEPS):
            moved = False
            for story in order[self.free[order]].tolist():
                old = int(self.split[story])
                gain = self._gain(story)
                new = int(np.argmin(gain))
                if gain[new] < -1e-9 and sizes[old] > 1:
                    self._put(story, new)
                    sizes[old] -= 1
                    sizes[new] += 1
                    moved = True
            if not moved:
                return

    def exchange(self) -> None:
        """Exchange two stories of different splits while that helps; those of the largest split are only partners."""
        order = np.argsort(self.ranks)
        order = order[self.free[order]]
        largest = int(np.argmax(self.target[:, 0]))
        for _ in range(_SWEEPS):
            moved = False
            for place, story in enumerate(order.tolist()):
                if self.split[story] == largest:
                    continue
                offered = order[(place + 1 + np.arange(min(_PARTNERS, len(order) - 1))) % len(order)]
                offered = offered[self.split[offered] != self.split[story]]
                if len(offered) == 0:
                    continue
                gain = self._exchange_gain(story, offered)
                best = int(np.argmin(gain))
                if gain[best] < -1e-9:
                    own, other = int(self.split[story]), int(self.split[offered[best]])
                    self._put(story, other)
                    self._put(int(offered[best]), own)
                    moved = True
            if not moved:
                return

    def _exchange_gain(self, story: int, offered: npt.NDArray[np.int64]) -> Counts:
        """Return by how much the distance to the targets changes if the story changes places with each one offered."""
        own, others = int(self.split[story]), self.split[offered]
        miss = self.held - self.target
        moved = self.counts[offered] - self.counts[story]
        here = (moved * (2 * miss[own] + moved) * self.scale[own]).sum(axis=1)
        there = (moved * (moved - 2 * miss[others]) * self.scale[others]).sum(axis=1)
        change: Counts = here + there
        return change

    def _gain(self, story: int) -> Counts:
        """Return by how much the distance to the targets changes if the story goes to each split; 0 for its own.

        The distance is chi-square: the squared miss of every (split, stratum) over its target.
        """
        own = int(self.split[story])
        moved = self.counts[story]
        miss = self.held - self.target
        into = (moved * (2 * miss + moved) * self.scale).sum(axis=1)
        out = (moved * (moved - 2 * miss[own]) * self.scale[own]).sum()
        change: Counts = into + out
        change[own] = 0.0
        return change
