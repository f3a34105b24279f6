"""Precision, recall and F1 of relations between spans, by exact and by overlapping ends, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.agreement.intervals import cluster_numbers
from toolkit.agreement.structures.relation_agreement import matched_relations
from toolkit.baselines.spans.span_scores import SpanScores, scores_of
from toolkit.records import Relation, Span

Judged = tuple[Sequence[Span], Sequence[Relation]]
"""Spans of a sentence, and the relations between them."""


def evaluate_relations(
    decided: Sequence[Judged], given: Sequence[Judged], groups: Sequence[str]
) -> tuple[SpanScores, ...]:
    """Hold relations against those that were decided: the label is the same, and both ends match one to one.

    Args:
        decided: Of each sentence.
        given: Of the same sentences, by a model, a person or anybody.
        groups: Story of each sentence.

    Returns:
        By label, exact before overlap.

    Examples:
        >>> toll = Span(span_id="a", label="FIGURE", start=0, end=7, text="14 dead")
        >>> source = Span(span_id="b", label="SOURCE", start=9, end=18, text="the mayor")
        >>> said = ([toll, source], [Relation(label="figure_source", head="a", tail="b")])
        >>> exact, overlap = evaluate_relations([said] * 6, [said] * 5 + [([toll, source], [])], list("abcdef"))
        >>> exact.label, exact.support, exact.given, exact.precision, round(exact.recall, 2)
        ('figure_source', 6, 5, 1.0, 0.83)
    """
    member = cluster_numbers(groups, by_name=True)
    labels = sorted({each.label for side in (decided, given) for _, relations in side for each in relations})
    found = []
    for label in labels:
        for exact in (True, False):
            table = np.zeros((len(set(groups)), 3))
            for group, (gold_spans, gold), (spans, said) in zip(member, decided, given, strict=True):
                wanted, told = ([each for each in side if each.label == label] for side in (gold, said))
                same = matched_relations(wanted, gold_spans, told, spans, exact=exact)
                table[group] += same, len(told), len(wanted)
            found.append(scores_of(label, "exact" if exact else "overlap", table))
    return tuple(found)
