"""Patterns that are tried only where their letters are: they must find what the plain regular expressions find."""

from __future__ import annotations

import re
import sys
from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.ingest.rare_pattern import RarePattern, fold

NOTICES = yaml.safe_load(files("toolkit.ingest.layout").joinpath("profiles/notices.yaml").read_text(encoding="utf-8"))
PATTERNS = sorted({pattern for patterns in NOTICES.values() for pattern in patterns})
SOUGHT = {kind: RarePattern(patterns) for kind, patterns in NOTICES.items()}


@settings(max_examples=400)
@given(data=st.data())
def test_what_a_notice_matches_is_found_in_any_case(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(NOTICES)))
    pattern = data.draw(st.sampled_from(NOTICES[kind]))
    text = data.draw(st.text(max_size=10)) + data.draw(st.from_regex(re.compile(pattern, re.I)))
    plain = re.compile("|".join(NOTICES[kind]), re.I)
    for variant in (text, text.upper(), text.swapcase(), text.replace("i", "İ"), text.replace("s", "ſ")):
        expected, found = plain.search(variant), SOUGHT[kind].search(variant)
        assert (found and found.span()) == (expected and expected.span())


def test_letters_that_are_one_to_a_regular_expression_are_one_when_folded() -> None:
    cased = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if len({c, c.lower(), c.upper(), c.casefold()}) > 1)
    for letter in sorted({letter for pattern in PATTERNS for letter in pattern if letter in cased}):
        same = re.compile(re.escape(letter), re.I).findall(cased)
        assert {fold(each) for each in same} == {fold(letter)}, letter


def test_of_two_matches_at_one_place_the_first_alternative_counts() -> None:
    for alternatives in (["page", "page not found", "a page"], ["not found", "page"]):
        found = RarePattern(alternatives).search("no page not found")
        assert found is not None
        assert found[0] == "page"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("ferr(?:y|ies)", "Ferries"),
        ("fer{2}y", "ferry"),
        ("fer{0,2}y", "fey"),
        ("fer*y", "fey"),
        ("fer+y", "ferrry"),
        ("(?:ferry )?tariff", "a tariff"),
        ("(?:ferry|)tariff", "a tariff"),
        ("tug[bo]at\\.", "tugoat."),
        ("^$", ""),
        ("\\[\\s?\\+\\d{1,3}\\]", "[ +12]"),
        (".*", "anything"),
    ],
)
def test_what_may_be_missing_is_not_needed(pattern: str, text: str) -> None:
    found = RarePattern([pattern]).search(text)
    assert found is not None
    assert found.span() == re.compile(pattern, re.I).search(text).span()  # type: ignore[union-attr]


@pytest.mark.parametrize("pattern", ["(?=ferry)tug", "(ferry)", "(?i:ferry)", "\\u0041", "\\x41", "(?P<n>ferry)"])
def test_other_regular_expressions_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="plain regular expressions"):
        RarePattern([pattern])
