from __future__ import annotations

import numpy as np
import pytest

from toolkit.baselines.evaluation.grouped_counts import (
    GroupedCounts,
    label_scores,
    macro_bounds,
    overall_scores,
    paired_test,
)
from toolkit.baselines.evaluation.metrics import macro_f1

RNG = np.random.default_rng(7)


def test_intervals_widen_when_rows_come_in_stories() -> None:
    gold = RNG.random(400) < 0.5
    right = np.repeat(RNG.random(40) < 0.7, 10)  # ten rows of a story are right or wrong together
    answers = np.where(right, gold, ~gold)
    tables = [np.stack([gold, ~gold], 1), np.stack([answers, ~answers], 1)]
    clustered = overall_scores(GroupedCounts(*tables, [f"s{number // 10}" for number in range(400)]))
    single = overall_scores(GroupedCounts(*tables, [str(number) for number in range(400)]))
    wide, narrow = (item["accuracy"].high - item["accuracy"].low for item in (clustered, single))
    assert wide > 2 * narrow
    assert clustered["accuracy"].value == pytest.approx(right.mean())


def test_one_story_has_scores_but_no_intervals() -> None:
    gold = np.array([[True], [False], [True]])
    found = overall_scores(GroupedCounts(gold, gold, ["a", "a", "a"]))
    assert {name: (each.value, each.low, each.high) for name, each in found.items()} == dict.fromkeys(
        ("macro_f1", "micro_f1", "accuracy"), (1.0, None, None)
    )


def test_a_model_does_not_differ_from_itself_but_from_a_much_worse_one() -> None:
    gold = RNG.random((200, 1)) < 0.5
    groups = [str(number) for number in range(200)]
    good, bad = GroupedCounts(gold, gold, groups), GroupedCounts(gold, RNG.random((200, 1)) < 0.5, groups)
    assert paired_test(good, good, swaps=200).p_value == 1.0
    comparison = paired_test(good, bad, swaps=200)
    assert comparison.p_value == pytest.approx(1 / 201, abs=1e-6)
    assert comparison.difference.low > 0


def test_precision_and_recall_have_the_intervals_of_f1() -> None:
    gold = np.array([[True], [True], [False], [True]] * 5)
    said = np.array([[True], [False], [True], [True]] * 5)
    (found,) = label_scores(GroupedCounts(gold, said, [str(number) for number in range(20)]))
    for each in found.values():
        assert each.value == pytest.approx(2 / 3, abs=1e-6)
        low, high = each.interval
        assert 0.3 < low < 2 / 3 < high < 1


def test_six_of_six_by_three_stories_is_no_certainty() -> None:
    gold = np.array([[True, False], [False, True]] * 3)
    found = overall_scores(GroupedCounts(gold, gold, ["a", "a", "b", "b", "c", "c"]))
    assert (found["accuracy"].value, found["accuracy"].high) == (1.0, 1.0)
    assert found["accuracy"].low < 0.54
    assert found["macro_f1"].low < 0.8


def test_a_label_of_few_rows_has_scores_but_no_intervals() -> None:
    gold = np.array([[True], [False], [False]] * 2)
    (found,) = label_scores(GroupedCounts(gold, gold, list("aabbcc")))
    assert (found["recall"].value, found["recall"].low) == (1.0, None)
    assert found["recall"].reason == "too few rows (2, at least 10 are needed) for an interval"


def test_sets_of_labels_of_the_same_rows_are_counted_at_once() -> None:
    gold, said = RNG.random((3, 60, 2)) < 0.4, RNG.random((3, 60, 2)) < 0.4
    groups = [str(number // 6) for number in range(60)]
    together = macro_bounds(GroupedCounts(gold, said, groups))
    alone = [macro_bounds(GroupedCounts(gold[at], said[at], groups)) for at in range(3)]
    assert together.low == pytest.approx([float(each.low) for each in alone])
    assert together.high == pytest.approx([float(each.high) for each in alone])


def test_models_that_no_row_tells_apart_may_still_differ() -> None:
    gold = RNG.random((200, 1)) < 0.5
    groups = [str(number // 4) for number in range(200)]
    counted = GroupedCounts(gold, gold ^ (RNG.random((200, 1)) < 0.1), groups)
    alike = paired_test(counted, counted, swaps=10).difference
    assert alike.low < 0 < alike.high < 0.05


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # 600 sets of 10 stories; the standard error of a coverage of 0.95 is 0.009
    random = np.random.default_rng(3)
    member = np.repeat(np.arange(10), 6)

    def answers(sets: int, stories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shift = random.normal(0, 0.6, (sets, int(stories.max()) + 1, 2))[:, stories]
        gold = random.random(shift.shape) < 0.3
        return gold, random.normal(0, 1, shift.shape) + shift + 2 * gold > 1.2

    many = GroupedCounts(
        *(each[0] for each in answers(1, np.repeat(np.arange(20_000), 6))), np.repeat(np.arange(20_000), 6).tolist()
    )
    low, high = macro_bounds(GroupedCounts(*answers(600, member), [str(each) for each in member]))
    truth = float(macro_f1(many.totals))
    assert 0.92 <= float(((low <= truth) & (truth <= high)).mean()) <= 0.98
