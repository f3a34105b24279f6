"""The alternative annotator test, held against scipy, against the paper's numbers, and against planted truth."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from toolkit.agreement import alt_test, benjamini_yekutieli
from toolkit.errors import InvalidInput, UsageError


def planted(lead: np.ndarray[Any, Any]) -> tuple[dict[str, dict[Hashable, Any]], dict[Hashable, Any]]:
    """Return people, and a model that they are before (1), even with (0) or behind (-1), shape (people, items)."""
    people = {f"p{at}": {item: int(x) for item, x in enumerate(row)} for at, row in enumerate(lead)}
    return people, dict.fromkeys(range(lead.shape[1]), 0)


def itself(answer: Any, others: Sequence[Any]) -> float:
    return float(answer)


def test_without_stories_it_is_the_t_test_of_scipy() -> None:
    lead = np.random.default_rng(1).choice([-1, 0, 1], p=[0.3, 0.6, 0.1], size=(4, 80))
    found = alt_test(*planted(lead), epsilon=0.1, scoring=itself)
    expected = stats.ttest_1samp(lead, 0.1, axis=1, alternative="less").pvalue
    assert [rival.p_value for rival in found.rivals] == pytest.approx(expected)
    assert found.advantage_probability.value == pytest.approx((lead <= 0).mean())
    beaten = stats.false_discovery_control(expected, method="by") <= 0.05
    assert [rival.beaten for rival in found.rivals] == beaten.tolist()
    assert found.winning_rate.value == beaten.mean()


def test_the_step_up_procedure_is_that_of_scipy() -> None:
    for seed in range(20):
        p_values = np.random.default_rng(seed).beta(0.3, 2.0, size=(1, 9))
        expected = stats.false_discovery_control(p_values[0], method="by") <= 0.05
        assert benjamini_yekutieli(p_values, 0.05)[0].tolist() == expected.tolist()


def test_sentences_of_a_story_are_one_witness() -> None:
    lead = np.repeat(np.random.default_rng(2).choice([-1, 0], size=(3, 12)), 10, axis=1)  # ten alike per story
    people, model = planted(lead)
    alone = alt_test(people, model, epsilon=0.0, scoring=itself)
    story = alt_test(people, model, epsilon=0.0, scoring=itself, stories={item: item // 10 for item in model})
    for each, of_story, row in zip(alone.rivals, story.rivals, lead, strict=True):
        assert of_story.p_value == pytest.approx(stats.ttest_1samp(row[::10], 0.0, alternative="less").pvalue)
        assert of_story.p_value > each.p_value
    assert story.advantage_probability.low is not None
    assert alone.advantage_probability.low is not None
    assert story.advantage_probability.low < alone.advantage_probability.low


@pytest.mark.slow
@pytest.mark.parametrize("within", [0.0, 0.7])
def test_a_model_that_is_just_too_bad_wins_as_seldom_as_promised(within: float) -> None:
    """H − F has the mean ε; `within` is the share of sentences that follow their story."""
    random, wins, runs = np.random.default_rng(3), 0, 600
    stories = {item: item // 4 for item in range(240)}
    for _ in range(runs):
        own, common = (random.choice([-1, 0, 1], p=[0.2, 0.5, 0.3], size=(2, n)) for n in (240, 60))
        lead = np.where(random.random((2, 240)) < within, np.repeat(common, 4, axis=1), own)
        found = alt_test(*planted(lead), epsilon=0.1, scoring=itself, stories=stories, resamples=2)
        wins += sum(rival.p_value < 0.05 for rival in found.rivals)
    low, high = stats.binom.interval(0.999, 2 * runs, 0.05)
    assert low <= wins <= high, wins / (2 * runs)


def test_too_few_items_are_counted_and_said() -> None:
    people, model = planted(np.zeros((2, 20), dtype=int))
    found = alt_test(people, model, epsilon=0.1)
    assert (found.winning_rate.value, found.passed, dict(found.left_out)) == (None, False, {"p0": 20, "p1": 20})
    assert found.missing == 20
    assert found.verdict.endswith("0 of 2 people have 30 items or more; two are needed")
    assert alt_test({"ada": {}}, {}, epsilon=0.1).missing == 30


def test_what_cannot_be_compared_is_refused() -> None:
    people, model = planted(np.zeros((2, 40), dtype=int))
    people["p1"][7] = "many"
    with pytest.raises(InvalidInput, match=r"item 7: the answers can't be compared"):
        alt_test(people, model, epsilon=0.1, scoring="neg_rmse")
    with pytest.raises(InvalidInput, match=r"item 0: has no story"):
        alt_test(people, model, epsilon=0.1, stories={})
    with pytest.raises(UsageError, match="there is no scoring 'kappa'"):
        alt_test(people, model, epsilon=0.1, scoring="kappa")  # type: ignore[arg-type]  # what is tried
    with pytest.raises(UsageError, match="ε is 1"):
        alt_test(people, model, epsilon=1.0)


@pytest.mark.slow
def test_the_numbers_of_the_paper_come_out() -> None:
    data = Path(os.environ.get("TOOLKIT_ALTTEST", Path(__file__).parents[4] / "shared" / "data" / "alttest"))
    if not (data / "expected.jsonl").exists():
        pytest.skip(f"NO ANSWERS OF PEOPLE AND MODELS AT {data}: the numbers of the paper are not tested")
    for line in (data / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        people, models = (
            json.loads(gzip.decompress((data / f"{wanted['dataset']}.{kind}.json.gz").read_bytes()))
            for kind in ("human", "llm")
        )
        model = models[wanted["model"]]
        found = alt_test(people, model, epsilon=wanted["epsilon"], scoring=wanted["scoring"], resamples=2)
        got = (float(found.winning_rate), float(found.advantage_probability))
        assert got == pytest.approx((wanted["winning_rate"], wanted["advantage_probability"]), abs=5e-5), line
