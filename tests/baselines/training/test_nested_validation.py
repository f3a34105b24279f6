from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from toolkit.baselines import Model, Rows, train
from toolkit.baselines.training import nested_validation
from toolkit.baselines.training.nested_validation import _widened, nested_scores
from toolkit.records import Estimate

FIT = partial(train, baseline="words-lr")


def noise(seed: int) -> Rows:
    """Sentences that say nothing about their label."""
    random = np.random.default_rng(seed)
    words = np.array([f"w{at}" for at in range(60)])
    return Rows(
        texts=tuple(" ".join(random.choice(words, 8)) for _ in range(120)),
        labels=tuple(("yes",) if each else ("no",) for each in random.random(120) < 0.5),
        multi=False,
        groups=tuple(str(at // 6) for at in range(120)),
    )


@pytest.mark.slow
def test_the_score_of_a_choice_flatters_and_the_nested_one_does_not() -> None:
    chosen, unseen = [], []
    for seed in range(6):
        rows = noise(seed)
        model = FIT(rows)
        chosen.append(model.facts["cross_validated_macro_f1"]["words-lr"])
        unseen.append(nested_scores(rows, FIT)["accuracy"].value)
    assert np.mean(chosen) > 0.52, "what was chosen for these very rows looks better than chance"
    assert np.mean(unseen) == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_it_has_an_interval_over_stories() -> None:
    found = nested_scores(noise(0), FIT, positive="yes")
    assert set(found) == {"macro_f1", "micro_f1", "accuracy", "f1_positive"}
    for each in found.values():
        assert each.low < each.value < each.high


def test_the_interval_is_wider_than_that_of_one_model() -> None:
    one = Estimate(value=0.8, low=0.7, high=0.88, n=100, method="wilson")
    five, ten = _widened(one, 5), _widened(one, 10)
    assert (five.low, five.high) == (pytest.approx(0.8 - 0.1 * 1.25**0.5), pytest.approx(0.8 + 0.08 * 1.25**0.5))
    assert five.low < ten.low < one.low
    assert one.high < ten.high < five.high
    assert _widened(Estimate(value=1.0, low=0.02, high=1.0), 5).interval == (0.0, 1.0)
    none = Estimate(value=0.8, reason="too few stories (1) for an interval")
    assert _widened(none, 5) == none


def test_too_many_rows_and_too_few_stories_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert nested_scores(noise(0).take([0]), FIT) == {}
    monkeypatch.setattr(nested_validation, "MOST", 50)
    assert nested_scores(noise(0), FIT) == {}


def test_few_rows_are_learnt_from_in_tenths_and_many_in_fifths(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def fit(part: Rows) -> Model:
        sizes.append(len(part))
        return train(part, baseline="majority")

    nested_scores(noise(0), fit)
    monkeypatch.setattr(nested_validation, "FEW", 50)
    nested_scores(noise(0), fit)
    assert len(sizes) == 15
    assert sum(sizes[:10]) == 9 * 120
    assert sum(sizes[10:]) == 4 * 120
