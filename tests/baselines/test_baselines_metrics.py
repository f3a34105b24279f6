from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.evaluation.grouped_counts import (
    Figure,
    GroupedCounts,
    group_weights,
    label_scores,
    members,
    paired_test,
    scores,
)
from toolkit.baselines.evaluation.metrics import average_precision, calibration_error, counts, macro_f1, micro_f1
from toolkit.baselines.evaluation.probability_metrics import probability_scores
from toolkit.baselines.models.calibration import f1_threshold, macro_threshold, platt, positive_threshold
from toolkit.baselines.models.features import Block, WordNgrams

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


def test_platt_finds_the_curve_that_made_the_data() -> None:
    numbers = RNG.normal(size=20_000)
    flags = RNG.random(20_000) < 1 / (1 + np.exp(-(2.0 * numbers - 1.0)))
    slope, intercept = platt(numbers, flags)
    assert slope == pytest.approx(2.0, abs=0.1)
    assert intercept == pytest.approx(-1.0, abs=0.1)


def test_platt_never_turns_scores_round() -> None:
    flags = np.arange(100) < 20
    slope, _ = platt(np.arange(100.0), flags)
    assert slope > 0


@given(st.text(), st.sampled_from([(1, 1), (1, 2), (2, 3)]))
def test_words_are_cut_as_scikit_learn_cuts_them(text: str, ngrams: tuple[int, int]) -> None:
    theirs = Block(kind="binary", ngrams=ngrams).vectorizer().build_analyzer()
    assert sorted(WordNgrams(*ngrams)(text)) == sorted(theirs(text))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 99)), min_size=3, max_size=60))
def test_a_threshold_gives_a_label_to_some_row_but_not_to_four_times_too_many(rows: list[tuple[bool, int]]) -> None:
    flags = np.array([yes for yes, _ in rows])
    probabilities = np.array([number / 100 for _, number in rows])
    if not flags.any():
        return
    said = probabilities >= f1_threshold(probabilities, flags)
    assert said.sum() <= 3 * flags.sum()
    assert 0 < macro_threshold(probabilities, flags) < 1
    assert positive_threshold(probabilities, flags) <= (
        f1_threshold(probabilities, flags) if flags.mean() < 1 / 3 else macro_threshold(probabilities, flags)
    )


def test_a_rare_yes_is_said_as_readily_as_costs_next_to_nothing() -> None:
    random = np.random.default_rng(7)
    scores = random.beta(1, 3, size=4_000)
    flags = random.random(4_000) < scores
    best, readily = f1_threshold(scores, flags), positive_threshold(scores, flags)
    assert readily < best
    assert f1_score(flags, scores >= readily) > f1_score(flags, scores >= best) - 0.02
    even = random.random(4_000) < 0.5
    assert positive_threshold(scores, even) == macro_threshold(scores, even)


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


def test_intervals_widen_when_rows_come_in_stories() -> None:
    gold = RNG.random(400) < 0.5
    right = np.repeat(RNG.random(40) < 0.7, 10)  # ten rows of a story are right or wrong together
    answers = np.where(right, gold, ~gold)
    tables = [np.stack([gold, ~gold], 1), np.stack([answers, ~answers], 1)]
    clustered = scores(GroupedCounts(*tables, [f"s{number // 10}" for number in range(400)]), seed=0, resamples=500)
    single = scores(GroupedCounts(*tables, [str(number) for number in range(400)]), seed=0, resamples=500)
    wide, narrow = (item["accuracy"].high - item["accuracy"].low for item in (clustered, single))
    assert wide > 2 * narrow
    assert clustered["accuracy"].value == pytest.approx(right.mean())


def test_one_story_has_scores_but_no_intervals() -> None:
    gold = np.array([[True], [False], [True]])
    found = scores(GroupedCounts(gold, gold, ["a", "a", "a"]), seed=0, resamples=100)
    assert {name: (each.value, each.low, each.high) for name, each in found.items()} == dict.fromkeys(
        ("macro_f1", "micro_f1", "accuracy"), (1.0, None, None)
    )


def test_a_model_does_not_differ_from_itself_but_from_a_much_worse_one() -> None:
    gold = RNG.random((200, 1)) < 0.5
    groups = [str(number) for number in range(200)]
    good, bad = GroupedCounts(gold, gold, groups), GroupedCounts(gold, RNG.random((200, 1)) < 0.5, groups)
    assert paired_test(good, good, seed=0, resamples=200).p_value == 1.0
    comparison = paired_test(good, bad, seed=0, resamples=200)
    assert comparison.p_value == pytest.approx(1 / 201, abs=1e-6)
    assert comparison.difference.low > 0


def test_probability_figures_are_those_of_rows_drawn_with_their_stories() -> None:
    chance = np.random.default_rng(0)
    gold = chance.random((60, 2)) < 0.3
    numbers = np.round(np.clip(0.4 * gold + chance.random((60, 2)) * 0.6, 0, 1), 1)  # with many ties
    groups = [f"story-{number % 7}" for number in range(60)]
    found = probability_scores(gold, numbers, groups, seed=3, resamples=200)
    member = members(groups)
    drawn = [
        np.concatenate([np.repeat(np.flatnonzero(member == group), times) for group, times in enumerate(row)])
        for weights in group_weights(7, seed=3, resamples=200)
        for row in weights
    ]
    for label, figures in enumerate(found):
        for name, measure in (("average_precision", average_precision), ("calibration_error", calibration_error)):
            values = np.array([measure(gold[rows, label], numbers[rows, label]) for rows in drawn])
            assert figures[name].value == pytest.approx(measure(gold[:, label], numbers[:, label]), abs=1e-6)
            expected = np.percentile(values[~np.isnan(values)], [2.5, 97.5])
            assert figures[name].interval == pytest.approx(tuple(expected), abs=1e-6)


def test_probability_figures_of_one_story_or_no_draw_have_no_interval() -> None:
    gold, numbers = np.array([[True], [False]]), np.array([[0.7], [0.2]])
    for groups, resamples in ((["a", "a"], 50), (["a", "b"], 0)):
        (figures,) = probability_scores(gold, numbers, groups, seed=0, resamples=resamples)
        assert figures["average_precision"] == Figure(value=1.0, low=None, high=None)
        assert figures["calibration_error"].interval == (None, None)


def test_a_label_that_is_never_right_has_no_average_precision() -> None:
    (figures,) = probability_scores(
        np.zeros((3, 1), dtype=bool), np.full((3, 1), 0.1), ["a", "b", "c"], seed=0, resamples=20
    )
    assert figures["average_precision"] == Figure(value=None, low=None, high=None)
    assert figures["calibration_error"] == Figure(value=0.1, low=0.1, high=0.1)


def test_precision_and_recall_have_the_intervals_of_f1() -> None:
    gold = np.array([[True], [True], [False], [True]] * 5)
    said = np.array([[True], [False], [True], [True]] * 5)
    (figures,) = label_scores(GroupedCounts(gold, said, [str(number) for number in range(20)]), seed=0, resamples=300)
    for each in figures.values():
        assert each.value == pytest.approx(2 / 3, abs=1e-6)
        low, high = each.interval
        assert 0.3 < low < 2 / 3 < high < 1
