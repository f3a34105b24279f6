"""What a program says of sentences, fitted to the schema: a model's labels and spans, and figures that are read.

A model is anything that answers texts with labels, spans and a certainty; this room does not know what trained it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from toolkit.labelstudio.suggest.casualty_prefill import LABEL, MODEL, figures_of, fitting
from toolkit.labelstudio.suggest.predictions import Suggestion
from toolkit.records import Span, content_id
from toolkit.records.base import record
from toolkit.schema import Schema


@record
class Asked:
    """A sentence that something is to be suggested for.

    Attributes:
        sentence_id: The sentence; what it is known by to whoever asks.
        text: Its words.
        language: ISO 639-1 code of its article, None where nobody knows.
    """

    sentence_id: str
    text: str
    language: str | None = None


class Answer(Protocol):
    """What a model says of a text."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Ids of sentence labels."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Offsets in the text."""

    @property
    def certainty(self) -> float:
        """How sure the model is, in [0, 1]."""


Answering = Callable[[Sequence[str]], Iterable[Answer]]
"""Texts in, an answer each out, in their order."""

_HELD_BACK = "held back"  # part of the hash by which sentences are held back


class Suggester:
    """A model beside the figure reader.

    Args:
        schema: What the page is made from; labels and spans that it does not have are left out.
        model: Answers texts; None for figures alone.
        name: Of the model, as annotators see it.

    Attributes:
        version: What its suggestions are named by.
    """

    def __init__(self, schema: Schema, model: Answering | None = None, *, name: str = MODEL) -> None:
        self.schema = schema
        self.version = name
        self._model = model
        self._labels = {label.id for label in schema.active}
        self._spans = {label.id for label in schema.spans}

    def suggest(self, asked: Sequence[Asked]) -> list[Suggestion]:
        """Return a suggestion for each sentence, empty where there is nothing to say."""
        if self._model is None:
            return [self._suggestion(each, None) for each in asked]
        answers = self._model([each.text for each in asked])
        return [self._suggestion(each, answer) for each, answer in zip(asked, answers, strict=True)]

    def _suggestion(self, asked: Asked, answer: Answer | None) -> Suggestion:
        figures = figures_of(asked.text, asked.language, self.schema)
        if answer is None:
            return Suggestion(sentence_id=asked.sentence_id, spans=figures)
        marked = tuple(span for span in answer.spans if span.label in self._spans)
        return Suggestion(
            sentence_id=asked.sentence_id,
            labels=tuple(sorted(label for label in answer.labels if label in self._labels)),
            spans=tuple(sorted(self._joined(marked, figures), key=lambda span: (span.start, span.end, span.label))),
            score=round(answer.certainty, 6),
        )

    def _joined(self, marked: Sequence[Span], figures: Sequence[Span]) -> list[Span]:
        """Return a model's spans with the fields that are read; figures that the model does not touch stay too."""
        labels = {label.id: label for label in self.schema.spans}
        joined = [fitting(_with_fields(span, figures), labels[span.label]) for span in marked]
        own = [span for span in marked if span.label == LABEL]
        return joined + [each for each in figures if not any(_overlap(each, span) for span in own)]


def is_held_back(sentence_id: str, share: float) -> bool:
    """Say whether a sentence is one of the share that people see without suggestions; the same ones every time.

    Args:
        sentence_id: The sentence.
        share: In [0, 1]; the sentences of a smaller share are among those of a larger one.
    """
    drawn = content_id(_HELD_BACK, sentence_id)[:12]
    return int(drawn, 16) / 16.0**12 < share


def _with_fields(span: Span, figures: Sequence[Span]) -> Span:
    """Return a figure with the fields of the reading that it shares most characters with."""
    if span.label != LABEL:
        return span
    near = [each for each in figures if _overlap(span, each)]
    if not near:
        return span
    best = max(near, key=lambda each: (min(each.end, span.end) - max(each.start, span.start), -each.start))
    return replace(span, attributes=best.attributes)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
