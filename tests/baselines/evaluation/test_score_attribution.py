from __future__ import annotations

import pytest

from toolkit.baselines import Rows, evaluate, train
from toolkit.baselines.evaluation.score_attribution import score_changes


def test_the_way_from_older_rows_to_newer_ones_is_told_cause_by_cause(binary: Rows) -> None:
    model = train(binary, baseline="words-lr")
    texts = ("they met", "a road", "they met early", "the town")
    older = Rows(texts=texts, labels=(("yes",), ("no",), ("yes",), ("no",)), multi=False, ids=tuple("abcd"))
    newer = Rows(
        texts=("a road", "they met early", "the town", "they met late", "a school"),
        labels=(("no",), ("no",), ("no",), ("yes",), ("yes",)),
        multi=False,
        ids=tuple("bcdef"),
    )
    assert set(model.predict(texts)) == {("yes",), ("no",)}
    found = score_changes(model, older, newer)
    assert [(move.cause, move.rows) for move in found] == [
        ("before", 4),
        ("rows removed", 1),
        ("labels changed", 1),
        ("rows added", 2),
    ]
    assert found[0].macro_f1.value == evaluate(model, older).macro_f1.value
    assert found[-1].macro_f1.value == evaluate(model, newer).macro_f1.value
    whole = sum(move.change.value for move in found if move.change is not None)
    assert whole == pytest.approx(found[-1].macro_f1.value - found[0].macro_f1.value, abs=1e-5)
    relabelled = found[2].change
    assert relabelled.value < 0
    assert relabelled.reason == "too few labelled rows (4, at least 5 are needed) for an interval"


def test_the_same_rows_moved_nowhere(binary: Rows) -> None:
    found = score_changes(train(binary, baseline="words-lr"), binary, binary)
    assert [move.rows for move in found] == [len(binary), 0, 0, 0]
    assert {(move.change.value, move.change.low, move.change.high) for move in found if move.change} == {(0, 0, 0)}
