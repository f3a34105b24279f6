"""Agreement on relations between spans: α over pairs that both marked, F1 over what was drawn, in every table."""

from __future__ import annotations

import pytest

from toolkit.agreement import measure
from toolkit.agreement.agreement_report import RelationRow
from toolkit.agreement.model_agreement.replacement import measure_replacement
from toolkit.agreement.report_tables import full_tables
from toolkit.agreement.structures.relation_agreement import matched_relations
from toolkit.records import Annotation, Relation, Span, Suggestion, to_row
from toolkit.schema import load

SCHEMA = load("news_events@1.1.0")
RELATION = SCHEMA.relations[0]
HEAD, TAIL = RELATION.head[0], RELATION.tail[0]
TEXT = "14 people died, and 3 were hurt, the mayor said."
FIRST, SECOND, SOURCE = (0, 9), (20, 21), (33, 42)


def span(label: str, place: tuple[int, int]) -> Span:
    return Span(span_id=f"{label}{place[0]}", label=label, start=place[0], end=place[1], text=TEXT[slice(*place)])


def answer(person: str, number: int, *heads: tuple[int, int], shift: int = 0, source: bool = True) -> Annotation:
    """Both figures and the source are marked; relations go from some of the figures to the source."""
    tail = span(TAIL, (SOURCE[0] + shift, SOURCE[1]))
    marked = [span(HEAD, FIRST), span(HEAD, SECOND), *([tail] if source else [])]
    drawn = [Relation(label=RELATION.id, head=span(HEAD, head).span_id, tail=tail.span_id) for head in heads]
    return Annotation(
        annotation_id=f"{person}-{number}",
        sentence_id=f"s{number}",
        annotator=person,
        spans=tuple(marked),
        relations=tuple(drawn),
        schema=SCHEMA.ref,
        created_at="2026-01-01",
        updated_at="2026-01-01",
    )


ARTICLES = {f"s{number}": f"a{number // 2}" for number in range(40)}


def row(answers: list[Annotation]) -> RelationRow:
    report = measure(answers, SCHEMA, ARTICLES)
    (found,) = (each for each in report.relations if each.label == RELATION.id)
    (table,) = (each for each in full_tables(to_row(report)) if each.title == "Relations between spans")
    assert table.rows[0][0] == RELATION.id
    return found


def test_alpha_and_f1_are_those_of_the_formulas() -> None:
    """Two people, eight sentences, two pairs each: 7 joined by both, 1 by ada alone, 8 by nobody."""
    answers = [answer(person, number, FIRST) for person in ("ada", "ben") for number in range(7)]
    answers += [answer("ada", 7, FIRST), answer("ben", 7)]
    found = row(answers)
    assert (found.n_pairs, found.n_relations, found.n_sentences, found.n_articles) == (16, 15, 8, 4)
    assert found.overlap_f1.value == found.exact_f1.value == pytest.approx(14 / 15)
    assert found.alpha.value == pytest.approx(1 - (2 / 32) / (2 * 15 * 17 / (32 * 31)))
    assert found.alpha.low is not None
    assert found.alpha.low < found.alpha.value < float(found.alpha.high or 0)  # type: ignore[operator]


def test_ends_with_other_boundaries_match_by_overlap_only() -> None:
    answers = [answer("ada", number, FIRST) for number in range(8)]
    answers += [answer("ben", number, FIRST, shift=4) for number in range(8)]
    found = row(answers)
    assert (found.exact_f1.value, found.overlap_f1.value) == (0.0, 1.0)


def test_a_span_that_one_person_left_out_lowers_f1_and_is_no_pair_for_alpha() -> None:
    answers = [answer("ada", number, FIRST) for number in range(8)]
    answers += [answer("ben", number, *([FIRST] if number else []), source=bool(number)) for number in range(8)]
    found = row(answers)
    assert found.n_pairs == 14
    assert found.alpha.value == 1.0
    assert found.overlap_f1.value == pytest.approx(14 / 15)


def test_nothing_drawn_says_so() -> None:
    found = row([answer(person, number) for person in ("ada", "ben") for number in range(4)])
    assert (found.alpha.value, found.exact_f1.value) == (None, None)
    assert found.exact_f1.reason == "nobody has drawn one yet"
    assert found.alpha.reason


def test_relations_match_by_label_and_both_ends() -> None:
    one = answer("ada", 0, FIRST, SECOND)
    other = answer("ben", 0, SECOND)
    assert matched_relations(one.relations, one.spans, other.relations, other.spans) == 1
    assert matched_relations(one.relations, one.spans, other.relations, other.spans, exact=True) == 1
    renamed = [Relation(label="another", head=each.head, tail=each.tail) for each in other.relations]
    assert matched_relations(one.relations, one.spans, renamed, other.spans) == 0


def test_a_model_is_tested_on_relations_as_on_spans() -> None:
    answers = [answer(person, number, FIRST) for person in ("ada", "ben", "cy") for number in range(36)]
    model = {
        each.sentence_id: Suggestion(
            sentence_id=each.sentence_id, shown=None, model="m", spans=each.spans, relations=each.relations
        )
        for each in answers
    }
    report = measure_replacement(answers, model, SCHEMA, ARTICLES, model="m")
    (found,) = (each for each in report.rows if (each.kind, each.name) == ("relation", RELATION.id))
    assert (found.sentences, found.passed) == (36, True)
