from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.baselines import Rows, predictions, train
from toolkit.errors import InvalidInput, UsageError


def test_half_a_character_is_answered(binary: Rows) -> None:
    for baseline in ("words-chars-svm", "stratified", "hashing-sgd"):
        assert len(train(binary, baseline=baseline).predict(["\ud83d"])) == 1


def test_empty_text_gets_an_answer(binary: Rows) -> None:
    assert train(binary, baseline="words-lr").predict([""]) == [("no",)]
    assert train(binary, baseline="words-lr").predict([]) == []


def test_deciding_words_name_what_decided(binary: Rows) -> None:
    model = train(binary, baseline="words-lr")
    words = dict(model.deciding_words("the delegations met", "yes"))
    assert words["met"] == max(words.values()) > 0
    assert dict(model.deciding_words("the delegations met", "no"))["met"] == -words["met"]


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


def test_what_holds_no_texts_is_refused_and_what_gives_them_once_is_read(make_rows: Callable[..., Rows]) -> None:
    model = train(make_rows(60), baseline="words-lr")
    for ask in (model.predict, model.predict_proba, lambda texts: list(predictions(model, texts))):
        for nothing, told in (
            ("A plain sentence.", "one text was given"),
            (None, "it is missing"),
            (7, "a whole number"),
        ):
            with pytest.raises(UsageError, match=told):
                ask(nothing)
        with pytest.raises(InvalidInput, match="text 1 is NaN, not text"):
            ask(["A plain sentence.", float("nan")])
        texts = ["A plain sentence.", "Another one."]
        assert list(map(str, ask(iter(texts)))) == list(map(str, ask(texts)))
