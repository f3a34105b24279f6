"""Predictions one by one, over input that need not end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from toolkit.baselines.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A model's answer to one sentence.

    Attributes:
        text: The sentence.
        labels: The labels that it is given.
        probabilities: Label → calibrated probability, six decimals.
    """

    text: str
    labels: tuple[str, ...]
    probabilities: dict[str, float]


def predictions(model: Model, texts: Iterable[str], *, size: int = 1000) -> Iterator[Prediction]:
    """Answer texts in their order, `size` at a time; nothing is read before what was given out has been taken.

    Raises:
        InvalidInput: A text is no string.
    """
    waiting = iter(texts)
    while batch := list(islice(waiting, size)):
        answers = zip(batch, model.predict(batch), model.predict_proba(batch), strict=True)
        for text, labels, row in answers:
            numbers = {name: round(float(p), 6) for name, p in zip(model.labels, row, strict=True)}
            yield Prediction(text=text, labels=labels, probabilities=numbers)
