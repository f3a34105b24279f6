"""Tokens of sentences with BIO tags, for whoever trains token classifiers.

A token is a run of word characters, with the marks that belong to them, or a single other sign. It is cut where a span
begins or ends within it, so that the first and the last token of a span have the span's offsets.
"""

from __future__ import annotations

import itertools
import re
import sys
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pyarrow as pa

Row = Mapping[str, Any]

OUTSIDE: Final = "O"
"""The tag of a token that is in no span."""


@cache
def _token() -> re.Pattern[str]:
    """Return what a token looks like; `re` knows no class of combining marks, on which half of all scripts rest."""
    marks = [code for code in range(0x300, sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "M"]
    runs = (list(run) for _, run in itertools.groupby(enumerate(marks), key=lambda item: item[1] - item[0]))
    inner = "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)
    return re.compile(rf"[\w{inner}\u200c\u200d]+|[^\w\s]")


def tag_names(labels: Sequence[str]) -> list[str]:
    """Return the BIO tags of span labels in the order of their numbers.

    Examples:
        >>> tag_names(["SOURCE", "FIGURE"])
        ['O', 'B-SOURCE', 'I-SOURCE', 'B-FIGURE', 'I-FIGURE']
    """
    return [OUTSIDE, *(f"{part}-{label}" for label in labels for part in "BI")]


def tag_columns(labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return column → the span labels that it tags: all of them, and each alone, since spans may overlap."""
    alone = {f"tags_{label.lower()}": (label,) for label in labels} if len(labels) > 1 else {}
    return {"tags": tuple(labels), **alone}


def token_columns(
    texts: Sequence[str], spans: Sequence[Sequence[Row]], labels: Sequence[str]
) -> dict[str, pa.ListArray]:
    """Return the columns "tokens", "token_starts" and those of `tag_columns` for a table of sentences.

    Args:
        texts: The sentences.
        spans: For each, rows with "start", "end" and "label".
        labels: The schema's span labels.

    Examples:
        >>> found = token_columns(["Up to 14."], [[{"start": 0, "end": 8, "label": "FIGURE"}]], ["FIGURE"])
        >>> {name: column[0].as_py() for name, column in found.items()}  # doctest: +NORMALIZE_WHITESPACE
        {'tokens': ['Up', 'to', '14', '.'], 'token_starts': [0, 3, 6, 8],
         'tags': ['B-FIGURE', 'I-FIGURE', 'I-FIGURE', 'O']}
    """
    tokens: list[str] = []
    starts: list[int] = []
    offsets = [0]
    tagged: dict[str, dict[int, str]] = {name: {} for name in tag_columns(labels)}
    find = _token().finditer
    for text, own in zip(texts, spans, strict=True):
        if not own:
            pieces = [(found.start(), found[0]) for found in find(text)]
            starts += [start for start, _ in pieces]
            tokens += [token for _, token in pieces]
            offsets.append(len(tokens))
            continue
        cuts = {border for span in own for border in (span["start"], span["end"])}
        places = list(_places(text, cuts))
        for name, mine in tag_columns(labels).items():
            tags = _tags(places, [span for span in own if span["label"] in mine])
            tagged[name].update((len(tokens) + at, tag) for at, tag in enumerate(tags) if tag != OUTSIDE)
        starts += [start for start, _ in places]
        tokens += [text[start:end] for start, end in places]
        offsets.append(len(tokens))
    borders = pa.array(offsets, pa.int32())
    columns = {"tokens": pa.array(tokens, pa.string()), "token_starts": pa.array(starts, pa.int64())}
    for name, mine in tag_columns(labels).items():
        columns[name] = _coded(len(tokens), tagged[name], tag_names(mine))
    return {name: pa.ListArray.from_arrays(borders, values) for name, values in columns.items()}


def _coded(count: int, tags: Mapping[int, str], names: list[str]) -> pa.Array:
    numbers = {name: number for number, name in enumerate(names)}
    codes = np.zeros(count, dtype=np.int32)
    codes[list(tags)] = [numbers[tag] for tag in tags.values()]
    return pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string())).cast(pa.string())


def bio(text: str, spans: Sequence[Row]) -> list[tuple[str, int, int, str]]:
    """Return (token, start, end, tag) of a sentence; offsets are code points, end exclusive.

    Args:
        text: The sentence.
        spans: Rows with "start", "end" and "label"; of two that overlap the longer is kept, then the earlier.

    Examples:
        >>> bio("Up to 14 people", [{"start": 0, "end": 8, "label": "FIGURE"}])
        [('Up', 0, 2, 'B-FIGURE'), ('to', 3, 5, 'I-FIGURE'), ('14', 6, 8, 'I-FIGURE'), ('people', 9, 15, 'O')]
    """
    kept = _apart(spans)
    places = list(_places(text, {border for span in kept for border in (span["start"], span["end"])}))
    return [(text[start:end], start, end, tag) for (start, end), tag in zip(places, _tags(places, kept), strict=True)]


def _tags(places: Sequence[tuple[int, int]], spans: Sequence[Row]) -> list[str]:
    kept, begun, tags = _apart(spans), set(), []
    for start, end in places:
        place = next((n for n, span in enumerate(kept) if span["start"] <= start and end <= span["end"]), None)
        tags.append(OUTSIDE if place is None else f"{'I' if place in begun else 'B'}-{kept[place]['label']}")
        begun.add(place)
    return tags


def _apart(spans: Sequence[Row]) -> list[Row]:
    """Return the spans without those that overlap a longer one, or an earlier one of the same length."""
    kept: list[Row] = []
    for span in sorted(spans, key=lambda item: (item["start"] - item["end"], item["start"], item["label"])):
        if all(span["end"] <= other["start"] or other["end"] <= span["start"] for other in kept):
            kept.append(span)
    return kept


def _places(text: str, cuts: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of every token, cut where a span begins or ends."""
    for found in _token().finditer(text):
        start, end = found.span()
        yield from itertools.pairwise([start, *sorted(cut for cut in cuts if start < cut < end), end])
