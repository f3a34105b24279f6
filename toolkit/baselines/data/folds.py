"""Cross-validation folds that keep groups whole and spread every label evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.baselines.data.targets import Flags, Ints
from toolkit.records import content_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Which fold every row is held out in.

    Attributes:
        number: [N], from 0 to `count` − 1.
        count: Number of folds; 0 when there are too few rows to hold any out.
        grouped: No group is in two folds.
    """

    number: Ints
    count: int
    grouped: bool


def grouped_folds(flags: Flags, groups: Sequence[str], *, count: int = 5, seed: int = 0) -> Folds:
    """Deal groups out to folds, the rarest label first, each to the fold that has least of it.

    The greedy rule is that of Sechidis, Tsoumakas and Vlahavas (2011, "On the stratification of multi-label data"),
    on groups in place of rows. Among equals the order is that of a hash of (seed, group), so that it depends on
    neither the order of the rows nor chance.

    Args:
        flags: [N, L], which labels a row carries.
        groups: N group ids.
        count: Folds wanted; fewer if there are fewer groups. All rows in one group are dealt out one by one.
        seed: Another seed deals differently.
    """
    grouped = len(set(groups)) > 1
    keys = list(groups) if grouped else [str(number) for number in range(len(groups))]
    names = sorted(set(keys), key=lambda key: content_id(seed, key))
    count = min(count, len(names))
    if count < 2:
        return Folds(number=np.zeros(len(keys), dtype=np.int64), count=0, grouped=grouped)
    place = {name: number for number, name in enumerate(names)}
    member = np.array([place[key] for key in keys])
    sizes = np.bincount(member, minlength=len(names))
    have = np.zeros((len(names), flags.shape[1]), dtype=np.int64)
    np.add.at(have, member, flags)
    return Folds(number=_deal(have, sizes, count)[member], count=count, grouped=grouped)


def _deal(have: Ints, sizes: Ints, count: int) -> Ints:
    """Return [groups], the fold of each; `have` is [groups, L] label counts, `sizes` [groups] row counts."""
    fold_of = np.full(len(sizes), -1, dtype=np.int64)
    labels_in = np.zeros((count, have.shape[1]), dtype=np.int64)
    rows_in = np.zeros(count, dtype=np.int64)
    columns = sorted(range(have.shape[1]), key=lambda column: int(have[:, column].sum()))
    for column in [*columns, None]:
        amount = sizes if column is None else have[:, column]
        waiting = np.flatnonzero((fold_of < 0) & (amount > 0))
        for group in waiting[np.argsort(-amount[waiting], kind="stable")]:
            load = rows_in if column is None else labels_in[:, column]
            fold = min(range(count), key=lambda number: (load[number], rows_in[number]))
            fold_of[group] = fold
            labels_in[fold] += have[group]
            rows_in[fold] += sizes[group]
    return fold_of
