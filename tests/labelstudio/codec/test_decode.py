"""Results to records and back, and what becomes of results that no page of ours can make."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.labelstudio.codec.decode import ItemFate, decode_result
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.records import Relation, Span
from toolkit.schema import Attribute, Schema, load

SCHEMA = load("news_events")
TEXT = "At least nine 😀 men died, the mayor said;\nthe army denies it."


def _value(attribute: Attribute) -> st.SearchStrategy[Any]:
    match attribute.type:
        case "choice":
            return st.sampled_from(attribute.choices)
        case "boolean":
            return st.just(True)
        case "number":
            return st.integers(0, 10**6)
        case "text":
            return st.text(min_size=1).filter(str.strip)


@st.composite
def _answers(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[Span, ...], tuple[Relation, ...], str | None]:
    labels = draw(st.sets(st.sampled_from(SCHEMA.label_ids)))
    spans = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(TEXT) - 1))
        words = TEXT[start : draw(st.integers(start + 1, len(TEXT)))]
        if words != words.strip():
            continue
        kind = draw(st.sampled_from(SCHEMA.spans))
        fields = {attribute.id: draw(_value(attribute)) for attribute in kind.attributes if draw(st.booleans())}
        spans.append(
            Span(
                span_id=f"s{number}", label=kind.id, start=start, end=start + len(words), text=words, attributes=fields
            )
        )
    links = set()
    if spans:
        ends = st.sampled_from([span.span_id for span in spans])
        names = st.sampled_from([relation.id for relation in SCHEMA.relations])
        links = draw(st.sets(st.tuples(names, ends, ends), max_size=3))
    return (
        tuple(sorted(labels)),
        tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id))),
        tuple(Relation(label=label, head=head, tail=tail) for label, head, tail in sorted(links)),
        draw(st.none() | st.text(min_size=1)),
    )


@pytest.mark.slow
@given(_answers())
def test_what_is_written_is_read_back(answer: Any) -> None:
    labels, spans, relations, note = answer
    result = encode_result(SCHEMA, labels=labels, spans=spans, relations=relations, note=note)
    reading = decode_result(result, TEXT, SCHEMA)
    assert (reading.labels, reading.spans, reading.relations, reading.note) == (labels, spans, relations, note)
    assert not reading.rejects
    assert sum(reading.tally.values()) == len(result)


def item(name: str, kind: str, value: Any, region: str = "r1") -> dict[str, Any]:
    return {"id": region, "from_name": name, "to_name": "text", "type": kind, "value": value}


NINE = item("spans", "labels", {"start": 9, "end": 13, "text": "nine", "labels": ["FIGURE"]})
MAYOR = item("spans", "labels", {"start": 27, "end": 36, "text": "the mayor", "labels": ["SOURCE"]}, "r2")


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ([item("mood", "choices", {"choices": ["good"]})], "unknown-control"),
        ([item("spans", "brushlabels", {"rle": []})], "unsupported-type"),
        ([item("content", "choices", {"choices": ["weather"]})], "unknown-label"),
        ([item("content", "choices", {})], "no-label"),
        ([item("spans", "labels", {"start": 9, "end": 13, "text": "nine", "labels": ["ANIMAL"]})], "unknown-span"),
        ([item("spans", "labels", {"start": 9, "end": 13, "text": "nine"})], "no-span-label"),
        ([item("spans", "labels", {"start": 9, "end": 13, "text": "ten", "labels": ["FIGURE"]})], "offset-mismatch"),
        ([item("figure_low", "number", {"number": 9}, "gone")], "field-without-span"),
        ([MAYOR, item("figure_low", "number", {"number": 9}, "r2")], "field-of-another-label"),
        ([NINE, item("figure_low", "number", {})], "empty-field"),
        ([NINE, {"type": "relation", "from_id": "r1", "to_id": "gone"}], "relation-without-span"),
        ([MAYOR, NINE, {"type": "relation", "from_id": "r2", "to_id": "r1", "labels": []}], "unnamed-relation"),
        ([MAYOR, NINE, {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": ["eats"]}], "unknown-relation"),
        ([{"type": "choices"}], "unsupported-type"),
    ],
)
def test_what_does_not_fit_is_named(result: list[Any], reason: str) -> None:
    schema = SCHEMA
    reading = decode_result(result, TEXT, schema)
    assert reason in {reject.reason for reject in reading.rejects} or reason == "unsupported-type"
    assert reading.rejects
    assert sum(reading.tally.values()) == len(result)


def test_a_link_without_a_name_takes_the_only_relation_between_its_ends() -> None:
    link = {"type": "relation", "from_id": "r2", "to_id": "r1", "direction": "left"}
    reading = decode_result([MAYOR, NINE, link], TEXT, SCHEMA)
    assert reading.relations == (Relation(label="figure_source", head="r1", tail="r2"),)


def test_without_a_schema_the_values_speak_for_themselves() -> None:
    result = [
        item("category", "taxonomy", {"taxonomy": [["Killed", "By accident"], ["Suspect"]]}),
        item("tag", "labels", {"start": 9, "end": 13, "text": "nine", "labels": ["Number", "Person"]}),
        item("kind", "choices", {"start": 9, "end": 13, "text": "nine", "choices": ["exact"]}),
        item("stars", "rating", {"start": 9, "end": 13, "text": "nine", "rating": 4}),
        item("words", "textarea", {"text": ["unsure"]}, "x"),
        item("score", "rating", {"rating": 3}, "y"),
    ]
    reading = decode_result(result, TEXT, None)
    assert reading.labels == ("Killed/By accident", "Suspect")
    assert [(span.span_id, span.label, dict(span.attributes)) for span in reading.spans] == [
        ("r1", "Number", {"kind": "exact", "stars": 4}),
        ("r1#2", "Person", {"kind": "exact", "stars": 4}),
    ]
    assert reading.note == "unsure"
    assert reading.fields == {"score": 3}
    assert reading.rejects == []
    assert dict(reading.tally) == {
        ItemFate("taxonomy", "label"): 1,
        ItemFate("labels", "span"): 1,
        ItemFate("choices", "field"): 1,
        ItemFate("rating", "field"): 2,
        ItemFate("textarea", "note"): 1,
    }


def test_the_schema_is_the_one_these_results_are_written_for() -> None:
    assert isinstance(SCHEMA, Schema)
    assert {"FIGURE", "SOURCE", "CUE"} == {span.id for span in SCHEMA.spans}
