from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.baselines.spans.chain import FLOOR, FORBIDDEN, Run, chosen, likely_runs

WEIGHTS = st.floats(-3, 3)


def _runs(tags: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Return label, first token and one past the last of each span of a sequence of tags."""
    found: list[tuple[int, int, int]] = []
    for at, tag in enumerate(tags):
        if tag % 2:
            found.append((tag // 2, at, at + 1))
        elif tag:
            label, first, _ = found.pop()
            found.append((label, first, at + 1))
    return found


@given(
    st.integers(1, 2).flatmap(
        lambda labels: st.tuples(
            st.lists(st.tuples(*[WEIGHTS] * (1 + 2 * labels)), max_size=4),
            st.lists(st.tuples(*[WEIGHTS] * (1 + 2 * labels)), min_size=1 + 2 * labels, max_size=1 + 2 * labels),
        )
    )
)
@settings(deadline=None, max_examples=60)
def test_a_run_is_as_probable_as_all_sequences_that_hold_it(drawn: tuple[list[tuple[float, ...]], ...]) -> None:
    tags = len(drawn[1])
    scores, steps = np.array(drawn[0]).reshape(-1, tags), np.array(drawn[1])
    for inside in range(2, tags, 2):
        steps[[tag for tag in range(tags) if tag not in (inside - 1, inside)], inside] = FORBIDDEN
    total, expected = 0.0, {}
    for way in product(range(tags), repeat=len(scores)):
        allowed = all(not tag or tag % 2 or (at and way[at - 1] in (tag, tag - 1)) for at, tag in enumerate(way))
        if allowed:
            weight = np.exp(
                sum(scores[at, tag] for at, tag in enumerate(way))
                + sum(steps[one, other] for one, other in pairwise(way))
            )
            total += weight
            for run in _runs(way):
                expected[run] = expected.get(run, 0.0) + weight
    found = {run[:3]: run.probability for run in likely_runs(scores, steps, longest=9)}
    for run, weight in expected.items():
        assert found.get(run, 0.0) == pytest.approx(weight / total, abs=1e-9 if run in found else FLOOR)
    assert found.keys() <= expected.keys()


def test_longer_spans_are_not_looked_for() -> None:
    steps = np.zeros((3, 3))
    steps[0, 2] = FORBIDDEN
    scores = np.tile([0.0, 0.0, 2.0], (8, 1))
    assert max(run.after - run.first for run in likely_runs(scores, steps, longest=3)) == 3


def test_the_most_probable_of_those_that_share_a_token_is_taken() -> None:
    runs = [Run(0, 0, 3, 0.4), Run(0, 2, 5, 0.5), Run(1, 5, 6, 0.2), Run(0, 6, 7, 0.2)]
    assert chosen(runs, (0.3, 0.1)) == [runs[1], runs[2]]
    assert chosen(runs, (0.1, 0.3)) == [runs[1], runs[3]]
