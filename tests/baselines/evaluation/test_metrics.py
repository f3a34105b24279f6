from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from toolkit.agreement import Resampling
from toolkit.agreement.intervals import cluster_numbers
from toolkit.baselines.evaluation.metrics import (
    average_precision,
    calibration_error,
    counts,
    macro_f1,
    micro_f1,
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


def test_calibration_error_is_the_gap_of_frequency_and_probability() -> None:
    gold = np.array([True] * 6 + [False] * 4)
    assert calibration_error(gold, np.full(10, 0.65)) == pytest.approx(0.05)


def test_probability_scores_are_those_of_rows_drawn_with_their_stories() -> None:
    chance = np.random.default_rng(0)
    gold = chance.random((60, 2)) < 0.3
    numbers = np.round(np.clip(0.4 * gold + chance.random((60, 2)) * 0.6, 0, 1), 1)  # with many ties
    groups = [f"story-{number % 7}" for number in range(60)]
    found = probability_scores(gold, numbers, groups, Resampling(200, 3))
    member = cluster_numbers(groups, by_name=True)
    drawn = [
        np.concatenate([np.repeat(np.flatnonzero(member == group), times) for group, times in enumerate(row)])
        for weights in Resampling(200, 3).weights(7)
        for row in weights
    ]
    for label, scores in enumerate(found):
        for name, measure in (("average_precision", average_precision), ("calibration_error", calibration_error)):
            values = np.array([measure(gold[rows, label], numbers[rows, label]) for rows in drawn])
            assert scores[name].value == pytest.approx(measure(gold[:, label], numbers[:, label]), abs=1e-6)
            expected = np.percentile(values[~np.isnan(values)], [2.5, 97.5])
            assert scores[name].interval == pytest.approx(tuple(expected), abs=1e-6)


def test_probability_scores_of_one_story_or_no_draw_have_no_interval() -> None:
    gold, numbers = np.array([[True], [False]]), np.array([[0.7], [0.2]])
    for groups, resamples in ((["a", "a"], 50), (["a", "b"], 0)):
        (found,) = probability_scores(gold, numbers, groups, Resampling(resamples))
        assert (found["average_precision"].value, found["average_precision"].interval) == (1.0, (None, None))
        assert found["calibration_error"].interval == (None, None)


def test_a_label_that_is_never_right_has_no_average_precision() -> None:
    (found,) = probability_scores(np.zeros((3, 1), dtype=bool), np.full((3, 1), 0.1), ["a", "b", "c"], Resampling(20))
    assert (found["average_precision"].value, found["average_precision"].interval) == (None, (None, None))
    assert found["average_precision"].reason == "it is undefined on these rows"
    assert (found["calibration_error"].value, found["calibration_error"].interval) == (0.1, (0.1, 0.1))
