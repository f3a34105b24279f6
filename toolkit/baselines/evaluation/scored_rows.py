"""Rows beside the answers that they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Flags, flags_of
from toolkit.baselines.evaluation.grouped_counts import Figure, GroupedCounts, scores


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with the truth and the answers as flags.

    Attributes:
        rows: N rows.
        names: Every label of the rows and of the answers, sorted.
        gold: [N, names].
        given: [N, names].
        seed: Of the bootstrap.
        resamples: For the intervals.
    """

    rows: Rows
    names: list[str]
    gold: Flags
    given: Flags
    seed: int
    resamples: int

    def answered(self, given: Sequence[tuple[str, ...]]) -> Judged:
        """Return the same rows with other answers."""
        return replace(self, given=flags_of(given, self.names))

    def grouped(self, chosen: Flags) -> GroupedCounts:
        """Add up the rows that are chosen [N]."""
        groups = [group for group, yes in zip(self.rows.groups, chosen, strict=True) if yes]
        return GroupedCounts(self.gold[chosen], self.given[chosen], groups)

    def scored(self, chosen: Flags) -> dict[str, Figure]:
        """Score the rows that are chosen [N]: macro_f1, micro_f1, accuracy."""
        return scores(self.grouped(chosen), seed=self.seed, resamples=self.resamples)
