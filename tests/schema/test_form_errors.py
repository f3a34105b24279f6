"""Faults in the form of a schema: each is found, at its place, and hides no other."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.weather import GOOD, changed, faults


def test_faults_of_form_hide_no_others() -> None:
    text = changed(
        ("version: 1.2.0", "version: 1.2"),
        ("title: Rain", "titles: Rain"),
        ('    rule: Nothing.\n    hotkey: "0"', "    rule: Nothing.\n    hotkey: r"),
        ("layer: sky", "layer: skies"),
        ("      - {text: It may rain., labels: [none]}", "      - It may rain."),
        ("labels: [none]}\n  - id: none", "labels: [nonne]}\n  - id: none"),
        ("type: number}\n      - {id: high", "type: numeral}\n      - {id: high"),
        ("spans: [AMOUNT]", "spans: [AMOUNTS]"),
    )
    assert faults(text) == [
        "weather.yaml:2:1: expected text, not 1.2 @ version; write it in quotes",
        "weather.yaml:9:5: 'title' is missing @ labels[0].title",
        "weather.yaml:10:5: unknown key 'titles'; did you mean 'title'? @ labels[0].titles",
        "weather.yaml:11:5: there is no layer 'skies' @ labels[0].layer",
        "weather.yaml:18:9: expected a mapping, not 'It may rain.' @ labels[0].near_misses[0]",
        "weather.yaml:19:28: there is no label 'nonne'; did you mean 'none'? @ labels[0].near_misses[1].labels",
        "weather.yaml:25:5: 'r' is used already, in line 13 @ labels[1].hotkey",
        "weather.yaml:38:31: expected 'choice', 'number', 'boolean' or 'text', not 'numeral'"
        " @ spans[0].attributes[0].type",
        "weather.yaml:41:48: there is no span label 'AMOUNTS'; did you mean 'AMOUNT'? @ constraints[0].spans",
    ]


_ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.none())
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_stands_in_the_file_is_a_fault_with_a_place_or_none(data: st.DataObject) -> None:
    document = yaml.safe_load(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        holder = document
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and data.draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = data.draw(_ODD)
            break
    for fault in faults(yaml.safe_dump(document, allow_unicode=True)):
        assert re.match(r"weather\.yaml:\d+:\d+: ", fault)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "title: Rain",
            "titles: Rain",
            "weather.yaml:10:5: unknown key 'titles'; did you mean 'title'? @ labels[0].titles",
        ),
        (
            "type: number}\n      - {id: high",
            "type: numeral}\n      - {id: high",
            "weather.yaml:38:31: expected 'choice', 'number', 'boolean' or 'text', not 'numeral'",
        ),
        (
            "version: 1.2.0",
            "version: '1.2'",
            "weather.yaml:2:1: '1.2' is not allowed here: use a version of three numbers, e.g. '1.0.0' @ version",
        ),
        ("title: Weather\n", "title: Weather\ndigest: x\n", "weather.yaml:4:1: the digest is computed, not written"),
        ("title: Weather\n", "", "weather.yaml:1:1: 'title' is missing"),
        (
            "id: AMOUNT\n",
            "id: amount of rain\n",
            "'amount of rain' is not allowed here: use capital letters, digits and _, e.g. 'AMOUNT_OF_RAIN'",
        ),
        (
            "{id: sky,",
            "{id: 1st,",
            "'1st' is not allowed here: use lower-case letters, digits and _, with a letter first, e.g. 'rain'",
        ),
        ("hotkey: r", "hotkey: R", "'R' is not allowed here: use a lower-case letter, a digit, or shift+letter"),
        ("    rule: It rains.\n", "    rule:\n", "weather.yaml:12:5: expected text, not nothing @ labels[0].rule"),
        ("exclusive: true", "exclusive: perhaps", "expected true or false, not 'perhaps'"),
        (
            "type: number}\n      - {id: high",
            "type: number, minimum: few}\n      - {id: high",
            "expected a whole number, not 'few'",
        ),
    ],
)
def test_each_fault_of_form_says_what_belongs_there(old: str, new: str, expected: str) -> None:
    found = faults(changed((old, new)))
    assert any(expected in fault for fault in found), found


def test_a_thing_whose_id_is_at_fault_is_called_as_the_file_calls_it() -> None:
    """What takes the place of the id while the rest is checked is never shown."""
    miss = "      - {text: It is dry., labels: [none]}\n"
    found = faults(changed(("  - id: rain\n", "  - id: RAIN\n"), (miss, "")))
    assert "weather.yaml:17:5: label 'RAIN' needs 2 near-misses and has 1 @ labels[0].near_misses" in found
    found = faults(changed(("  - id: rain\n    title", "  - title"), (miss, "")))
    assert "label labels[0] needs 2 near-misses and has 1" in "\n".join(found)


def test_a_long_wrong_value_is_shown_in_part() -> None:
    (found,) = faults(changed(("title: Weather\n", f"title: [{', '.join(['word'] * 99)}]\n")))
    assert found.startswith("weather.yaml:3:1: expected text, not ['word', 'word'")
    assert len(found) < 120
