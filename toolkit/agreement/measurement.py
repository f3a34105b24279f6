"""The making of the agreement report from all answers of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

import numpy as np

from toolkit.agreement.agreement_report import AgreementReport, AgreementRow, Slice, SpanRow
from toolkit.agreement.annotators import annotator_rows, disputed, pair_rows, warnings
from toolkit.agreement.answer_table import AnswerTable, Measurer, label_set
from toolkit.agreement.intervals import cluster_numbers
from toolkit.agreement.ratings import Level, Ratings
from toolkit.agreement.structures.relation_agreement import relation_rows
from toolkit.agreement.structures.span_agreement import match, span_f1, token_cells
from toolkit.records import Annotation, AttributeValue
from toolkit.schema import Attribute, Schema, Score, SpanLabel

_DISPUTED = 50


def measure(
    annotations: Sequence[Annotation],
    schema: Schema,
    article_of: Mapping[str, str],
    *,
    confidence: float = 0.95,
    texts: Mapping[str, str] | None = None,
    round_of: Mapping[str, str] | None = None,
    quiz: Mapping[str, Score] = MappingProxyType({}),
) -> AgreementReport:
    """Measure how well the annotators agree.

    Args:
        annotations: AnswerTable in any order; of several by one person to one sentence the last counts.
        schema: The schema; answers under its other versions are measured too, and shown by version.
        article_of: sentence_id → article_id; the intervals are over articles.
        confidence: Nominal coverage of the intervals.
        texts: sentence_id → text, for agreement on tokens.
        round_of: sentence_id → round of labelling, if the project has rounds.
        quiz: Annotator → score in the quiz.

    Raises:
        InvalidInput: The article of a sentence is not known.
    """
    answers = AnswerTable.of(annotations, article_of)
    measurer = Measurer(confidence)
    by_annotator = annotator_rows(answers, measurer, quiz)
    return AgreementReport(
        schema=schema.ref,
        answers=sum(map(len, answers.by_sentence.values())),
        skipped=sum(answers.skipped.values()),
        sentences=len(answers.by_sentence),
        doubled=len(answers.doubled),
        annotators=len(answers.annotators),
        articles=len(set(answers.groups.tolist())),
        confidence=confidence,
        labels=tuple(_label_rows(answers, schema, measurer)),
        layers=tuple(_layer_rows(answers, schema, measurer)),
        spans=tuple(_span_rows(answers, schema, measurer)),
        tokens=tuple(_token_rows(answers, schema, measurer, texts)) if texts is not None else (),
        attributes=tuple(_attribute_rows(answers, schema, measurer)),
        relations=tuple(relation_rows(answers, schema, measurer)),
        by_annotator=by_annotator,
        pairs=pair_rows(answers, measurer),
        slices=tuple(_slices(answers, measurer, round_of)),
        disputed=disputed(answers, _DISPUTED),
        warnings=warnings(by_annotator, answers),
    )


def _label_rows(answers: AnswerTable, schema: Schema, measurer: Measurer) -> Iterator[AgreementRow]:
    given = {label for people in answers.doubled for answer in people for label in answer.labels}
    for label in schema.labels:
        if label.id in given or not label.retired:
            ratings = answers.rate(lambda answer, label_id=label.id: label_id in answer.labels)  # type: ignore[misc]
            yield measurer.row("label", label.id, ratings, answers.groups, positive=True)


def _layer_rows(answers: AnswerTable, schema: Schema, measurer: Measurer) -> Iterator[AgreementRow]:
    for layer in schema.layers:
        among = [label.id for label in schema.labels if label.layer == layer.id]
        ratings = answers.rate(lambda answer, among=among: label_set(answer, among), "masi")  # type: ignore[misc]
        yield measurer.row("layer", layer.id, ratings, answers.groups, level="masi")
    yield _whole(answers, measurer)


def _whole(answers: AnswerTable, measurer: Measurer) -> AgreementRow:
    return measurer.row("labels", "all", answers.rate(label_set, "masi"), answers.groups, level="masi")


def _span_rows(answers: AnswerTable, schema: Schema, measurer: Measurer) -> Iterator[SpanRow]:
    labels = [label.id for label in schema.spans]
    for name, chosen in [*((label, {label}) for label in labels), ("", set(labels))]:
        drawn = [
            [[span for span in answer.spans if span.label in chosen] for answer in people] for people in answers.doubled
        ]
        marked = [at for at, people in enumerate(drawn) if any(people)]
        exact, overlap = (span_f1(drawn, exact=exact) for exact in (True, False))
        reason = "nobody has marked one yet"
        yield SpanRow(
            label=name,
            n_sentences=len(marked),
            n_annotators=len({answer.annotator for at in marked for answer in answers.doubled[at]}),
            n_spans=sum(len(spans) for people in drawn for spans in people),
            n_articles=len(np.unique(answers.groups[marked])),
            exact_f1=measurer.estimate(exact, answers.groups, reason),
            overlap_f1=measurer.estimate(overlap, answers.groups, reason),
        )


def _token_rows(
    answers: AnswerTable, schema: Schema, measurer: Measurer, texts: Mapping[str, str]
) -> Iterator[AgreementRow]:
    sentences = [
        (texts[people[0].sentence_id], [(answers.number[answer.annotator], answer.spans) for answer in people])
        for people in answers.doubled
    ]
    cells = list(token_cells(sentences))
    n_units = 1 + max((unit for _, _, unit, _ in cells), default=-1)
    sentence = {unit: at for at, _, unit, _ in cells}
    within = np.array([sentence[unit] for unit in range(n_units)], dtype=np.int64)
    groups = answers.groups[within]
    for label in schema.spans:
        ratings = Ratings.of_cells(
            ((annotator, unit, label.id in labels) for _, annotator, unit, labels in cells),
            n_annotators=len(answers.annotators),
            n_units=n_units,
        )
        yield measurer.row("tokens", label.id, ratings, groups, positive=True, within=within)


_Matched = tuple[str, Mapping[str, AttributeValue], Mapping[str, AttributeValue]]
"""Article of two people's matched spans, and the fields of each."""


def _attribute_rows(answers: AnswerTable, schema: Schema, measurer: Measurer) -> Iterator[AgreementRow]:
    matched: dict[str, list[_Matched]] = defaultdict(list)
    for people in answers.doubled:
        for left, right in combinations(people, 2):
            article = answers.article_of[left.sentence_id]
            for mine, theirs in match(left.spans, right.spans):
                matched[mine.label].append((article, mine.attributes, theirs.attributes))
    for label in schema.spans:
        for attribute in label.attributes:
            yield _attribute_row(label, attribute, matched[label.id], measurer)
        if {"low", "high"} <= {attribute.id for attribute in label.attributes}:
            yield _bounds_row(label, matched[label.id], measurer)


def _bounds_row(label: SpanLabel, matched: Sequence[_Matched], measurer: Measurer) -> AgreementRow:
    """Return the agreement on a figure's interval as a whole, in which a bound that is not set is one of its values.

    The rows of `low` and `high` leave out a figure of which one of the two people set no bound ("dozens").
    """
    cells = (
        (side, unit, interval_text(fields))
        for unit, (_, *both) in enumerate(matched)
        for side, fields in enumerate(both)
    )
    ratings = Ratings.of_cells(cells, n_annotators=2, n_units=len(matched))
    groups = cluster_numbers([article for article, _, _ in matched])
    return measurer.row("attribute", f"{label.id}.bounds", ratings, groups)


def interval_text(fields: Mapping[str, AttributeValue]) -> str:
    """Return a figure's interval as a mathematician writes it.

    Examples:
        >>> interval_text({"low": 14, "low_open": True}), interval_text({"low": 3, "high": 4, "high_open": False})
        ('(14, ∞)', '[3, 4]')
    """
    low, high = fields.get("low"), fields.get("high")
    opening = "(" if low is None or fields.get("low_open") else "["
    closing = ")" if high is None or fields.get("high_open") else "]"
    return f"{opening}{'-∞' if low is None else low:}, {'∞' if high is None else high}{closing}"


def _attribute_row(
    label: SpanLabel,
    attribute: Attribute,
    matched: Sequence[_Matched],
    measurer: Measurer,
) -> AgreementRow:
    absent = False if attribute.type == "boolean" else None  # a box that is not ticked
    values = [(left.get(attribute.id, absent), right.get(attribute.id, absent)) for _, left, right in matched]
    numeric = attribute.type == "number"
    negative = numeric and any(isinstance(value, int | float) and value < 0 for pair in values for value in pair)
    level: Level = "interval" if negative else "ratio" if numeric else "nominal"
    cells = ((side, unit, value) for unit, pair in enumerate(values) for side, value in enumerate(pair))
    ratings = Ratings.of_cells(cells, n_annotators=2, n_units=len(values), level=level)
    groups = cluster_numbers([article for article, _, _ in matched])
    return measurer.row("attribute", f"{label.id}.{attribute.id}", ratings, groups, level=level)


def _slices(answers: AnswerTable, measurer: Measurer, round_of: Mapping[str, str] | None) -> Iterator[Slice]:
    readings: dict[str, Callable[[Annotation], str | None]] = {
        "schema": lambda answer: answer.schema,
        "round": lambda answer: (round_of or {}).get(answer.sentence_id),
        "month": lambda answer: answer.updated_at[:7],
    }
    for kind, read in readings.items():
        read_names = {read(answer) for people in answers.by_sentence.values() for answer in people}
        if len(read_names) > 1:
            for name in sorted(name for name in read_names if name is not None):
                part = answers.within(lambda answer, name=name, read=read: read(answer) == name)  # type: ignore[misc]
                yield Slice(kind=kind, name=name, row=_whole(part, measurer))
