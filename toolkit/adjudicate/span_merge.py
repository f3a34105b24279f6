"""Spans that a majority marked: matched by overlap, cut where most characters agree, with boundaries someone drew."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from toolkit.adjudicate.ballot import span_key
from toolkit.records import Annotation, AttributeValue, Relation, Span, content_id
from toolkit.schema import Schema


@dataclass(slots=True)
class Cluster:
    """Spans of one label that different people drew around the same thing; at most one a person.

    Attributes:
        label: The span label.
        members: Annotator → their span.
    """

    label: str
    members: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a majority marked in one sentence.

    Attributes:
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        causes: Why a person must look; empty where all is clear.
        fields: Fields of the sentence by their ids.
        open: Free texts that the annotators word differently: each keeps its own, and the decision has none.
    """

    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    causes: tuple[str, ...]
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)
    open: tuple[str, ...] = ()


def merge(answers: Sequence[Annotation], schema: Schema, trust: Mapping[str, float] = MappingProxyType({})) -> Merged:
    """Keep the spans, attributes and relations that more than half of the annotators hold.

    A span marked by exactly half, boundaries or an attribute on which the annotators split evenly, and a relation drawn
    by exactly half of them go to a person.

    Args:
        answers: Answers to one sentence, by annotator.
        schema: The schema.
        trust: Annotator → weight of their numbers, 1 for those it lacks; see `trust.trust`.
    """
    causes: list[str] = []
    kept: list[Span] = []
    place: dict[tuple[str, str], str] = {}  # (annotator, their span) → span that stands for it
    for cluster in clusters(answers):
        support = 2 * len(cluster.members) - len(answers)
        if support < 0:
            continue
        if support == 0:
            drawn = next(iter(cluster.members.values()))
            causes.append(f"half of the annotators mark {cluster.label} {drawn.text!r}")
            continue
        span = _settle(cluster, answers[0].sentence_id, schema, kept, causes, trust)
        if span is not None:
            kept.append(span)
            place.update({(who, theirs.span_id): span.span_id for who, theirs in cluster.members.items()})
    relations = _relations(answers, place, causes)
    ordered = sorted(kept, key=lambda span: (span.start, span.end, span.label, span.span_id))
    fields, differing = _fields(answers, schema, causes, trust)
    return Merged(tuple(ordered), relations, tuple(causes), fields, differing)


def _fields(
    answers: Sequence[Annotation], schema: Schema, causes: list[str], trust: Mapping[str, float]
) -> tuple[dict[str, AttributeValue], tuple[str, ...]]:
    """Return the fields of the sentence that most annotators agree on, and the texts that they word differently."""
    fields: dict[str, AttributeValue] = {}
    differing = []
    weights = [trust.get(answer.annotator, 1.0) for answer in answers]
    for asked in schema.fields:
        given = [answer.fields.get(asked.id) for answer in answers]
        values = " or ".join(sorted({repr(value) for value in given}))
        try:
            value = _median(given, weights) if asked.type == "number" else _most_given(given)
        except ValueError:
            if asked.type == "text":
                differing.append(f"{asked.id}: {values}")
            else:
                causes.append(f"{asked.id} is split: {values}")
            continue
        if value is not None:
            fields[asked.id] = value
    return fields, tuple(differing)


def clusters(answers: Sequence[Annotation]) -> list[Cluster]:
    """Match overlapping spans of the same label across annotators, the best overlaps first.

    Args:
        answers: Answers to one sentence, by annotator.
    """
    drawn = sorted(
        ((answer.annotator, span) for answer in answers for span in answer.spans),
        key=lambda entry: (
            entry[1].label,
            entry[1].start,
            entry[1].end,
            repr(span_key(entry[1])),
            entry[0],
            entry[1].span_id,
        ),
    )
    pairs = [
        (-overlap, left, right)
        for left, (who, span) in enumerate(drawn)
        for right, (other, theirs) in enumerate(drawn[left + 1 :], left + 1)
        if who != other and span.label == theirs.label and (overlap := iou(span, theirs)) > 0
    ]
    group = list(range(len(drawn)))
    people = [{who} for who, _ in drawn]
    for _, left, right in sorted(pairs):
        into, out = sorted((group[left], group[right]))
        if into != out and not people[into] & people[out]:
            people[into] |= people[out]
            group = [into if at == out else at for at in group]
    found: dict[int, Cluster] = {}
    for at, (who, span) in zip(group, drawn, strict=True):
        found.setdefault(at, Cluster(span.label)).members[who] = span
    return list(found.values())


def iou(left: Span, right: Span) -> float:
    """Return shared characters over covered characters of two spans, 0 to 1."""
    shared = min(left.end, right.end) - max(left.start, right.start)
    return max(shared, 0) / (max(left.end, right.end) - min(left.start, right.start)) if shared > 0 else 0.0


def _settle(
    cluster: Cluster,
    sentence_id: str,
    schema: Schema,
    before: Sequence[Span],
    causes: list[str],
    trust: Mapping[str, float],
) -> Span | None:
    boundaries = _boundaries(list(cluster.members.values()))
    if boundaries is None:
        texts = " or ".join(sorted({repr(span.text) for span in cluster.members.values()}))
        causes.append(f"the boundaries of {cluster.label} are split: {texts}")
        return None
    attributes = {}
    for attribute in next((label.attributes for label in schema.spans if label.id == cluster.label), ()):
        given = [span.attributes.get(attribute.id) for span in cluster.members.values()]
        weights = [trust.get(who, 1.0) for who in cluster.members]
        try:
            value = _median(given, weights) if attribute.type == "number" else _most_given(given)
        except ValueError:
            values = " or ".join(sorted({repr(value) for value in given}))
            causes.append(f"{attribute.id} of {cluster.label} {boundaries.text!r} is split: {values}")
            return None
        if value is not None:
            attributes[attribute.id] = value
    twins = sum(
        (span.label, span.start, span.end) == (cluster.label, boundaries.start, boundaries.end) for span in before
    )
    return Span(
        span_id=content_id(sentence_id, cluster.label, boundaries.start, boundaries.end, twins),
        label=cluster.label,
        start=boundaries.start,
        end=boundaries.end,
        text=boundaries.text,
        attributes=attributes,
    )


def _boundaries(drawn: list[Span]) -> Span | None:
    """Return the drawn span nearest to the characters that most of them cover; None where two are as near.

    Characters that exactly half of them cover must not decide: with and without these, the same span must be nearest.
    """
    covered = Counter(at for span in drawn for at in range(span.start, span.end))
    without = _nearest(drawn, {at for at, times in covered.items() if 2 * times > len(drawn)})
    with_half = _nearest(drawn, {at for at, times in covered.items() if 2 * times >= len(drawn)})
    return without if without is not None and without == with_half else None


def _nearest(drawn: list[Span], core: set[int]) -> Span | None:
    exact = Counter((span.start, span.end) for span in drawn)
    ranked: dict[tuple[float, int], list[tuple[int, int]]] = defaultdict(list)
    for (start, end), times in exact.items():
        cells = set(range(start, end))
        ranked[len(cells & core) / len(cells | core), times].append((start, end))
    best = ranked[max(ranked)]
    return next(span for span in drawn if (span.start, span.end) == best[0]) if len(best) == 1 else None


def _median(given: Sequence[AttributeValue], weights: Sequence[float]) -> AttributeValue:
    """Return the weighted median of numbers: less than half of the weight is below it, and less than half above.

    Two people's numbers are not weighed: who of them is right is not a question of a median.

    Raises:
        ValueError: The middle falls between two numbers, or half of the people give none.
    """
    numbers = sorted((value, weight) for value, weight in zip(given, weights, strict=True) if _is_number(value))
    missing = len(given) - len(numbers)
    if missing >= len(numbers):
        if missing == len(numbers):
            raise ValueError("half give no number")
        return None
    if len(numbers) < 3:
        numbers = [(value, 1.0) for value, _ in numbers]
    half = sum(weight for _, weight in numbers) / 2
    below = 0.0
    for at, (value, weight) in enumerate(numbers):
        below += weight
        if math.isclose(below, half) and numbers[at + 1][0] != value:
            raise ValueError("the middle falls between two numbers")
        if below > half or math.isclose(below, half):
            return value
    raise ValueError("no weight")


def _is_number(value: AttributeValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _most_given(given: Sequence[AttributeValue]) -> AttributeValue:
    """Return the value given most often; ValueError for a tie."""
    (value, times), *others = Counter(given).most_common(2)
    if others and others[0][1] == times:
        raise ValueError("two values are given as often")
    return value


def _relations(
    answers: Sequence[Annotation], place: dict[tuple[str, str], str], causes: list[str]
) -> tuple[Relation, ...]:
    holders: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for answer in answers:
        for relation in answer.relations:
            head, tail = (place.get((answer.annotator, end)) for end in (relation.head, relation.tail))
            if head is not None and tail is not None:
                holders[relation.label, head, tail].add(answer.annotator)
    for (label, _, _), who in sorted(holders.items()):
        if 2 * len(who) == len(answers):
            causes.append(f"half of the annotators draw {label}")
    held = sorted(key for key, who in holders.items() if 2 * len(who) > len(answers))
    return tuple(Relation(label=label, head=head, tail=tail) for label, head, tail in held)
