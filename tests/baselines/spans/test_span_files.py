from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.baselines.spans import (
    SpanModel,
    SpanRows,
    load_spans,
    save_spans,
    train_spans,
)
from toolkit.baselines.spans.span_files import span_contents
from toolkit.errors import InvalidInput


@pytest.mark.slow
def test_two_trainings_are_the_same_bytes_and_come_back_as_they_were(
    tagger: SpanModel, make_span_rows: Callable[..., SpanRows], tmp_path: Path
) -> None:
    assert span_contents(tagger) == span_contents(train_spans(make_span_rows()))
    save_spans(tagger, tmp_path)
    texts = make_span_rows(30, seed=2).texts
    assert load_spans(tmp_path).predict(texts) == tagger.predict(texts)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(InvalidInput, match="is not the model"):
        load_spans(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("format", "toolkit-spans/1", "this version of toolkit reads 'toolkit-spans/2'; train it again"),
        ("layers", [{"labels": ["FIGURE"], "longest": 3}], "don't hold each of the labels once"),
        ("layers", [{"labels": ["FIGURE", "SOURCE"], "longest": 0}], "'longest' is not a number of tokens"),
    ],
)
def test_what_config_may_not_say_is_refused(
    tagger: SpanModel, tmp_path: Path, field: str, value: object, told: str
) -> None:
    save_spans(tagger, tmp_path)
    config = json.loads((tmp_path / "config.json").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps(config | {field: value}))
    with pytest.raises(InvalidInput, match=told):
        load_spans(tmp_path)


def test_columns_out_of_their_order_are_refused(tagger: SpanModel, tmp_path: Path) -> None:
    layers = [replace(layer, columns=layer.columns[::-1]) for layer in tagger.layers]
    save_spans(replace(tagger, layers=tuple(layers)), tmp_path)
    with pytest.raises(InvalidInput, match=r"'columns\.0' is not different columns in their order"):
        load_spans(tmp_path)
