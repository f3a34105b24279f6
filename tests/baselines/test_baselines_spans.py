from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.baselines import Rows, load, predictions, save, train
from toolkit.baselines.models.model_files import contents
from toolkit.baselines.spans import (
    SpanModel,
    SpanRows,
    evaluate_spans,
    figure_reader,
    load_spans,
    save_spans,
    train_spans,
)
from toolkit.baselines.spans.span_files import span_contents
from toolkit.baselines.spans.tagger import INSIDE, OUTSIDE, best_tags, runs
from toolkit.errors import InvalidInput
from toolkit.records import Span

SOURCES = ("The ministry", "A doctor", "The governor of Arlo", "Police")


def make_rows(count: int = 120, *, seed: int = 0) -> SpanRows:
    """Sentences with a source before a verb of saying, and figures of people killed beside other numbers."""
    chance = random.Random(seed)
    texts, spans = [], []
    for number in range(count):
        source, amount = chance.choice(SOURCES), f"at least {chance.randint(2, 99)}"
        text = chance.choice(
            (
                f"{source} said that {amount} people were killed on day {number}.",
                f"Bread costs {number} crowns in Arlo.",
            )
        )
        mine = [("SOURCE", source), ("FIGURE", amount)] if "killed" in text else []
        texts.append(text)
        spans.append(
            tuple(
                Span(
                    span_id=label, label=label, start=text.index(words), end=text.index(words) + len(words), text=words
                )
                for label, words in mine
            )
        )
    groups = tuple(f"story {number // 4}" for number in range(count))
    return SpanRows(texts=tuple(texts), spans=tuple(spans), groups=groups, languages=("en",) * count)


@pytest.fixture(scope="module")
def model() -> SpanModel:
    return train_spans(make_rows())


def test_what_was_marked_is_found_in_other_sentences(model: SpanModel) -> None:
    rows = make_rows(60, seed=1)
    found = evaluate_spans(rows, model.predict(rows.texts), resamples=100)
    assert [(score.label, score.by) for score in found.scores] == [
        ("FIGURE", "exact"),
        ("FIGURE", "overlap"),
        ("SOURCE", "exact"),
        ("SOURCE", "overlap"),
    ]
    for score in found.scores:
        assert score.f1.value is not None
        assert score.f1.low is not None
        assert score.f1.low <= score.f1.value
        assert score.f1.value > 0.9
    reader = evaluate_spans(rows, figure_reader(rows), resamples=10)
    assert reader.scores[0].f1.value == 1.0


def test_counts_of_exact_and_overlap_are_those_by_hand() -> None:
    text = "At least 14 died, 3 hurt"

    def span(start: int, end: int) -> Span:
        return Span(span_id=f"{start}", label="FIGURE", start=start, end=end, text=text[start:end])

    rows = SpanRows(texts=(text,), spans=((span(0, 11), span(18, 19)),), groups=("a",), languages=("en",))
    exact, overlap = evaluate_spans(rows, [(span(9, 11), span(18, 19), span(12, 16))], resamples=10).scores
    assert (exact.precision, exact.recall, exact.f1.value) == (0.333333, 0.5, 0.4)
    assert (overlap.precision, overlap.recall, overlap.f1.value) == (0.666667, 1.0, 0.8)


def test_two_trainings_are_the_same_bytes_and_come_back_as_they_were(model: SpanModel, tmp_path: Path) -> None:
    assert span_contents(model) == span_contents(train_spans(make_rows()))
    save_spans(model, tmp_path)
    texts = make_rows(30, seed=2).texts
    assert load_spans(tmp_path).predict(texts) == model.predict(texts)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(InvalidInput, match="is not the model"):
        load_spans(tmp_path)


def test_too_little_is_said(model: SpanModel) -> None:
    rows = make_rows()
    with pytest.raises(InvalidInput, match="fewer than 2 stories hold a span labelled CUE"):
        train_spans(rows, labels=("CUE",))
    with pytest.raises(InvalidInput, match="fewer than 2 stories"):
        train_spans(rows.take(range(2)))
    assert model.predict([]) == []
    assert model.predict(["", "  "]) == [(), ()]


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


def test_a_model_carries_its_tagger(model: SpanModel, tmp_path: Path) -> None:
    rows = make_rows()
    labels = tuple(("toll",) if spans else ("none",) for spans in rows.spans)
    plain = train(Rows(texts=rows.texts, labels=labels, multi=False, groups=rows.groups), baseline="words-lr")
    both = replace(plain, tagger=model)
    save(both, tmp_path)
    loaded = load(tmp_path)
    texts = make_rows(20, seed=3).texts
    assert list(predictions(loaded, texts)) == list(predictions(both, texts))
    assert any(answer.spans for answer in predictions(loaded, texts))
    assert contents(loaded) == contents(both)
    (tmp_path / "spans" / "config.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"is not the config\.json that config\.json was written with"):
        load(tmp_path)
