"""Intervals: over clusters, wide enough, and no wider."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from toolkit.agreement import Ratings, coefficient, interval
from toolkit.agreement.coefficients import statistic
from toolkit.agreement.intervals import independent, inflation, over_stories, proportion, student, wilson
from toolkit.errors import UsageError


def crowd(seed: int, articles: int = 30) -> tuple[list[list[int]], list[int]]:
    """Three annotators, five sentences an article, articles that are hard or easy as a whole."""
    random = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(articles), 5)
    truth = random.random(clusters.size) < 0.4
    right = random.random((3, clusters.size)) < np.where(random.random(articles) < 0.5, 0.95, 0.7)[clusters]
    return np.where(right, truth, ~truth).astype(int).tolist(), clusters.tolist()


def test_the_interval_holds_the_value_and_says_what_it_rests_on():
    ratings, clusters = crowd(0)
    found = interval(ratings, clusters)
    assert found.low < coefficient(ratings).value < found.high
    assert (found.value, found.n, found.method, found.reason) == (coefficient(ratings).value, 150, "wilson", None)


def test_sentences_of_an_article_are_not_independent():
    ratings, clusters = crowd(3)
    over_articles = interval(ratings, clusters)
    over_sentences = interval(ratings)
    assert over_articles.high - over_articles.low > over_sentences.high - over_sentences.low


@pytest.mark.parametrize("name", ["alpha", "ac1", "percent", "positive", "fleiss", "bennett"])
def test_a_weighted_statistic_is_the_coefficient_of_the_weighted_clusters(name):
    # Weights (2, 0, 1) must equal the first cluster's units twice, the second's not at all
    ratings = [[0, 1, 1, 0, 1, 1], [0, 1, 0, 0, 1, 0], [1, 1, 1, 0, 0, 0]]
    groups = np.array([0, 0, 1, 1, 2, 2])
    measure = statistic(Ratings.of(ratings), groups, name, positive=1)
    drawn = [[row[at] for at in (0, 1, 0, 1, 4, 5)] for row in ratings]
    expected = coefficient(drawn, name, positive=1).value
    assert measure.values(np.array([[2.0, 0.0, 1.0]]) @ measure.terms)[0] == pytest.approx(expected)


@pytest.mark.slow
def test_coverage_is_near_nominal():
    # 200 crowds of 40 articles: the standard error of a coverage of 0.95 is 0.015
    truth = coefficient(crowd(10_000, articles=20_000)[0]).value
    inside = 0
    for seed in range(200):
        found = interval(*crowd(seed, articles=40))
        inside += found.low <= truth <= found.high
    assert 0.90 <= inside / 200 <= 0.99


def test_one_cluster_has_no_interval():
    ratings, _ = crowd(0, articles=1)
    found = interval(ratings, ["a"] * 5)
    assert (found.low, found.high) == (None, None)


def test_clusters_without_a_pairable_rating_do_not_narrow_it():
    ratings, clusters = crowd(0)
    lonely = [row + [1 if at == 0 else None] * 500 for at, row in enumerate(ratings)]
    found = interval(lonely, clusters + [f"lonely {at}" for at in range(500)])
    assert found == interval(ratings, clusters)


def test_nothing_is_drawn_by_chance():
    ratings, clusters = crowd(5)
    assert interval(ratings, clusters) == interval(ratings, clusters)


def test_wilson_is_that_of_the_textbook_and_wider_for_few_degrees_of_freedom():
    low, high = wilson(0.9, 20, 1e9)
    assert (float(low), float(high)) == pytest.approx((0.699, 0.972), abs=5e-4)
    few = wilson(0.9, 20, 2)
    assert few.low < low < high < few.high
    assert student(0.0, 0.01**2, 1e9) == pytest.approx((-0.0196, 0.0196), abs=1e-5)


def test_a_few_stories_hardly_move_the_prior_and_many_do():
    # stories of ten sentences that are all alike vary ten times as much as independent sentences would
    def alike(stories):
        value = np.arange(stories) % 2
        moved = (value - 0.5) / stories
        return inflation(0.25 / (10 * stories), moved, np.full(stories, 1 / stories))

    assert alike(1000).factor == pytest.approx(10, rel=0.01)
    assert alike(4).freedom < alike(1000).freedom
    # three stories that happen to be just alike are not taken at their word
    even = inflation(0.25 / 30, [0.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3])
    assert 0.5 < even.factor < 0.9
    one = inflation(0.1, [0.3], [1.0])
    assert (float(one.factor), float(one.freedom)) == (pytest.approx(0.9), 8.0)


def test_more_is_expected_of_stories_that_hold_more_until_they_show_what_they_do():
    def of_three(each, differ=0.0):
        n, moved = 3 * each, np.array([-differ, 0.0, differ]) / 3
        return inflation(0.25 / n, moved, np.full(3, 1 / 3), 0.25 * n).factor

    assert of_three(2) < of_three(10) < of_three(30)
    assert of_three(1000) == of_three(2000), "up to twice the variance"
    assert of_three(10, differ=0.4) > 2 > of_three(10, differ=0.1)
    # ninety sentences by three stories tell less than ninety by thirty
    few, many = proportion([20, 24, 22], [30, 30, 30]), proportion([2, 3, 2, 2, 2, 2] * 5, [3] * 30)
    assert few.high - few.low > 1.3 * (many.high - many.low)


def test_a_share_of_independent_sentences_tells_as_much_as_they():
    for value in (0.0, 0.02, 0.5, 1.0):
        assert independent(value, value * (1 - value) / 40, 40) == pytest.approx(40)
    # nothing was missed, and ends were off by little: that does not show that nothing will be missed
    assert 20 < independent(0.99, 1e-7, 20) < 60


def test_where_all_are_right_the_interval_is_no_point():
    low, high = proportion([2, 2, 2], [2, 2, 2])
    assert 0.29 < low < 0.54, "between that of three stories and that of six independent rows"
    assert high == 1.0
    assert proportion([0, 0, 0], [2, 2, 2]) == pytest.approx((0.0, 1 - low))
    more = proportion([20, 20, 20], [20, 20, 20])
    assert low < more.low < more.high == 1.0


def test_too_few_rows_or_stories_give_no_bounds():
    for hits, trials in (([1, 1], [1, 1]), ([30], [40])):
        assert np.isnan(proportion(hits, trials)).all()


def test_where_all_agree_the_answers_bound_it():
    found = interval([[1, 0] * 15] * 2, list(range(30)), "percent")
    assert (found.low, found.high, found.method) == (pytest.approx(0.025 ** (1.5 / 30)), 1.0, "exact")


def test_more_agreement_does_not_widen_the_interval():
    # a label on two of six sentences in eight articles; people differ on none, one, … five of them
    truth = np.tile([True, True, False, False, False, False], 8)
    widths = []
    for wrong in range(6):
        said = truth.copy()
        said[np.flatnonzero(truth)[2 * np.arange(wrong)]] = False
        found = interval([truth, said], np.repeat(np.arange(8), 6).tolist())
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    # one article that holds all of the disagreement does not make it wider than two
    said = truth.copy()
    said[:2] = False
    assert interval([truth, said], np.repeat(np.arange(8), 6).tolist()).low > 0.3


def test_articles_without_the_rare_value_say_nothing_about_agreement_on_it():
    rare = [at < 2 for at in range(30)]
    few = interval([rare, rare], list(range(30)))
    assert (few.low, few.reason) == (None, "too few answers (4, at least 5 are needed) for an interval")
    more = [at < 6 for at in range(30)]
    found = interval([more, more], list(range(30)))
    assert found.method == "exact"
    assert found.low < interval([more, more], list(range(30)), "percent").low


@pytest.mark.parametrize(("level", "least"), [("nominal", -1.0), ("interval", -1.0), ("ratio", -1.0)])
def test_systematic_disagreement_stays_above_the_least_value(level, least):
    found = interval([[1, 2] * 10, [2, 1] * 9 + [2, 2]], list(range(20)), level=level)
    assert least <= found.low < found.high < 0


def test_clusters_that_are_all_alike_still_leave_doubt():
    ratings = [[1, 0, 1, 1] * 5, [1, 0, 0, 1] * 5]
    found = interval(ratings, np.repeat(np.arange(5), 4).tolist())
    assert found.low < found.value - 0.1 < found.value + 0.1 < found.high


def test_a_difference_has_no_ends_and_no_interval_where_nothing_varies():
    coded = Ratings.of([[1, 0, 1, 0, 1, 0]] * 2)
    units = np.arange(6)
    apart = replace(statistic(coded, units, "percent"), floor=lambda _: -np.inf)
    found = over_stories(apart, units)
    assert (found.low, found.reason) == (None, "all 6 articles give the same, which does not show how far it varies")


def test_a_rare_label_in_few_articles_is_covered():
    # 100 crowds of 15 articles with a label on 5 % of the sentences: the hardest case; the standard error is 3 points
    def rare(seed: int, articles: int) -> tuple[Ratings, list[int]]:
        random = np.random.default_rng(seed)
        clusters = np.repeat(np.arange(articles), 8)
        truth = random.random(clusters.size) < random.beta(0.1, 1.9, articles)[clusters]
        said = np.where(random.random((3, clusters.size)) < 0.9, truth, ~truth).astype(float)
        said[random.random(said.shape) < 0.3] = np.nan
        return Ratings.of(said), clusters.tolist()

    truth = coefficient(rare(10_000, 20_000)[0]).value
    found = [interval(*rare(seed, 15)) for seed in range(100)]
    assert sum(each.low <= truth <= each.high for each in found) >= 85


def test_calls_that_make_no_sense_are_refused():
    with pytest.raises(UsageError, match="3 clusters are given for 2 units"):
        interval([[1, 2], [1, 2]], ["a", "b", "c"])
    with pytest.raises(UsageError, match="there is no confidence 1"):
        interval([[1, 2], [1, 2]], confidence=1)
