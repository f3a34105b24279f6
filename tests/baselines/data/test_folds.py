from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.baselines.data.folds import grouped_folds


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans()), min_size=2, max_size=80),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_folds_keep_groups_whole_and_do_not_depend_on_the_order_of_rows(rows, seed, random) -> None:  # type: ignore[no-untyped-def]
    groups = [f"g{group}" for group, _, _ in rows]
    if len(set(groups)) < 2:
        return
    flags = np.array([[first, second] for _, first, second in rows])
    folds = grouped_folds(flags, groups, count=5, seed=seed)
    home = dict(zip(groups, folds.number.tolist(), strict=True))
    assert [home[group] for group in groups] == folds.number.tolist()
    assert set(folds.number.tolist()) <= set(range(folds.count))
    order = list(range(len(rows)))
    random.shuffle(order)
    again = grouped_folds(flags[order], [groups[number] for number in order], count=5, seed=seed)
    assert again.number.tolist() == [folds.number[number] for number in order]


def test_every_fold_gets_its_share_of_a_rare_label() -> None:
    flags = (np.arange(1000) % 50 == 0)[:, None]  # 20 rows of 1000
    folds = grouped_folds(flags, [f"g{number // 2}" for number in range(1000)])
    assert [int(flags[folds.number == fold].sum()) for fold in range(5)] == [4] * 5
    assert [int((folds.number == fold).sum()) for fold in range(5)] == [200] * 5


def test_one_group_is_torn_apart_and_says_so() -> None:
    folds = grouped_folds(np.array([[True], [False], [True], [False]]), ["s"] * 4)
    assert not folds.grouped
    assert folds.count == 4
