"""The decisions: what the answers agree on, with the rest in a queue for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from toolkit.adjudicate.aggregation import LabelBeliefs, label_beliefs, trust
from toolkit.adjudicate.ballot import CompetingAnswer, Dispute, answer_key, ballots
from toolkit.adjudicate.decision_log import LoggedDecision, rests_on
from toolkit.adjudicate.model_voice import PEOPLE_AND_MODELS, with_models
from toolkit.adjudicate.models.votes import FloatArray
from toolkit.adjudicate.span_merge import Merged, merge
from toolkit.errors import tally
from toolkit.records import Annotation, Decision, Voters
from toolkit.schema import Schema, validate

THRESHOLD = 0.7
"""A model's probability from which on a label counts as decided, and 1 − it as refused."""

_NO_EXPERTS: Mapping[str, Decision] = MappingProxyType({})
_NO_LOG: Mapping[str, LoggedDecision] = MappingProxyType({})
_NO_MODELS: Mapping[str, tuple[Annotation, ...]] = MappingProxyType({})
_NO_LOOKS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_SELF_EVIDENT = ("single", "unanimous")  # methods that look at nothing but a sentence's own answers


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of a run, and the sentences that people must decide.

    Every sentence with an answer or an expert's word is either decided or queued; one that is in for a second look is
    both.

    Attributes:
        decided: By sentence_id.
        queue: By sentence_id.
        logged: For the decision log, by sentence_id: each sentence that its own answers alone do not settle and no
            expert has decided.
        would_change: Sentences that keep an earlier decision which today's answers would change, by sentence_id.
    """

    decided: tuple[Decision, ...]
    queue: tuple[Dispute, ...]
    logged: tuple[LoggedDecision, ...] = ()
    would_change: tuple[str, ...] = ()


def decide(
    annotations: Iterable[Annotation],
    schema: Schema,
    *,
    method: Voters = "auto",
    threshold: float | None = None,
    least: int = 1,
    experts: Mapping[str, Decision] = _NO_EXPERTS,
    earlier: Mapping[str, LoggedDecision] = _NO_LOG,
    second_looks: Mapping[str, tuple[str, ...]] = _NO_LOOKS,
    models: Mapping[str, tuple[Annotation, ...]] = _NO_MODELS,
) -> Decisions:
    """Decide each sentence from all its answers; what is not safe goes to the queue with its cause.

    An expert's word stands. One answer stands as "single", equal answers as "unanimous". Otherwise each label needs a
    probability of `threshold` or at most 1 − `threshold` under `method`, each span, attribute and relation more than
    half of the annotators (a number is the median, weighted by `trust`), and the whole must keep the schema's rules. A
    tie is never decided by chance: it is queued. The result does not depend on the order of the input.

    Args:
        annotations: Answers; skipped ones do not vote, and of several by one person the last counts.
        schema: The schema to decide under.
        method: How votes on a label become probabilities.
        threshold: Above 0.5; by default more than half of the votes for "majority" and "weighted", else `THRESHOLD`.
        least: Answers that a decision needs; a sentence with fewer is queued.
        experts: Experts' decisions by sentence_id.
        earlier: Earlier decisions by sentence_id, see `decision_log`: one that rests on the present answers and rules
            is kept, so that new answers change only the sentences that they touch.
        second_looks: sentence_id → causes, for sentences that are queued although they are decided, until an expert
            has spoken.
        models: Answers of models by sentence_id, for the method "people+models": they are heard on labels that people
            differ on, and break an even split where they are known to be right; see `model_voice`.

    Raises:
        InvalidInput: Answers use labels, spans or relations that the schema does not have.
        UsageError: There is no such method.
    """
    votes = ballots(annotations, schema)
    people = label_beliefs(votes, schema, "auto" if method == "people+models" else method)
    weights = trust(votes, people)
    beliefs = with_models(people, models) if method == PEOPLE_AND_MODELS else people
    rules = [schema.digest, method, None if threshold is None else repr(threshold)]
    rules += [f"least {least}"] if least > 1 else []
    decided = dict(experts)
    queue: list[Dispute] = []
    logged: list[LoggedDecision] = []
    would_change: list[str] = []
    for at, sentence_id in enumerate(beliefs.sentences):
        if sentence_id in experts:
            continue
        ballot = _Ballot(votes[sentence_id], schema, beliefs, at, weights, models.get(sentence_id, ()))
        outcome = ballot.decide(threshold, least)
        if isinstance(outcome, Dispute) or outcome.method not in _SELF_EVIDENT:
            digest = rests_on((*ballot.answers, *ballot.models), *rules)
            now = LoggedDecision(sentence_id=sentence_id, rests_on=digest, outcome=outcome)
            before = earlier.get(sentence_id)
            kept = before if before is not None and before.rests_on == digest else now
            if kept.content != now.content:
                would_change.append(sentence_id)
            logged.append(kept)
            outcome = kept.outcome
        if isinstance(outcome, Dispute):
            queue.append(outcome)
            continue
        decided[sentence_id] = outcome
        if sentence_id in second_looks:
            queue.append(ballot.dispute(second_looks[sentence_id]))
    return Decisions(tuple(decided[key] for key in sorted(decided)), tuple(queue), tuple(logged), tuple(would_change))


@dataclass(frozen=True, slots=True)
class _Ballot:
    """The answers to one sentence, with what the votes on all sentences say of its labels."""

    answers: tuple[Annotation, ...]
    schema: Schema
    beliefs: LabelBeliefs
    at: int
    weights: Mapping[str, float]
    models: tuple[Annotation, ...] = ()

    @property
    def sentence_id(self) -> str:
        return self.answers[0].sentence_id

    def decide(self, threshold: float | None, least: int) -> Decision | Dispute:
        first = self.answers[0]
        if (given := len(self.answers)) < least:
            return self.dispute((f"{tally(given, 'answer')}, and {least} are needed",))
        if len({answer_key(answer) for answer in self.answers}) == 1:
            method = "single" if len(self.answers) == 1 else "unanimous"
            whole = Merged(first.spans, first.relations, (), first.fields)
            return self._checked(first.labels, whole, method, self.beliefs.shares[self.at])
        labels, causes, methods = self._labels(threshold)
        merged = merge(self.answers, self.schema, self.weights)
        if causes or merged.causes:
            return self.dispute((*causes, *merged.causes))
        return self._checked(labels, merged, methods, self.beliefs.probabilities[self.at])

    def _labels(self, threshold: float | None) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        chosen: list[str] = []
        causes: list[str] = []
        methods: set[str] = set()
        for label, share, probability, method, heard in zip(
            self.beliefs.labels,
            self.beliefs.shares[self.at],
            self.beliefs.probabilities[self.at],
            self.beliefs.methods,
            self._heard,
            strict=True,
        ):
            if share in (0.0, 1.0):  # what all say of it is not in question, whatever a model thinks of them
                holds: bool | None = bool(share)
            elif heard:
                methods.add(PEOPLE_AND_MODELS)
                holds = _holds(probability, PEOPLE_AND_MODELS, threshold)
            elif share == 0.5:  # an even split stays one: no assumption on annotators breaks it
                holds = None
            else:
                methods.add(method)
                holds = _holds(probability, method, threshold)
            if holds is None:
                causes.append(f"{label}: {share:.0%} of {len(self.answers)} say so, probability {probability:.2f}")
            elif holds:
                chosen.append(label)
        return tuple(sorted(chosen)), tuple(causes), _named(methods)

    def _checked(self, labels: tuple[str, ...], merged: Merged, method: str, soft: FloatArray) -> Decision | Dispute:
        breaches = validate(self.schema, labels, merged.spans, merged.relations, merged.fields)
        if breaches:
            return self.dispute(tuple(f"breaks {breach.rule}: {breach.message}" for breach in breaches))
        return Decision(
            sentence_id=self.sentence_id,
            labels=labels,
            spans=merged.spans,
            relations=merged.relations,
            schema=self.schema.ref,
            method=method,
            votes=self._votes(method),
            soft_labels=self._soft(soft),
            note="; ".join(merged.open) or None,
            fields=merged.fields,
        )

    @property
    def _heard(self) -> Sequence[bool]:
        beliefs = self.beliefs
        return [False] * len(beliefs.labels) if beliefs.heard is None else beliefs.heard[self.at].tolist()

    def _votes(self, method: str) -> tuple[str, ...]:
        counted = (*self.answers, *self.models) if method == PEOPLE_AND_MODELS else self.answers
        return tuple(sorted(answer.annotation_id for answer in counted))

    def dispute(self, causes: tuple[str, ...]) -> Dispute:
        groups: dict[object, list[Annotation]] = {}
        for answer in self.answers:
            groups.setdefault(answer_key(answer), []).append(answer)
        competing = [
            CompetingAnswer(
                labels=same[0].labels,
                spans=same[0].spans,
                relations=same[0].relations,
                votes=tuple(sorted(answer.annotation_id for answer in same)),
                fields=same[0].fields,
            )
            for same in groups.values()
        ]
        soft = self.beliefs.probabilities[self.at]
        inside = np.clip(soft, 1e-12, 1 - 1e-12)
        entropy = -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside)).sum()
        return Dispute(
            sentence_id=self.sentence_id,
            schema=self.schema.ref,
            causes=causes,
            answers=tuple(sorted(competing, key=lambda answer: (-len(answer.votes), answer.votes))),
            soft_labels=self._soft(soft),
            uncertainty=round(float(entropy), 6),
        )

    def _soft(self, probabilities: FloatArray) -> dict[str, float]:
        shares = self.beliefs.shares[self.at]
        return {
            label: round(float(probability), 6)
            for label, share, probability in zip(self.beliefs.labels, shares, probabilities, strict=True)
            if share > 0
        }


def _named(methods: set[str]) -> str:
    """Return the method of a decision: where models had a vote on a label, they had one on the decision."""
    return PEOPLE_AND_MODELS if PEOPLE_AND_MODELS in methods else "+".join(sorted(methods)) or "majority"


def _holds(probability: float, method: str, threshold: float | None) -> bool | None:
    """Return whether a label holds; None where it is not sure enough."""
    if threshold is None and method in ("majority", "weighted"):
        return None if abs(probability - 0.5) < 1e-9 else bool(probability > 0.5)
    needed = THRESHOLD if threshold is None else threshold
    if probability >= needed:
        return True
    return False if probability <= 1 - needed else None
