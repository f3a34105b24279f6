"""Agreement on relations between the spans of a sentence: over the pairs of spans that both people marked, and F1.

Who did not mark a span can't draw a relation from it, so that F1 falls with the agreement on spans too. α leaves that
out: it asks, of the pairs of spans that two people both marked and that the schema lets be related, whether both did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from toolkit.agreement.agreement_report import RelationRow
from toolkit.agreement.answer_table import AnswerTable, Measurer
from toolkit.agreement.coefficients import describe, statistic
from toolkit.agreement.intervals import bounded, cluster_numbers, over_stories
from toolkit.agreement.ratings import FloatArray, Ratings
from toolkit.agreement.statistic import Parts, Statistic
from toolkit.agreement.structures.link_agreement import enough_links
from toolkit.agreement.structures.span_agreement import match
from toolkit.records import Annotation, Relation, Span
from toolkit.schema import RelationLabel, Schema


def relation_rows(answers: AnswerTable, schema: Schema, measurer: Measurer) -> Iterator[RelationRow]:
    """Yield one row per relation of the schema.

    Args:
        answers: The answers.
        schema: Its relations say which span labels may be related.
        measurer: The confidence of the intervals.
    """
    for relation in schema.relations:
        pairs = [both for people in answers.doubled for both in combinations(people, 2)]
        cells = [
            (answers.article_of[left.sentence_id], given)
            for left, right in pairs
            for given in _drawn(left, right, relation)
        ]
        ratings = Ratings.of_cells(
            ((side, unit, drew) for unit, (_, both) in enumerate(cells) for side, drew in enumerate(both)),
            n_annotators=2,
            n_units=len(cells),
            categories=(False, True),
        )
        measure = statistic(ratings, np.arange(len(cells)), "alpha")
        alpha = bounded(
            describe(measure, ratings),
            over_stories(measure, cluster_numbers([article for article, _ in cells]), measurer.confidence),
        )
        used = [people for people in answers.doubled if any(_of(answer, relation.id) for answer in people)]
        reason = "nobody has drawn one yet"
        exact, overlap = (_f1(answers.doubled, relation.id, exact=exact) for exact in (True, False))
        yield RelationRow(
            label=relation.id,
            n_sentences=len(used),
            n_annotators=len({answer.annotator for people in used for answer in people}),
            n_relations=sum(len(_of(answer, relation.id)) for people in used for answer in people),
            n_articles=len({answers.article_of[people[0].sentence_id] for people in used}),
            n_pairs=len(cells),
            alpha=enough_links(alpha, sum(map(any, (both for _, both in cells))), len({name for name, _ in cells})),
            exact_f1=measurer.estimate(exact, answers.groups, reason),
            overlap_f1=measurer.estimate(overlap, answers.groups, reason),
        )


def matched_relations(
    left: Sequence[Relation],
    left_spans: Sequence[Span],
    right: Sequence[Relation],
    right_spans: Sequence[Span],
    *,
    exact: bool = False,
) -> int:
    """Return how many relations of two answers are the same: of one label, between spans that match one to one.

    Args:
        left: One answer's relations.
        left_spans: Its spans.
        right: The other's relations.
        right_spans: Its spans.
        exact: Both ends must have the same boundaries; otherwise an overlap does.
    """
    stands_for = {mine.span_id: theirs.span_id for mine, theirs in match(left_spans, right_spans, exact=exact)}
    there = {(each.label, each.head, each.tail) for each in right}
    return sum((each.label, stands_for.get(each.head), stands_for.get(each.tail)) in there for each in left)


def _of(answer: Annotation, label: str) -> list[Relation]:
    return [each for each in answer.relations if each.label == label]


def _drawn(left: Annotation, right: Annotation, relation: RelationLabel) -> Iterator[tuple[bool, bool]]:
    """Yield whether each of two people related two spans that both marked, for every pair that may be related."""
    both = match(left.spans, right.spans)
    drew: list[Mapping[tuple[str, str], bool]] = [
        {(each.head, each.tail): True for each in _of(answer, relation.id)} for answer in (left, right)
    ]
    for head in both:
        for tail in both:
            if head is not tail and head[0].label in relation.head and tail[0].label in relation.tail:
                said = (drew[side].get((head[side].span_id, tail[side].span_id), False) for side in (0, 1))
                yield tuple(said)  # type: ignore[misc]


def _f1(doubled: Sequence[Sequence[Annotation]], label: str, *, exact: bool) -> Statistic:
    """Return F1 between all pairs of people: twice the relations that both drew over those of both."""
    sums = np.zeros((max(len(doubled), 1), 2))
    for at, people in enumerate(doubled):
        for left, right in combinations(people, 2):
            mine, theirs = _of(left, label), _of(right, label)
            same = matched_relations(mine, left.spans, theirs, right.spans, exact=exact)
            sums[at] += 2 * same, len(mine) + len(theirs)

    def parts(terms: FloatArray) -> Parts:
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = terms[:, 0] / terms[:, 1]
        return observed, np.zeros_like(observed)

    return Statistic("exact_f1" if exact else "overlap_f1", sums, parts, exposed=lambda rows: rows[:, 1])
