"""Splits that ask more than new stories of the same time and the same publishers: columns `split_by_*` of `default`.

    split_by_time        what was published after a day is the test, what was published before it is for training
    split_by_publisher   publishers are one or the other, whole
    split_by_language    languages are one or the other, whole

About a fifth of the decided sentences is the test. A story is divided by none of them: one with articles on both sides
is in neither. They are frozen as `split` is: the day and the side of each publisher and language stay from release to
release, and new ones join where balance improves. A column is empty where there is nothing to divide by: fewer than two
days, publishers or languages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit.records.article import parse_instant
from toolkit.release.splits import SplitRow, story_splits
from toolkit.release.tables.columns import HARDER
from toolkit.release.tables.corpus import Corpus

FRACTIONS: Final[Mapping[str, float]] = {"train": 0.8, "test": 0.2}
"""Share of the decided sentences on each side."""

Sides = dict[str, list[str | None]]
"""Column → the side of each article of a corpus; None: neither."""

Strata = Callable[[npt.NDArray[np.bool_], list[str]], Iterable[SplitRow]]
"""(sentences, group of each article) → the rows for `story_splits`."""


def harder_splits(
    corpus: Corpus, strata: Strata, *, seed: int, before: Mapping[str, Any]
) -> tuple[Sides, dict[str, Any]]:
    """Return the side of each article in each of `HARDER`, and what the next release has to keep.

    Args:
        corpus: The tables.
        strata: Gives the sentences of groups with their labels, by which the sides are balanced.
        seed: Decides between publishers, or languages, that are equally good.
        before: What the release before said has to be kept.
    """
    decided = corpus.decision_of >= 0
    weights = np.bincount(corpus.article_of[decided], minlength=corpus.articles.num_rows)
    stories = corpus.articles["story_id"].to_pylist()
    days = [_day(said) for said in corpus.articles["published_at"].to_pylist()]
    by_time, keep = _by_time(days, stories, weights, before.get(HARDER[0], {}).get("train_until"))
    sides: Sides = {HARDER[0]: by_time}
    kept: dict[str, Any] = {HARDER[0]: {"train_until": keep}}
    for column, field in zip(HARDER[1:], ("publisher", "language"), strict=True):
        groups = [None if said in (None, "", "und") else str(said) for said in corpus.articles[field].to_pylist()]
        named = np.array([group is not None for group in groups], dtype=bool)
        rows = strata(decided & named[corpus.article_of], [group or "" for group in groups])
        of_group = story_splits(rows, seed=seed, fractions=FRACTIONS, frozen=before.get(column, {}))
        if len(set(of_group.values())) < len(FRACTIONS):
            of_group = {}
        sides[column] = _undivided([of_group.get(group or "") for group in groups], stories)
        kept[column] = of_group or dict(before.get(column, {}))
    return sides, kept


def _day(said: str | None) -> str | None:
    found = parse_instant(said)
    return None if found is None else found.astimezone(UTC).date().isoformat()


def _by_time(
    days: Sequence[str | None], stories: Sequence[str], weights: npt.NDArray[np.int64], before: str | None
) -> tuple[list[str | None], str | None]:
    """Return the side of each article, and the last day of the training side."""
    rows: dict[str, int] = defaultdict(int)
    for day, weight in zip(days, weights.tolist(), strict=True):
        if day is not None and weight:
            rows[day] += weight
    last = before if before is not None else _cut(rows)
    if last is None:
        return [None] * len(days), None
    sides = [None if day is None else "train" if day <= last else "test" for day in days]
    return _undivided(sides, stories), last


def _cut(rows: Mapping[str, int]) -> str | None:
    """Return the day up to which the share of the rows is nearest to that of training; None with fewer than two."""
    ordered = sorted(rows)
    shares = np.cumsum([rows[day] for day in ordered]) / max(sum(rows.values()), 1)
    return ordered[int(np.argmin(np.abs(shares[:-1] - FRACTIONS["train"])))] if len(ordered) > 1 else None


def _undivided(sides: Sequence[str | None], stories: Sequence[str]) -> list[str | None]:
    """Return the sides with None for the articles of each story that is on both."""
    of_story: dict[str, set[str]] = defaultdict(set)
    for side, story in zip(sides, stories, strict=True):
        if side is not None:
            of_story[story].add(side)
    return [side if len(of_story[story]) == 1 else None for side, story in zip(sides, stories, strict=True)]
