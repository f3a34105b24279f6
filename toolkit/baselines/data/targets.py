"""The classes that a model tells apart: label names, and the yes/no questions that they become."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from toolkit.baselines.data.rows import Rows
from toolkit.errors import InvalidInput, UsageError

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The label names of a task, and how its answers are asked for.

    Attributes:
        names: Label names, sorted.
        multi: Any number of labels may be given to one sentence.
        positive: With two single labels, the one that the only question is about; else None.
        exclusive: Labels of a multi-label task that stand alone, such as "none of these".
    """

    names: tuple[str, ...]
    multi: bool
    positive: str | None = None
    exclusive: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Rows, *, positive: str | None = None, exclusive: Collection[str] = ()) -> Targets:
        """Read the task off labelled rows.

        Args:
            rows: At least one row.
            positive: The positive label of a two-label task; left out, the rarer one, and of two equally frequent
                the later in the alphabet ("0" and "1", "No" and "Yes").
            exclusive: Labels that stand alone, as a schema says; those that do not occur are ignored.

        Raises:
            InvalidInput: There is nothing to learn from.
            UsageError: `positive` is not one of the labels.
        """
        names = rows.label_names
        if not names:
            raise InvalidInput("no row carries a label", where=rows.where)
        if positive is not None and positive not in names:
            raise UsageError(f"the positive label {positive!r} does not occur; the labels are {', '.join(names)}")
        if rows.multi or len(names) != 2:
            alone = tuple(name for name in names if rows.multi and name in exclusive)
            return cls(names=names, multi=rows.multi, exclusive=alone)
        counts = rows.label_counts
        rarer = min(reversed(names), key=lambda name: counts[name])
        return cls(names=names, multi=False, positive=positive or rarer)

    @property
    def questions(self) -> tuple[str, ...]:
        """The labels that get a score: the positive one of a two-label task, else all of them."""
        return (self.positive,) if self.positive is not None else self.names

    @property
    def negative(self) -> str:
        """The other label of a two-label task."""
        return next(name for name in self.names if name != self.positive)

    def asked(self, labels: Sequence[tuple[str, ...]]) -> Flags:
        """Return [N, questions]: is the answer yes?"""
        return flags_of(labels, self.questions)

    def decide(self, probabilities: Floats, thresholds: Floats) -> Flags:
        """Turn probabilities [N, questions] into labels [N, names].

        A label of a multi-label task, or the positive one of two, is given from its threshold on. Of several single
        labels the one that is furthest above its threshold (by ratio) is given, the first of equals; by the same
        measure an exclusive label drops the others, or is dropped.
        """
        if self.multi:
            return self._alone(probabilities / thresholds, probabilities >= thresholds)
        if self.positive is not None:
            yes = probabilities[:, 0] >= thresholds[0]
            return np.stack([yes if name == self.positive else ~yes for name in self.names], axis=1)
        best = np.argmax(probabilities / thresholds, axis=1)
        return np.asarray(best[:, None] == np.arange(len(self.names)))

    def _alone(self, ratios: Floats, given: Flags) -> Flags:
        """Settle rows [N, names] that were given an exclusive label and another one."""
        if not self.exclusive:
            return given
        exclusive = np.array([name in self.exclusive for name in self.names])
        first = np.argmax(np.where(given, ratios, -1.0), axis=1)
        only_first = first[:, None] == np.arange(len(self.names))
        return np.asarray(given & np.where(exclusive[first][:, None], only_first, ~exclusive))

    def named(self, flags: Flags) -> list[tuple[str, ...]]:
        """Turn [N, names] back into label names."""
        return [tuple(name for name, yes in zip(self.names, row, strict=True) if yes) for row in flags]


def flags_of(labels: Sequence[tuple[str, ...]], names: Sequence[str]) -> Flags:
    """Return [N, names]: does the row carry the label? Labels that are not in `names` are left out."""
    column = {name: number for number, name in enumerate(names)}
    flags = np.zeros((len(labels), len(names)), dtype=bool)
    for row, given in enumerate(labels):
        for name in given:
            if name in column:
                flags[row, column[name]] = True
    return flags
