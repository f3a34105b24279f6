from __future__ import annotations

from collections.abc import Callable
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
