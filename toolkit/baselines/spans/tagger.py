"""A trained tagger: sentences in, spans out, each with its probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from toolkit.baselines.data.targets import Floats, Ints
from toolkit.baselines.spans.chain import Run, chosen, likely_runs
from toolkit.baselines.spans.token_features import features
from toolkit.records import Span, content_id
from toolkit.words import Bounds, word_bounds


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """Labels whose spans don't share tokens, told apart by one chain of tags: outside, then begin and inside of each.

    Attributes:
        labels: Span labels.
        columns: [used], the hashed features that have a weight, ascending.
        weights: [used, tags], representable as 32-bit floats.
        steps: [tags, tags], the weight of a tag before another one, likewise.
        thresholds: [labels], the probability from which a span is given.
        longest: Tokens of the longest span that is looked for.
    """

    labels: tuple[str, ...]
    columns: Ints
    weights: Floats
    steps: Floats
    thresholds: Floats
    longest: int

    def scores(self, rows: Any) -> Floats:
        """Return [tokens, tags] for hashed features, CSR [tokens, `COLUMNS`]."""
        if not len(self.columns) or not rows.shape[0]:
            return np.zeros((rows.shape[0], 1 + 2 * len(self.labels)))
        place = np.minimum(np.searchsorted(self.columns, rows.indices), len(self.columns) - 1)
        known = np.where(self.columns[place] == rows.indices, rows.data, 0.0)
        return np.asarray(
            sp.csr_matrix((known, place, rows.indptr), shape=(rows.shape[0], len(self.columns))) @ self.weights
        )

    def likely(self, scores: Floats) -> list[Run]:
        """Return what may be a span of a sentence, for its scores [tokens, tags]."""
        return likely_runs(scores, self.steps, longest=self.longest)


@dataclass(frozen=True, kw_only=True, eq=False)
class SpanModel:
    """A conditional random field for each layer of labels, since a source may hold a figure.

    Attributes:
        labels: Span labels, sorted.
        layers: What finds them.
        language: What figures are read in.
        facts: What a model card tells.
    """

    labels: tuple[str, ...]
    layers: tuple[Layer, ...]
    language: str = "en"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def thresholds(self) -> dict[str, float]:
        """The probability from which a span of each label is given."""
        return {
            name: float(threshold)
            for layer in self.layers
            for name, threshold in zip(layer.labels, layer.thresholds, strict=True)
        }

    def predict(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """Return the spans of each text, by start, end and label; those of one layer share no token."""
        found: list[list[Span]] = [[] for _ in texts]
        bounds = [word_bounds(text) for text in texts]
        for layer, runs in self._likely(texts, bounds):
            for mine, text, places, each in zip(found, texts, bounds, runs, strict=True):
                mine += (span_of(text, places, layer.labels, run) for run in chosen(each, layer.thresholds.tolist()))
        return [tuple(sorted(spans, key=order)) for spans in found]

    def candidates(self, texts: Sequence[str]) -> list[tuple[tuple[Span, float], ...]]:
        """Return all that may be a span of each text, with the probability that it is one with these ends.

        Readings that exclude each other stand side by side, by start, end and label.
        """
        bounds = [word_bounds(text) for text in texts]
        likely = self._likely(texts, bounds)
        return [
            placed(text, places, [(layer.labels, runs[number]) for layer, runs in likely])
            for number, (text, places) in enumerate(zip(texts, bounds, strict=True))
        ]

    def _likely(self, texts: Sequence[str], bounds: Sequence[Sequence[Bounds]]) -> list[tuple[Layer, list[list[Run]]]]:
        rows = features(texts, bounds, self.language)
        return [(layer, [layer.likely(part) for part in cut(layer.scores(rows), bounds)]) for layer in self.layers]


def cut(scores: Any, bounds: Sequence[Sequence[Bounds]]) -> list[Any]:
    """Return the rows [its tokens, …] of each text out of those [tokens of all texts, …]."""
    ends = np.cumsum([len(places) for places in bounds])
    return np.split(scores, ends[:-1]) if len(bounds) else []


def span_of(text: str, places: Sequence[Bounds], labels: Sequence[str], run: Run) -> Span:
    """Return a run of tokens as a span of its text."""
    start, end, label = places[run.first][0], places[run.after - 1][1], labels[run.label]
    span_id = content_id("suggestion", text, label, start, end)
    return Span(span_id=span_id, label=label, start=start, end=end, text=text[start:end])


def placed(
    text: str, places: Sequence[Bounds], layers: Sequence[tuple[Sequence[str], Sequence[Run]]]
) -> tuple[tuple[Span, float], ...]:
    """Return the runs of all layers, (labels, runs), as spans of a text with their probabilities, in order."""
    pairs = ((span_of(text, places, labels, run), run.probability) for labels, runs in layers for run in runs)
    return tuple(sorted(pairs, key=lambda pair: order(pair[0])))


def order(span: Span) -> tuple[int, int, str]:
    """Return what spans are sorted by."""
    return span.start, span.end, span.label
