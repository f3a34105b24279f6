"""The order of what to label next: the sentences from which a model would learn most, and some drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from toolkit.baselines.data.targets import Floats
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.spans.tagger import SpanModel
from toolkit.errors import UsageError
from toolkit.records import content_id

RANDOM_SHARE = 0.5
"""Thresholds are learnt from what is labelled: where most of that is unusual, they are off everywhere else."""

_RANDOM_FIRST = "random-first"  # part of the hash by which rows are drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One sentence of the order.

    Attributes:
        sentence_id: The sentence.
        why: "random" rows were drawn without looking at them: estimates made on them alone are true of all that was
            left to choose from.
        score: What it is expected to teach × diversity, higher is sooner; 0 for random rows.
        label: The label, or span label, of which it is expected to teach most; "" for random rows.
    """

    sentence_id: str
    why: Literal["informative", "random"]
    score: float
    label: str = ""


def select(
    model: Model,
    texts: Sequence[str],
    ids: Sequence[str],
    *,
    count: int,
    labelled: Sequence[str] = (),
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> list[Selected]:
    """Return the `count` sentences to label next, in their order.

    Of a label that half of the labelled rows carry, most is learnt where the model is unsure: where the calibrated
    probability is near its threshold. Of a rare one it is learnt from the rows that carry it, so that the rarer a label
    is, the more its probability counts, and the less its uncertainty. Labels are weighted by the inverse square root
    of how often they were seen: macro F1 counts each alike. Span labels count like labels: of each, a sentence has the
    probability of its likeliest span. Diversity is 1 less the cube of the cosine similarity to the nearest sentence
    that was labelled or selected before: copies come last, what is merely alike hardly later. Random rows stand at even
    distances.

    Args:
        model: Trained on what is labelled.
        texts: N sentences that are not labelled yet.
        ids: N ids; what is drawn depends on them and on nothing else.
        count: How many; all if there are fewer.
        labelled: Sentences that are labelled already.
        random_share: Share of random rows, in [0, 1].
        seed: Another seed draws other random rows.

    Raises:
        UsageError: The share is not a share.
    """
    if not 0.0 <= random_share <= 1.0:
        raise UsageError(f"{random_share} is not a share between 0 and 1")
    order = sorted(range(len(texts)), key=lambda number: ids[number])  # equals by id, whatever order they came in
    texts, ids = [texts[number] for number in order], [ids[number] for number in order]
    by_label = _teaches(model, texts)
    names = (*model.targets.questions, *(model.tagger.labels if model.tagger else ()))
    picker = _Picker(by_label.sum(axis=1), _directions(model, texts), _directions(model, labelled))
    waiting = iter(sorted(range(len(ids)), key=lambda number: _lot(seed, ids[number])))
    found: list[Selected] = []
    for place in range(min(count, len(texts))):
        if int((place + 1) * random_share) > int(place * random_share):
            number = next(number for number in waiting if not picker.taken[number])
            picker.take(number)
            found.append(Selected(sentence_id=ids[number], why="random", score=0.0))
            continue
        number, score = picker.best()
        label = names[int(by_label[number].argmax())]
        found.append(Selected(sentence_id=ids[number], why="informative", score=round(score, 6), label=label))
    return found


def draw(ids: Sequence[str], *, count: int, seed: int = 0) -> list[Selected]:
    """Return `count` sentences drawn at random, or all if there are fewer: what to label before there is a model.

    They are those that `select` would draw first with the same seed, in the same order.

    Args:
        ids: N ids; what is drawn depends on them and on nothing else.
        count: How many.
        seed: Another seed draws others.
    """
    drawn = sorted(ids, key=lambda sentence_id: _lot(seed, sentence_id))[:count]
    return [Selected(sentence_id=sentence_id, why="random", score=0.0) for sentence_id in drawn]


def _lot(seed: int, sentence_id: str) -> str:
    """Return what a sentence is drawn by, the smallest first."""
    return content_id(_RANDOM_FIRST, seed, sentence_id)


class _Picker:
    """Takes rows one by one; what is like a row that was taken counts for less from then on.

    Attributes:
        taken: [N].
    """

    def __init__(self, teaches: Floats, directions: sp.csr_matrix, seen: sp.csr_matrix) -> None:
        self.taken = np.zeros(len(teaches), dtype=bool)
        self._teaches = teaches
        self._directions = directions
        self._columns = directions.T.tocsr()
        self._nearest = _nearest(directions, seen)

    def best(self) -> tuple[int, float]:
        """Take the row with the highest score, the first of equals."""
        scores = np.where(self.taken, -1.0, self._teaches * (1.0 - self._nearest**3))
        number = int(scores.argmax())
        self.take(number)
        return number, float(scores[number])

    def take(self, number: int) -> None:
        """Take a row."""
        self.taken[number] = True
        like = np.asarray((self._directions[number] @ self._columns).todense()).ravel()
        self._nearest = np.maximum(self._nearest, np.minimum(like, 1.0))


def _teaches(model: Model, texts: Sequence[str]) -> Floats:
    """Return [N, questions and span labels]: uncertainty mixed with probability, times the label's weight.

    A sentence is as uncertain of a span label as its likeliest span is, since one that is likely, with other ends, is
    what a tagger learns most from.
    """
    probabilities, thresholds = model.asked(texts), model.thresholds
    counts = model.facts.get("label_counts", {})
    seen, rows = [counts.get(name, 0) for name in model.targets.questions], model.facts.get("rows", 0)
    if model.tagger is not None:
        probabilities = np.hstack([probabilities, _likeliest(model.tagger, texts)])
        thresholds = np.concatenate([thresholds, [model.tagger.thresholds[name] for name in model.tagger.labels]])
        seen += [model.tagger.facts.get("span_counts", {}).get(name, 0) for name in model.tagger.labels]
    thresholds, counted = np.clip(thresholds, 1e-6, 1 - 1e-6), np.array(seen)
    below = probabilities / thresholds
    above = (1.0 - probabilities) / (1.0 - thresholds)
    uncertain = np.clip(np.minimum(below, above), 0.0, 1.0)
    common = np.clip(2.0 * counted / max(rows, 1), 0.0, 1.0) ** 2
    weights = 1.0 / np.sqrt(1.0 + counted)
    return np.asarray((common * uncertain + (1.0 - common) * probabilities) * (weights / weights.mean()))


def _likeliest(tagger: SpanModel, texts: Sequence[str]) -> Floats:
    """Return [N, span labels], the probability of the likeliest span of each."""
    found = np.zeros((len(texts), len(tagger.labels)))
    for row, pairs in zip(found, tagger.candidates(texts), strict=True):
        for span, probability in pairs:
            at = tagger.labels.index(span.label)
            row[at] = max(row[at], probability)
    return found


def _directions(model: Model, texts: Sequence[str]) -> sp.csr_matrix:
    return normalize(model.features(texts)) if len(texts) and model.blocks else sp.csr_matrix((len(texts), 1))


def _nearest(rows: sp.csr_matrix, seen: sp.csr_matrix, *, size: int = 500) -> Floats:
    """Return [N], the cosine similarity of each row to the nearest of those seen."""
    if not seen.shape[0] or rows.shape[1] != seen.shape[1]:
        return np.zeros(rows.shape[0])
    parts = [
        np.asarray((rows[start : start + size] @ seen.T).max(axis=1).todense()).ravel()
        for start in range(0, rows.shape[0], size)
    ]
    return np.minimum(np.concatenate(parts), 1.0) if parts else np.zeros(0)
