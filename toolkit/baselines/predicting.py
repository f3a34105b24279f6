"""Predictions one by one, over input that need not end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from toolkit.baselines.model import Model
from toolkit.records import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A model's answer to one sentence.

    Attributes:
        text: The sentence.
        labels: The labels that it is given.
        probabilities: Label → calibrated probability, six decimals.
        spans: Spans of a model that finds some, by start, end and label; offsets in the text.
    """

    text: str
    labels: tuple[str, ...]
    probabilities: dict[str, float]
    spans: tuple[Span, ...] = ()

    @property
    def certainty(self) -> float:
        """How sure the model is of the label that it is least sure of, in [0, 1]; 0 without labels."""
        return min((max(p, 1.0 - p) for p in self.probabilities.values()), default=0.0)


def predictions(model: Model, texts: Iterable[str], *, size: int = 1000) -> Iterator[Prediction]:
    """Answer texts in their order, `size` at a time; nothing is read before what was given out has been taken.

    Raises:
        InvalidInput: A text is no string.
    """
    waiting = iter(texts)
    while batch := list(islice(waiting, size)):
        spans = model.tagger.predict(batch) if model.tagger is not None else [()] * len(batch)
        asked = model.asked(batch)
        answers = zip(batch, model.decided(batch, asked), model.by_label(asked), spans, strict=True)
        for text, labels, row, found in answers:
            numbers = {name: round(float(p), 6) for name, p in zip(model.labels, row, strict=True)}
            yield Prediction(text=text, labels=labels, probabilities=numbers, spans=found)
