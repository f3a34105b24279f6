"""Score as a function of how much was labelled: a − b · n^−c, and what more would add.

Learning curves: held-out score against how much was labelled, and what more labels are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from toolkit.agreement.intervals import plain
from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.data.rows import LabelsByAnnotator, Rows
from toolkit.baselines.data.targets import Floats, Ints, flags_of
from toolkit.baselines.evaluation.grouped_counts import GroupedCounts, overall_scores
from toolkit.baselines.evaluation.metrics import macro_f1
from toolkit.baselines.models.ladder import AUTO
from toolkit.baselines.training.fit import train
from toolkit.errors import InvalidInput
from toolkit.records import Estimate, content_id

PARAMETERS = 3
"""What is fitted: a, b and c."""

_EXPONENTS = np.linspace(0.1, 1.5, 29)


def extrapolate(amounts: Floats, scores: Floats, wanted: Floats) -> Floats:
    """Fit a − b · n^−c with b ≥ 0 and a ≤ 1 to each row of scores and read it at other amounts.

    The form is that of Figueroa et al. (2012, "Predicting sample size required for classification performance");
    c is taken from a grid, where the rest is linear least squares, so that equal input gives equal output. A curve
    that does not rise is flat: more adds nothing. Later points weigh more, since they are what is carried on from.

    Args:
        amounts: [P], how much each point was trained on, rising, above 0.
        scores: [R, P], a row for each resample.
        wanted: [W], amounts to read the curve at.

    Returns:
        [R, W].
    """
    weights = amounts / amounts.sum()
    best = np.full(len(scores), np.inf)
    found = np.zeros((len(scores), len(wanted)))
    for exponent in _EXPONENTS:
        ceiling, slope = _line(amounts**-exponent, scores, weights)
        error = (weights * (ceiling[:, None] - slope[:, None] * amounts**-exponent - scores) ** 2).sum(axis=1)
        better = error < best - 1e-12
        best[better] = error[better]
        found[better] = ceiling[better, None] - slope[better, None] * wanted**-exponent
    return found


def _line(shape: Floats, scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return ceilings and slopes [R] of scores = ceiling − slope · shape, by weighted least squares."""
    middle, means = float((weights * shape).sum()), (weights * scores).sum(axis=1)
    spread = float((weights * (shape - middle) ** 2).sum())
    slope = -(weights * (shape - middle) * (scores - means[:, None])).sum(axis=1) / spread
    slope = np.maximum(slope, 0.0)
    ceiling = means + slope * middle
    over = ceiling > 1.0  # no score is above 1: hold the ceiling there and fit the slope alone
    through = ((1.0 - scores) * weights * shape).sum(axis=1) / float((weights * shape**2).sum())
    return np.where(over, 1.0, ceiling), np.where(over, through, slope)


_SHARES = (0.125, 0.25, 0.5, 0.75, 1.0)
_FOLDS = 4
_FARTHEST = 10  # times what was labelled: a curve is not carried on for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Held-out macro F1 after training on so much.

    Attributes:
        amount: Sentences, or annotators a sentence.
        macro_f1: With its interval over groups.
    """

    amount: float
    macro_f1: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What labelling has brought so far, and what more of it is expected to bring.

    Attributes:
        of: What is counted: "sentences" or "annotators".
        baseline: The rung that was trained.
        points: By amount.
        more: How much is added to the last point.
        gain: Macro F1 that this is expected to add, with its interval; unknown where it is far more than there is.
    """

    of: Literal["sentences", "annotators"]
    baseline: str
    points: tuple[Point, ...]
    more: int
    gain: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as JSON-able values, with the sentence for people."""
        return {**asdict(self), "points": [asdict(point) for point in self.points], "summary": self.summary}

    @property
    def summary(self) -> str:
        """The extrapolation as a sentence for people."""
        what, verb = ("sentences", "are") if self.of == "sentences" else ("annotator a sentence", "is")
        if self.gain.value is None or self.gain.low is None or self.gain.high is None:
            return f"what another {self.more} {what} {verb} worth can't be told from so few"
        interval = f"95 % interval {self.gain.low:.3f} to {self.gain.high:.3f}"
        return f"another {self.more} {what} {verb} worth about {self.gain.value:.3f} macro F1 ({interval})"


def cheap_rung(baseline: str) -> str:
    """Return the baseline for a curve, which trains many times: "words-lr" in place of "auto"."""
    return "words-lr" if baseline in AUTO else baseline


def sentence_curve(
    rows: Rows, *, baseline: str = "words-lr", more: int = 500, seed: int = 0, resamples: int = 500
) -> Curve:
    """Train on growing shares of the groups and judge each on the same held-out groups.

    Each share is a part of the next; every row is held out once. The interval of the gain is that of refitting the
    curve to resampled groups and to scores that scatter about the curve as the measured ones do.

    Args:
        rows: Labelled sentences of at least ten groups.
        baseline: A name on the ladder; "auto" stands for a cheap one, since it is trained 20 times.
        more: Sentences that might be added.
        seed: For folds, shares, solvers and the bootstrap.
        resamples: For the interval of the gain.

    Raises:
        InvalidInput: There are too few groups, or fewer than two different answers.
        UsageError: There is no such baseline.
    """
    baseline = cheap_rung(baseline)
    if len(set(rows.labels)) < 2:
        raise InvalidInput(f"every row is labelled {_told(rows.labels)}: there is nothing to learn", where=rows.where)
    folds = _folds(rows, seed)
    answers: list[list[tuple[str, ...]]] = [[()] * len(rows) for _ in _SHARES]
    amounts = np.zeros(len(_SHARES))
    for fold in range(_FOLDS):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        order = _by_group(rows, rest, seed)
        for number, share in enumerate(_SHARES):
            part = order[: max(1, round(share * len(order)))]
            _answer(answers[number], rows, rows.take(part), held.tolist(), baseline, seed)
            amounts[number] += len(part) / _FOLDS
    return _curve("sentences", baseline, rows, amounts, answers, more, resamples, seed)


def annotator_curve(
    rows: Rows, answers: LabelsByAnnotator, *, baseline: str = "words-lr", seed: int = 0, resamples: int = 500
) -> Curve:
    """Train on the majority of 1, 2, … annotators' answers and judge on what was decided.

    Sentences that fewer people answered are left out. An even vote is a label for multi-label rows and goes to the
    first of the drawn people for single-label ones.

    Args:
        rows: Decided sentences.
        answers: What people said of them, by `rows.ids`.
        baseline: A name on the ladder.
        seed: For which people are drawn, folds, solvers and the bootstrap.
        resamples: For the interval of the gain.

    Raises:
        InvalidInput: Fewer than two people answered any ten groups, or they always agreed.
    """
    baseline = cheap_rung(baseline)
    said = {row_id: _drawn(row_id, answers, seed) for row_id in rows.ids}
    most = max((len(people) for people in said.values()), default=0)
    while most > 1 and sum(len(people) >= most for people in said.values()) < len(rows) / 2:
        most -= 1
    if most < 2:
        raise InvalidInput("nearly every sentence was answered by one person", where=rows.where)
    rows = rows.take(number for number, row_id in enumerate(rows.ids) if len(said[row_id]) >= most)
    if all(len(set(said[row_id])) == 1 for row_id in rows.ids):
        raise InvalidInput(
            "people agree on every sentence that was decided, so that one answer is as good as several; sentences on "
            "which they differ count once an expert has decided them",
            where=rows.where,
            remedy="run `toolkit adjudicate --push`",
        )
    folds = _folds(rows, seed)
    held_out: list[list[tuple[str, ...]]] = [[()] * len(rows) for _ in range(most)]
    for people in range(1, most + 1):
        voted = replace(rows, labels=tuple(_majority(said[row_id][:people], rows.multi) for row_id in rows.ids))
        for fold in range(_FOLDS):
            rest = np.flatnonzero(folds != fold).tolist()
            held = np.flatnonzero(folds == fold).tolist()
            _answer(held_out[people - 1], rows, voted.take(rest), held, baseline, seed)
    amounts = np.arange(1, most + 1).astype(np.float64)
    return _curve("annotators", baseline, rows, amounts, held_out, 1, resamples, seed)


def _folds(rows: Rows, seed: int) -> Ints:
    groups = len(set(rows.groups))
    if groups < 10:
        raise InvalidInput(
            f"a learning curve needs 10 stories, and there {'is 1' if groups == 1 else f'are {groups}'}",
            where=rows.where,
            remedy="label sentences of more stories first",
        )
    return grouped_folds(flags_of(rows.labels, rows.label_names), rows.groups, count=_FOLDS, seed=seed).number


def _told(labels: Sequence[tuple[str, ...]]) -> str:
    return ", ".join(map(repr, labels[0])) if labels and labels[0] else "with nothing"


def _by_group(rows: Rows, numbers: Ints, seed: int) -> list[int]:
    """Return row numbers with groups shuffled, each together."""
    return sorted(numbers.tolist(), key=lambda number: (content_id("curve", seed, rows.groups[number]), number))


def _answer(into: list[tuple[str, ...]], rows: Rows, part: Rows, held: Sequence[int], baseline: str, seed: int) -> None:
    """Put the answers of a model of `part` for the held-out rows where they belong."""
    if not part.label_names:
        return
    model = train(part, baseline=baseline, seed=seed, folds=3)
    for number, given in zip(held, model.predict([rows.texts[number] for number in held]), strict=True):
        into[number] = given


def _curve(
    of: Literal["sentences", "annotators"],
    baseline: str,
    rows: Rows,
    amounts: Floats,
    answers: Sequence[Sequence[tuple[str, ...]]],
    more: int,
    resamples: int,
    seed: int,
) -> Curve:
    gold = flags_of(rows.labels, rows.label_names)
    counted = [GroupedCounts(gold, flags_of(given, rows.label_names), rows.groups) for given in answers]
    whole = np.array([macro_f1(grouped.totals) for grouped in counted])
    stories = counted[0].stories
    drawn = np.random.default_rng(seed).multinomial(stories, np.full(stories, 1 / stories), size=resamples)
    draws = np.stack([macro_f1(np.tensordot(drawn, grouped.table, axes=1)) for grouped in counted], axis=1)
    return Curve(
        of=of,
        baseline=baseline,
        points=tuple(
            Point(amount=round(float(amount), 2), macro_f1=overall_scores(grouped)["macro_f1"])
            for amount, grouped in zip(amounts, counted, strict=True)
        ),
        more=more,
        gain=expected_gain(amounts, whole, draws, more=more, seed=seed),
    )


def expected_gain(amounts: Floats, whole: Floats, draws: Floats, *, more: int, seed: int) -> Estimate:
    """Return what more labels are expected to add to a score, read off the curve through the scores.

    Its interval comes of the curves through the draws. They differ by which groups are judged; how far a score depends
    on what was trained on is read off the distances of the scores from their own curve, and added to the draws as
    noise.

    Args:
        amounts: How much each point was trained on, rising, shape (points,).
        whole: Scores, shape (points,).
        draws: Scores of each resample, shape (resamples, points).
        more: How much is added to the last amount; beyond ten times the last amount no gain is told.
        seed: Of the noise.
    """
    if more > _FARTHEST * amounts[-1]:
        return Estimate(value=None, reason=f"{more:,} more is too far beyond what is labelled")
    fitted = extrapolate(amounts, whole[None, :], amounts)[0]
    free = max(len(amounts) - PARAMETERS, 1)
    spread = float(np.sqrt(((whole - fitted) ** 2).sum() / free))
    noisy = np.nan_to_num(draws) + np.random.default_rng(seed).normal(0.0, spread, draws.shape)
    scores = np.concatenate([whole[None, :], noisy])
    read = extrapolate(amounts, scores, np.array([amounts[-1], amounts[-1] + more]))
    gains = np.minimum(read[:, 1] - read[:, 0], np.maximum(1.0 - scores[:, -1], 0.0))  # no score passes 1
    if len(gains) < 2:
        return Estimate(value=plain(gains[0]), reason="there are no resamples to show how far it varies")
    low, high = np.percentile(gains[1:], [2.5, 97.5])
    return Estimate(value=plain(gains[0]), low=plain(low), high=plain(high), method="percentile")


def _drawn(row_id: str, answers: LabelsByAnnotator, seed: int) -> list[tuple[str, ...]]:
    """Return what people said of a row, in an order that differs from row to row."""
    people = sorted(
        (name for name in answers if row_id in answers[name]), key=lambda name: content_id(seed, row_id, name)
    )
    return [answers[name][row_id] for name in people]


def _majority(said: Sequence[tuple[str, ...]], multi: bool) -> tuple[str, ...]:
    names = sorted({name for given in said for name in given})
    votes = {name: sum(name in given for given in said) for name in names}
    if multi:
        return tuple(name for name in names if 2 * votes[name] >= len(said))
    return (max(said[0] + tuple(names), key=lambda name: votes[name]),)
