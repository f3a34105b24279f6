"""Shares hold the truth however bad the model is, and a good model narrows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from toolkit.errors import InvalidInput
from toolkit.estimate import Share, power_tuned, share_in_corpus


def population(seed: int, *, size: int = 2000, rate: float = 0.3, per_story: int = 1, mixed: float = 0.0) -> Any:
    """Return truth and story of each sentence; stories differ in their rate by a beta distribution."""
    random = np.random.default_rng(seed)
    stories = np.arange(size) // per_story
    rates = random.beta(rate / mixed, (1 - rate) / mixed, stories.max() + 1) if mixed else np.full(size, rate)
    return random.random(size) < rates[stories], stories


def model(truth: Any, errs: float, seed: int) -> Any:
    return np.where(np.random.default_rng(seed).random(len(truth)) < errs, ~truth, truth).astype(float)


def estimate(truth: Any, says: Any, drawn: Any, stories: Any = None, **more: Any) -> Share:
    groups = {} if stories is None else {"stories": stories[drawn], "rest_stories": stories[~drawn]}
    return share_in_corpus(truth[drawn], says[drawn], says[~drawn], **groups, **more)


def test_independent_rows_give_what_ppi_python_gives() -> None:
    """Values of ppi-python 0.2.3, ppi_mean_pointestimate and ppi_mean_ci with alpha .05, λ tuned."""
    labels, predicted = [1, 0, 1, 1, 0, 0], [0.9, 0.2, 0.7, 0.9, 0.1, 0.4]
    mean, error, trust = power_tuned(labels, predicted, [0.8, 0.1, 0.3, 0.9, 0.2, 0.1, 0.7, 0.6])
    assert mean == pytest.approx(0.44235785080855505, abs=1e-12)
    assert mean - 1.959963984540054 * error == pytest.approx(0.16583993236, abs=1e-9)
    assert mean + 1.959963984540054 * error == pytest.approx(0.71887576926, abs=1e-9)
    assert 0 < trust < 1

    random = np.random.default_rng(5)
    true = (random.random(60) < 0.3).astype(float)
    says = np.clip(true * 0.5 + random.random(60) * 0.5, 0, 1).round(3)
    rest = np.clip((random.random(400) < 0.3) * 0.5 + random.random(400) * 0.5, 0, 1).round(3)
    mean, error, trust = power_tuned(true, says, rest)
    assert (mean, trust) == (pytest.approx(0.2972741666666666, abs=1e-12), 1.0)
    assert 2 * 1.959963984540054 * error == pytest.approx(0.37093526 - 0.22361307, abs=1e-7)


def test_a_model_that_says_nothing_leaves_peoples_labels_alone() -> None:
    truth, _ = population(1)
    drawn = np.arange(len(truth)) % 10 == 0
    found = estimate(truth, np.zeros(len(truth)), drawn)
    assert (found.trust, found.share, found.model_alone) == (0.0, found.alone, 0.0)
    assert found.share.value == pytest.approx(truth[drawn].mean(), abs=1e-6)


def test_a_perfect_model_gives_the_truth_and_a_narrow_interval() -> None:
    truth, _ = population(2)
    drawn = np.arange(len(truth)) % 10 == 0
    found = estimate(truth, truth.astype(float), drawn)
    assert found.trust == 1.0
    assert found.share.value == pytest.approx(truth.mean(), abs=1e-6)
    widths = [float(each.high or 0) - float(each.low or 0) for each in (found.share, found.alone)]
    assert 0 < widths[0] < widths[1]


def test_a_census_has_no_doubt() -> None:
    truth, _ = population(3, size=100)
    found = estimate(truth, model(truth, 0.5, 4), np.ones(100, dtype=bool))
    assert found.share.value == found.share.low == found.share.high == pytest.approx(truth.mean(), abs=1e-6)


@pytest.mark.parametrize("errs", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("whole", [False, True])
def test_the_truth_is_held_as_often_as_it_is_said_whether_sentences_or_stories_are_drawn(
    errs: float, whole: bool
) -> None:
    truth, stories = population(7, per_story=8, mixed=0.6)
    says, names, held, widths = model(truth, errs, 8), np.unique(stories), 0, []
    for draw in range(400):
        random = np.random.default_rng(draw)
        drawn = np.isin(stories, random.permutation(names)[: len(names) // 5])
        if not whole:
            drawn = random.permutation(drawn)
        found = estimate(truth, says, drawn, stories)
        held += float(found.share.low or 0) <= truth.mean() <= float(found.share.high or 0)
        widths.append(float(found.share.high or 0) - float(found.share.low or 0))
    assert 0.925 <= held / 400 <= 0.98
    assert np.mean(widths) < (0.16 if whole else 0.1)


@pytest.mark.slow
def test_sentences_chosen_for_another_reason_count_for_themselves_and_skew_nothing() -> None:
    """Two hundred yeses of a model are labelled beside a random part; counted as random they would double the share."""
    truth, _ = population(9)
    says = model(truth, 0.2, 10)
    held = naive = 0
    for draw in range(400):
        random = np.random.default_rng(draw)
        chosen = np.zeros(len(truth), dtype=bool)
        chosen[random.permutation(np.flatnonzero(says == 1))[:200]] = True
        others = np.flatnonzero(~chosen)
        drawn = chosen.copy()
        drawn[random.permutation(others)[:200]] = True
        chance = np.where(chosen, 1.0, 200 / len(others))
        found = estimate(truth, says, drawn, probabilities=chance[drawn])
        held += float(found.share.low or 0) <= truth.mean() <= float(found.share.high or 0)
        wrong = estimate(truth, np.zeros(len(truth)), drawn)
        naive += float(wrong.share.low or 0) <= truth.mean() <= float(wrong.share.high or 0)
    assert 0.925 <= held / 400 <= 0.98
    assert naive < 40


def test_too_little_is_told_and_not_guessed() -> None:
    assert share_in_corpus([], [], [0.5, 0.5]).share.reason == "nobody has labelled any of these sentences"
    few = share_in_corpus([1, 0, 1], [1, 0, 1], [0.0] * 50)
    assert few.share.low is None
    assert few.share.reason == "too few sentences (3, at least 5 are needed) for an interval"
    sure = share_in_corpus([1, 0], [1, 0], [0.0] * 50, probabilities=[1.0, 1.0])
    assert sure.share.value is None
    rare = np.arange(2000) < 6
    drawn = np.arange(2000) % 4 == 0
    assert estimate(rare, rare.astype(float), drawn).trust == 0.0, "two yeses do not show that the model is right"


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": [2.0]},
        {"predicted": [1.5]},
        {"rest": [float("nan")]},
        {"probabilities": [0.0]},
        {"probabilities": [0.5, 0.5]},
    ],
)
def test_what_is_no_share_is_refused(wrong: dict[str, list[float]]) -> None:
    given: dict[str, Any] = {"labels": [1.0], "predicted": [1.0], "rest": [0.0]} | wrong
    with pytest.raises(InvalidInput):
        share_in_corpus(**given)
