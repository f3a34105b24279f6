from __future__ import annotations

import numpy as np
import pytest

from toolkit.agreement import Resampling
from toolkit.baselines.evaluation.grouped_counts import (
    GroupedCounts,
    label_scores,
    overall_scores,
    paired_test,
)

RNG = np.random.default_rng(7)


def test_intervals_widen_when_rows_come_in_stories() -> None:
    gold = RNG.random(400) < 0.5
    right = np.repeat(RNG.random(40) < 0.7, 10)  # ten rows of a story are right or wrong together
    answers = np.where(right, gold, ~gold)
    tables = [np.stack([gold, ~gold], 1), np.stack([answers, ~answers], 1)]
    clustered = overall_scores(GroupedCounts(*tables, [f"s{number // 10}" for number in range(400)]), Resampling(500))
    single = overall_scores(GroupedCounts(*tables, [str(number) for number in range(400)]), Resampling(500))
    wide, narrow = (item["accuracy"].high - item["accuracy"].low for item in (clustered, single))
    assert wide > 2 * narrow
    assert clustered["accuracy"].value == pytest.approx(right.mean())


def test_one_story_has_scores_but_no_intervals() -> None:
    gold = np.array([[True], [False], [True]])
    found = overall_scores(GroupedCounts(gold, gold, ["a", "a", "a"]), Resampling(100))
    assert {name: (each.value, each.low, each.high) for name, each in found.items()} == dict.fromkeys(
        ("macro_f1", "micro_f1", "accuracy"), (1.0, None, None)
    )


def test_a_model_does_not_differ_from_itself_but_from_a_much_worse_one() -> None:
    gold = RNG.random((200, 1)) < 0.5
    groups = [str(number) for number in range(200)]
    good, bad = GroupedCounts(gold, gold, groups), GroupedCounts(gold, RNG.random((200, 1)) < 0.5, groups)
    assert paired_test(good, good, Resampling(200)).p_value == 1.0
    comparison = paired_test(good, bad, Resampling(200))
    assert comparison.p_value == pytest.approx(1 / 201, abs=1e-6)
    assert comparison.difference.low > 0


def test_precision_and_recall_have_the_intervals_of_f1() -> None:
    gold = np.array([[True], [True], [False], [True]] * 5)
    said = np.array([[True], [False], [True], [True]] * 5)
    (found,) = label_scores(GroupedCounts(gold, said, [str(number) for number in range(20)]), Resampling(300))
    for each in found.values():
        assert each.value == pytest.approx(2 / 3, abs=1e-6)
        low, high = each.interval
        assert 0.3 < low < 2 / 3 < high < 1
