from __future__ import annotations

import numpy as np

from toolkit.baselines import (
    Rows,
    Targets,
    train,
)
from toolkit.schema import load as load_schema


def test_an_exclusive_label_is_given_alone_or_not_at_all() -> None:
    targets = Targets(names=("a", "b", "none"), multi=True, exclusive=("none",))
    probabilities = np.array([[0.9, 0.6, 0.6], [0.5, 0.6, 0.9], [0.1, 0.1, 0.7], [0.1, 0.1, 0.1]])
    assert targets.named(targets.decide(probabilities, np.full(3, 0.5))) == [("a", "b"), ("none",), ("none",), ()]


def test_a_schema_tells_which_labels_stand_alone() -> None:
    rows = Rows(texts=("a", "b") * 10, labels=(("none",), ("claim",)) * 10, multi=True)
    schema = load_schema("news_events@1.0.0")
    assert train(rows, baseline="majority", schema=schema).targets.exclusive == ("none",)
