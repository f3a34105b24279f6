"""People's spans and relations against what was decided: what a model of spans can hope for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from toolkit.baselines.spans.relation_scores import Judged, evaluate_relations
from toolkit.baselines.spans.span_scores import SpanScores, label_span_scores
from toolkit.records import AttributeValue, Relation, Span
from toolkit.records.latest import RECENCY
from toolkit.release import load as load_release
from toolkit.release.tables.attribute_columns import held, held_in, span_attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSpans:
    """One person's spans and relations, on the sentences that this person answered.

    Attributes:
        annotator: Pseudonym.
        rows: Sentences.
        spans: Scores by label, exact before overlap.
        relations: The same of relations.
    """

    annotator: str
    rows: int
    spans: tuple[SpanScores, ...]
    relations: tuple[SpanScores, ...]


def span_ceiling(directory: Path | str, split: str) -> tuple[PersonSpans, ...]:
    """Hold each annotator's spans and relations against those that were decided.

    Args:
        directory: A release with its text.
        split: "train", "validation" or "test".

    Returns:
        By annotator; nothing where the release has no spans or no answers.
    """
    release = load_release(directory)
    if "spans" not in release.configs or not release.has_rows("annotations", split):
        return ()
    stories = release.table("default", split).select(["sentence_id", "story_id"]).to_pylist()
    story_of = {row["sentence_id"]: row["story_id"] for row in stories}
    decided: dict[str, tuple[list[Span], list[Relation]]] = {name: ([], []) for name in story_of}
    if release.has_rows("spans", split):
        columns = span_attributes(release.schema)
        for row in release.table("spans", split).to_pylist():
            spans, relations = decided[row["sentence_id"]]
            spans.append(_span(row, held_in(row, columns, "attributes")))
            relations += [
                Relation(label=link["label"], head=row["span_id"], tail=link["tail"]) for link in row["relations"] or ()
            ]
    given: dict[str, dict[str, Judged]] = {}
    answers = release.table("annotations", split).to_pylist()
    for row in sorted(answers, key=itemgetter(*RECENCY)):  # the last answer of a person stands
        if row["role"] == "annotator" and row["sentence_id"] in decided:
            said = (
                [_span(span, held(span.get("attributes"))) for span in row["spans"] or ()],
                [Relation(**each) for each in row["relations"] or ()],
            )
            mine = given.setdefault(row["annotator"], {})
            mine.pop(row["sentence_id"], None)
            if not row["skipped"]:
                mine[row["sentence_id"]] = said
    return tuple(_person(name, mine, decided, story_of) for name, mine in sorted(given.items()) if mine)


def _span(row: Mapping[str, Any], attributes: Mapping[str, AttributeValue]) -> Span:
    names = ("span_id", "label", "start", "end")
    return Span(
        **{name: row[name] for name in names},
        text=row.get("text") or "",
        attributes=attributes,
    )


def _person(
    name: str, mine: Mapping[str, Judged], decided: Mapping[str, Judged], story_of: Mapping[str, str]
) -> PersonSpans:
    sentences = sorted(mine)
    groups = [story_of[sentence] for sentence in sentences]
    gold, said = ([side[sentence] for sentence in sentences] for side in (decided, mine))
    spans = label_span_scores([spans for spans, _ in gold], [spans for spans, _ in said], groups)
    return PersonSpans(
        annotator=name, rows=len(sentences), spans=spans, relations=evaluate_relations(gold, said, groups)
    )
