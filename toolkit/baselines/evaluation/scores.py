"""The evaluation of a model: scores with intervals, by label and by slice, and its mistakes with the deciding words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from toolkit.baselines.data.rows import LabelsByAnnotator, Rows, listed
from toolkit.baselines.data.targets import Floats, flags_of
from toolkit.baselines.evaluation.curves import LabelCurve, label_curves
from toolkit.baselines.evaluation.grouped_counts import (
    GroupedCounts,
    PairedTest,
    ScoredRows,
    label_scores,
    overall_scores,
    paired_test,
)
from toolkit.baselines.evaluation.metrics import probability_scores
from toolkit.baselines.evaluation.score_attribution import ScoreChange
from toolkit.baselines.evaluation.slices import SliceScores, slices
from toolkit.baselines.models.baseline import Model
from toolkit.errors import InvalidInput, tally
from toolkit.records import Estimate

NO_LABEL = "(none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScores:
    """One label's scores; None where undefined.

    Attributes:
        label: Its name.
        support: Rows that carry it.
        given: Rows that were given it.
        precision: Right ones among the given.
        recall: Found ones among those that carry it.
        f1: Their harmonic mean, with its interval.
        average_precision: Area under precision over recall; the frequency of the label is what chance reaches.
        calibration_error: Expected calibration error over five bins, less what chance adds; 0 is best.
        intervals: "precision", "recall", "average_precision" and "calibration_error" → the bounds of their intervals.
    """

    label: str
    support: int
    given: int
    precision: float | None
    recall: float | None
    f1: Estimate
    average_precision: float | None
    calibration_error: float | None
    intervals: Mapping[str, tuple[float | None, float | None]]

    def estimate(self, name: str) -> Estimate:
        """Return a score that is in `intervals`, with its interval."""
        low, high = self.intervals[name]
        return Estimate(value=getattr(self, name), low=low, high=high, method="none" if low is None else "percentile")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoOccurrence:
    """How often two labels stand together on a row.

    Attributes:
        labels: The two, in the order of the alphabet.
        gold: Rows that carry both.
        given: Rows that were given both.
    """

    labels: tuple[str, str]
    gold: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorScores:
    """One person against gold, beside the model on the same rows: the human ceiling."""

    annotator: str
    rows: int
    macro_f1: Estimate
    model_macro_f1: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """A label that was wrongly given or missed.

    Attributes:
        id: Sentence id.
        text: The sentence.
        label: The label in question.
        fault: "missed" or "false".
        probability: What the model gave the label.
        gold: The true labels.
        given: The model's labels.
        words: Terms that weighed most for (positive) or against the label, in log-odds.
    """

    id: str
    text: str
    label: str
    fault: str
    probability: float
    gold: tuple[str, ...]
    given: tuple[str, ...]
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How a model answers labelled rows.

    Attributes:
        baseline: The model's rung.
        rows: Number of rows.
        groups: Number of stories (or articles) that the intervals are over.
        macro_f1: Mean F1 over labels that occur or were given.
        macro_f1_untuned: The same with every threshold at one half: where training's thresholds do worse, the label
            frequencies have shifted.
        micro_f1: F1 of all labels' counts together; of single labels it equals accuracy.
        accuracy: Share of rows whose labels are all right.
        positive: The label that was asked for, or the positive one of a two-label task.
        f1_positive: Its F1.
        labels: Scores a label.
        confusion: gold → given → rows. For multi-label rows: how often the model gives a label where gold has
            another (or the same) one; "(none)" stands for a row without a label.
        co_occurrence: Pairs of labels that stand together, in gold or in what was given; of multi-label rows.
        slices: By source, language, year, length and whether the text, or one nearly like it, was trained on.
        ceiling: Every annotator against gold, if answers were given.
        errors: The surest mistakes first.
        notes: What a reader must know.
        moves: From an older release to this one, step by step, if an older one was named.
        curves: Precision over recall, and frequency over probability, a label.
    """

    baseline: str
    rows: int
    groups: int
    macro_f1: Estimate
    macro_f1_untuned: Estimate
    micro_f1: Estimate
    accuracy: Estimate
    positive: str | None
    f1_positive: Estimate | None
    labels: tuple[LabelScores, ...]
    confusion: Mapping[str, Mapping[str, int]]
    co_occurrence: tuple[CoOccurrence, ...]
    slices: tuple[SliceScores, ...]
    ceiling: tuple[AnnotatorScores, ...]
    errors: tuple[ErrorRow, ...]
    notes: tuple[str, ...]
    moves: tuple[ScoreChange, ...] = ()
    curves: tuple[LabelCurve, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, numbers and strings."""
        plain_form: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain_form


def evaluate(
    model: Model,
    rows: Rows,
    *,
    positive: str | None = None,
    trained_on: Collection[str] = (),
    answers: LabelsByAnnotator | None = None,
    max_errors: int = 200,
) -> Evaluation:
    """Hold a model against labelled rows.

    Args:
        model: The model.
        rows: At least one row, of the model's kind (single-label or multi-label).
        positive: A label to tell the F1 of beside the overall scores; left out, the positive one of two.
        trained_on: Texts of the training rows, to tell apart rows that stand there, exactly or nearly.
        answers: What each annotator said, for the human ceiling.
        max_errors: How many mistakes to list.

    Raises:
        InvalidInput: There are no rows, or the model answers another kind of question.
    """
    _check(model, rows)
    model = model.remembering()
    names = sorted({*model.labels, *rows.label_names})
    given_labels = model.predict(rows.texts)
    scored = ScoredRows(rows, names, flags_of(rows.labels, names), flags_of(given_labels, names))
    probabilities = np.zeros((len(rows), len(names)))
    probabilities[:, [names.index(name) for name in model.labels]] = model.predict_proba(rows.texts)
    everything = np.ones(len(rows), dtype=bool)
    grouped = scored.grouped(everything)
    overall = overall_scores(grouped)
    labels = _label_scores(scored, grouped, probabilities)
    positive, parts = positive or model.targets.positive, slices(scored, trained_on)
    return Evaluation(
        baseline=model.baseline,
        rows=len(rows),
        groups=grouped.stories,
        macro_f1=overall["macro_f1"],
        macro_f1_untuned=scored.answered(_untuned(model).predict(rows.texts)).scored(everything)["macro_f1"],
        micro_f1=overall["micro_f1"],
        accuracy=overall["accuracy"],
        positive=positive,
        f1_positive=next((item.f1 for item in labels if item.label == positive), None),
        labels=labels,
        confusion=_confusion(rows.labels, given_labels),
        co_occurrence=_co_occurrence(rows.labels, given_labels),
        slices=parts,
        ceiling=_ceiling(scored, answers or {}),
        errors=_errors(model, scored, probabilities, given_labels, max_errors),
        notes=_notes(model, rows, parts),
        curves=label_curves(names, scored.gold, probabilities, rows.groups),
    )


def compare(first: Model, second: Model, rows: Rows, *, seed: int = 0, swaps: int = 1000) -> PairedTest:
    """Test whether two models differ on the same rows by more than chance; see `grouped_counts.paired_test`.

    Raises:
        InvalidInput: There are no rows, or a model answers another kind of question.
    """
    for model in (first, second):
        _check(model, rows)
    names = sorted({*first.labels, *second.labels, *rows.label_names})
    gold = flags_of(rows.labels, names)
    one, other = (
        GroupedCounts(gold, flags_of(model.predict(rows.texts), names), rows.groups) for model in (first, second)
    )
    return paired_test(one, other, seed=seed, swaps=swaps)


def _check(model: Model, rows: Rows) -> None:
    if not len(rows):
        raise InvalidInput("there are no rows to evaluate on", where=rows.where)
    check_kind(rows, multi=model.targets.multi)


def check_kind(rows: Rows, *, multi: bool) -> None:
    """Refuse rows of another kind than the model's.

    Raises:
        InvalidInput: The rows are single-label and the model is not, or the other way round.
    """
    if rows.multi != multi:
        kinds = ("one label", "any number of labels")
        raise InvalidInput(
            f"the rows give a sentence {kinds[rows.multi]}, the model {kinds[multi]}",
            where=rows.where,
            remedy="train and judge on rows of one kind: `toolkit train`",
        )


def _untuned(model: Model) -> Model:
    return replace(model, thresholds=np.full_like(model.thresholds, 0.5))


def _notes(model: Model, rows: Rows, parts: Sequence[SliceScores]) -> tuple[str, ...]:
    unseen = sorted(set(rows.label_names) - set(model.labels))
    notes, counts_of = list(model.notes), rows.label_counts
    if unseen:
        named = listed([f"{name} ({tally(counts_of[name], 'row')})" for name in unseen])
        notes.append(f"labels that training never saw, counted as missed: {named}")
    stand = {part.value: part.rows for part in parts if part.column == "training"}
    known = stand.get("seen", 0) + stand.get("nearly seen", 0)
    if known:
        notes.append(
            f"{known:,} of {tally(len(rows), 'row')} to judge on stand in the training rows too, exactly or nearly, "
            "which flatters; `evaluate --full` and metrics.json score the others apart"
        )
    return tuple(notes)


def _label_scores(scored: ScoredRows, grouped: GroupedCounts, probabilities: Floats) -> tuple[LabelScores, ...]:
    answered = label_scores(grouped)
    probable = probability_scores(scored.gold, probabilities, scored.rows.groups)
    return tuple(_scores_of(scored, number, answered[number] | probable[number]) for number in range(len(scored.names)))


def _scores_of(scored: ScoredRows, number: int, found: dict[str, Estimate]) -> LabelScores:
    return LabelScores(
        label=scored.names[number],
        support=int(scored.gold[:, number].sum()),
        given=int(scored.given[:, number].sum()),
        f1=found.pop("f1"),
        precision=found["precision"].value,
        recall=found["recall"].value,
        average_precision=found["average_precision"].value,
        calibration_error=found["calibration_error"].value,
        intervals={name: each.interval for name, each in found.items()},
    )


def _confusion(gold: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]]) -> dict[str, dict[str, int]]:
    pairs = Counter(
        (true, said)
        for row, answer in zip(gold, given, strict=True)
        for true in row or (NO_LABEL,)
        for said in answer or (NO_LABEL,)
    )
    return {
        true: {said: number for (one, said), number in sorted(pairs.items()) if one == true}
        for true, _ in sorted(pairs)
    }


def _co_occurrence(gold: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]]) -> tuple[CoOccurrence, ...]:
    there, said = (Counter(pair for row in rows for pair in combinations(sorted(row), 2)) for rows in (gold, given))
    return tuple(CoOccurrence(labels=pair, gold=there[pair], given=said[pair]) for pair in sorted({*there, *said}))


def _ceiling(scored: ScoredRows, answers: LabelsByAnnotator) -> tuple[AnnotatorScores, ...]:
    items = []
    for annotator, said in sorted(answers.items()):
        chosen = np.array([row_id in said for row_id in scored.rows.ids])
        if not chosen.any():
            continue
        human = scored.answered([said.get(row_id, ()) for row_id in scored.rows.ids])
        items.append(
            AnnotatorScores(
                annotator=annotator,
                rows=int(chosen.sum()),
                macro_f1=human.scored(chosen)["macro_f1"],
                model_macro_f1=scored.scored(chosen)["macro_f1"],
            )
        )
    return tuple(items)


def _errors(
    model: Model, scored: ScoredRows, probabilities: Floats, given: Sequence[tuple[str, ...]], limit: int
) -> tuple[ErrorRow, ...]:
    """List mistakes, those first in which the model was surest; of a single-label row only what was wrongly given."""
    wrong = scored.gold != scored.given
    if not scored.rows.multi:
        wrong &= scored.given
    sure = np.where(scored.given, probabilities, 1.0 - probabilities)
    places = sorted(zip(*np.nonzero(wrong), strict=True), key=lambda place: (-sure[place], place))
    return tuple(
        ErrorRow(
            id=scored.rows.ids[row],
            text=scored.rows.texts[row],
            label=scored.names[column],
            fault="false" if scored.given[row, column] else "missed",
            probability=round(float(probabilities[row, column]), 6),
            gold=scored.rows.labels[row],
            given=given[row],
            words=tuple(model.deciding_words(scored.rows.texts[row], scored.names[column]))
            if scored.names[column] in model.labels
            else (),
        )
        for row, column in places[:limit]
    )
