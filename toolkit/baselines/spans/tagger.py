"""A token as features: its word, its shape, its neighbours, and what the figure reader says of it.

A trained tagger: sentences in, spans out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.special import expit
from sklearn.feature_extraction import FeatureHasher

from toolkit.baselines.data.targets import Floats
from toolkit.figures import LANGUAGES, find
from toolkit.records import Span, content_id

COLUMNS = 2**16
"""Width of the hashed features."""

Bounds = tuple[int, int]
"""First character of a token, and one past its last."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_AROUND = 3  # tokens to either side


def tokens(text: str) -> list[Bounds]:
    """Return each run of letters and digits, and each other visible character."""
    return [found.span() for found in _TOKEN.finditer(text)]


def features(texts: Sequence[str], bounds: Sequence[Sequence[Bounds]], language: str) -> Any:
    """Return CSR [tokens of all texts, `COLUMNS`].

    Args:
        texts: Sentences.
        bounds: Their tokens.
        language: What figures are read in; others than `toolkit.figures.LANGUAGES` go without.
    """
    if not any(bounds):
        return sp.csr_matrix((0, COLUMNS))
    rows = (row for text, places in zip(texts, bounds, strict=True) for row in _rows(text, places, language))
    return FeatureHasher(COLUMNS, input_type="string").transform(rows)


def _rows(text: str, places: Sequence[Bounds], language: str) -> Iterator[list[str]]:
    words = [text[start:end] for start, end in places]
    figures = figure_tags(text, places, language)
    own = [_own(word, figure) for word, figure in zip(words, figures, strict=True)]
    lower = [word.lower() for word in words]
    marks = [found.start() for found in re.finditer('"', text)]
    for at in range(len(words)):
        row = ["bias", *(f"0{name}" for name in own[at])]
        for step in (*range(-_AROUND, 0), *range(1, _AROUND + 1)):
            if 0 <= at + step < len(words):
                row += (f"{step}{name}" for name in own[at + step][: 3 if abs(step) == 1 else 2])
            else:
                row.append(f"{step}edge")
        row += [f"pair {' '.join(lower[max(0, at - 1) : at + 1])}", f"pair+ {' '.join(lower[at : at + 2])}"]
        row += [f"first {min(at, 3)}", f"quoted {bisect_left(marks, places[at][0]) % 2}"]
        yield row


def _own(word: str, figure: str) -> list[str]:
    lower = word.lower()
    return [f"w {lower}", f"f {figure}", f"s {_shape(word)}", f"p {lower[:3]}", f"e {lower[-3:]}", f"x {lower[-2:]}"]


def _shape(word: str) -> str:
    kinds = ("d" if sign.isdigit() else "X" if sign.isupper() else "x" if sign.isalpha() else sign for sign in word)
    return "".join(kind for kind, _ in groupby(kinds))


def figure_tags(text: str, places: Sequence[Bounds], language: str) -> list[str]:
    """Return B, I or O for each token: does the figure reader see a figure of people harmed there?"""
    tags = ["O"] * len(places)
    if language not in LANGUAGES:
        return tags
    starts, ends = [start for start, _ in places], [end for _, end in places]
    for figure in find(text, language):
        first, past = bisect_right(ends, figure.start), bisect_left(starts, figure.end)
        for at in range(first, past):
            tags[at] = "I" if at > first else "B"
    return tags


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
