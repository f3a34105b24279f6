"""Rules as data: the default profile holds together, a user's profile adds to it, faults are named."""

from __future__ import annotations

from collections import Counter

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, default_profile, parse_profile, read
from toolkit.ingest.layout.profile import Rulebook

OWN = """
name: fetchly
sources: ["fetchly/*"]
rules:
  - id: mascot
    why: The site's mascot says hello.
    phrases: [hello from Fetchy]
    patterns: ['fetchy counts \\d+ readers']
"""


PAGE = (
    "Breakwater to be rebuilt\nThe council voted on Monday.\nHello from Fetchy!\nFetchy counts "
    "12 readers\nWork begins in May."
)


def test_a_phrase_of_the_default_profile_is_cut_as_it_stands() -> None:
    book = Rulebook([default_profile()])
    for rule in default_profile().rules:
        for phrase in rule.phrases:
            assert book.judge(phrase), phrase
            assert book.judge(f"  {phrase.capitalize()} …".strip()), phrase


def test_no_rule_of_the_default_profile_is_named_twice() -> None:
    ids = Counter(rule.id for rule in default_profile().rules)
    assert max(ids.values()) == 1


def test_a_profile_of_the_user_holds_for_the_pages_it_names() -> None:
    settings = Settings(profiles=(parse_profile(OWN, where="own.yaml"),))
    found = read(PAGE.encode(), source="fetchly/1.txt", settings=settings)
    assert found.articles[0].body == "The council voted on Monday.\nWork begins in May."
    assert [cut.reason for cut in found.rejects] == ["mascot", "mascot"]
    assert not read(PAGE.encode(), source="other/1.txt", settings=settings).rejects


def test_all_faults_of_a_profile_are_named() -> None:
    text = "name: x\ncolour: red\nrules:\n  - {id: a, why: b, patterns: ['(']}\n  - {id: B, why: c}\n"
    with pytest.raises(InvalidInput) as fault:
        parse_profile(text, where="own.yaml")
    assert len(fault.value.faults) == 3
    assert "own.yaml" in str(fault.value)
    with pytest.raises(InvalidInput, match=r"own\.yaml:1:9: not valid YAML"):
        parse_profile("rules: [", where="own.yaml")


def test_groups_of_a_pattern_are_its_own() -> None:
    own = r"{name: x, rules: [{id: twice, why: y, patterns: ['(?P<a>.)(?P=a)!', '(.)\1\1']}]}"
    book = Rulebook([parse_profile(own, where="own.yaml"), default_profile()])
    judged = {line: book.judge(line) for line in ("oo!", "ooo", "oxo", "Share this article")}
    assert {line: rule and rule.id for line, rule in judged.items()} == {
        "oo!": "twice",
        "ooo": "twice",
        "oxo": None,
        "Share this article": "share-bar",
    }


def test_flags_for_a_whole_regex_are_refused() -> None:
    with pytest.raises(InvalidInput, match="is not a regular expression: global flags"):
        parse_profile("{name: x, rules: [{id: a, why: b, patterns: ['(?i)hello']}]}", where="own.yaml")
