from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from toolkit.baselines import Rows, compare, evaluate, train
from toolkit.errors import InvalidInput


@pytest.mark.slow
def test_an_evaluation_is_json_and_the_same_twice(make_rows) -> None:  # type: ignore[no-untyped-def]
    model = train(make_rows(), baseline="words-lr")
    first, second = (evaluate(model, make_rows(seed=1)).to_dict() for _ in range(2))
    assert json.dumps(first, allow_nan=False) == json.dumps(second, allow_nan=False)
    assert first["macro_f1"]["low"] <= first["macro_f1"]["value"] <= first["macro_f1"]["high"]


def test_a_label_that_training_never_saw_counts_as_missed() -> None:
    rows = Rows(texts=("a b", "c d") * 5, labels=(("x",), ("y",)) * 5, multi=False)
    unseen = Rows(texts=("a b", "c d", "e"), labels=(("x",), ("y",), ("z",)), multi=False)
    found = evaluate(train(rows, baseline="words-lr"), unseen)
    assert found.macro_f1.value < 1
    assert "labels that training never saw, counted as missed: z (1 row)" in found.notes[-1]
    assert {item.label: item.f1.value for item in found.labels}["z"] == 0


def test_rows_of_another_kind_are_refused(make_rows) -> None:  # type: ignore[no-untyped-def]
    model = train(make_rows(), baseline="majority")
    with pytest.raises(InvalidInput, match="the rows give a sentence one label, the model any number of labels"):
        evaluate(model, make_rows(multi=False))
    with pytest.raises(InvalidInput, match="there are no rows to evaluate on"):
        evaluate(model, Rows(texts=(), labels=(), multi=True))


def test_labels_that_stand_together_and_rows_without_any_are_counted() -> None:
    rows = Rows(
        texts=tuple(f"{text} {number}" for number in range(9) for text in ("they met", "a road", "it rained", "noon")),
        labels=(("x", "y"), (), ("x",), ()) * 9,
        multi=True,
    )
    model = train(rows, baseline="words-lr")
    unlike = Rows(texts=("they met", "noon"), labels=((), ("x", "z")), multi=True)
    assert model.predict(unlike.texts) == [("x", "y"), ()]
    found = evaluate(model, unlike)
    assert found.confusion == {"(none)": {"x": 1, "y": 1}, "x": {"(none)": 1}, "z": {"(none)": 1}}
    assert [(item.labels, item.gold, item.given) for item in found.co_occurrence] == [
        (("x", "y"), 0, 1),
        (("x", "z"), 1, 0),
    ]


def test_the_untuned_score_has_every_threshold_at_one_half(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(noise=0.4, rare=20)
    model = train(rows, baseline="words-lr")
    half = replace(model, thresholds=np.full(3, 0.5))
    assert not np.array_equal(model.thresholds, half.thresholds)
    found = evaluate(model, rows)
    assert found.macro_f1_untuned == evaluate(half, rows).macro_f1


def test_errors_come_with_the_words_that_decided(binary: Rows) -> None:
    model = train(binary, baseline="words-lr")
    wrong = Rows(texts=("they met", "a road"), labels=(("no",), ("no",)), multi=False, ids=("r1", "r2"))
    (error,) = evaluate(model, wrong).errors
    assert (error.id, error.label, error.fault, error.gold, error.given) == ("r1", "yes", "false", ("no",), ("yes",))
    assert error.words[0][0] == "met"
    assert error.words[0][1] > 0
    assert evaluate(model, wrong).confusion == {"no": {"no": 1, "yes": 1}}


def test_people_are_held_against_gold_on_the_rows_they_answered(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(seed=1)
    perfect = dict(zip(rows.ids[:100], rows.labels[:100], strict=True))
    found = evaluate(train(make_rows(), baseline="majority"), rows, answers={"p": perfect, "q": {}})
    (person,) = found.ceiling
    assert (person.annotator, person.rows, person.macro_f1.value) == ("p", 100, 1.0)
    assert person.model_macro_f1.value == 0


def test_models_are_compared_on_the_same_rows(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(noise=0.0)
    better, worse = (train(rows, baseline=name) for name in ("words-lr", "stratified"))
    comparison = compare(better, worse, make_rows(seed=1, noise=0.0), swaps=200)
    assert comparison.difference.low > 0
    assert comparison.p_value < 0.01


def test_rows_that_stand_in_training_are_told(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(60)
    model = train(rows, baseline="majority")
    (note,) = evaluate(model, rows, trained_on=rows.texts[:20]).notes
    assert note.startswith("20 of 60 rows to judge on stand in the training rows too, exactly or nearly")
    assert evaluate(model, rows, trained_on=["something else entirely"]).notes == ()


def test_many_unseen_labels_are_counted(make_rows) -> None:  # type: ignore[no-untyped-def]
    names = tuple(f"new{number:02}" for number in range(15))
    unseen = Rows(texts=("a text",), labels=(names,), multi=True)
    (note,) = evaluate(train(make_rows(60), baseline="majority"), unseen).notes
    assert "new08 (1 row), new09 (1 row) and 5 more" in note
    assert "new10" not in note
