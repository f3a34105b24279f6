from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from toolkit.baselines.models.calibration import f1_threshold, macro_threshold, platt, positive_threshold

RNG = np.random.default_rng(7)


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
