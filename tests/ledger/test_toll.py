"""The rules by which figures are merged, on small cases whose answers are plain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import span

from toolkit.ledger import Place, Statement, ledgers
from toolkit.ledger.toll import Toll
from toolkit.records import Anchor, Link, Relation

PLACE = Place(page="a.txt", sha256="0" * 64, pieces=((0, 10),))


def told(
    sentence_id: str,
    text: str,
    words: str,
    when: str | None = "2026-03-12",
    *,
    source: str | None = None,
    **fields: Any,
) -> Statement:
    """Return a statement with one figure, given by a source of the text or by the narrator."""
    role = fields.pop("party_role", "own_side")
    publisher = fields.pop("publisher", "Tavli Post")
    figure = span(text, words, span_id="f", **({"harm": "killed", "qualifier": "exact"} | fields))
    spans = (figure,) if source is None else (figure, span(text, source, "SOURCE", span_id="s", party_role=role))
    return Statement(
        story_id="story",
        article_id=f"article-{sentence_id}",
        sentence_id=sentence_id,
        start=0,
        text=text,
        language="en",
        publisher=publisher,
        published_at=when,
        labels=("casualty_figure",),
        spans=spans,
        relations=() if source is None else (Relation(label="figure_source", head="f", tail="s"),),
        place=PLACE,
    )


def only_toll(*statements: Statement) -> Toll:
    ((toll,),) = (ledger.tolls for ledger in ledgers(statements))
    return toll


def test_a_later_figure_of_the_same_source_corrects_the_earlier_one() -> None:
    toll = only_toll(
        told(
            "2",
            "The toll rose to 36, the Police said.",
            "36",
            "2026-03-13T08:00:00Z",
            source="the Police",
            low=36,
            high=36,
        ),
        told("1", "14 died, the police said.", "14", "2026-03-12T08:00:00Z", source="the police", low=14, high=14),
    )
    assert [(each.before.sentence_id, each.after.sentence_id) for each in toll.corrections] == [("1", "2")]
    assert (toll.low.value, toll.high.value, toll.acled.value) == (36, 36, 36)
    assert toll.low.sentences == ("2",)
    assert not toll.contradiction


def test_a_date_without_a_time_replaces_nothing_of_its_day() -> None:
    toll = only_toll(
        told("1", "14 died, the police said.", "14", "2026-03-12", source="the police", low=14, high=14),
        told("2", "36 died, the police said.", "36", "2026-03-12T23:00:00Z", source="the police", low=36, high=36),
    )
    assert (toll.low.value, toll.high.value) == (14, 36)
    assert toll.contradiction == ("2", "1")


def test_an_article_without_a_date_replaces_nothing_and_is_replaced_by_nothing() -> None:
    toll = only_toll(
        told("1", "14 died, the police said.", "14", None, source="the police", low=14, high=14),
        told("2", "36 died, the police said.", "36", "2026-03-12", source="the police", low=36, high=36),
        told("3", "40 died, the police said.", "40", "2026-03-14", source="the police", low=40, high=40),
    )
    assert [mention.sentence_id for mention in toll.standing] == ["3", "1"]


def test_sources_are_never_added_up_and_their_disagreement_is_marked() -> None:
    toll = only_toll(
        told("1", "14 died, the army said.", "14", source="the army", low=14, high=14),
        told(
            "2", "At least 60 died, the rebels said.", "At least 60", source="the rebels", low=60, qualifier="at_least"
        ),
        told("3", "Up to 20 died, the mission said.", "Up to 20", source="the mission", high=20, party_role="third"),
    )
    assert (toll.acled.value, toll.low.value, toll.high.value, toll.open) == (14, 14, 60, True)
    assert toll.contradiction == ("2", "1")
    assert toll.sources == ("the army", "the mission", "the rebels")


def test_best_is_the_lowest_of_those_without_a_stake() -> None:
    toll = only_toll(
        told("1", "5 died, the army said.", "5", source="the army", low=5, high=5),
        told("2", "19 died, the mission said.", "19", source="the mission", low=19, high=19, party_role="third"),
        told("3", "25 died, the charity said.", "25", source="the charity", low=25, high=25, party_role="third"),
        told("4", "22 died, the rebels conceded.", "22", source="the rebels", low=22, high=22, stance="conceded"),
    )
    assert (toll.low.value, toll.best.value, toll.high.value) == (5, 19, 25)


def test_acled_counts_a_vague_word_and_only_people_killed() -> None:
    dead = told("1", "Dozens died.", "Dozens", qualifier="vague")
    hurt = told("2", "Dozens were hurt.", "Dozens", qualifier="vague", harm="wounded")
    several = told("3", "Several were missing.", "Several", qualifier="vague", harm="missing")
    (ledger,) = ledgers([dead, hurt, several])
    assert {toll.kind["harm"]: (toll.acled.value, toll.low.value) for toll in ledger.tolls} == {
        "killed": (12, None),
        "missing": (None, None),
        "wounded": (None, None),
    }
    assert [len(toll.standing) for toll in ledger.tolls] == [1, 1, 1]


def test_a_figure_that_its_source_doubts_or_denies_is_listed_and_not_merged() -> None:
    toll = only_toll(
        told("1", "No 90 died, the army said.", "90", source="the army", low=90, high=90, stance="denied"),
        told("2", "14 died, the army said.", "14", source="the army", low=14, high=14),
    )
    assert (len(toll.mentions), len(toll.standing), toll.high.value) == (2, 1, 14)


def test_bounds_in_the_wrong_order_are_listed_and_not_merged() -> None:
    toll = only_toll(told("1", "9 to 12 died.", "9 to 12", low=12, high=9, qualifier="range"))
    assert (len(toll.mentions), toll.low.value) == (1, None)


def test_figures_that_differ_in_what_they_count_are_apart_unless_it_is_asked() -> None:
    statements = [
        told("1", "14 soldiers died.", "14", low=14, high=14, status="combatant"),
        told("2", "3 villagers died.", "3", low=3, high=3, status="civilian", publisher="Hora"),
    ]
    (ledger,) = ledgers(statements)
    assert [(toll.kind["status"], toll.low.value) for toll in ledger.tolls] == [("civilian", 3), ("combatant", 14)]
    (merged,) = ledgers(statements, kinds=("harm",))
    assert [(toll.kind, toll.low.value, toll.high.value) for toll in merged.tolls] == [({"harm": "killed"}, 3, 14)]


def test_two_figures_of_one_sentence_are_no_contradiction() -> None:
    text = "14 died, three of them children."
    spans = (
        span(text, "14", span_id="a", harm="killed", low=14, high=14, qualifier="exact"),
        span(text, "three", span_id="b", harm="killed", low=3, high=3, qualifier="exact"),
    )
    statement = told("1", text, "14", low=14, high=14)
    assert only_toll(replace(statement, spans=spans)).contradiction == ()


def test_the_figures_of_two_narrators_are_two_sources() -> None:
    toll = only_toll(
        told("1", "14 people died.", "14", low=14, high=14, publisher="Hora"),
        told("2", "In all, 16 people died.", "16", "2026-03-20", low=16, high=16, publisher="Tavli Post"),
    )
    assert toll.sources == ("hora", "tavli post")
    assert (toll.latest_low.value, toll.low.value) == (16, 14)


def link(label: str, head: str, tail: str) -> Link:
    ends = (Anchor(sentence_id=each, label="claim", start=0, end=1, text="x") for each in (head, tail))
    return Link(label=label, head=next(ends), tail=next(ends))


def test_a_figure_that_is_linked_as_replaced_does_not_stand_whoever_gave_it() -> None:
    statements = [
        told("1", "14 died, the office said.", "14", source="the office", low=14, high=14),
        told("2", "Its toll is now 9, rescuers said.", "9", source="rescuers", low=9, high=9),
    ]
    (ledger,) = ledgers(statements, links=[link("updates", "2", "1")])
    (toll,) = ledger.tolls
    assert (toll.low.value, toll.high.value, toll.contradiction) == (9, 9, ())
    assert [(each.before.sentence_id, each.after.sentence_id) for each in toll.corrections] == [("1", "2")]


def test_figures_that_are_linked_in_a_circle_all_stand() -> None:
    statements = [
        told(str(number), f"{number}0 died, source {number} said.", f"{number}0", source=f"source {number}", low=number)
        for number in (1, 2, 3)
    ]
    circle = [link("updates", "1", "2"), link("updates", "2", "3"), link("updates", "3", "1")]
    ((toll,),) = (ledger.tolls for ledger in ledgers(statements, links=circle))
    assert len(toll.standing) == 3


def test_a_denial_leads_to_the_claim_and_a_link_to_a_copy_to_the_first() -> None:
    claim = replace(told("1", "Mines sank it, the guard said.", "Mines"), labels=("claim",), spans=())
    copy = replace(claim, sentence_id="1b", article_id="z", published_at="2026-03-20")
    denial = replace(told("2", "The navy denied it.", "navy", "2026-03-13"), labels=("denial",), spans=())
    (ledger,) = ledgers([copy, denial, claim], links=[link("denies", "2", "1b"), link("denies", "2", "gone")])
    assert [(each.linked, each.linked_by) for each in ledger.claims] == [
        ({}, {"denies": ("2",)}),
        ({"denies": ("1",)}, {}),
    ]
