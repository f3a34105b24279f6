"""Which links people agree on: of those who could have drawn one, more than half did."""

from __future__ import annotations

from typing import Any

from toolkit.adjudicate.link_votes import link_votes
from toolkit.records import Anchor, Link, LinkAnswer

ENDS = {each: Anchor(sentence_id=each, label="claim", start=0, end=1, text=each) for each in "abc"}
AB, AC = (Link(label="denies", head=ENDS["a"], tail=ENDS[each]) for each in "bc")


def answer(person: str, *links: Link, offered: str = "abc", window: str = "w", **more: Any) -> LinkAnswer:
    fields = {"schema": "s@1.0.0", "created_at": "2026-01-01", "updated_at": "2026-01-01"} | more
    return LinkAnswer(
        annotation_id=f"{person}{window}",
        window_id=window,
        annotator=person,
        offered=tuple(offered),
        links=links,
        **fields,
    )


def test_most_of_those_who_saw_both_ends_decide() -> None:
    found = link_votes([answer("ada", AB, AC), answer("ben", AB), answer("cleo", AB, offered="ab")])
    assert [(each.link, each.drawn, each.offered, each.holds) for each in found] == [
        (AB, 3, 3, True),
        (AC, 1, 2, False),
    ]
    assert [each.disputed for each in found] == [False, True]


def test_a_person_who_saw_both_in_two_windows_counts_once() -> None:
    found = link_votes([answer("ada", AB), answer("ada", window="v"), answer("ben", AB, window="v")])
    assert [(each.drawn, each.offered) for each in found] == [(2, 2)]


def test_two_ends_that_nobody_saw_in_one_window_were_not_offered() -> None:
    apart = [answer("ben", offered="a", window="1"), answer("ben", offered="b", window="2")]
    assert [(each.drawn, each.offered) for each in link_votes([answer("ada", AB), *apart])] == [(1, 1)]


def test_skips_and_answers_with_a_lost_part_have_no_vote() -> None:
    found = link_votes([answer("ada", AB), answer("ben", skipped=True), answer("cleo", rejected=1)])
    assert [(each.drawn, each.offered, each.holds) for each in found] == [(1, 1, True)]


def test_an_expert_decides_every_pair_that_their_window_offered() -> None:
    people = [answer("ada", AB, AC), answer("ben")]
    earlier = answer("eve", AB, AC, updated_at="2026-01-01")
    later = answer("zoe", AC, window="v", offered="ac", updated_at="2026-01-03")
    assert [(each.holds, each.method) for each in link_votes(people, [later, earlier])] == [(True, "expert")] * 2
    refused = link_votes(people, [answer("eve", updated_at="2026-01-02"), earlier])
    assert [(each.holds, each.method, each.disputed) for each in refused] == [(False, "expert", False)] * 2
    elsewhere = link_votes(people, [answer("eve", offered="bc")])
    assert [(each.holds, each.method, each.disputed) for each in elsewhere] == [(False, "majority", True)] * 2


def test_what_only_an_expert_drew_holds() -> None:
    (found,) = link_votes([answer("ada"), answer("ben")], [answer("eve", AB)])
    assert (found.link, found.drawn, found.offered, found.holds, found.method) == (AB, 0, 2, True, "expert")
