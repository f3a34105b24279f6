"""How far people agree on spans: one-to-one matches between two people, and labels of tokens.

Hripcsak, G. & Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. JAMIA
12:296: where almost everything is outside of any span, pairwise F1 is what κ tends to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from toolkit.agreement.ratings import FloatArray, IntArray
from toolkit.agreement.statistic import Parts, Statistic
from toolkit.records import Span

_TOKEN = re.compile(r"\w+|[^\w\s]")


def match(left: Sequence[Span], right: Sequence[Span], *, exact: bool = False) -> list[tuple[Span, Span]]:
    """Pair spans of the same label of two people one to one, those that share most characters first.

    Args:
        left: One person's spans of a sentence.
        right: The other's.
        exact: Only spans with the same boundaries match.
    """
    found = []
    for at, mine in enumerate(left):
        for to, theirs in enumerate(right):
            shared = min(mine.end, theirs.end) - max(mine.start, theirs.start)
            covered = max(mine.end, theirs.end) - min(mine.start, theirs.start)
            if mine.label == theirs.label and shared > 0 and (not exact or shared == covered):
                found.append((-shared / covered, at, to))
    used_left: set[int] = set()
    used_right: set[int] = set()
    pairs = []
    for _, at, to in sorted(found):
        if at not in used_left and to not in used_right:
            used_left.add(at)
            used_right.add(to)
            pairs.append((left[at], right[to]))
    return pairs


def span_f1(answers: Sequence[Sequence[Sequence[Span]]], groups: IntArray, *, exact: bool) -> Statistic:
    """Return F1 between all pairs of people: twice the matches over the spans of both, summed over sentences.

    Args:
        answers: For each sentence, each person's spans.
        groups: Cluster of each sentence.
        exact: Boundaries must be the same; otherwise an overlap is a match.
    """
    sums = np.zeros((int(groups.max()) + 1 if groups.size else 1, 2))
    for at, people in enumerate(answers):
        for left, right in combinations(people, 2):
            sums[groups[at]] += 2 * len(match(left, right, exact=exact)), len(left) + len(right)

    def parts(terms: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = terms[:, 0] / terms[:, 1]
        return observed, np.zeros_like(observed)

    return Statistic("exact_f1" if exact else "overlap_f1", sums, parts, exposed=lambda rows: rows[:, 1])


def tokens(text: str) -> list[tuple[int, int]]:
    """Return start and end of each run of letters and digits, and of each other visible character."""
    return [found.span() for found in _TOKEN.finditer(text)]


def token_labels(bounds: Iterable[tuple[int, int]], spans: Sequence[Span]) -> list[frozenset[str]]:
    """Return the labels of the spans that touch each token; the empty set outside of all."""
    return [frozenset(span.label for span in spans if span.start < end and start < span.end) for start, end in bounds]


def token_cells(
    sentences: Iterable[tuple[str, Sequence[tuple[int, Sequence[Span]]]]],
) -> Iterator[tuple[int, int, int, frozenset[str]]]:
    """Yield (sentence index, annotator, unit, labels) for each token of each sentence and each of its annotators.

    Args:
        sentences: Text and (annotator, spans) of those who answered.
    """
    unit = 0
    for at, (text, people) in enumerate(sentences):
        bounds = tokens(text)
        for annotator, spans in people:
            for offset, labels in enumerate(token_labels(bounds, spans)):
                yield at, annotator, unit + offset, labels
        unit += len(bounds)
