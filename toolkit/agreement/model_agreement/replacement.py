"""The test whether a model may replace a person: the alternative annotator test, for every question of a schema.

Only answers that no suggestion could have swayed are taken: those to sentences that were never shown with one, of
people who began from an empty page. Sentences of one story are not independent, so all is over stories; see `alt_test`.

A label that is rare is a trap: a model that never gives it agrees with people nearly always, and passes the test over
all sentences. So a label is tested twice, the second time on sentences to which anybody, the model included, gave it.
A model may stand in for a person on a label only if it passes both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from toolkit.agreement.model_agreement.alternative_annotator import AltTest, Score, alt_test
from toolkit.agreement.structures.relation_agreement import matched_relations
from toolkit.agreement.structures.span_agreement import match
from toolkit.records import Annotation, Estimate, Span, Suggestion, latest
from toolkit.records.base import record
from toolkit.schema import Schema

LEAST: Final = 30
"""Sentences that a person and the model must share: the t-test needs about so many."""

PRICES: Final[Mapping[str, float]] = {"experts": 0.2, "trained": 0.15, "crowd": 0.1}
"""ε by kind of annotator: by how much a model may be worse, for what a person's answer costs (Calderon et al.)."""

Kind = Literal["labels", "layer", "label", "label given", "span", "value", "relation"]


@record
class ReplacementRow:
    """The test of one question.

    Attributes:
        kind: "labels" (all of a sentence's labels), "layer", "label", "label given" (on sentences to which anybody gave
            it), "span" (where spans of a label are), "value" (what a field of such spans holds), or "relation" (which
            spans are related).
        name: Id of the label, layer, span label or relation, "SPAN.field" for a value, "" for all labels.
        sentences: Sentences that the model and at least two people answered.
        winning_rate: ω: the share of people over whom the model wins.
        advantage_probability: ρ: how often the model is at least as near to the others as a person is.
        passed: The model may stand in for a person.
        missing: Sentences that are still to be answered by two people before this can be said; 0 if none is.
        verdict: The result in a sentence.
    """

    kind: Kind
    name: str
    sentences: int
    winning_rate: Estimate
    advantage_probability: Estimate
    passed: bool
    missing: int
    verdict: str


@record
class ReplacementReport:
    """The result of the test of one model.

    Attributes:
        model: Its name with its version.
        annotators: What the people are: "experts", "trained" or "crowd".
        epsilon: The price of a person's answer that was allowed.
        sentences: Sentences with answers that no suggestion could have swayed.
        unanswered: Those of them that the model has no answer to; they take no part.
        swayed: Sentences that were left out since a suggestion was shown.
        rows: All labels first, then each layer, label, span label and field, and relation.
    """

    model: str
    annotators: str
    epsilon: float
    sentences: int
    unanswered: int
    swayed: int
    rows: tuple[ReplacementRow, ...]

    @property
    def verdict(self) -> str:
        """The result in a sentence."""
        tests: dict[str, list[ReplacementRow]] = {}
        for row in self.rows:
            if row.kind in ("label", "label given"):
                tests.setdefault(row.name, []).append(row)
        passed = [name for name, rows in tests.items() if all(row.passed for row in rows)]
        missing = {name: max(row.missing for row in rows) for name, rows in tests.items()}
        unknown = [name for name, number in missing.items() if number]
        said = f"{self.model} may stand in for a person on {len(passed)} of {len(tests)} labels"
        said += f" ({', '.join(passed)})" if passed else ""
        if unknown:
            most = max(missing.values())
            said += f"; of {len(unknown)} it can't be said yet, up to {most} more sentences with the label are needed"
        return said


def measure_replacement(
    answers: Iterable[Annotation],
    suggestions: Mapping[str, Suggestion],
    schema: Schema,
    stories: Mapping[str, str],
    *,
    model: str,
    shown: Collection[str] = (),
    annotators: str = "trained",
) -> ReplacementReport:
    """Hold a model against people on every question of a schema.

    Args:
        answers: People's answers.
        suggestions: The model's answers by sentence_id.
        schema: What was asked.
        stories: sentence_id → story_id.
        model: Its name.
        shown: Sentences that people have seen with a suggestion of whatever model.
        annotators: What the people are, a key of `PRICES`.
    """
    counting = [each for each in latest(answers) if each.votes and each.sentence_id in stories]
    free = [each for each in counting if each.sentence_id not in shown and each.origin == "manual"]
    people: dict[str, dict[str, Annotation]] = {}
    for each in free:
        people.setdefault(each.annotator, {})[each.sentence_id] = each
    there = {each.sentence_id for each in free}
    epsilon = PRICES[annotators]
    test = _Test(people, {key: suggestions[key] for key in sorted(there & suggestions.keys())}, stories, epsilon)
    return ReplacementReport(
        model=model,
        annotators=annotators,
        epsilon=epsilon,
        sentences=len(there),
        unanswered=len(there - suggestions.keys()),
        swayed=len({each.sentence_id for each in counting} - there),
        rows=tuple(test.row(*question) for question in _questions(schema)),
    )


Judgement = Annotation | Suggestion
Question = tuple[Kind, str, Callable[[Judgement], Any], Score | Literal["accuracy"], bool]
"""Kind, name, what is read in an answer, how two are compared, and whether empty ones take part."""


def _questions(schema: Schema) -> list[Question]:
    found: list[Question] = [("labels", "", lambda each: frozenset(each.labels), _jaccard, True)]
    for layer in schema.layers:
        members = frozenset(label.id for label in schema.active if label.layer == layer.id)
        found.append(("layer", layer.id, _within(members), "accuracy", True))
    for label in schema.active:
        found.append(("label", label.id, _holds(label.id), "accuracy", True))
        found.append(("label given", label.id, _holds(label.id), "accuracy", False))
    for span in schema.spans:
        found.append(("span", span.id, _spans(span.id), _overlap, False))
        numbers = [field.id for field in span.attributes if field.type in ("number", "choice", "boolean")]
        found += [("value", f"{span.id}.{name}", _spans(span.id), _same_value(name), False) for name in numbers]
    found += [("relation", each.id, _related(each.id), _same_relations, False) for each in schema.relations]
    return found


class _Test:
    def __init__(
        self,
        people: Mapping[str, Mapping[str, Annotation]],
        model: Mapping[str, Suggestion],
        stories: Mapping[str, str],
        epsilon: float,
    ) -> None:
        self._people = people
        self._model = model
        self._stories = stories
        self._epsilon = epsilon

    def row(
        self,
        kind: Kind,
        name: str,
        read: Callable[[Judgement], Any],
        scoring: Score | Literal["accuracy"],
        empty: bool,
    ) -> ReplacementRow:
        model: dict[Hashable, Any] = {key: read(each) for key, each in self._model.items()}
        people: dict[str, dict[Hashable, Any]] = {
            person: {key: read(each) for key, each in given.items() if key in model}
            for person, given in self._people.items()
        }
        if not empty:  # where nobody, the model included, has marked anything, nothing is compared
            used = {key for given in (model, *people.values()) for key, value in given.items() if value}
            people = {person: {key: given[key] for key in given if key in used} for person, given in people.items()}
        stories: dict[Hashable, Hashable] = {key: self._stories[key] for key in self._model}
        found = alt_test(people, model, epsilon=self._epsilon, scoring=scoring, stories=stories, least_items=LEAST)
        times: dict[Hashable, int] = {}
        for given in people.values():
            for key in given:
                times[key] = times.get(key, 0) + 1
        missing = _missing(found)
        return ReplacementRow(
            kind=kind,
            name=name,
            sentences=sum(number > 1 for number in times.values()),
            winning_rate=found.winning_rate,
            advantage_probability=found.advantage_probability,
            passed=found.passed,
            missing=missing,
            verdict=_verdict(found, missing, kind, name),
        )


def _missing(test: AltTest) -> int:
    """Return how many sentences two people have still to answer both, so that the test can be made."""
    wanted = 2 - len(test.rivals)
    if wanted <= 0:
        return 0
    short = sorted(LEAST - items for items in test.left_out.values())
    return short[wanted - 1] if len(short) >= wanted else LEAST


def _verdict(test: AltTest, missing: int, kind: Kind, name: str) -> str:
    about = name or "all labels together"
    if test.winning_rate.value is None:
        marked = f" with {name}" if kind in ("label given", "span", "value", "relation") else ""
        return f"{about}: can't be said yet, {missing} more sentences{marked} must be answered by two people"
    won = sum(rival.beaten for rival in test.rivals)
    may = "may" if test.passed else "may not"
    return f"{about}: {may} stand in for a person (it wins over {won} of {len(test.rivals)} people)"


def _within(members: Collection[str]) -> Callable[[Judgement], Any]:
    return lambda each: frozenset(label for label in each.labels if label in members)


def _holds(label: str) -> Callable[[Judgement], Any]:
    return lambda each: label in each.labels


def _spans(label: str) -> Callable[[Judgement], Any]:
    return lambda each: tuple(span for span in each.spans if span.label == label)


def _related(label: str) -> Callable[[Judgement], Any]:
    """Read the spans and relations of an answer; nothing of one that draws none."""

    def read(each: Judgement) -> Any:
        drawn = tuple(relation for relation in each.relations if relation.label == label)
        return (tuple(each.spans), drawn) if drawn else ()

    return read


def _same_relations(answer: Any, others: Sequence[Any]) -> float:
    """Return the mean F1 of relations of which both ends overlap."""
    spans, drawn = answer or ((), ())
    scores = []
    for other in others:
        their_spans, theirs = other or ((), ())
        scores.append(_f1(matched_relations(drawn, spans, theirs, their_spans), drawn, theirs))
    return sum(scores) / len(scores)


def _jaccard(answer: Any, others: Sequence[Any]) -> float:
    """Return the mean of Jaccard's index of a set of labels and each of the others; of two empty ones it is 1."""
    return sum(len(answer & other) / len(answer | other) if answer | other else 1.0 for other in others) / len(others)


def _overlap(answer: Sequence[Span], others: Sequence[Sequence[Span]]) -> float:
    """Return the mean F1 of spans that overlap."""
    return sum(_f1(len(match(answer, other)), answer, other) for other in others) / len(others)


def _same_value(field: str) -> Score:
    """Return the mean F1 of spans that overlap and have the same value in a field."""

    def score(answer: Sequence[Span], others: Sequence[Sequence[Span]]) -> float:
        same = [
            sum(one.attributes.get(field) == two.attributes.get(field) for one, two in match(answer, other))
            for other in others
        ]
        return sum(_f1(number, answer, other) for number, other in zip(same, others, strict=True)) / len(others)

    return score


def _f1(matches: int, one: Sequence[object], other: Sequence[object]) -> float:
    return 2 * matches / (len(one) + len(other)) if one or other else 1.0
