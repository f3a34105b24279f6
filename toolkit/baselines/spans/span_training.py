"""Training a tagger: how readily it marks is chosen by grouped cross-validation."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.baselines.data.folds import Folds, grouped_folds
from toolkit.baselines.data.targets import Floats, Ints
from toolkit.baselines.spans.chain import FORBIDDEN, Run, begin, chosen
from toolkit.baselines.spans.span_rows import SpanRows
from toolkit.baselines.spans.tagger import Layer, SpanModel, placed
from toolkit.baselines.spans.token_features import features
from toolkit.errors import InvalidInput
from toolkit.records import Span
from toolkit.words import Bounds, word_bounds

_THRESHOLDS = (0.5, 0.6, 0.7, 0.4, 0.35, 0.3, 0.25, 0.2, 0.16, 0.13, 0.1, 0.08, 0.06, 0.04, 0.02)  # the first of equals
_LEAST = 2  # stories that must hold a label
_CROSSING = 0.02  # share of a label's spans that may share tokens with another label of its layer; they are not learnt
_SPARSE, _SMALL = 0.1, 0.1  # what weights cost by their size and by its square
_STEPS = 100  # of the solver, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Training sentences, token by token.

    Attributes:
        texts: N sentences.
        bounds: Tokens of each.
        features: Hashed features of each, CSR [its tokens, `COLUMNS`].
        runs: label → the spans of each sentence, by the numbers of the first token and of that after the last.
    """

    texts: tuple[str, ...]
    bounds: list[list[Bounds]]
    features: list[Any]
    runs: dict[str, list[list[Bounds]]]

    @classmethod
    def of(cls, rows: SpanRows, labels: Sequence[str]) -> Tagged:
        """Cut sentences into tokens; a span is the run of tokens that it touches."""
        bounds = [word_bounds(text) for text in rows.texts]
        table = features(rows.texts, bounds, rows.language)
        ends = np.cumsum([0, *map(len, bounds)])
        return cls(
            texts=rows.texts,
            bounds=bounds,
            features=[table[start:end] for start, end in pairwise(ends)],
            runs={
                label: [_runs(places, spans, label) for places, spans in zip(bounds, rows.spans, strict=True)]
                for label in labels
            },
        )


def train_spans(rows: SpanRows, *, labels: Sequence[str] = (), folds: int = 3, seed: int = 0) -> SpanModel:
    """Train a tagger on sentences with spans. The same rows and seed give the same model, bit for bit.

    Args:
        rows: At least two stories with a span of each label.
        labels: Labels to learn; left out, all that enough stories hold.
        folds: Cross-validation folds; fewer if there are fewer stories.
        seed: For the folds.

    Raises:
        InvalidInput: No label, or a named one not, is held by two stories.
    """
    names = learnable(rows, labels)
    data, fold = Tagged.of(rows, names), span_folds(rows, names, folds=folds, seed=seed)
    held = held_out(data, fold)
    layers = _fitted(data, range(len(rows)))
    scores: dict[str, float] = {}
    for number, layer in enumerate(layers):
        best = [
            _threshold([each[number] for each in held], data.runs[name], at) for at, name in enumerate(layer.labels)
        ]
        layer.thresholds[:] = [threshold for threshold, _ in best]
        scores |= {name: score for name, (_, score) in zip(layer.labels, best, strict=True)}
    return SpanModel(
        labels=tuple(names),
        layers=tuple(layers),
        language=rows.language,
        facts={
            "rows": len(rows),
            "groups": len(set(rows.groups)),
            "folds": fold.count,
            "span_counts": {name: sum(map(len, data.runs[name])) for name in names},
            "cross_validated_exact_f1": dict(sorted(scores.items())),
        },
    )


def held_out_spans(rows: SpanRows, *, folds: int = 5, seed: int = 0) -> list[tuple[Span, ...]]:
    """Return for each row the spans that a tagger finds which was trained on other stories.

    Its thresholds too are learnt on the others alone, which `spans_out_of_fold` does without.

    Args:
        rows: At least four stories with a span of each label, so that the rest of them holds two.
        folds: Fewer if there are fewer stories.
        seed: For the folds.

    Raises:
        InvalidInput: No label is held by enough stories.
    """
    fold = span_folds(rows, learnable(rows), folds=folds, seed=seed)
    if not fold.count:
        raise InvalidInput("has one story alone", where=rows.where, remedy="label more stories")
    found: list[tuple[Span, ...]] = [()] * len(rows)
    for number in range(fold.count):
        apart = np.flatnonzero(fold.number == number)
        model = train_spans(rows.take(np.flatnonzero(fold.number != number).tolist()), seed=seed)
        for row, spans in zip(apart.tolist(), model.predict([rows.texts[row] for row in apart]), strict=True):
            found[row] = spans
    return found


def learnable(rows: SpanRows, labels: Sequence[str] = ()) -> list[str]:
    """Return the labels that enough stories hold, sorted.

    Raises:
        InvalidInput: There are none, or a label that is named is not among them.
    """
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


def span_folds(rows: SpanRows, labels: Sequence[str], *, folds: int, seed: int) -> Folds:
    """Deal stories out to folds, so that each has its share of every span label."""
    has = np.array([[any(span.label == name for span in spans) for name in labels] for spans in rows.spans])
    return grouped_folds(has, rows.groups, count=folds, seed=seed)


def spans_out_of_fold(rows: SpanRows, *, folds: int = 5, seed: int = 0) -> list[tuple[tuple[Span, float], ...]]:
    """Return what may be a span of each sentence, with its probability, by taggers that have not seen its story.

    Args:
        rows: At least two stories with a span of some label.
        folds: Fewer if there are fewer stories.
        seed: For the folds.

    Raises:
        InvalidInput: No label is held by two stories.
    """
    names = learnable(rows)
    data = Tagged.of(rows, names)
    parts = held_out(data, span_folds(rows, names, folds=folds, seed=seed))
    layers = layered(data.runs)
    return [
        placed(text, places, list(zip(layers, each, strict=True)))
        for text, places, each in zip(data.texts, data.bounds, parts, strict=True)
    ]


def held_out(data: Tagged, fold: Folds) -> list[list[list[Run]]]:
    """Return what may be a span of each sentence, a list a layer, by taggers that have not seen its story."""
    found: list[list[list[Run]]] = [[] for _ in data.texts]
    for number in range(fold.count):
        layers = _fitted(data, np.flatnonzero(fold.number != number).tolist())
        for row in np.flatnonzero(fold.number == number).tolist():
            found[row] = [layer.likely(layer.scores(data.features[row])) for layer in layers]
    return found


def layered(runs: dict[str, list[list[Bounds]]]) -> list[tuple[str, ...]]:
    """Return the labels in layers: in one are those whose spans hardly ever share a token; the most frequent first."""
    order = sorted(runs, key=lambda label: (-sum(map(len, runs[label])), label))
    layers: list[list[str]] = []
    for label in order:
        for layer in layers:
            if all(_crossing(runs[label], runs[other]) <= _CROSSING for other in layer):
                layer.append(label)
                break
        else:
            layers.append([label])
    return [tuple(layer) for layer in layers]


def _crossing(mine: Sequence[Sequence[Bounds]], theirs: Sequence[Sequence[Bounds]]) -> float:
    """Return the share of a label's spans that share a token with one of the other label."""
    crossed = sum(
        any(first < end and start < after for start, end in others)
        for spans, others in zip(mine, theirs, strict=True)
        for first, after in spans
    )
    return crossed / max(1, sum(map(len, mine)))


def _runs(places: Sequence[Bounds], spans: Sequence[Span], label: str) -> list[Bounds]:
    """Return the spans of a label as numbers of tokens; of two that share one, the earlier and longer."""
    found: list[Bounds] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.label == label:
            inside = [at for at, (start, end) in enumerate(places) if start < span.end and span.start < end]
            if inside and (not found or found[-1][1] <= inside[0]):
                found.append((inside[0], inside[-1] + 1))
    return found


def _fitted(data: Tagged, rows: Sequence[int]) -> list[Layer]:
    """Fit all layers on some rows."""
    return [_layer(data, rows, labels) for labels in layered(data.runs)]


def _layer(data: Tagged, rows: Sequence[int], labels: tuple[str, ...]) -> Layer:
    """Fit one layer with CRFsuite, and take its weights out."""
    import pycrfsuite

    names = [str(tag) for tag in range(1 + 2 * len(labels))]
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": _SPARSE, "c2": _SMALL, "max_iterations": _STEPS})
    for row in rows:
        if data.bounds[row]:
            trainer.append(_named(data.features[row]), [names[tag] for tag in _tags(data, row, labels)])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "field")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        with tagger.open(path):
            found = tagger.info()
    columns = sorted({int(column) for column, _ in found.state_features})
    place = {column: number for number, column in enumerate(columns)}
    weights, steps = np.zeros((len(columns), len(names))), np.zeros((len(names), len(names)))
    for (column, tag), weight in found.state_features.items():
        weights[place[int(column)], int(tag)] = np.float32(weight)
    for (tag, following), weight in found.transitions.items():
        steps[int(tag), int(following)] = np.float32(weight)
    lengths = [after - first for label in labels for row in rows for first, after in data.runs[label][row]]
    longest = max(lengths, default=1)
    return Layer(
        labels=labels,
        columns=np.array(columns, dtype=np.int64),
        weights=weights,
        steps=_allowed(steps),
        thresholds=np.full(len(labels), 0.5),
        longest=longest + longest // 4,
    )


def _named(rows: Any) -> list[list[str]]:
    """Return the columns of each token, as CRFsuite wants their names."""
    return [list(map(str, part.tolist())) for part in np.split(rows.indices, rows.indptr[1:-1])]


def _tags(data: Tagged, row: int, labels: Sequence[str]) -> Ints:
    """Return [tokens]: outside, begin or inside; of spans that share a token the label that comes first."""
    tags = np.zeros(len(data.bounds[row]), dtype=np.int64)
    for number, label in reversed(list(enumerate(labels))):
        for first, after in data.runs[label][row]:
            tags[first:after] = begin(number) + 1
            tags[first] = begin(number)
    for at in range(len(tags)):  # what another span has cut off is not a span of its own
        if tags[at] and tags[at] % 2 == 0 and (not at or tags[at - 1] not in (tags[at], tags[at] - 1)):
            tags[at] = 0
    return tags


def _allowed(steps: Floats) -> Floats:
    """Forbid that a span goes on which has not begun."""
    for inside in range(2, len(steps), 2):
        others = [tag for tag in range(len(steps)) if tag not in (inside - 1, inside)]
        steps[others, inside] = FORBIDDEN
    return steps


def _threshold(held: Sequence[Sequence[Run]], gold: Sequence[Sequence[Bounds]], label: int) -> tuple[float, float]:
    """Return the threshold of the best held-out exact F1, and that F1."""
    total = sum(map(len, gold))
    mine = [[run for run in runs if run.label == label] for runs in held]
    best = (_THRESHOLDS[0], -1.0)
    for threshold in _THRESHOLDS:
        limits = [threshold] * (label + 1)
        given = [{(run.first, run.after) for run in chosen(runs, limits)} for runs in mine]
        hits = sum(len(found.intersection(true)) for found, true in zip(given, gold, strict=True))
        score = 2 * hits / max(1, total + sum(map(len, given)))
        if score > best[1] + 1e-12:
            best = (threshold, round(score, 6))
    return best
