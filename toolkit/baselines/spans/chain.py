"""A linear chain of tags: what the whole sentence says of every run of tokens that one tag begins and another goes on.

Lafferty, J., McCallum, A. & Pereira, F. (2001). Conditional random fields: probabilistic models for segmenting and
labeling sequence data. ICML.

The best sequence of tags is not what finds most spans: where a clause may end in four places, none of four spans is in
it, since "no span" is more probable than each. So every span is given its own probability, and a threshold decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from toolkit.baselines.data.targets import Floats

FORBIDDEN = -1e4
"""The weight of a step that no sentence takes: none goes on with a span that has not begun."""

FLOOR = 0.01
"""Spans of a smaller probability are not told."""


class Run(NamedTuple):
    """A run of tokens that may be a span.

    Attributes:
        label: Number of the label.
        first: Number of its first token.
        after: One past the last.
        probability: That it is a span with these very ends.
    """

    label: int
    first: int
    after: int
    probability: float


@dataclass(frozen=True, slots=True)
class _Passes:
    """Both passes over a sentence, on a scale by which no number gets too small.

    Attributes:
        before: [tokens, tags], log of the sum over all beginnings that end in a tag, its token included.
        after: [tokens, tags], sum over all ends, the token left out, up to a factor for each token.
        scale: [tokens], log of that factor.
        total: Log of the sum over all sequences.
    """

    before: Floats
    after: Floats
    scale: Floats
    total: float


def begin(label: int) -> int:
    """Return the tag that begins spans of a label; 0 is outside of all."""
    return 1 + 2 * label


def likely_runs(scores: Floats, steps: Floats, *, longest: int) -> list[Run]:
    """Return every run of tokens that is a span with a probability of `FLOOR` or more.

    Args:
        scores: [tokens, tags], what a token says for a tag, as weights of a sum.
        steps: [tags, tags], what a tag says for the next one.
        longest: Tokens of the longest span that is looked for.

    Returns:
        By label, length and first token.

    Examples:
        Two tokens, the first of which likely begins a span that may or may not go on.

        >>> steps = np.zeros((3, 3))
        >>> steps[0, 2] = FORBIDDEN
        >>> found = likely_runs(np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.5]]), steps, longest=5)
        >>> [(run.first, run.after, round(run.probability, 2)) for run in found]
        [(0, 1, 0.53), (1, 2, 0.28), (0, 2, 0.44)]
    """
    if not len(scores):
        return []
    passes = _passes(scores, steps)
    found: list[Run] = []
    for label in range((scores.shape[1] - 1) // 2):
        found += _runs_of(label, scores, steps, passes, longest)
    return found


def _passes(scores: Floats, steps: Floats) -> _Passes:
    count, tags = scores.shape
    top = scores.max(axis=1)
    token, step = np.exp(scores - top[:, None]), np.exp(steps)
    before, after = np.zeros((count, tags)), np.ones((count, tags))
    left, right = np.zeros(count), np.zeros(count)
    here = token[0].copy()
    here[2::2] = 0.0
    for at in range(count):
        if at:
            here = (here @ step) * token[at]
        total = here.sum()
        here = before[at] = here / total
        left[at] = np.log(total) + top[at]
    for at in range(count - 2, -1, -1):
        there = step @ (token[at + 1] * after[at + 1])
        total = there.sum()
        after[at] = there / total
        right[at] = np.log(total) + top[at + 1]
    left, right = np.cumsum(left), np.cumsum(right[::-1])[::-1]
    with np.errstate(divide="ignore"):
        return _Passes(before=np.log(before) + left[:, None], after=after, scale=right, total=float(left[-1]))


def _runs_of(label: int, scores: Floats, steps: Floats, passes: _Passes, longest: int) -> list[Run]:
    count, first_tag = len(scores), begin(label)
    inside = first_tag + 1
    on = steps[inside, inside]
    ends = [_ends(tag, inside, scores, steps, passes) for tag in (first_tag, inside)]
    walked = np.concatenate([[0.0], np.cumsum(scores[1:, inside] + on)])
    starts = passes.before[:, first_tag] - passes.total
    found = []
    for length in range(1, min(count, longest) + 1):
        last = np.arange(length - 1, count)
        chance = starts[: count - length + 1] + ends[length > 1][last]
        if length > 1:
            chance = chance + walked[last] - walked[last - length + 1] + steps[first_tag, inside] - on
        for at in np.flatnonzero(chance >= np.log(FLOOR)).tolist():
            found.append(Run(label, at, at + length, float(np.exp(chance[at]))))
    return found


def _ends(tag: int, inside: int, scores: Floats, steps: Floats, passes: _Passes) -> Floats:
    """Return [tokens], log of the sum over all that follows where a span ends with a token that has this tag."""
    if len(scores) == 1:
        return np.zeros(1)
    step = np.exp(steps[tag])
    step[inside] = 0.0
    top = scores[1:].max(axis=1)
    with np.errstate(divide="ignore"):
        after = np.log((np.exp(scores[1:] - top[:, None]) * passes.after[1:]) @ step) + top + passes.scale[1:]
    return np.append(after, 0.0)


def chosen(runs: Sequence[Run], thresholds: Sequence[float]) -> list[Run]:
    """Return the runs that reach their label's threshold, the most probable of those that share a token; by place."""
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.probability, run.first, run.after, run.label)):
        if run.probability >= thresholds[run.label] and all(
            run.after <= other.first or other.after <= run.first for other in taken
        ):
            taken.append(run)
    return sorted(taken, key=lambda run: (run.first, run.after, run.label))
