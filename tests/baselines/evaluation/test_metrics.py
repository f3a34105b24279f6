from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from toolkit.baselines.evaluation.metrics import (
    average_precision,
    counts,
    macro_f1,
    micro_f1,
    precision_estimate,
    probability_scores,
)

RNG = np.random.default_rng(7)


def test_f1_agrees_with_scikit_learn() -> None:
    gold, answers = RNG.random((200, 5)) < 0.3, RNG.random((200, 5)) < 0.4
    assert macro_f1(counts(gold, answers)) == pytest.approx(f1_score(gold, answers, average="macro"))
    assert micro_f1(counts(gold, answers)) == pytest.approx(f1_score(gold, answers, average="micro"))


def test_average_precision_agrees_with_scikit_learn_with_ties() -> None:
    gold, numbers = RNG.random(300) < 0.2, RNG.random(300).round(1)
    assert average_precision(gold, numbers) == pytest.approx(average_precision_score(gold, numbers))


def test_a_label_that_nobody_has_and_nobody_gives_is_left_out_of_the_mean() -> None:
    gold = np.array([[True, False], [False, False]])
    assert macro_f1(counts(gold, gold)) == 1.0


def test_average_precision_has_the_interval_of_its_stories() -> None:
    chance = np.random.default_rng(0)
    gold = chance.random((120, 2)) < 0.3
    numbers = np.round(np.clip(0.4 * gold + chance.random((120, 2)) * 0.6, 0, 1), 1)  # with many ties
    found = probability_scores(gold, numbers, [f"story-{number % 12}" for number in range(120)])
    for label, scores in enumerate(found):
        expected = average_precision(gold[:, label], numbers[:, label])
        each = scores["average_precision"]
        assert each.value == pytest.approx(expected, abs=1e-6)
        assert each.low < each.value < each.high
        assert 0.1 < each.high - each.low < 0.5
        assert each.n == gold[:, label].sum()


def test_a_row_moves_average_precision_by_its_influence() -> None:
    # two stories that are copies of one another tell as much about the spread as one row per story tells
    gold, numbers = RNG.random(100) < 0.4, RNG.random(100)
    member = np.arange(100)
    one = precision_estimate(gold, numbers, member)
    twice = precision_estimate(np.tile(gold, 2), np.tile(numbers, 2), np.tile(member, 2))
    assert twice.value == pytest.approx(one.value)
    assert twice.high - twice.low == pytest.approx(one.high - one.low, rel=0.12)


def test_probability_scores_of_one_story_have_no_interval() -> None:
    gold, numbers = np.array([[True], [False]] * 10), np.array([[0.7], [0.2]] * 10)
    (found,) = probability_scores(gold, numbers, ["a"] * 20)
    assert (found["average_precision"].value, found["average_precision"].interval) == (1.0, (None, None))
    assert found["average_precision"].reason == "too few stories (1) for an interval"
    assert found["calibration_error"].interval == (None, None)


def test_a_label_that_is_never_right_has_no_average_precision() -> None:
    (found,) = probability_scores(np.zeros((3, 1), dtype=bool), np.full((3, 1), 0.1), ["a", "b", "c"])
    assert (found["average_precision"].value, found["average_precision"].interval) == (None, (None, None))
    assert found["average_precision"].reason == "it is undefined on these rows"
