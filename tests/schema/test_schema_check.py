"""What `check` finds, and where it says it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.errors import InvalidInput, UsageError
from toolkit.schema import check, load, parse, shipped

GOOD = """\
name: weather
version: 1.2.0
title: Weather
description: What a sentence says about the weather.
layers:
  - {id: sky, title: The sky}
  - {id: nothing, title: Or nothing}
labels:
  - id: rain
    title: Rain
    layer: sky
    rule: It rains.
    hotkey: r
    positives:
      - {text: It rains., labels: [rain]}
      - {text: It pours., labels: [rain]}
    near_misses:
      - {text: It may rain., labels: [none]}
      - {text: It is dry., labels: [none]}
  - id: none
    title: None
    layer: nothing
    exclusive: true
    rule: Nothing.
    hotkey: "0"
    positives:
      - {text: A dog barks., labels: [none]}
      - {text: A cat sleeps., labels: [none]}
    near_misses:
      - {text: Rain again., labels: [rain]}
      - {text: Drizzle., labels: [rain]}
spans:
  - id: AMOUNT
    title: Amount
    rule: How much.
    hotkey: a
    attributes:
      - {id: low, title: Low, type: number}
      - {id: high, title: High, type: number}
constraints:
  - {id: amount_of_rain, type: requires_label, spans: [AMOUNT], labels: [rain], message: An amount is of rain.}
"""


def faults(text: str, name: str = "weather.yaml") -> list[str]:
    try:
        parse(text, name)
    except InvalidInput as error:
        return [str(fault) for fault in error.faults]
    return []


def changed(*swaps: tuple[str, str]) -> str:
    text = GOOD
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text


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
        "weather.yaml:2:1: a text is wanted and 1.2 is none @ version; write it in quotes",
        "weather.yaml:9:5: 'title' is missing @ labels[0].title",
        "weather.yaml:10:5: unknown key 'titles'; did you mean 'title'? @ labels[0].titles",
        "weather.yaml:11:5: there is no layer 'skies' @ labels[0].layer",
        "weather.yaml:18:9: a mapping is wanted, not 'It may rain.' @ labels[0].near_misses[0]",
        "weather.yaml:19:28: there is no label 'nonne'; did you mean 'none'? @ labels[0].near_misses[1].labels",
        "weather.yaml:25:5: 'r' is there already, in line 13 @ labels[1].hotkey",
        "weather.yaml:38:31: input should be 'choice', 'number', 'boolean' or 'text', not 'numeral'"
        " @ spans[0].attributes[0].type",
        "weather.yaml:41:48: there is no span label 'AMOUNTS'; did you mean 'AMOUNT'? @ constraints[0].spans",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD.replace("Weather", "W\0").encode(), "s.yaml:3:9: no valid YAML: the character U+0000 is not allowed"),
        (
            GOOD.replace("It pours", "Il a plu à").encode("latin-1"),
            "s.yaml:16:25: not UTF-8: invalid continuation byte",
        ),
        (b"? [a, b]\n: 1\n" + GOOD.encode(), "s.yaml:1:3: a key is a word"),
        (b"- a\n", "s.yaml:1:1: a schema is a mapping with name, version, title, layers and labels"),
        (b"labels: 5\n" + GOOD.replace("labels:\n", "x:\n").encode(), "s.yaml:1:1: a list is wanted, not 5 @ labels"),
    ],
    ids=["control-character", "latin-1", "key", "list", "labels"],
)
def test_broken_files_are_told_by_line_and_column(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(content)
    assert str(check(path)[0]).removeprefix(f"{tmp_path}/").startswith(expected)


_ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.none())
)


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


def test_a_good_schema_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize("path", sorted(shipped("schemas").glob("*/*.yaml")), ids=lambda path: path.parent.name)
def test_shipped_schemas_check_clean(path: Path) -> None:
    assert check(path) == []


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
            "weather.yaml:38:31: input should be",
        ),
        ("    hotkey: a", "    hotkey: r", "weather.yaml:36:5: 'r' is there already, in line 13 @ spans[0].hotkey"),
        (
            "    hotkey: a",
            "    hotkey: u",
            "weather.yaml:36:5: the labelling page needs the key 'u' to unselect a span",
        ),
        ("id: high", "id: low", "weather.yaml:39:10: 'low' is there already, in line 38"),
        ("  - id: none\n", "  - id: rain\n", "weather.yaml:20:5: 'rain' is there already, in line 9 @ labels[1].id"),
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
            "weather.yaml:16:9: a positive of 'rain' lacks it",
        ),
        ("text: It is dry., labels: [none]", "text: It is dry., labels: [rain]", "a near-miss of 'rain' carries it"),
        ("text: A cat sleeps.", "text: It rains.", "weather.yaml:28:9: the same sentence has other labels in line 15"),
        ("      - {text: It pours., labels: [rain]}\n", "", "label 'rain' needs 2 positives and has 1"),
        (
            "text: It pours., labels: [rain]",
            "text: It pours., labels: [none, rain]",
            "'none' excludes every other label",
        ),
        ("{id: nothing,", "{id: spans,", "the labelling page has another part called 'spans'"),
        ("version: 1.2.0", "version: '1.2'", 'weather.yaml:2:1: a version such as "1.0.0" is wanted'),
        (
            "version: 1.2.0",
            "version: 1.2.0\nversion: 1.3.0",
            "weather.yaml:3:1: key 'version' stands twice, first in line 2",
        ),
        ("title: Weather\n", "title: Weather\ndigest: x\n", "the digest is computed, not written"),
        ("title: Weather\n", "", "'title' is missing"),
        ("title: Weather\n", "title: [Weather\n", "no valid YAML"),
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


def test_a_rule_that_other_rules_imply_is_dead() -> None:
    rule = "  - {id: none_alone, type: excludes, labels: [rain, none], message: Not both.}\n"
    assert faults(GOOD + rule) == [
        "weather.yaml:42:5: rule 'none_alone' is dead: the other rules say all that it says @ constraints[1]"
    ]


def test_the_same_rule_twice_is_dead_twice() -> None:
    rule = "  - {id: again, type: requires_label, spans: [AMOUNT], labels: [rain], message: An amount is of rain.}\n"
    assert [fault.split("'")[1] for fault in faults(GOOD + rule)] == ["amount_of_rain", "again"]


def test_labels_that_no_answer_can_carry_are_reported() -> None:
    """rain needs an AMOUNT, and an AMOUNT needs none, which excludes rain."""
    text = changed(("labels: [rain], message: An amount", "labels: [none], message: An amount"))
    text += "  - {id: rain_amount, type: requires_span, labels: [rain], spans: [AMOUNT], message: How much.}\n"
    assert faults(text) == ["weather.yaml:9:5: the rules leave no answer that carries 'rain' @ labels[0]"]


def test_a_rule_of_the_wrong_shape_is_reported() -> None:
    rule = "  - {id: order, type: ordered, spans: [AMOUNT], attributes: [low, low], message: Low first.}\n"
    assert "orders two number attributes" in faults(GOOD + rule)[0]
    rule = "  - {id: order, type: ordered, spans: [AMOUNT], message: Low first.}\n"
    assert "needs 'attributes'" in faults(GOOD + rule)[0]


def test_name_and_version_agree_with_the_path() -> None:
    assert faults(GOOD, "schemas/weather/1.2.0.yaml") == []
    assert "version 1.2.0 stands in 1.3.0.yaml" in faults(GOOD, "schemas/weather/1.3.0.yaml")[0]
    assert "stands in the folder 'climate'" in faults(GOOD, "schemas/climate/1.2.0.yaml")[0]


def test_no_mapping_is_no_schema() -> None:
    assert "a schema is a mapping" in faults("- a\n- b\n")[0]
    assert "a schema is a mapping" in faults("")[0]


@pytest.mark.parametrize(
    "text",
    [
        "name: &a [*a]\n",
        "[" * 5000,
        "name: 2026-99-99\n",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        "name: !!python/object/apply:os.system [echo]\n",
        "? [a, b]\n: c\n",
    ],
    ids=["within-itself", "deep", "date", "bomb", "code", "complex-key"],
)
def test_hostile_yaml_is_a_fault_and_no_crash(text: str) -> None:
    assert faults(text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(alphabet="a:-[]{}#&*\"'\n >|!?0", max_size=6))
def test_a_damaged_file_is_a_schema_or_a_list_of_faults(at: int, cut: int, words: str) -> None:
    damaged = GOOD[:at] + words + GOOD[at + cut :]
    assert all(fault.startswith("weather.yaml") for fault in faults(damaged))


def test_a_file_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "weather.yaml"
    path.write_bytes(GOOD.encode().replace(b"It pours", b"It p\xffurs"))
    assert "not UTF-8" in str(check(path)[0])
    with pytest.raises(InvalidInput, match="not UTF-8"):
        load(path)


def test_a_schema_is_found_by_name_version_or_path(tmp_path: Path) -> None:
    assert load("news_events") == load("news_events@1.0.0")
    assert load("claims").ref == "claims@1.0.0"
    path = tmp_path / "weather.yaml"
    path.write_text(GOOD)
    assert load(path).label_ids == ("rain", "none")
    with pytest.raises(UsageError, match="did you mean 'news_events'"):
        load("news_event")
    with pytest.raises(UsageError, match=r"it has 1\.0\.0"):
        load("claims@9.0.0")
    with pytest.raises(UsageError, match="no such schema file"):
        load(tmp_path / "absent.yaml")


def test_the_digest_is_of_the_content_not_of_its_layout() -> None:
    comment = "# a comment\n" + GOOD.replace("title: Weather", 'title: "Weather"')
    assert parse(comment).digest == parse(GOOD).digest
    assert parse(GOOD.replace("It pours.", "It's pouring.")).digest != parse(GOOD).digest
