"""Faults in the content of a schema, and the search for answers that its rules allow."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schema.weather import GOOD, changed, faults
from toolkit.schema.consistency import Clause, satisfiable


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    hotkey: a", "    hotkey: r", "weather.yaml:36:5: 'r' is used already, in line 13 @ spans[0].hotkey"),
        (
            "    hotkey: a",
            "    hotkey: u",
            "weather.yaml:36:5: the labelling page needs the key 'u' to unselect a span",
        ),
        ("id: high", "id: low", "weather.yaml:39:10: 'low' is used already, in line 38"),
        ("  - id: none\n", "  - id: rain\n", "weather.yaml:20:5: 'rain' is used already, in line 9 @ labels[1].id"),
        (
            "layer: sky",
            "layer: skies",
            "weather.yaml:11:5: there is no layer 'skies' @ labels[0].layer",
        ),
        (
            "spans: [AMOUNT]",
            "spans: [AMOUNTS]",
            "weather.yaml:41:48: there is no span label 'AMOUNTS'; did you mean 'AMOUNT'?",
        ),
        (
            "text: It pours., labels: [rain]",
            "text: It pours., labels: [none]",
            "weather.yaml:16:9: a positive of 'rain' does not carry it",
        ),
        ("text: It is dry., labels: [none]", "text: It is dry., labels: [rain]", "a near-miss of 'rain' carries it"),
        ("text: A cat sleeps.", "text: It rains.", "weather.yaml:28:9: the same sentence has other labels in line 15"),
        ("      - {text: It pours., labels: [rain]}\n", "", "label 'rain' needs 2 positives and has 1"),
        (
            "text: It pours., labels: [rain]",
            "text: It pours., labels: [none, rain]",
            "'none' excludes every other label",
        ),
        ("{id: nothing,", "{id: spans,", "the labelling page has another part that is called 'spans'"),
        (
            "id: high, title: High, type: number",
            "id: high, title: High, type: choice",
            "a choice needs at least two choices",
        ),
    ],
)
def test_each_fault_is_found_at_its_place(old: str, new: str, expected: str) -> None:
    found = faults(changed((old, new)))
    assert any(expected in fault for fault in found), found


def test_all_faults_come_at_once_and_in_order_of_their_lines() -> None:
    found = faults(changed(("    hotkey: a", "    hotkey: r"), ("layer: sky", "layer: skies"), ("id: high", "id: low")))
    lines = [int(fault.split(":")[1]) for fault in found]
    assert lines == sorted(lines)
    assert {11, 36, 39} <= set(lines)


def test_a_rule_that_follows_from_others_is_reported() -> None:
    rule = "  - {id: none_alone, type: excludes, labels: [rain, none], message: Not both.}\n"
    assert faults(GOOD + rule) == [
        "weather.yaml:42:5: rule 'none_alone' changes nothing: it follows from the other rules @ constraints[1]"
    ]


def test_the_same_rule_twice_is_reported_twice() -> None:
    rule = "  - {id: again, type: requires_label, spans: [AMOUNT], labels: [rain], message: An amount is of rain.}\n"
    assert [fault.split("'")[1] for fault in faults(GOOD + rule)] == ["amount_of_rain", "again"]


def test_labels_that_no_answer_can_carry_are_reported() -> None:
    """rain needs an AMOUNT, and an AMOUNT needs none, which excludes rain."""
    text = changed(("labels: [rain], message: An amount", "labels: [none], message: An amount"))
    text += "  - {id: rain_amount, type: requires_span, labels: [rain], spans: [AMOUNT], message: How much.}\n"
    assert faults(text) == ["weather.yaml:9:5: the rules leave no answer that carries 'rain' @ labels[0]"]


def test_a_rule_of_the_wrong_shape_is_reported() -> None:
    rule = "  - {id: order, type: ordered, spans: [AMOUNT], attributes: [low, low], message: Low first.}\n"
    assert "needs two different attributes of the type number" in faults(GOOD + rule)[0]
    rule = "  - {id: order, type: ordered, spans: [AMOUNT], message: Low first.}\n"
    assert "needs 'attributes'" in faults(GOOD + rule)[0]


NAMES = "abcd"


LITERALS = st.tuples(st.sampled_from(NAMES), st.booleans())


CLAUSES = st.lists(st.frozensets(LITERALS, max_size=4), max_size=12)


def satisfied_by_some(clauses: list[Clause]) -> bool:
    worlds = (dict(zip(NAMES, values, strict=True)) for values in product((False, True), repeat=len(NAMES)))
    return any(all(any(world[name] is value for name, value in clause) for clause in clauses) for world in worlds)


@pytest.mark.slow
@given(CLAUSES)
def test_a_world_is_found_exactly_where_there_is_one(clauses: list[Clause]) -> None:
    assert satisfiable(clauses) == satisfied_by_some(clauses)
