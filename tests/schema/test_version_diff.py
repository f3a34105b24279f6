"""Each level of change, and that the version number has to fit it."""

from __future__ import annotations

import re

import pytest

from toolkit.errors import GateFailed
from toolkit.schema import Diff, Schema, diff, load, parse, shipped

TEXT = (shipped("schemas") / "news_events" / "1.0.0.yaml").read_text(encoding="utf-8")
OLD = load("news_events@1.0.0")

SPAN = "  - id: PLACE\n    title: Place\n    rule: Where.\n"
LABEL = """
  - id: appeal
    title: Appeal
    layer: content
    rule: Somebody is urged to act.
    positives:
      - {text: The mayor urged calm., labels: [appeal]}
      - {text: Stay at home, labels: [appeal]}
    near_misses:
      - {text: The mayor stayed calm., labels: [none]}
      - {text: They stayed at home., labels: [none]}
"""
RULE = "  - {id: apart, type: excludes, labels: [confirmation, denial], message: Not both.}\n"


def version(number: str, *swaps: tuple[str, str]) -> Schema:
    text = TEXT
    for old, new in (("version: 1.0.0", f"version: {number}"), *swaps):
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text)


def changed(*swaps: tuple[str, str]) -> Diff:
    return diff(OLD, version("9.0.0", *swaps))


PATCH = {
    "title": ("title: Claim\n", "title: Assertion\n"),
    "rule with its examples kept": ("A party is reported to withhold,", "Someone is reported to withhold,"),
    "example added": (
        "      - text: Asked about",
        "      - {text: It kept the date to itself., labels: [non_disclosure]}\n      - text: Asked about",
    ),
    "key": ('hotkey: "4"', "hotkey: m"),
    "message": ("must not be above", "may not be above"),
    "span rule": ("without the verb.", "never with the verb."),
}
MINOR = {
    "label added": ("\nspans:\n", f"{LABEL}\nspans:\n"),
    "span label added": ("\nrelations:\n", f"{SPAN}\nrelations:\n"),
    "optional field added": (
        "      - id: affected_party\n",
        "      - {id: age, title: Age, type: text}\n      - id: affected_party\n",
    ),
    "choice added": (
        "[civilian, combatant, mixed, unknown]\n        hotkeys: [z, v, b, n]",
        "[civilian, combatant, mixed, unknown, medic]\n        hotkeys: [z, v, b, n, m]",
    ),
    "field no longer required": (
        "type: choice\n        required: true\n        choices: [state",
        "type: choice\n        choices: [state",
    ),
}
MAJOR = {
    "retired": ("  - id: confirmation\n", "  - id: confirmation\n    retired: true\n"),
    "moved": ('layer: content\n    hotkey: "6"', 'layer: speech_act\n    hotkey: "6"'),
    "example answered differently": (
        "text: A second broadcaster confirmed the story of the stolen archive.\n        labels: [claim]",
        "text: A second broadcaster confirmed the story of the stolen archive.\n        labels: [none]",
    ),
    "field required": (
        "id: party_role\n        title: Side\n        type: choice",
        "id: party_role\n        title: Side\n        required: true\n        type: choice",
    ),
    "choice removed": (
        "[civilian, combatant, mixed, unknown]\n        hotkeys: [z, v, b, n]",
        "[civilian, combatant, mixed]\n        hotkeys: [z, v, b]",
    ),
    "field removed": (
        "      - id: affected_party\n        title: Whose people?\n        type: text\n"
        "        rule: As the sentence names them.\n",
        "",
    ),
    "rule between labels added": ("constraints:\n", f"constraints:\n{RULE}"),
    "relation narrowed": ("head: [FIGURE]", "head: [CUE]"),
}


@pytest.mark.parametrize(
    ("level", "swap"),
    [
        (level, swap)
        for level, swaps in (("patch", PATCH), ("minor", MINOR), ("major", MAJOR))
        for swap in swaps.values()
    ],
    ids=[*PATCH, *MINOR, *MAJOR],
)
def test_each_change_has_its_class(level: str, swap: tuple[str, str]) -> None:
    found = changed(swap)
    assert found.level == level, found.changes


def test_dropping_a_rule_between_labels_loosens_and_adding_one_tightens() -> None:
    """A rule under a new id is one dropped and one added."""
    found = changed(("  - id: low_not_above_high\n", "  - id: low_high\n"))
    assert [(change.level, change.what) for change in found.changes] == [("minor", "removed"), ("major", "added")]


def test_a_rule_whose_examples_go_is_redefined() -> None:
    rule = ("A party is reported to withhold,", "A ministry is reported to withhold,")
    example = ("Asked about the missing funds, the mayor declined to comment.", "The ministry would say nothing.")
    assert changed(rule).level == "patch"
    assert changed(example).level == "patch"
    assert changed(rule, example).level == "major"


@pytest.mark.parametrize(
    ("number", "swap", "agrees"),
    [
        ("1.0.1", PATCH["title"], True),
        ("1.1.0", PATCH["title"], False),
        ("1.1.0", MINOR["label added"], True),
        ("1.0.1", MINOR["label added"], False),
        ("2.0.0", MAJOR["retired"], True),
        ("1.1.0", MAJOR["retired"], False),
        ("0.9.0", PATCH["title"], False),
    ],
)
def test_the_version_number_has_to_say_what_changed(number: str, swap: tuple[str, str], agrees: bool) -> None:
    found = diff(OLD, version(number, swap))
    if agrees:
        found.require_agreement()
    else:
        with pytest.raises(GateFailed, match="the version number says"):
            found.require_agreement()


def test_the_remedy_names_the_right_number() -> None:
    with pytest.raises(GateFailed, match=re.escape("number it 1.1.0")):
        diff(OLD, version("1.0.1", MINOR["label added"])).require_agreement()


def test_no_change_is_no_change() -> None:
    found = diff(OLD, OLD)
    assert (found.level, found.declared, found.changes) == ("none", "none", ())
    found.require_agreement()


def test_label_numbers_are_append_only() -> None:
    """A label put in the middle would renumber those behind it."""
    middle = changed(
        ("  - id: denial\n", f"{LABEL.lstrip()}  - id: denial\n".replace("- id: appeal", "  - id: appeal", 1))
    )
    assert middle.faults[0] == "label number 1 was 'denial' and is now 'appeal'"
    with pytest.raises(GateFailed, match="retire labels, and append new ones"):
        middle.require_agreement()


def test_a_retired_label_does_not_come_back() -> None:
    retired = version("2.0.0", MAJOR["retired"])
    assert diff(retired, version("3.0.0")).faults == ("label 'confirmation' was retired and can be given again",)
