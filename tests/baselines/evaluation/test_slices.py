from __future__ import annotations

import pytest

from toolkit.baselines import Rows, evaluate, train


@pytest.mark.slow
def test_slices_cover_all_rows(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(seed=1)
    sources = tuple(f"paper-{number % 30}" for number in range(len(rows)))
    rows = Rows(texts=rows.texts, labels=rows.labels, multi=True, groups=rows.groups, columns={"source": sources})
    found = evaluate(train(make_rows(), baseline="words-lr"), rows, trained_on=rows.texts[:20])
    by_column: dict[str, int] = {}
    for item in found.slices:
        by_column[item.column] = by_column.get(item.column, 0) + item.rows
    assert by_column == {"source": 200, "length": 200, "training": 200}
    assert {item.value: item.rows for item in found.slices if item.column == "training"} == {"seen": 20, "new": 180}
    assert "(other)" in {item.value for item in found.slices}


def test_rows_that_nearly_stand_in_training_are_told_apart(binary: Rows) -> None:
    texts = (
        "The harbour council rejected the report about the flooded road on Monday!",
        "The harbour council rejected the report about the flooded roads on Monday.",
        "Nobody was in the school when the storm came.",
    )
    rows = Rows(texts=texts, labels=(("no",),) * 3, multi=False)
    known = "the harbour council rejected the report about the flooded road on monday"
    found = evaluate(train(binary, baseline="words-lr"), rows, trained_on=(known,))
    parts = {item.value: item.rows for item in found.slices if item.column == "training"}
    assert parts == {"seen": 1, "nearly seen": 1, "new": 1}
