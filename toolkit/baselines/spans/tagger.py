"""A trained tagger: sentences in, spans out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit

from toolkit.baselines.spans.features import Bounds, features, tokens
from toolkit.baselines.targets import Floats
from toolkit.records import Span, content_id

OUTSIDE, BEGIN, INSIDE = range(3)


@dataclass(frozen=True, kw_only=True, eq=False)
class SpanModel:
    """A linear classifier of tokens for each span label, and the best sequence of its answers.

    Labels are tagged apart from each other, since a source may hold a figure; spans of one label never overlap.

    Attributes:
        labels: Span labels, sorted.
        weights: [labels, 3, features], for outside, begin and inside, representable as 32-bit floats.
        bias: [labels, 3]; that of outside is what makes a label given rarely or often.
        language: What figures are read in.
        facts: What a model card tells.
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    language: str = "en"
    facts: Mapping[str, Any] = field(default_factory=dict)

    def predict(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """Return the spans of each text, by start, end and label."""
        bounds = [tokens(text) for text in texts]
        scores = self.scores(texts, bounds)
        return [
            self._spans(text, places, part)
            for text, places, part in zip(texts, bounds, cut(scores, bounds), strict=True)
        ]

    def scores(self, texts: Sequence[str], bounds: Sequence[Sequence[Bounds]]) -> Floats:
        """Return log-probabilities [tokens of all texts, labels, 3]."""
        rows = features(texts, bounds, self.language)
        flat = self.weights.reshape(-1, self.weights.shape[-1])
        margins = np.asarray(rows @ flat.T).reshape(rows.shape[0], len(self.labels), 3)
        return log_probabilities(margins + self.bias)

    def _spans(self, text: str, places: Sequence[Bounds], scores: Floats) -> tuple[Span, ...]:
        found = []
        for number, label in enumerate(self.labels):
            for first, after in runs(best_tags(scores[:, number])):
                start, end = places[first][0], places[after - 1][1]
                span_id = content_id("suggestion", text, label, start, end)
                found.append(Span(span_id=span_id, label=label, start=start, end=end, text=text[start:end]))
        return tuple(sorted(found, key=lambda span: (span.start, span.end, span.label)))


def log_probabilities(margins: Floats) -> Floats:
    """Return log P(tag) [..., 3] from one-against-rest margins [..., 3]."""
    likely = np.maximum(expit(margins), 1e-12)
    return np.asarray(np.log(likely / likely.sum(axis=-1, keepdims=True)))


def cut(scores: Any, bounds: Sequence[Sequence[Bounds]]) -> list[Any]:
    """Return the rows [its tokens, …] of each text out of those [tokens of all texts, …]."""
    ends = np.cumsum([len(places) for places in bounds])
    return np.split(scores, ends[:-1]) if len(bounds) else []


def best_tags(scores: Floats) -> list[int]:
    """Return the most probable tags for log-probabilities [tokens, 3] of which none is inside after outside.

    Viterbi's algorithm; of equals, outside goes before begin and begin before inside.
    """
    if not len(scores):
        return []
    total = scores[0].copy()
    total[INSIDE] = -np.inf
    back = np.zeros((len(scores), 3), dtype=np.int64)
    for at in range(1, len(scores)):
        any_before = int(total.argmax())
        open_before = BEGIN if total[BEGIN] >= total[INSIDE] else INSIDE
        back[at] = any_before, any_before, open_before
        total = total[back[at]] + scores[at]
    tags = [int(total.argmax())]
    for at in range(len(scores) - 1, 0, -1):
        tags.append(int(back[at, tags[-1]]))
    return tags[::-1]


def runs(tags: Sequence[int]) -> list[tuple[int, int]]:
    """Return first token and one past the last of each span."""
    found: list[tuple[int, int]] = []
    for at, tag in enumerate(tags):
        if tag == BEGIN:
            found.append((at, at + 1))
        elif tag == INSIDE and found:
            found[-1] = (found[-1][0], at + 1)
    return found
