"""Why a figure moved from one release to the next: rows left, labels changed, rows came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.baselines.data.rows import Rows, concat
from toolkit.baselines.data.targets import Flags, Floats, flags_of
from toolkit.baselines.evaluation.grouped_counts import Figure, GroupedCounts, figure
from toolkit.baselines.evaluation.metrics import macro_f1
from toolkit.baselines.models.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One step on the way from the older rows to the newer ones.

    Attributes:
        cause: "before", "rows removed", "labels changed" or "rows added", in this order.
        rows: How many rows the cause concerns; at "before", how many there were.
        macro_f1: Of the same model on the rows as they are after the step.
        change: Macro F1 that the step added, with its interval; None at "before".
    """

    cause: str
    rows: int
    macro_f1: Figure
    change: Figure | None


def moves(model: Model, older: Rows, newer: Rows, *, seed: int = 0, resamples: int = 1000) -> tuple[Move, ...]:
    """Lead a model's macro F1 from the older rows to the newer ones, one cause at a time.

    The changes add up to the whole difference. Their intervals are those of the paired bootstrap: stories are drawn
    from both sides together, so that rows that are on both sides are drawn on both.

    Args:
        model: The model.
        older: Rows of a split as they were; told from each other by their ids.
        newer: Rows of the split as they are.
        seed: For the bootstrap.
        resamples: For the intervals; 0 leaves them out.
    """
    stays = {row_id: number for number, row_id in enumerate(newer.ids)}
    left = older.take(number for number, row_id in enumerate(older.ids) if row_id not in stays)
    before = dict(zip(older.ids, older.labels, strict=True))
    everything = concat([part for part in (newer, left) if len(part)])
    was = [before.get(row_id, ()) for row_id in everything.ids]
    old = np.array([row_id in before for row_id in everything.ids])
    new = np.arange(len(everything)) < len(newer)
    changed = old & new & np.array([then != now for then, now in zip(was, everything.labels, strict=True)])
    names = sorted({*model.labels, *older.label_names, *newer.label_names})
    walk = _Walk(model, everything, names, seed, resamples)
    steps = (
        ("before", old, walk.flags(was), old),
        ("rows removed", old & new, walk.flags(was), old & ~new),
        ("labels changed", old & new, walk.flags(everything.labels), changed),
        ("rows added", new, walk.flags(everything.labels), new & ~old),
    )
    return tuple(walk.step(cause, rows, gold, concerned) for cause, rows, gold, concerned in steps)


class _Walk:
    """The answers to all rows, and how far the walk has come."""

    def __init__(self, model: Model, rows: Rows, names: Sequence[str], seed: int, resamples: int) -> None:
        self._rows = rows
        self._names = names
        self._seed = seed
        self._resamples = resamples
        self._answers = self.flags(model.predict(rows.texts))
        self._last: tuple[Floats, Floats] | None = None

    def flags(self, labels: Sequence[tuple[str, ...]]) -> Flags:
        """Return [N, names] for labels of the rows."""
        return flags_of(labels, self._names)

    def step(self, cause: str, rows: Flags, gold: Flags, concerned: Flags) -> Move:
        """Score the chosen rows [N] against gold [N, names], beside what was scored before."""
        chosen = rows[:, None]
        grouped = GroupedCounts(gold & chosen, self._answers & chosen, self._rows.groups)
        value = macro_f1(grouped.counts(grouped.table.sum(axis=0)))
        drawn = macro_f1(grouped.counts(grouped.resampled(seed=self._seed, resamples=self._resamples)))
        change = None if self._last is None else figure(value - self._last[0], drawn - self._last[1])
        self._last = (value, drawn)
        return Move(cause=cause, rows=int(concerned.sum()), macro_f1=figure(value, drawn), change=change)
