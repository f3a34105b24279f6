from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from toolkit.baselines import Rows, compare, evaluate, predictions, train
from toolkit.baselines.evaluation.score_attribution import moves
from toolkit.errors import InvalidInput


def test_an_evaluation_is_json_and_the_same_twice(make_rows) -> None:  # type: ignore[no-untyped-def]
    model = train(make_rows(), baseline="words-lr")
    first, second = (evaluate(model, make_rows(seed=1), resamples=100).to_dict() for _ in range(2))
    assert json.dumps(first, allow_nan=False) == json.dumps(second, allow_nan=False)
    assert first["macro_f1"]["low"] <= first["macro_f1"]["value"] <= first["macro_f1"]["high"]


def test_a_label_that_training_never_saw_counts_as_missed() -> None:
    rows = Rows(texts=("a b", "c d") * 5, labels=(("x",), ("y",)) * 5, multi=False)
    unseen = Rows(texts=("a b", "c d", "e"), labels=(("x",), ("y",), ("z",)), multi=False)
    figures = evaluate(train(rows, baseline="words-lr"), unseen, resamples=0)
    assert figures.macro_f1.value < 1
    assert "labels that training never saw, counted as missed: z (1 row)" in figures.notes[-1]
    assert {item.label: item.f1.value for item in figures.labels}["z"] == 0


def test_rows_of_another_kind_are_refused(make_rows) -> None:  # type: ignore[no-untyped-def]
    model = train(make_rows(), baseline="majority")
    with pytest.raises(InvalidInput, match="the rows give a sentence one label, the model any number of labels"):
        evaluate(model, make_rows(multi=False))
    with pytest.raises(InvalidInput, match="there are no rows to evaluate on"):
        evaluate(model, Rows(texts=(), labels=(), multi=True))


def test_slices_cover_all_rows(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(seed=1)
    sources = tuple(f"paper-{number % 30}" for number in range(len(rows)))
    rows = Rows(texts=rows.texts, labels=rows.labels, multi=True, groups=rows.groups, columns={"source": sources})
    figures = evaluate(train(make_rows(), baseline="words-lr"), rows, resamples=50, trained_on=rows.texts[:20])
    by_column: dict[str, int] = {}
    for item in figures.slices:
        by_column[item.column] = by_column.get(item.column, 0) + item.rows
    assert by_column == {"source": 200, "length": 200, "training": 200}
    assert {item.value: item.rows for item in figures.slices if item.column == "training"} == {"seen": 20, "new": 180}
    assert "(other)" in {item.value for item in figures.slices}


def test_rows_that_nearly_stand_in_training_are_told_apart(binary: Rows) -> None:
    texts = (
        "The harbour council rejected the report about the flooded road on Monday!",
        "The harbour council rejected the report about the flooded roads on Monday.",
        "Nobody was in the school when the storm came.",
    )
    rows = Rows(texts=texts, labels=(("no",),) * 3, multi=False)
    known = "the harbour council rejected the report about the flooded road on monday"
    figures = evaluate(train(binary, baseline="words-lr"), rows, resamples=0, trained_on=(known,))
    parts = {item.value: item.rows for item in figures.slices if item.column == "training"}
    assert parts == {"seen": 1, "nearly seen": 1, "new": 1}


def test_labels_that_stand_together_and_rows_without_any_are_counted() -> None:
    rows = Rows(
        texts=tuple(f"{text} {number}" for number in range(9) for text in ("they met", "a road", "it rained", "noon")),
        labels=(("x", "y"), (), ("x",), ()) * 9,
        multi=True,
    )
    model = train(rows, baseline="words-lr")
    unlike = Rows(texts=("they met", "noon"), labels=((), ("x", "z")), multi=True)
    assert model.predict(unlike.texts) == [("x", "y"), ()]
    figures = evaluate(model, unlike, resamples=0)
    assert figures.confusion == {"(none)": {"x": 1, "y": 1}, "x": {"(none)": 1}, "z": {"(none)": 1}}
    assert [(item.labels, item.gold, item.given) for item in figures.co_occurrence] == [
        (("x", "y"), 0, 1),
        (("x", "z"), 1, 0),
    ]


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
    found = moves(model, older, newer, resamples=200)
    assert [(move.cause, move.rows) for move in found] == [
        ("before", 4),
        ("rows removed", 1),
        ("labels changed", 1),
        ("rows added", 2),
    ]
    assert found[0].macro_f1.value == evaluate(model, older, resamples=0).macro_f1.value
    assert found[-1].macro_f1.value == evaluate(model, newer, resamples=0).macro_f1.value
    whole = sum(move.change.value for move in found if move.change is not None)
    assert whole == pytest.approx(found[-1].macro_f1.value - found[0].macro_f1.value, abs=1e-5)
    relabelled = found[2].change
    assert relabelled.value < 0
    assert relabelled.low <= relabelled.value <= relabelled.high


def test_the_same_rows_moved_nowhere(binary: Rows) -> None:
    found = moves(train(binary, baseline="words-lr"), binary, binary, resamples=50)
    assert [move.rows for move in found] == [len(binary), 0, 0, 0]
    assert {(move.change.value, move.change.low, move.change.high) for move in found if move.change} == {(0, 0, 0)}


def test_the_untuned_figure_has_every_threshold_at_one_half(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(noise=0.4, rare=20)
    model = train(rows, baseline="words-lr")
    half = replace(model, thresholds=np.full(3, 0.5))
    assert not np.array_equal(model.thresholds, half.thresholds)
    figures = evaluate(model, rows, resamples=0)
    assert figures.macro_f1_untuned == evaluate(half, rows, resamples=0).macro_f1


def test_errors_come_with_the_words_that_decided(binary: Rows) -> None:
    model = train(binary, baseline="words-lr")
    wrong = Rows(texts=("they met", "a road"), labels=(("no",), ("no",)), multi=False, ids=("r1", "r2"))
    (error,) = evaluate(model, wrong, resamples=0).errors
    assert (error.id, error.label, error.fault, error.gold, error.given) == ("r1", "yes", "false", ("no",), ("yes",))
    assert error.words[0][0] == "met"
    assert error.words[0][1] > 0
    assert evaluate(model, wrong, resamples=0).confusion == {"no": {"no": 1, "yes": 1}}


def test_people_are_held_against_gold_on_the_rows_they_answered(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(seed=1)
    perfect = dict(zip(rows.ids[:100], rows.labels[:100], strict=True))
    figures = evaluate(train(make_rows(), baseline="majority"), rows, resamples=20, answers={"p": perfect, "q": {}})
    (person,) = figures.ceiling
    assert (person.annotator, person.rows, person.macro_f1.value) == ("p", 100, 1.0)
    assert person.model_macro_f1.value == 0


def test_models_are_compared_on_the_same_rows(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(noise=0.0)
    better, worse = (train(rows, baseline=name) for name in ("words-lr", "stratified"))
    comparison = compare(better, worse, make_rows(seed=1, noise=0.0), resamples=200)
    assert comparison.difference.low > 0
    assert comparison.p_value < 0.01


def test_predictions_take_no_more_than_they_give(binary: Rows) -> None:
    taken = []

    def texts():  # type: ignore[no-untyped-def]
        for number in range(1000):
            taken.append(number)
            yield f"they met {number}"

    stream = predictions(train(binary, baseline="words-lr"), texts(), size=10)
    first = next(stream)
    assert len(taken) == 10
    assert first.labels == ("yes",)
    assert sum(first.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert first.certainty == max(first.probabilities.values())


def test_predictions_are_suggestions_for_the_ids_that_are_given(binary: Rows) -> None:
    model, texts = train(binary, baseline="words-lr"), [f"they met {number}" for number in range(25)]
    numbered = list(predictions(model, texts, size=10))
    assert [each.sentence_id for each in numbered] == [str(number) for number in range(25)]
    assert {(each.model, each.schema, each.shown) for each in numbered} == {("words-lr", None, True)}
    named = predictions(model, texts, ids=[f"s{number}" for number in range(25)], name="mine", size=10)
    assert [(each.sentence_id, each.model) for each in named] == [(f"s{number}", "mine") for number in range(25)]


def test_rows_that_stand_in_training_are_told(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(60)
    model = train(rows, baseline="majority")
    (note,) = evaluate(model, rows, resamples=0, trained_on=rows.texts[:20]).notes
    assert note.startswith("20 of 60 rows to judge on stand in the training rows too, exactly or nearly")
    assert evaluate(model, rows, resamples=0, trained_on=["something else entirely"]).notes == ()


def test_many_unseen_labels_are_counted(make_rows) -> None:  # type: ignore[no-untyped-def]
    names = tuple(f"new{number:02}" for number in range(15))
    unseen = Rows(texts=("a text",), labels=(names,), multi=True)
    (note,) = evaluate(train(make_rows(60), baseline="majority"), unseen, resamples=0).notes
    assert "new08 (1 row), new09 (1 row) and 5 more" in note
    assert "new10" not in note
