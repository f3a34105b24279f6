"""Training on rows that do not fit into memory: hashed features, stochastic gradient descent, a held-out sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import SGDClassifier

from toolkit.baselines.data.rows import Rows, concat
from toolkit.baselines.data.targets import Flags, Floats, Targets, flags_of
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.features import Block, FittedBlock, Sparse
from toolkit.baselines.models.ladder import LADDER
from toolkit.baselines.training.cross_validation import HeldOut, frequencies
from toolkit.errors import InvalidInput, tally
from toolkit.records import content_id

NAME = "hashing-sgd"

_HELD_OUT_ROWS = 50_000  # enough for calibration: the standard error of a frequency is below .003
_HELD_OUT_SHARE = 0.2
_ROWS_TO_SEE = 2_000_000  # small files are gone over again, at most _EPOCHS times
_EPOCHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Census:
    """What the first pass counts."""

    rows: int
    multi: bool
    labels: Counter[str]
    where: str | None


def train_stream(batches: Callable[[], Iterable[Rows]], *, seed: int = 0, positive: str | None = None) -> Model:
    """Train "hashing-sgd" in memory that does not grow with the number of rows.

    One pass counts labels; others learn from all groups but a sample (a fifth of them, and about 50,000 rows at most),
    which sets calibration and thresholds. Order matters to stochastic gradient descent: rows that are sorted by label
    should be shuffled first. The same batches and seed give the same model, bit for bit.

    Args:
        batches: Opens the rows anew for every pass, such as `lambda: iter_rows(path)`.
        seed: For the sample and the solver.
        positive: The positive label of a two-label task; left out, the rarer.

    Raises:
        InvalidInput: There are no rows or labels, or single-label and multi-label batches are mixed.
        UsageError: `positive` is not one of the labels.
    """
    census = _census(batches)
    names = tuple(sorted(census.labels))
    example = Rows(
        texts=("",) * len(names), labels=tuple((name,) for name in names), multi=census.multi, where=census.where
    )
    if positive is None and len(names) == 2 and not census.multi:
        positive = min(reversed(names), key=lambda name: census.labels[name])
    targets = Targets.of(example, positive=positive)
    share = min(_HELD_OUT_SHARE, _HELD_OUT_ROWS / census.rows)
    learner = _Learner(targets, census, seed)
    held_out: list[Rows] = []
    for epoch in range(max(1, min(_EPOCHS, _ROWS_TO_SEE // census.rows))):
        for batch in batches():
            mine = np.array([_sampled(group, seed, share) for group in batch.groups])
            learner.learn(batch.take(np.flatnonzero(~mine).tolist()))
            if epoch == 0 and mine.any():
                held_out.append(batch.take(np.flatnonzero(mine).tolist()))
    if not held_out:
        raise InvalidInput(
            f"{tally(census.rows, 'row')} in too few groups to hold any out",
            where=census.where,
            remedy="train without streaming",
        )
    return learner.model(concat(held_out))


class _Learner:
    """One gradient descent a question and strength."""

    def __init__(self, targets: Targets, census: _Census, seed: int) -> None:
        (part,) = LADDER[NAME].parts
        self._targets = targets
        self._census = census
        self._seed = seed
        self._block = part.blocks[0]
        self._vectorizer = self._block.vectorizer()
        self._strengths = part.strengths
        self._yeses = np.array([census.labels[name] for name in targets.questions], dtype=np.float64)
        self._classifiers = [[self._classifier(yes, alpha) for yes in self._yeses] for alpha in part.strengths]

    def learn(self, batch: Rows) -> None:
        """Go over a batch once."""
        if not len(batch):
            return
        features = self._vectorizer.transform(batch.texts)
        asked = self._targets.asked(batch.labels)
        for classifiers in self._classifiers:
            for classifier, flags in zip(classifiers, asked.T, strict=True):
                classifier.partial_fit(features, flags, classes=[False, True])

    def model(self, held: Rows) -> Model:
        """Calibrate on held-out rows and take the strength that does best on them."""
        judge = self._judge(held)
        features = self._vectorizer.transform(held.texts)
        options = [self._option(judge, features, classifiers) for classifiers in self._classifiers]
        number = max(range(len(options)), key=lambda option: options[option][0])
        score, weights, bias, thresholds = options[number]
        rare = [name for name, known in zip(self._targets.questions, judge.learnable, strict=True) if not known]
        facts = {
            "rows": self._census.rows,
            "groups": None,
            "label_counts": {name: self._census.labels[name] for name in self._targets.names},
            "schema": None,
            "held_out_rows": len(held),
            "held_out_macro_f1": {NAME: round(score, 6)},
            "strengths": [self._strengths[number]],
        }
        return Model(
            baseline=NAME,
            targets=self._targets,
            blocks=(FittedBlock(block=Block(kind="hashing", ngrams=self._block.ngrams), terms=()),),
            weights=weights.astype(np.float32).astype(np.float64),
            bias=bias,
            thresholds=thresholds,
            seed=self._seed,
            facts=facts,
            notes=(f"too rare in the held-out rows to learn: {', '.join(rare)}",) if rare else (),
        )

    def _classifier(self, yes: float, alpha: float) -> Any:
        rows = self._census.rows
        balance = {True: rows / (2 * max(yes, 1.0)), False: rows / (2 * max(rows - yes, 1.0))}
        return SGDClassifier(loss="log_loss", alpha=alpha, class_weight=balance, average=True, random_state=self._seed)

    def _judge(self, held: Rows) -> HeldOut:
        asked = self._targets.asked(held.labels)
        return HeldOut(
            targets=self._targets,
            truth=flags_of(held.labels, self._targets.names),
            asked=asked,
            learnable=_both(asked),
            frequencies=frequencies(self._yeses, self._census.rows),
        )

    def _option(self, judge: HeldOut, features: Sparse, classifiers: list[Any]) -> tuple[float, Floats, Floats, Floats]:
        """Return held-out macro F1, calibrated weights and bias, and thresholds."""
        weights = np.stack([classifier.coef_[0] for classifier in classifiers])
        bias = np.array([float(classifier.intercept_[0]) for classifier in classifiers])
        scores = np.asarray(features @ weights.T) + bias
        slopes, intercepts = judge.calibrate(scores)
        thresholds, score = judge.judge(slopes * scores + intercepts)
        known = judge.learnable
        constant = np.log(judge.frequencies / (1.0 - judge.frequencies))
        return (
            score,
            np.where(known[:, None], slopes[:, None] * weights, 0.0),
            np.where(known, slopes * bias + intercepts, constant),
            thresholds,
        )


def _census(batches: Callable[[], Iterable[Rows]]) -> _Census:
    labels: Counter[str] = Counter()
    kinds: set[bool] = set()
    rows, where = 0, None
    for batch in batches():
        rows += len(batch)
        kinds.add(batch.multi)
        labels.update(batch.label_counts)
        where = batch.where
    if not rows:
        raise InvalidInput("there are no rows to train on")
    if len(kinds) > 1:
        raise InvalidInput("single-label and multi-label files can't be trained on together", where=where)
    return _Census(rows=rows, multi=kinds.pop(), labels=labels, where=where)


def _sampled(group: str, seed: int, share: float) -> bool:
    """Tell whether a group is held out; depends on nothing but its id and the seed."""
    return int(content_id(seed, group)[:12], 16) < share * 16**12


def _both(asked: Flags) -> Flags:
    return np.asarray(asked.any(axis=0) & (~asked).any(axis=0))
