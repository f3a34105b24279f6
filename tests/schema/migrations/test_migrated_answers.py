"""Each kind of migration step, and that a replay is exact."""

from __future__ import annotations

from tests.schema.weather import small
from toolkit.records import Annotation, AttributeValue, Relation, Span, to_json
from toolkit.schema import Migrated, counts, migrate, parse, parse_migration

KIND = "{id: kind, title: Kind, type: choice, choices: [light, heavy]}"


OLD = parse(small("1.0.0", "rain snow hail wind fog none", fields=KIND))


def answer(number: int, *labels: str, skipped: bool = False, **fields: AttributeValue) -> Annotation:
    spans = []
    if fields:
        spans = [
            Span(span_id="a", label="AMOUNT", start=0, end=2, text="12", attributes=fields),
            Span(span_id="p", label="PLACE", start=3, end=6, text="bay"),
        ]
    return Annotation(
        annotation_id=f"a{number}",
        sentence_id=f"s{number}",
        annotator="ann",
        labels=tuple(sorted(labels)),
        spans=tuple(spans),
        relations=(Relation(label="amount_place", head="a", tail="p"),) if fields else (),
        schema=OLD.ref,
        created_at="2031-03-12T10:00:00Z",
        updated_at="2031-03-12T10:00:00Z",
        skipped=skipped,
    )


def run(new_yaml: str, steps: str, *answers: Annotation) -> list[Migrated]:
    new = parse(new_yaml)
    head = f"from: {OLD.ref}\nto: {new.ref}\nreviewed_by: a person\nsteps:\n"
    migration = parse_migration(head + "".join(f"  - {{{step.strip()}}}\n" for step in steps.split(";")), OLD, new)
    return list(migrate(answers, migration, OLD, new))


def labels(results: list[Migrated]) -> list[tuple[str, ...] | None]:
    return [result.after.labels if result.after else None for result in results]


def test_rename() -> None:
    new = small("2.0.0", "rain:retired snow hail wind fog none rainfall", fields=KIND)
    results = run(new, "type: rename, label: rain, to: rainfall", answer(1, "rain", "snow"), answer(2, "fog"))
    assert labels(results) == [("rainfall", "snow"), ("fog",)]
    assert [result.changed for result in results] == [True, False]
    assert {result.after.schema for result in results if result.after} == {"weather@2.0.0"}


def test_rename_of_fields_choices_spans_and_relations() -> None:
    new = small(
        "2.0.0", "rain snow hail wind fog none", fields="{id: force, title: F, type: choice, choices: [light, strong]}"
    )
    new = (
        new.replace("id: PLACE", "id: SITE").replace("[PLACE]", "[SITE]").replace("id: amount_place", "id: amount_site")
    )
    steps = (
        "type: rename, span: AMOUNT, attribute: kind, choice: heavy, to: strong;"
        "type: rename, span: AMOUNT, attribute: kind, to: force;"
        "type: rename, span: PLACE, to: SITE; type: rename, relation: amount_place, to: amount_site"
    )
    (result,) = run(new, steps, answer(1, "rain", kind="heavy"))
    assert result.after is not None
    amount, site = result.after.spans
    assert (amount.attributes, site.label) == ({"force": "strong"}, "SITE")
    assert [relation.label for relation in result.after.relations] == ["amount_site"]
    assert result.breaches == ()


def test_merge() -> None:
    new = small("2.0.0", "rain snow:retired hail:retired wind fog none frozen", fields=KIND)
    results = run(
        new, "type: merge, labels: [snow, hail], to: frozen", answer(1, "hail", "snow"), answer(2, "rain", "snow")
    )
    assert labels(results) == [("frozen",), ("frozen", "rain")]


def test_split_asks_people_about_those_answers_and_only_those() -> None:
    new = small("2.0.0", "rain snow hail wind:retired fog none breeze storm", fields=KIND)
    answers = [answer(1, "wind"), answer(2, "rain"), answer(3, "rain", "wind"), answer(4, skipped=True)]
    results = run(new, "type: split, label: wind, into: [breeze, storm]", *answers)
    assert labels(results) == [None, ("rain",), None, ()]
    assert [result.ambiguous for result in results] == [("wind",), (), ("wind",), ()]
    assert counts(results) == {"unchanged": 2, "changed": 0, "ambiguous": 2, "breaking": 0}


def test_split_by_a_field_asks_only_where_the_field_is_silent() -> None:
    new = small("2.0.0", "rain snow hail wind:retired fog none breeze storm", fields=KIND)
    step = (
        "type: split, label: wind, into: [breeze, storm],"
        " by: {span: AMOUNT, attribute: kind, values: {light: breeze, heavy: storm}}"
    )
    answers = [
        answer(1, "wind", kind="heavy"),
        answer(2, "wind", kind="light"),
        answer(3, "wind", kind=None),
        answer(4, "wind"),
    ]
    assert labels(run(new, step, *answers)) == [("storm",), ("breeze",), None, None]


def test_retire() -> None:
    new = small("2.0.0", "rain snow hail wind fog:retired none", fields=KIND)
    results = run(new, "type: retire, label: fog, to: none", answer(1, "fog"), answer(2, "fog", "rain"))
    assert labels(results) == [("none",), ("rain",)]


def test_retiring_a_span_label_takes_its_relations_along() -> None:
    new = small("2.0.0", "rain snow hail wind fog none", fields=KIND)
    (result,) = run(new, "type: retire, span: PLACE", answer(1, "rain", kind="light"))
    assert result.after is not None
    assert [span.label for span in result.after.spans] == ["AMOUNT"]
    assert result.after.relations == ()


def test_add_attribute() -> None:
    new = small("1.1.0", "rain snow hail wind fog none", fields=KIND + ", {id: unit, title: U, type: text}")
    (result,) = run(
        new, "type: add_attribute, span: AMOUNT, attribute: unit, value: mm", answer(1, "rain", kind="light")
    )
    assert result.after is not None
    assert result.after.spans[0].attributes == {"unit": "mm", "kind": "light"}
    assert result.breaches == ()


def test_answers_that_break_a_new_rule_are_counted_and_carried() -> None:
    rule = "constraints:\n  - {id: how_much, type: requires_span, labels: [rain], spans: [AMOUNT], message: How much}\n"
    new = small("2.0.0", "rain snow hail wind fog none", fields=KIND, extra=rule)
    results = run(new, "type: retire, relation: amount_place", answer(1, "rain"), answer(2, "fog"))
    assert [[breach.rule for breach in result.breaches] for result in results] == [["how_much"], []]
    assert counts(results)["breaking"] == 1
    assert labels(results) == [("rain",), ("fog",)]


def test_a_replay_gives_the_same_bytes() -> None:
    new = small("2.0.0", "rain snow:retired hail:retired wind fog none frozen", fields=KIND)
    answers = [answer(n, *names, kind="light") for n, names in enumerate([("snow",), ("hail", "rain"), ("wind",)])]
    first, second = (run(new, "type: merge, labels: [snow, hail], to: frozen", *answers) for _ in range(2))
    assert [to_json(result) for result in first] == [to_json(result) for result in second]


def test_answers_under_another_schema_are_left_alone() -> None:
    new = parse(small("2.0.0", "rain snow hail wind fog none", fields=KIND))
    text = f"from: {OLD.ref}\nto: {new.ref}\nreviewed_by: x\nsteps: []\n"
    results = list(migrate([answer(1, "rain")], parse_migration(text, OLD, new), OLD, new))
    assert len(results) == 1
    assert list(migrate([results[0].after], parse_migration(text, OLD, new), OLD, new)) == []  # type: ignore[list-item]
