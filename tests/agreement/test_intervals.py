"""Intervals: seeded, over clusters, and wide enough."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.agreement import Ratings, coefficient, interval
from toolkit.agreement.coefficients import statistic
from toolkit.agreement.intervals import Resampling, exact, student
from toolkit.agreement.statistic import krippendorff
from toolkit.errors import UsageError


def crowd(seed: int, articles: int = 30) -> tuple[list[list[int]], list[int]]:
    """Three annotators, five sentences an article, articles that are hard or easy as a whole."""
    random = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(articles), 5)
    truth = random.random(clusters.size) < 0.4
    right = random.random((3, clusters.size)) < np.where(random.random(articles) < 0.5, 0.95, 0.7)[clusters]
    return np.where(right, truth, ~truth).astype(int).tolist(), clusters.tolist()


def test_the_same_seed_gives_the_same_interval_and_another_does_not():
    ratings, clusters = crowd(0)
    first, again, other = (interval(ratings, clusters, seed=seed, resamples=200) for seed in (1, 1, 2))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_the_interval_holds_the_value_and_says_what_it_rests_on():
    ratings, clusters = crowd(0)
    found = interval(ratings, clusters, seed=0, resamples=500)
    assert found.low < coefficient(ratings).value < found.high
    assert (found.value, found.n, found.method, found.reason) == (coefficient(ratings).value, 150, "student", None)


def test_sentences_of_an_article_are_not_independent():
    ratings, clusters = crowd(3)
    over_articles = interval(ratings, clusters, seed=0)
    over_sentences = interval(ratings, seed=0)
    assert over_articles.high - over_articles.low > over_sentences.high - over_sentences.low


@pytest.mark.parametrize("name", ["alpha", "ac1", "percent", "positive", "fleiss", "bennett"])
def test_a_drawn_statistic_is_the_coefficient_of_the_drawn_clusters(name):
    # Weights (2, 0, 1) must equal the first cluster's units twice, the second's not at all
    ratings = [[0, 1, 1, 0, 1, 1], [0, 1, 0, 0, 1, 0], [1, 1, 1, 0, 0, 0]]
    groups = np.array([0, 0, 1, 1, 2, 2])
    measure = statistic(Ratings.of(ratings), groups, name, positive=1)
    drawn = [[row[at] for at in (0, 1, 0, 1, 4, 5)] for row in ratings]
    expected = coefficient(drawn, name, positive=1).value
    assert measure.values(np.array([[2.0, 0.0, 1.0]]) @ measure.terms)[0] == pytest.approx(expected)


def test_coverage_is_near_nominal():
    # 200 crowds of 40 articles: the standard error of a coverage of 0.95 is 0.015
    truth = coefficient(crowd(10_000, articles=20_000)[0]).value
    inside = 0
    for seed in range(200):
        found = interval(*crowd(seed, articles=40), seed=seed, resamples=300)
        inside += found.low <= truth <= found.high
    assert 0.90 <= inside / 200 <= 0.99


def test_one_cluster_has_no_interval():
    ratings, _ = crowd(0, articles=1)
    found = interval(ratings, ["a"] * 5, seed=0)
    assert (found.low, found.high) == (None, None)


def test_clusters_without_a_pairable_rating_do_not_narrow_it():
    ratings, clusters = crowd(0)
    lonely = [row + [1 if at == 0 else None] * 500 for at, row in enumerate(ratings)]
    found = interval(lonely, clusters + [f"lonely {at}" for at in range(500)], seed=0)
    assert found == interval(ratings, clusters, seed=0)


def test_intervals_drawn_together_are_those_drawn_alone():
    ratings, clusters = crowd(5)
    coded = Ratings.of(ratings)
    measures = [krippendorff(coded, np.array(clusters), level=level) for level in ("nominal", "interval")]
    resampling = Resampling(200, 7)
    assert resampling.intervals(measures) == [resampling.interval(measure) for measure in measures]


def test_far_from_its_ends_the_scale_changes_nothing_and_near_them_it_is_not_left():
    middle = student(0.0, 0.01, 1e6, -1.0, 0.95)
    assert middle == pytest.approx((-0.0196, 0.0196), abs=1e-5)
    assert student(0.0, 0.01, 1e6, -np.inf, 0.95) == pytest.approx(middle, abs=1e-5)
    low, high = student(0.98, 0.02, 3, -0.1, 0.95)
    assert -0.1 < low < 0.98 < high < 1
    assert 0.98 - low > high - 0.98


def test_few_clusters_widen_it():
    few, many = (student(0.5, 0.1, freedom, 0.0, 0.95) for freedom in (2, 200))
    assert few[0] < many[0] < many[1] < few[1]


def test_where_all_agree_the_number_of_clusters_bounds_it():
    # Clopper & Pearson for 30 of 30: 0.8843 to 1
    found = interval([[1, 0] * 15] * 2, list(range(30)), "percent", seed=0, resamples=50)
    assert (found.low, found.high, found.method) == (pytest.approx(0.025 ** (1 / 30)), 1.0, "exact")
    assert found.low == pytest.approx(0.8843, abs=5e-5)
    assert exact(False, 30, 0.0, 0.95) == pytest.approx((0.0, 0.1157), abs=5e-5)
    assert exact(True, 0, -0.5, 0.95) == (-0.5, 1.0)


def test_articles_without_the_rare_value_are_no_witnesses_of_agreement_on_it():
    # Two of 30 articles hold the label; alpha of 1 rests on those two, whose agreement .025^(1/2) of the scale proves
    rare = [at < 2 for at in range(30)]
    found = interval([rare, rare], list(range(30)), seed=0, resamples=200)
    least = 1 - 2 * 4 / 60 / (2 * 4 * 56 / (60 * 59))
    assert (found.low, found.high, found.method) == (
        pytest.approx(least + (1 - least) * 0.025**0.5),
        1.0,
        "exact",
    )


@pytest.mark.parametrize(("level", "least"), [("nominal", -1.0), ("interval", -1.0), ("ratio", -1.0)])
def test_systematic_disagreement_stays_above_the_least_value(level, least):
    found = interval([[1, 2] * 10, [2, 1] * 9 + [2, 2]], list(range(20)), level=level, seed=0, resamples=200)
    assert least <= found.low < found.high < 0


def test_clusters_that_are_all_alike_show_no_spread_and_give_no_interval():
    ratings = [[1, 0, 1, 1] * 5, [1, 0, 0, 1] * 5]
    found = interval(ratings, np.repeat(np.arange(5), 4).tolist(), seed=0, resamples=100)
    assert (found.low, found.high, found.method) == (None, None, "none")


def test_a_rare_label_in_few_articles_is_covered():
    # 100 crowds of 15 articles with a label on 5 % of the sentences; BCa covered 88 %, the standard error is 2 points
    def rare(seed: int, articles: int) -> tuple[Ratings, list[int]]:
        random = np.random.default_rng(seed)
        clusters = np.repeat(np.arange(articles), 8)
        truth = random.random(clusters.size) < random.beta(0.1, 1.9, articles)[clusters]
        said = np.where(random.random((3, clusters.size)) < 0.9, truth, ~truth).astype(float)
        said[random.random(said.shape) < 0.3] = np.nan
        return Ratings.of(said), clusters.tolist()

    truth = coefficient(rare(10_000, 20_000)[0]).value
    found = [interval(*rare(seed, 15), seed=seed, resamples=200) for seed in range(100)]
    assert sum(each.low <= truth <= each.high for each in found) >= 92


def test_calls_that_make_no_sense_are_refused():
    with pytest.raises(UsageError, match="3 clusters are given for 2 units"):
        interval([[1, 2], [1, 2]], ["a", "b", "c"], seed=0)
    with pytest.raises(UsageError, match="0 resamples"):
        interval([[1, 2], [1, 2]], seed=0, resamples=0)
