"""Rules as data: the default profile holds together, a user's profile adds to it, faults are named."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, default_profile, is_silent, lines_to_count, parse_profile, read, recurring_lines
from toolkit.ingest.layout.profile import Rulebook, fold

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
    with pytest.raises(InvalidInput, match=r"own\.yaml: not YAML"):
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
    with pytest.raises(InvalidInput, match="is no regular expression: global flags"):
        parse_profile("{name: x, rules: [{id: a, why: b, patterns: ['(?i)hello']}]}", where="own.yaml")


def test_lines_that_recur_over_many_pages_are_cut() -> None:
    texts = [
        f"Title number {i}\nThe council of town {i} voted.\nFetchly, the dog of news\n\nThe Tern\n2 "
        f"hours ago\n- The Tern\nBoats sail again\nBoat {i} sailed on Monday."
        for i in range(9)
    ]
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(lines_to_count(text.encode(), source="a.txt").short)
    recurring = recurring_lines(counts)
    assert fold("Fetchly, the dog of news") in recurring
    found = read(texts[0].encode(), source="a.txt", settings=Settings(recurring=recurring))
    assert [cut.text for cut in found.rejects if cut.reason == "recurring"] == ["Fetchly, the dog of news"]
    assert [(article.title, article.publisher) for article in found.articles] == [
        ("Title number 0", None),
        ("Boats sail again", "The Tern"),
    ]
    assert not recurring_lines(counts, least_pages=10)


@pytest.mark.parametrize("mark", ["\n", "\r", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_row_of_several_lines_is_not_silent(mark: str, ascii_only: bool) -> None:
    """A row of one line says nothing for the statistics, whatever its quotes; with any line break it does."""
    one, two = "“One line” – it’s all…", f"Share{mark}A line of prose, which is the longer one."
    rows = [json.dumps({"text": text}, ensure_ascii=ascii_only).encode() for text in (one, two)]
    assert [is_silent(raw, "a.jsonl") for raw in rows] == [True, False]
    assert [bool(lines_to_count(raw, source="a.jsonl").short) for raw in rows] == [False, True]
