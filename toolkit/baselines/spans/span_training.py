"""Training a tagger: how readily it marks is chosen by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.baselines.models.ladder import Setting
from toolkit.baselines.models.learners import fit_linear
from toolkit.baselines.spans.span_rows import SpanRows
from toolkit.baselines.spans.tagger import (
    BEGIN,
    COLUMNS,
    INSIDE,
    OUTSIDE,
    Bounds,
    SpanModel,
    best_tags,
    cut,
    features,
    log_probabilities,
    runs,
    tokens,
)
from toolkit.errors import InvalidInput
from toolkit.records import Span

_SHIFTS = (0.0, -0.5, -1.0, -1.5, -2.0, -3.0)  # log-odds taken from "outside"; the first of equals is kept
_LEAST = 2  # stories that must hold a label


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    """The training rows, token by token."""

    bounds: list[list[Bounds]]
    features: Any
    tags: Ints  # [tokens, labels]
    row: Ints  # [tokens], the row of each


def train_spans(rows: SpanRows, *, labels: Sequence[str] = (), folds: int = 3, seed: int = 0) -> SpanModel:
    """Train a tagger on sentences with spans. The same rows and seed give the same model, bit for bit.

    Args:
        rows: At least two stories with a span of each label.
        labels: Labels to learn; left out, all that enough stories hold.
        folds: Cross-validation folds; fewer if there are fewer stories.
        seed: For folds and solvers.

    Raises:
        InvalidInput: No label, or a named one not, is held by two stories.
    """
    names = _learnable(rows, labels)
    data = _tokens(rows, names)
    has = np.array([[any(span.label == name for span in spans) for name in names] for spans in rows.spans])
    fold = grouped_folds(has, rows.groups, count=folds, seed=seed)
    held = np.zeros((len(data.row), len(names), 3))
    for number in range(fold.count):
        inside = fold.number[data.row] == number
        weights, bias = _fit(data, ~inside, seed)
        flat = weights.reshape(-1, COLUMNS)
        held[inside] = np.asarray(data.features[inside] @ flat.T).reshape(-1, len(names), 3) + bias
    weights, bias = _fit(data, np.ones(len(data.row), dtype=bool), seed)
    chosen = [_shift(held[:, number], data, number) for number in range(len(names))]
    bias[:, OUTSIDE] += [shift for shift, _ in chosen]
    return SpanModel(
        labels=tuple(names),
        weights=weights.astype(np.float32).astype(np.float64),
        bias=bias,
        language=rows.language,
        facts={
            "rows": len(rows),
            "groups": len(set(rows.groups)),
            "folds": fold.count,
            "cross_validated_exact_f1": {name: score for name, (_, score) in zip(names, chosen, strict=True)},
        },
    )


def held_out_spans(rows: SpanRows, *, folds: int = 5, seed: int = 0) -> list[tuple[Span, ...]]:
    """Return for each row the spans that a tagger finds which was trained on other stories.

    Args:
        rows: At least four stories with a span of each label, so that the rest of them holds two.
        folds: As for `train_spans`.
        seed: For folds and solvers.

    Raises:
        InvalidInput: No label is held by enough stories.
    """
    names = _learnable(rows, ())
    has = np.array([[any(span.label == name for span in spans) for name in names] for spans in rows.spans])
    fold = grouped_folds(has, rows.groups, count=folds, seed=seed)
    if not fold.count:
        raise InvalidInput("has one story alone", where=rows.where, remedy="label more stories")
    found: list[tuple[Span, ...]] = [()] * len(rows)
    for number in range(fold.count):
        apart = np.flatnonzero(fold.number == number)
        model = train_spans(rows.take(np.flatnonzero(fold.number != number).tolist()), seed=seed)
        for row, spans in zip(apart.tolist(), model.predict([rows.texts[row] for row in apart]), strict=True):
            found[row] = spans
    return found


def _learnable(rows: SpanRows, labels: Sequence[str]) -> list[str]:
    stories: dict[str, set[str]] = {name: set() for name in labels or rows.labels}
    for group, spans in zip(rows.groups, rows.spans, strict=True):
        for span in spans:
            if span.label in stories:
                stories[span.label].add(group)
    rare = [name for name, held_by in stories.items() if len(held_by) < _LEAST]
    if len(rare) == len(stories) or (labels and rare):
        what = f"fewer than {_LEAST} stories hold a span labelled {' or '.join(rare) or 'at all'}"
        raise InvalidInput(what, where=rows.where, remedy="label more stories")
    return sorted(set(stories) - set(rare))


def _tokens(rows: SpanRows, names: Sequence[str]) -> _Tokens:
    bounds = [tokens(text) for text in rows.texts]
    tags = [_tags(places, spans, names) for places, spans in zip(bounds, rows.spans, strict=True)]
    return _Tokens(
        bounds=bounds,
        features=features(rows.texts, bounds, rows.language),
        tags=np.concatenate(tags),
        row=np.repeat(np.arange(len(rows)), [len(places) for places in bounds]),
    )


def _tags(places: Sequence[Bounds], spans: Sequence[Any], names: Sequence[str]) -> Ints:
    """Return [tokens, labels]; a span's first token begins it, the others are inside."""
    tags = np.full((len(places), len(names)), OUTSIDE, dtype=np.int64)
    column = {name: number for number, name in enumerate(names)}
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.label in column:
            inside = [at for at, (start, end) in enumerate(places) if start < span.end and span.start < end]
            for number, at in enumerate(inside):
                tags[at, column[span.label]] = INSIDE if number else BEGIN
    return tags


def _fit(data: _Tokens, chosen: Flags, seed: int) -> tuple[Floats, Floats]:
    """Return weights [labels, 3, features] and bias [labels, 3] of the tokens `chosen`."""
    count = data.tags.shape[1]
    weights, bias = np.zeros((count, 3, COLUMNS)), np.zeros((count, 3))
    rows = data.features[chosen]
    for label in range(count):
        for tag in (OUTSIDE, BEGIN, INSIDE):
            flags = data.tags[chosen, label] == tag
            weights[label, tag], bias[label, tag] = fit_linear(rows, flags, "logistic", Setting(1.0), seed)
    return weights, bias


def _shift(margins: Floats, data: _Tokens, label: int) -> tuple[float, float]:
    """Return what to add to "outside" for the best held-out exact F1, and that F1."""
    gold = [set(runs(part.tolist())) for part in cut(data.tags[:, label], data.bounds)]
    best = (0.0, -1.0)
    for shift in _SHIFTS:
        moved = margins.copy()
        moved[:, OUTSIDE] += shift
        given = [set(runs(best_tags(part))) for part in cut(log_probabilities(moved), data.bounds)]
        hits = sum(len(one & other) for one, other in zip(gold, given, strict=True))
        score = 2 * hits / max(1, sum(map(len, gold)) + sum(map(len, given)))
        if score > best[1] + 1e-12:
            best = (shift, round(score, 6))
    return best
