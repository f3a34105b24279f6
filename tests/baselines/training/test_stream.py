from __future__ import annotations

import numpy as np
import pytest

from toolkit.baselines import evaluate, train_stream
from toolkit.errors import InvalidInput


@pytest.mark.slow
@pytest.mark.parametrize("multi", [True, False])
def test_a_stream_learns_as_well_and_the_same_twice(make_rows, multi: bool) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(1000, multi=multi, noise=0.0, rare=50)
    passes = []

    def batches():  # type: ignore[no-untyped-def]
        passes.append(1)
        return (rows.take(range(start, start + 100)) for start in range(0, len(rows), 100))

    first, second = train_stream(batches), train_stream(batches)
    assert len(passes) == 2 * (1 + 10)
    assert np.array_equal(first.weights, second.weights)
    assert first.facts["held_out_rows"] == pytest.approx(200, abs=60)
    found = evaluate(first, make_rows(500, multi=multi, noise=0.0, seed=1))
    assert found.macro_f1.value > 0.8


def test_an_empty_stream_is_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="there are no rows to train on"):
        train_stream(list)
