"""Gold labels that look wrong, by out-of-fold predictions and annotators' votes.

Northcutt, C., Jiang, L. & Chuang, I. (2021). Confident learning: estimating uncertainty in dataset labels. JAIR 70.
Goh, H. W., Tkachenko, U. & Mueller, J. (2022). CROWDLAB. arXiv:2210.06812, for several annotators.
Thyagarajan, A., Snorrason, E., Northcutt, C. & Mueller, J. (2022). Identifying incorrect annotations in multi-label
classification data. arXiv:2211.13895, for several labels.
Reimplemented: the well-kept library is AGPL-3.0.

Of several labels the worst one ranks the sentence. Measured on 36 labels with 5 % planted errors (docs/agreement.md),
the published exponential moving average over the labels finds a third as many, and probabilities held against each
label's frequency little more than half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.adjudicate.models.votes import FloatArray, IntArray
from toolkit.adjudicate.span_errors import SpanDoubt
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Decision, Suggestion
from toolkit.records.base import record

BoolArray: TypeAlias = npt.NDArray[np.bool_]


@record
class Doubt:
    """One label of a suspected decision.

    Attributes:
        label: The label.
        given: Whether the decision holds it.
        probability: What the model, which has not seen the sentence, says.
        share: Share of the annotators who gave it; None without their answers.
        quality: How far model and annotators support what the decision says, 0 to 1.
    """

    label: str
    given: bool
    probability: float
    share: float | None
    quality: float


@record
class Suspect:
    """A decision that may be wrong.

    Attributes:
        sentence_id: The sentence.
        quality: How far its least supported label is, or what is suspected of its spans, 0 to 1; the lowest first.
        confident: The model is surer of the contrary than it usually is of that answer, for some label.
        doubts: Labels with a quality below one half, or those it is confident of, the worst first.
        spans: The doubts about its spans, the worst first.
    """

    sentence_id: str
    quality: float
    confident: bool
    doubts: tuple[Doubt, ...]
    spans: tuple[SpanDoubt, ...] = ()


def label_errors(
    decisions: Iterable[Decision],
    predictions: Mapping[str, Mapping[str, float]],
    labels: Sequence[str],
    annotations: Iterable[Annotation] = (),
) -> tuple[Suspect, ...]:
    """Rank decisions from the most to the least suspicious.

    Args:
        decisions: The gold; sentences without a prediction are left out, as are experts' decisions.
        predictions: sentence_id → label → probability, from models that were not trained on the sentence.
        labels: Labels to look at.
        annotations: The answers that the decisions rest on.

    Raises:
        InvalidInput: A prediction lacks a label or is not a probability.
    """
    gold = [each for each in decisions if each.sentence_id in predictions and each.method != "expert"]
    gold.sort(key=lambda decision: decision.sentence_id)
    if not gold or not labels:
        return ()
    said = np.array([[label in decision.labels for label in labels] for decision in gold])
    chance = _probabilities(gold, predictions, labels)
    votes = _votes(gold, labels, annotations)
    columns = [_quality(said[:, at], chance[:, at], [row[:, at] for row in votes]) for at in range(len(labels))]
    quality = np.column_stack([column[0] for column in columns])
    confident = np.column_stack([column[1] for column in columns])
    suspects = [
        _suspect(decision.sentence_id, labels, said[row], chance[row], votes[row], quality[row], confident[row])
        for row, decision in enumerate(gold)
    ]
    return tuple(sorted(suspects, key=lambda suspect: (suspect.quality, suspect.sentence_id)))


def answer_probabilities(
    decisions: Iterable[Decision], answers: Mapping[str, Suggestion], labels: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return sentence_id → label → probability, from what a model of any kind answered.

    A model that has no probabilities of its own, such as a language model, is believed as far as decisions bear it out:
    the probability of a label is the share of the other sentences with the same answer on it that are decided to hold
    it, one that does and one that does not imagined with them.

    Args:
        decisions: The gold.
        answers: The model's answers by sentence_id; decisions without one are left out.
        labels: The labels.

    Examples:
        A model that says "claim" of three sentences, one of which is decided otherwise.

        >>> from toolkit.records import Decision, Suggestion
        >>> gold = [
        ...     Decision(sentence_id=name, labels=labels, schema="s@1.0.0", method="single")
        ...     for name, labels in (("a", ("claim",)), ("b", ("claim",)), ("c", ()))
        ... ]
        >>> said = {name: Suggestion(sentence_id=name, shown=None, model="m@1", labels=("claim",)) for name in "abc"}
        >>> {name: found["claim"] for name, found in answer_probabilities(gold, said, ["claim"]).items()}
        {'a': 0.5, 'b': 0.5, 'c': 0.75}
    """
    there = [each for each in decisions if each.sentence_id in answers]
    found: dict[str, dict[str, float]] = {each.sentence_id: {} for each in there}
    for label in labels:
        holds = np.array([label in each.labels for each in there], dtype=float)
        said = np.array([label in answers[each.sentence_id].labels for each in there], dtype=bool)
        for voice in (True, False):
            mine = np.flatnonzero(said == voice)
            share = (1 + holds[mine].sum() - holds[mine]) / (1 + len(mine))
            for at, chance in zip(mine.tolist(), share.tolist(), strict=True):
                name = there[at].sentence_id
                own = answers[name].probabilities.get(label)
                found[name][label] = chance if own is None else own
    return found


def with_spans(suspects: Iterable[Suspect], spans: Mapping[str, tuple[SpanDoubt, ...]]) -> tuple[Suspect, ...]:
    """Return the suspects with the doubts about their spans, ranked again.

    Args:
        suspects: Decisions by their labels.
        spans: What `span_errors` returned; sentences that are not among the suspects join them.
    """
    by_id = {each.sentence_id: each for each in suspects}
    for name, doubts in spans.items():
        before = by_id.get(name, Suspect(sentence_id=name, quality=1.0, confident=False, doubts=()))
        by_id[name] = replace(before, quality=min(before.quality, doubts[0].quality), spans=doubts)
    return tuple(sorted(by_id.values(), key=lambda suspect: (suspect.quality, suspect.sentence_id)))


def _suspect(
    sentence_id: str,
    labels: Sequence[str],
    said: BoolArray,
    chance: FloatArray,
    votes: FloatArray,
    quality: FloatArray,
    confident: BoolArray,
) -> Suspect:
    doubted = np.flatnonzero((quality < 0.5) | confident).tolist()
    doubts = [
        Doubt(
            label=labels[at],
            given=bool(said[at]),
            probability=float(chance[at]),
            share=float(votes[:, at].mean()) if len(votes) else None,
            quality=float(quality[at]),
        )
        for at in sorted(doubted, key=lambda at: (quality[at], labels[at]))
    ]
    worst, sure = float(quality.min()), bool(confident.any())
    return Suspect(sentence_id=sentence_id, quality=worst, confident=sure, doubts=tuple(doubts))


def _probabilities(
    gold: Sequence[Decision], predictions: Mapping[str, Mapping[str, float]], labels: Sequence[str]
) -> FloatArray:
    faults = [
        InvalidInput(f"no probability of {label!r}", where=f"prediction of sentence {decision.sentence_id}")
        for decision in gold
        for label in labels
        if not 0 <= predictions[decision.sentence_id].get(label, -1.0) <= 1
    ]
    if faults:
        raise InvalidInput.all_of(faults)
    return np.array([[predictions[decision.sentence_id][label] for label in labels] for decision in gold])


def _votes(gold: Sequence[Decision], labels: Sequence[str], annotations: Iterable[Annotation]) -> list[FloatArray]:
    """Return, for each decision, who of its voters gave which label: (voters, labels) of 0 and 1, by annotation_id."""
    cast: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        cast[annotation.sentence_id].append(annotation)
    found: list[FloatArray] = []
    for decision in gold:
        counted = sorted(
            (answer for answer in cast[decision.sentence_id] if answer.annotation_id in decision.votes),
            key=lambda answer: answer.annotation_id,
        )
        rows = [[float(label in answer.labels) for label in labels] for answer in counted]
        found.append(np.array(rows).reshape(len(rows), len(labels)))
    return found


def _quality(said: BoolArray, chance: FloatArray, votes: Sequence[FloatArray]) -> tuple[FloatArray, BoolArray]:
    """Return how far each decision on one label is supported, and where the model is confident of the contrary."""
    usual_yes = chance[said].mean() if said.any() else 1.0
    usual_no = (1 - chance[~said]).mean() if (~said).any() else 1.0
    confident = np.where(said, 1 - chance >= usual_no, chance >= usual_yes)
    own = np.where(said, chance, 1 - chance)
    support = np.array(
        [(row == decided).mean() if len(row) else np.nan for row, decided in zip(votes, said, strict=True)]
    )
    voters = np.array([len(row) for row in votes])
    weight_model, weight_voter = _weights(said, chance, support, voters)
    total = weight_model + weight_voter * voters
    with np.errstate(invalid="ignore", divide="ignore"):
        both = (weight_model * own + weight_voter * voters * np.nan_to_num(support)) / total
    return np.where(voters > 0, both, own), confident & (own < 0.5)


def _weights(said: BoolArray, chance: FloatArray, support: FloatArray, voters: IntArray) -> tuple[float, float]:
    """Return how far the model and one voter are trusted: the share of a constant answer's errors that they avoid."""
    several = voters > 1  # a lone voter agrees with the decision by construction
    constant = min(said.mean(), 1 - said.mean())
    if constant == 0 or not several.any():
        return 1.0, 1.0
    wrong_model = ((chance >= 0.5) != said).mean()
    wrong_voter = 1 - np.average(support[several], weights=voters[several])
    model = max(1 - wrong_model / constant, 1e-6) * np.sqrt(voters[voters > 0].mean())
    return float(model), float(max(1 - wrong_voter / constant, 1e-6))
