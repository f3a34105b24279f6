"""The comparability of scores on two releases: what changed in the rows and labels of each split."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.release.compare.row_match import matched_rows
from toolkit.release.reader import Release, label_counts
from toolkit.schema import Schema

TEST: Final = "test"
"""The split that scores are reported on."""


@dataclass(frozen=True)
class SplitChange:
    """The changes to the rows of one split of `default`.

    Attributes:
        before: Rows in the older release.
        after: Rows in the newer one.
        added: Rows that were not in this split before.
        removed: Rows that are no longer in this split.
        relabelled: Rows in both whose labels or spans changed.
    """

    before: int
    after: int
    added: int
    removed: int
    relabelled: int

    @property
    def same(self) -> bool:
        """Whether every row is unchanged."""
        return not (self.added or self.removed or self.relabelled)


@dataclass(frozen=True)
class Scores:
    """The changes between two releases that matter to scores.

    Attributes:
        splits: Split → the changes to its rows.
        labels: Label → split → number of rows with it, before and after.
        spans: Span label → split → number of spans, before and after.
        questions_changed: The schemas have different labels or span labels.
        numbers: Number → (label before, label after), of the numbers that mean another label now; "" where none.
    """

    splits: Mapping[str, SplitChange]
    labels: Mapping[str, Mapping[str, tuple[int, int]]]
    spans: Mapping[str, Mapping[str, tuple[int, int]]]
    questions_changed: bool
    numbers: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def comparable(self) -> bool | None:
        """Whether one model gets the same score on both; None if neither release has a test split."""
        if TEST not in self.splits:
            return None
        return self.splits[TEST].same and not self.questions_changed and not self.renumbered

    @property
    def renumbered(self) -> bool:
        """Whether a number that stood for a label stands for another one, or for none."""
        return any(before for before, _ in self.numbers.values())

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON; supports are [before, after]."""
        splits = {name: asdict(part) for name, part in self.splits.items()}
        return {
            "comparable": self.comparable,
            "splits": splits,
            "labels": self.labels,
            "spans": self.spans,
            "questions_changed": self.questions_changed,
            "numbers_changed": {number: list(pair) for number, pair in self.numbers.items()},
        }

    def sentence(self) -> str:
        """Say whether scores are comparable, and if not, why."""
        if self.comparable is None:
            return f"No scores to compare: there is no test split.{self._renumbered()}"
        if self.comparable:
            return "Scores are comparable: the test split has the same rows, labels and spans."
        part = self.splits[TEST]
        if part.same and not self.questions_changed:
            return f"Scores are not comparable as they are.{self._renumbered()}"
        rows = f"{part.added} added, {part.removed} removed, {part.relabelled} relabelled"
        schema = "; the schema has other labels" if self.questions_changed else ""
        of = f"rows of the test split {rows} ({part.before} → {part.after}){schema}"
        return f"Scores are not comparable: {of}.{self._renumbered()}"

    def _renumbered(self) -> str:
        if not self.renumbered:
            return ""
        moved = ", ".join(
            f"{number} {before or 'no label'} → {after or 'no label'}"
            for number, (before, after) in self.numbers.items()
        )
        return f" Label numbers changed: {moved}; not comparable for who reads numbers."


def score_changes(older: Release, newer: Release, changed: pa.ChunkedArray) -> Scores:
    """Compare what scores are computed on.

    Args:
        older: Where to start.
        newer: Where to end.
        changed: sentence_ids of the rows whose decision changed.
    """
    before, after = (label_counts(part, part.schema) for part in (older, newer))
    names = list(dict.fromkeys([*newer.splits(), *older.splits()]))
    schemas = older.schema, newer.schema
    questions = [{*schema.label_ids, *(span.id for span in schema.spans)} for schema in schemas]
    return Scores(
        splits={name: _split_change(name, older, newer, changed) for name in names},
        labels=_supports("labels", names, before, after),
        spans=_supports("spans", names, before, after),
        questions_changed=questions[0] != questions[1],
        numbers=_moved_numbers(*schemas),
    )


def _moved_numbers(older: Schema, newer: Schema) -> dict[int, tuple[str, str]]:
    pairs = enumerate(itertools.zip_longest(older.label_ids, newer.label_ids, fillvalue=""))
    return {number: pair for number, pair in pairs if pair[0] != pair[1]}


def _split_change(split: str, older: Release, newer: Release, changed: pa.ChunkedArray) -> SplitChange:
    mine, yours = (_ids(release, split) for release in (older, newer))
    pairs = matched_rows(mine, yours, ("sentence_id",))
    relabelled = np.asarray(pc.is_in(mine["sentence_id"].take(pairs.older), value_set=changed), dtype=bool)
    return SplitChange(
        before=mine.num_rows,
        after=yours.num_rows,
        added=len(pairs.added),
        removed=len(pairs.removed),
        relabelled=int(relabelled.sum()),
    )


def _ids(release: Release, split: str) -> pa.Table:
    if split in release.splits():
        return release.table(split=split, columns=["sentence_id"])
    return pa.table({"sentence_id": pa.array([], pa.string())})


def _supports(
    kind: str, splits: list[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Return label → split → (before, after), in the order of the newer schema."""
    labels = dict.fromkeys(label for side in (after, before) for label in _labels(kind, side))
    return {
        label: {split: (_support(before, split, kind, label), _support(after, split, kind, label)) for split in splits}
        for label in labels
    }


def _labels(kind: str, side: Mapping[str, Any]) -> Iterator[str]:
    for part in side.values():
        yield from part[kind]


def _support(side: Mapping[str, Any], split: str, kind: str, label: str) -> int:
    return int(side.get(split, {}).get(kind, {}).get(label, 0))
