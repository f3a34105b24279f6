from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.baselines.spans.tagger import INSIDE, OUTSIDE, best_tags, runs


@given(st.lists(st.tuples(*[st.floats(-9, 0)] * 3), max_size=7))
@settings(deadline=None)
def test_decoding_is_the_best_allowed_sequence(rows: list[tuple[float, float, float]]) -> None:
    scores = np.array(rows).reshape(-1, 3)
    tags = best_tags(scores)
    allowed = [()]
    for _ in rows:
        allowed = [
            (*before, tag)
            for before in allowed
            for tag in range(3)
            if tag != INSIDE or (before and before[-1] != OUTSIDE)
        ]
    totals = [sum(scores[at, tag] for at, tag in enumerate(way)) for way in allowed]
    assert tuple(tags) in allowed
    assert sum(scores[at, tag] for at, tag in enumerate(tags)) == pytest.approx(max(totals))
    assert sum(end - start for start, end in runs(tags)) == sum(tag != OUTSIDE for tag in tags)
