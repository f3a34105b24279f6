"""Characters with their bytes: however they are put together, they keep them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.traced_text import Run, Traced

SOURCE = Traced.of(decode("a&amp;b — &eacute;&#x10000;ça\n".encode() * 9))


@given(
    st.lists(
        st.none() | st.tuples(st.integers(0, 180), st.integers(1, 9), st.sampled_from(["", "x", "xy"])), min_size=1
    )
)
def test_runs_make_the_same_text_few_or_many(drawn: list[tuple[int, int, str] | None]) -> None:
    runs: list[Run] = [
        None if run is None else (run[0], run[0] + run[1], run[2] or SOURCE.text[run[0] : run[0] + run[1]])
        for run in drawn
    ]
    parts = [Traced.of_runs(SOURCE, [run]) for run in runs]
    whole = Traced.of_runs(SOURCE, runs * 20)
    assert whole.text == "".join(part.text for part in parts) * 20
    assert np.array_equal(whole.starts, np.concatenate([part.starts for part in parts] * 20))
    assert np.array_equal(whole.ends, np.concatenate([part.ends for part in parts] * 20))
