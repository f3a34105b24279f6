from __future__ import annotations

import numpy as np
import pytest

from toolkit.baselines.evaluation.reliability import calibration_error, calibration_estimate


def test_calibration_error_is_the_gap_of_frequency_and_probability() -> None:
    gold = np.array([True] * 6 + [False] * 4)
    assert calibration_error(gold, np.full(10, 0.65)) == pytest.approx(0.05)
    assert np.isnan(calibration_error(gold[:0], np.zeros(0)))


def test_what_chance_adds_is_taken_off() -> None:
    random = np.random.default_rng(0)
    seen, told, begins = [], [], 0
    for _ in range(60):
        probabilities = random.random(100)
        gold = random.random(100) < probabilities
        found = calibration_estimate(gold, probabilities, np.arange(100) // 5)
        seen.append(calibration_error(gold, probabilities))
        told.append(found.value)
        begins += found.low == 0
    assert np.mean(told) < 0.6 * np.mean(seen), "calibrated probabilities, of which the plain estimate says .08"
    assert begins >= 54, "the interval of a calibrated model begins at 0"


def test_a_model_that_is_too_sure_is_found_out() -> None:
    random = np.random.default_rng(1)
    probabilities = random.random(2000)
    gold = random.random(2000) < 0.5 + 0.4 * (probabilities - 0.5)
    found = calibration_estimate(gold, probabilities, np.arange(2000) // 10)
    assert found.low > 0.05
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(0.15, abs=0.03)


def test_few_stories_and_sure_probabilities_have_no_interval() -> None:
    gold, probabilities = np.array([True, False] * 20), np.array([0.7, 0.2] * 20)
    few = calibration_estimate(gold, probabilities, np.arange(40) // 10)
    assert (few.low, few.reason) == (None, "too few stories (4, at least 10 are needed) for an interval")
    sure = calibration_estimate(gold, gold.astype(float), np.arange(40))
    assert (sure.value, sure.low) == (0.0, None)
    assert "all probabilities are 0 or 1" in str(sure.reason)
