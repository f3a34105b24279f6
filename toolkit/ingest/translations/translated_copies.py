"""Translated copies: stories in different languages that are one report, found by a multilingual encoder.

The beginnings of two texts are compared: by the cosine of their embeddings, by the numbers in digits, the days of
the week and the words with a capital that they have in common. These tell a translation from a report of another event
in the same place, which the embedding alone does not. Texts of one language are left to the shingles of `stories`.

The pairs are joined from the nearest on, and two groups only if no two texts of theirs are far from each other or speak
against each other, so that no chain of likenesses joins what is unlike. Memory holds the embeddings and one block of
cosines. The result does not depend on the order of the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from toolkit.ingest.translations.report_marks import ReportMarks
from toolkit.records import parse_instant

Embed = Callable[[Sequence[str]], Any]
"""Sentences to embeddings, [N, width]."""

NEAR: Final = 0.6
"""Cosine from which two texts that share their figures are one report. Measured by scripts/bench/translations.py."""
NEAR_WITHOUT_FIGURES: Final = 0.7
"""The same where there are no figures to compare, or only small ones."""
APART: Final = 0.5
"""Below this cosine two texts are never in one group."""
SHARED: Final = 0.5
"""Share of the figures of the text with fewer of them that stand in the other, too."""
DAYS: Final = 3
"""Days that may lie between two copies that say when they were published."""
BEGINNING: Final = 800
"""Code points of a text that are read; copies are cut at their end."""

_BLOCK = 512  # texts whose cosines with all others are in memory
_MOST = 32  # partners per text, the nearest ones
_DECIMALS = 4  # of a cosine: processors differ in digits that come later
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])|\n+")  # marks of Chinese and Arabic


@dataclass(frozen=True, slots=True)
class Beginning:
    """The part of a story that is compared.

    Attributes:
        story_id: Its id.
        text: Its text, or the beginning of it.
        language: ISO 639-1 code; a text of unknown language ("und") is joined to none.
        published_at: ISO 8601 date or time, or None.
    """

    story_id: str
    text: str
    language: str
    published_at: str | None = None


def nearness_asked(one: ReportMarks, other: ReportMarks) -> float | None:
    """Return the cosine from which two texts are one report; None where their marks speak against it.

    Examples:
        >>> nearness_asked(ReportMarks.of("11 of 34 on Monday", "en"), ReportMarks.of("34 am Montag", "de"))
        0.6
        >>> nearness_asked(ReportMarks.of("11 of 34 on Monday", "en"), ReportMarks.of("34 am Dienstag", "de"))
        >>> nearness_asked(ReportMarks.of("11 of 34 on Monday", "en"), ReportMarks.of("am Montag", "de"))
        0.7
    """
    if one.weekdays and other.weekdays and not one.weekdays & other.weekdays:
        return None
    if any(a.isdisjoint(b) and min(len(a), len(b)) > 1 for a, b in zip(one.names, other.names, strict=True)):
        return None
    telling = _in_common(one.telling, other.telling)
    if any(share is not None and share < SHARED for share in (_in_common(one.figures, other.figures), telling)):
        return None
    return NEAR_WITHOUT_FIGURES if telling is None else NEAR


def _in_common(one: frozenset[int], other: frozenset[int]) -> float | None:
    """Return the share of the smaller set that the other has, too; None where one of them is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else None


def translated_copies(stories: Iterable[Beginning], embed: Embed) -> Mapping[str, str]:
    """Find the stories that are translated copies of another one.

    Args:
        stories: Each story_id once, in any order.
        embed: A multilingual encoder.

    Returns:
        The story_id of each that is joined to another → that story's: the smallest of the group.
    """
    known = sorted((each for each in stories if each.language != "und"), key=lambda each: each.story_id)
    if not known:
        return {}
    vectors = _vectors(known, embed)
    marks = [ReportMarks.of(each.text[:BEGINNING], each.language) for each in known]
    groups = {rank: [rank] for rank in range(len(known))}
    group_of = list(range(len(known)))
    for _, one, other in sorted(_pairs(known, vectors, marks)):
        low, high = sorted((group_of[one], group_of[other]))
        if (
            low != high
            and _cosines(vectors[groups[low]], vectors[groups[high]]).min() >= APART
            and not any(nearness_asked(marks[a], marks[b]) is None for a in groups[low] for b in groups[high])
        ):
            for rank in groups[high]:
                group_of[rank] = low
            groups[low] += groups.pop(high)
    return {known[rank].story_id: known[group].story_id for rank, group in enumerate(group_of) if rank != group}


def _vectors(stories: Sequence[Beginning], embed: Embed) -> Any:
    """Return [N, width]: per story the mean of its first sentences' embeddings, of length 1."""
    rows = []
    for start in range(0, len(stories), _BLOCK):
        parts = [_sentences(each.text) for each in stories[start : start + _BLOCK]]
        found = np.asarray(embed([sentence for part in parts for sentence in part]), dtype=np.float64)
        ends = np.cumsum([len(part) for part in parts])
        for part, end in zip(parts, ends.tolist(), strict=True):
            mean = found[end - len(part) : end].mean(axis=0)
            rows.append((mean / (np.linalg.norm(mean) or 1)).astype(np.float32))
    return np.array(rows)


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text[:BEGINNING]) if part.strip()] or [text[:BEGINNING]]


def _cosines(one: Any, other: Any) -> Any:
    return np.round(one.astype(np.float64) @ other.astype(np.float64).T, _DECIMALS)


def _pairs(
    stories: Sequence[Beginning], vectors: Any, marks: Sequence[ReportMarks]
) -> Iterator[tuple[float, int, int]]:
    """Yield (minus the cosine, rank, higher rank) of texts that are one report."""
    codes = {code: number for number, code in enumerate(sorted({each.language for each in stories}))}
    languages = np.array([codes[each.language] for each in stories])
    days = np.array([_day(each.published_at) for each in stories])
    for start in range(0, len(stories), _BLOCK):
        block = slice(start, start + _BLOCK)
        cosines = _cosines(vectors[block], vectors[start:])
        possible = (cosines >= NEAR) & (languages[block, None] != languages[start:])
        possible &= ~(np.abs(days[block, None] - days[start:]) > DAYS)  # no day is not far from any
        possible &= np.arange(cosines.shape[1]) > np.arange(cosines.shape[0])[:, None]
        for row in np.flatnonzero(possible.any(axis=1)).tolist():
            found = []
            for column in np.flatnonzero(possible[row]).tolist():
                asked = nearness_asked(marks[start + row], marks[start + column])
                if asked is not None and cosines[row, column] >= asked:
                    found.append((-float(cosines[row, column]), start + row, start + column))
            yield from sorted(found)[:_MOST]


def _day(published_at: str | None) -> float:
    instant = parse_instant(published_at)
    return float("nan") if instant is None else instant.timestamp() / 86_400
