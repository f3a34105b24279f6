"""The change of a score between two releases, attributed to removed, relabelled and added rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.baselines.data.rows import Rows, concat
from toolkit.baselines.data.targets import Flags, flags_of
from toolkit.baselines.evaluation.grouped_counts import GroupedCounts, macro_difference, overall_scores
from toolkit.baselines.models.baseline import Model
from toolkit.records import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """The part of one cause in the change of macro F1.

    Attributes:
        cause: "before", "rows removed", "labels changed" or "rows added", in this order.
        rows: How many rows the cause concerns; at "before", how many there were.
        macro_f1: Macro F1 of the same model on the rows as this cause, and those before it, leave them.
        change: What the cause added to macro F1, with its interval; None at "before".
    """

    cause: str
    rows: int
    macro_f1: Estimate
    change: Estimate | None


def score_changes(model: Model, older: Rows, newer: Rows) -> tuple[ScoreChange, ...]:
    """Attribute the change of a model's macro F1 to removed, relabelled and added rows.

    The causes are applied one after the other, and their changes add up to the whole difference. In the
    intervals a story counts on both sides together.

    Args:
        model: The model.
        older: Rows of a split as they were; told from each other by their ids.
        newer: Rows of the split as they are.
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
    walk = _Walk(model, everything, names)
    steps = (
        ("before", old, walk.flags(was), old),
        ("rows removed", old & new, walk.flags(was), old & ~new),
        ("labels changed", old & new, walk.flags(everything.labels), changed),
        ("rows added", new, walk.flags(everything.labels), new & ~old),
    )
    return tuple(walk.step(cause, rows, gold, concerned) for cause, rows, gold, concerned in steps)


class _Walk:
    """The answers to all rows, and the score after the last cause."""

    def __init__(self, model: Model, rows: Rows, names: Sequence[str]) -> None:
        self._rows = rows
        self._names = names
        self._answers = self.flags(model.predict(rows.texts))
        self._last: GroupedCounts | None = None

    def flags(self, labels: Sequence[tuple[str, ...]]) -> Flags:
        """Return [N, names] for labels of the rows."""
        return flags_of(labels, self._names)

    def step(self, cause: str, rows: Flags, gold: Flags, concerned: Flags) -> ScoreChange:
        """Score the rows under a mask [N] against gold [N, names], and hold it against the score before."""
        chosen = rows[:, None]
        grouped = GroupedCounts(gold & chosen, self._answers & chosen, self._rows.groups)
        change = None if self._last is None else macro_difference(grouped, self._last)
        if change is not None and not concerned.any():
            change = Estimate(value=0.0, low=0.0, high=0.0, method="exact")
        self._last = grouped
        scored = replace(overall_scores(grouped)["macro_f1"], n=int(rows.sum()))
        return ScoreChange(cause=cause, rows=int(concerned.sum()), macro_f1=scored, change=change)
