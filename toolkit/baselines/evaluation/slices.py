"""Scores of parts of the rows: by source, language, year and length, and by whether training had the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.baselines.evaluation.grouped_counts import ScoredRows
from toolkit.records import Estimate
from toolkit.release import text_leakage

_LENGTHS = ((10, "1-9 words"), (20, "10-19 words"), (40, "20-39 words"))
_SLICE_VALUES = 20  # the most frequent values of a column; the rest is one slice


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceScores:
    """Scores of some of the rows: those with one value in one column, or those that one annotator answered."""

    column: str
    value: str
    rows: int
    macro_f1: Estimate
    accuracy: Estimate


def slices(scored: ScoredRows, trained_on: Collection[str]) -> tuple[SliceScores, ...]:
    """Score the rows of every source, language, year and length, and those whose text training had.

    Args:
        scored: Rows and answers.
        trained_on: Texts of the training rows; without any, there is no slice by training.
    """
    columns = {name: list(values) for name, values in scored.rows.columns.items()}
    columns["length"] = [_length(text) for text in scored.rows.texts]
    if trained_on:
        columns["training"] = _training(scored.rows.texts, trained_on)
    return tuple(item for name, values in columns.items() for item in _sliced(scored, name, values))


def _sliced(scored: ScoredRows, column: str, values: list[str]) -> list[SliceScores]:
    ranked = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
    kept = {value for value, _ in ranked[:_SLICE_VALUES]}
    named = np.array([value or "(unknown)" if value in kept else "(other)" for value in values])
    items = []
    for value in sorted(set(named.tolist())):
        chosen = named == value
        found = scored.scored(chosen)
        items.append(
            SliceScores(
                column=column,
                value=value,
                rows=int(chosen.sum()),
                macro_f1=found["macro_f1"],
                accuracy=found["accuracy"],
            )
        )
    return items


def _training(texts: Sequence[str], trained_on: Collection[str]) -> list[str]:
    """Return "seen" for texts that training had (case, punctuation and spaces aside), "nearly seen", or "new"."""
    said = {"exact": "seen", "near": "nearly seen"}
    found = {pair.later: said[pair.kind] for pair in text_leakage({"train": tuple(trained_on), "": texts}).pairs}
    return [found.get(f":{row}", "new") for row in range(1, len(texts) + 1)]


def _length(text: str) -> str:
    words = len(text.split())
    return next((name for limit, name in _LENGTHS if words < limit), "40 words or more")
