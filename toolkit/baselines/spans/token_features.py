"""A token as features: its word, its shape, its neighbours, and what the figure reader says of it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import scipy.sparse as sp
from sklearn.feature_extraction import FeatureHasher

from toolkit.figures import LANGUAGES, find
from toolkit.records.base import whole
from toolkit.words import Bounds

COLUMNS = 2**20
"""Width of the hashed features."""

_AROUND = 3  # tokens to either side


def features(texts: Sequence[str], bounds: Sequence[Sequence[Bounds]], language: str) -> Any:
    """Return CSR [tokens of all texts, `COLUMNS`] of 0 and 1, or more where two features share a column.

    Args:
        texts: Sentences.
        bounds: Their tokens.
        language: What figures are read in; others than `toolkit.figures.LANGUAGES` go without.
    """
    if not any(bounds):
        return sp.csr_matrix((0, COLUMNS))
    pairs = zip(map(whole, texts), bounds, strict=True)
    rows = (row for text, places in pairs for row in token_rows(text, places, language))
    return FeatureHasher(COLUMNS, input_type="string", alternate_sign=False).transform(rows)


def token_rows(text: str, places: Sequence[Bounds], language: str) -> Iterator[list[str]]:
    """Yield the features of each token of a sentence by name."""
    words = [text[start:end] for start, end in places]
    figures = figure_tags(text, places, language)
    own = [_own(word, figure) for word, figure in zip(words, figures, strict=True)]
    lower = [word.lower() for word in words]
    marks = [found.start() for found in re.finditer('"', text)]
    for at in range(len(words)):
        row = [f"0{name}" for name in own[at]]
        for step in (*range(-_AROUND, 0), *range(1, _AROUND + 1)):
            if 0 <= at + step < len(words):
                row += (f"{step}{name}" for name in own[at + step][: 3 if abs(step) == 1 else 2])
            else:
                row.append(f"{step}edge")
        row += [f"pair {' '.join(lower[max(0, at - 1) : at + 1])}", f"pair+ {' '.join(lower[at : at + 2])}"]
        row += [f"first {min(at, 3)}", f"last {min(len(words) - 1 - at, 3)}"]
        row.append(f"quoted {bisect_left(marks, places[at][0]) % 2}")
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
