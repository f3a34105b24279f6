from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from toolkit.baselines import Rows, select, train
from toolkit.baselines.spans import SpanModel
from toolkit.errors import UsageError


@pytest.fixture
def pool(make_rows: Callable[..., Rows]) -> Rows:
    return make_rows(200, seed=1)


def test_the_order_is_the_same_whatever_order_the_sentences_come_in(make_rows: Callable[..., Rows], pool: Rows) -> None:
    model = train(make_rows(120), baseline="words-lr")
    ids = [f"{number:04}" for number in range(len(pool))]
    first = select(model, pool.texts, ids, count=50)
    again = select(model, pool.texts[::-1], ids[::-1], count=50)
    assert first == again
    assert len({item.sentence_id for item in first}) == 50


@pytest.mark.slow
def test_a_share_is_drawn_without_looking(make_rows: Callable[..., Rows], pool: Rows) -> None:
    model = train(make_rows(120), baseline="words-lr")
    ids = [f"{number:04}" for number in range(len(pool))]
    chosen = select(model, pool.texts, ids, count=100, random_share=0.2)
    assert [item.why for item in chosen].count("random") == 20
    other = train(make_rows(150, seed=7), baseline="words-lr")
    drawn = {item.sentence_id for item in select(other, pool.texts, ids, count=100, random_share=1.0)[:20]}
    assert drawn == {item.sentence_id for item in select(model, pool.texts, ids, count=20, random_share=1.0)}
    with pytest.raises(UsageError, match="is not a share"):
        select(model, pool.texts, ids, count=1, random_share=1.5)


@pytest.mark.slow
def test_the_unsure_come_before_the_sure_and_copies_come_last(make_rows: Callable[..., Rows]) -> None:
    model = train(make_rows(240), baseline="words-lr")
    texts = ["the road denied killed negotiated"] * 3 + ["the town market road river school"] * 3
    texts += ["the guards rejected it, wounded at the bridge", "they met early on Monday at the harbour"]
    ids = [f"{number}" for number in range(len(texts))]
    chosen = select(model, texts, ids, count=len(texts), random_share=0.0)
    scores = {item.sentence_id: item.score for item in chosen}
    assert sum(scores[number] > 1e-9 for number in "012") <= 1
    assert sum(scores[number] > 1e-9 for number in "345") <= 1
    assert [item.score for item in chosen] == sorted((item.score for item in chosen), reverse=True)


def test_few_sentences_and_a_model_that_reads_nothing_are_no_trouble(make_rows: Callable[..., Rows]) -> None:
    model = train(make_rows(60), baseline="majority")
    assert select(model, [], [], count=10) == []
    assert len(select(model, ["a", "b"], ["1", "2"], count=10)) == 2


def test_likely_rows_of_a_rare_label_come_before_unsure_ones_of_a_common_one(make_rows: Callable[..., Rows]) -> None:
    model = train(make_rows(240, rare=12), baseline="words-lr")
    texts = [
        "the town negotiated early",
        "a school denied it late",
        "on Monday a bridge was wounded",
        "market by the road",
    ]
    first = select(model, texts, ["1", "2", "3", "4"], count=4, random_share=0.0)[0]
    assert (first.sentence_id, first.label) == ("1", "talks")


def test_half_is_drawn_at_random_unless_told_otherwise(make_rows: Callable[..., Rows], pool: Rows) -> None:
    model = train(make_rows(120), baseline="words-lr")
    chosen = select(model, pool.texts, [f"{number:04}" for number in range(len(pool))], count=40)
    assert [item.why for item in chosen].count("random") == 20


@pytest.mark.slow
def test_a_sentence_with_a_likely_span_comes_before_one_without(
    make_rows: Callable[..., Rows], tagger: SpanModel
) -> None:
    blind = train(make_rows(120), baseline="majority")
    texts = ("Bread costs nothing.", "Police said that at least 7 people were killed.", "Bread costs 9 crowns in Arlo.")
    unaware = select(blind, texts, "abc", count=3, random_share=0.0)
    assert len({item.score for item in unaware}) == 1
    chosen = select(replace(blind, tagger=tagger), texts, "abc", count=3, random_share=0.0)
    assert chosen[0].sentence_id == "b"
    assert chosen[0].score > chosen[1].score
