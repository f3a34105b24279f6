"""Links between sentences: what `schema check` finds in them, and what diff and migrate say of them."""

from __future__ import annotations

import pytest

from tests.schema.weather import GOOD, faults
from toolkit.errors import InvalidInput
from toolkit.schema import Schema, diff, load, parse, parse_migration, shipped

LINKS = """\
links:
  - id: denies
    title: denies
    head: [rain]
    tail: [rain, AMOUNT]
    rule: It says that the other is false.
    positives:
      - {first: It did not rain., second: It rained.}
      - {first: No rain at all., second: Rain fell.}
    near_misses:
      - {first: It may rain., second: It rained.}
      - {first: It is dry., second: It rained.}
"""


def linked(*swaps: tuple[str, str], version: str = "1.2.0") -> str:
    text = GOOD.replace("version: 1.2.0", f"version: {version}") + LINKS
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def read(*swaps: tuple[str, str], version: str = "1.2.0") -> Schema:
    return parse(linked(*swaps, version=version), "weather.yaml")


def test_a_schema_with_links_is_read_with_its_pairs() -> None:
    (link,) = read().links
    assert (link.head, link.tail, link.scope) == (("rain",), ("rain", "AMOUNT"), "story")
    assert [pair.second for pair in link.positives] == ["It rained.", "Rain fell."]


@pytest.mark.parametrize(
    ("swap", "what"),
    [
        (("head: [rain]", "head: [rian]"), "did you mean 'rain'"),
        (("head: [rain]", "head: []"), "has no label to start from"),
        (("head: [rain]", "head: [some rain]"), "use the id of a label or of a span label"),
        (("scope: story", "scope: page"), "'article'"),
        (("      - {first: No rain at all., second: Rain fell.}\n", ""), "needs 2 positives and has 1"),
        (("first: It may rain., second: It rained.", "first: It did not rain., second: It rained."), "the same pair"),
        (("first: It may rain., second: It rained.", "first: It rained., second: It rained."), "are the same"),
        (("first: It may rain.", "first: ' '"), "a pair without text"),
        (("second: Rain fell.", "segond: Rain fell."), "unknown key 'segond'; did you mean 'second'?"),
    ],
)
def test_each_fault_of_a_link_is_told_with_its_place(swap: tuple[str, str], what: str) -> None:
    scoped = ("    rule: It says", "    scope: story\n    rule: It says")
    found = faults(linked(scoped, swap))
    assert any(what in fault and "weather.yaml:" in fault for fault in found), found


def test_a_link_is_no_relation_of_the_sentence_too() -> None:
    relation = "relations:\n  - {id: denies, title: r, head: [AMOUNT], tail: [AMOUNT], rule: r}\n"
    assert any("is a relation within a sentence already" in fault for fault in faults(GOOD + relation + LINKS))


@pytest.mark.parametrize(
    ("swaps", "level"),
    [
        ([("title: denies", "title: calls false")], "patch"),
        ([("It says that the other is false.", "It calls the other false.")], "patch"),
        ([("tail: [rain, AMOUNT]", "tail: [rain]")], "major"),
        ([("head: [rain]", "head: [rain, AMOUNT]")], "minor"),
        ([("    rule: It says", "    scope: article\n    rule: It says")], "major"),
        (
            [("is false.", "is wrong."), ("{first: It is dry., second: It rained.}", "{first: Dry., second: Wet.}")],
            "major",
        ),
    ],
)
def test_a_change_of_a_link_has_its_level(swaps: list[tuple[str, str]], level: str) -> None:
    assert diff(read(), read(*swaps, version="9.0.0")).level == level


def test_a_link_is_added_in_a_minor_version_and_removed_in_a_major_one() -> None:
    without, with_ = parse(GOOD, "weather.yaml"), read(version="1.3.0")
    assert (diff(without, with_).level, diff(with_, without).level) == ("minor", "major")


def test_a_pair_that_turns_from_positive_to_near_miss_redefines_the_link() -> None:
    moved = [
        ("{first: No rain at all., second: Rain fell.}", "{first: Not a drop., second: It poured.}"),
        ("{first: It is dry., second: It rained.}", "{first: No rain at all., second: Rain fell.}"),
    ]
    assert any("redefined: a pair" in change.what for change in diff(read(), read(*moved, version="2.0.0")).changes)


def test_a_migration_has_to_say_what_becomes_of_a_link() -> None:
    old, new = read(), read(("id: denies", "id: refutes"), version="2.0.0")
    head = "from: weather@1.2.0\nto: weather@2.0.0\nreviewed_by: Ana\nsteps: "
    with pytest.raises(InvalidInput, match="link 'denies' can no longer be drawn"):
        parse_migration(head + "[]\n", old, new)
    with pytest.raises(InvalidInput, match="no link 'refute' that can be given"):
        parse_migration(head + "[{type: rename, link: denies, to: refute}]\n", old, new)
    migration = parse_migration(head + "[{type: rename, link: denies, to: refutes}]\n", old, new)
    assert migration.steps[0].to == "refutes"  # type: ignore[union-attr]


def test_the_shipped_links_join_what_their_names_say_and_older_digests_stay() -> None:
    schema = load("news_events@1.1.0")
    assert [link.id for link in schema.links] == ["denies", "confirms", "repeats", "updates"]
    assert "links" not in (shipped("schemas") / "news_events" / "1.0.1.yaml").read_text(encoding="utf-8")
    assert load("news_events@1.0.1").digest.startswith("a21dcf1cb3502dc4")
