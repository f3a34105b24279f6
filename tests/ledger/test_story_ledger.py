"""From gold the interval of every cell is the truth's by the rule, whatever the order of the articles."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.invented_events import ACLED, PHRASES, Event, events
from toolkit.figures import read, suggest
from toolkit.ledger import Statement, ledgers
from toolkit.ledger.ledger_tables import CELLS, story_rows
from toolkit.ledger.shown_cells import CLAIM_HEADER, claim_cells
from toolkit.ledger.statement import told_once
from toolkit.records import Anchor, Link

EVENTS = list(events(500))


def cells(event: Event, statements: list[Statement]) -> dict[str, dict[str, int | None]]:
    found = ledgers(statements)
    tolls = [toll for ledger in found for toll in ledger.tolls]
    assert {ledger.story_id for ledger in found} <= {event.story_id}
    assert len({toll.kind["harm"] for toll in tolls}) == len(tolls)
    return {toll.kind["harm"]: {name: getattr(toll, name).value for name in CELLS} for toll in tolls}


def test_every_cell_of_500_events_in_six_languages_is_the_truth() -> None:
    assert {event.language for event in EVENTS} == set(PHRASES)
    assert {report.qualifier for event in EVENTS for report in event.reports} >= {
        "vague",
        "more_than",
        "up_to",
        "range",
    }
    copies = 0
    for event in EVENTS:
        harms = {report.harm for report in event.reports}
        assert cells(event, event.statements) == {harm: event.truth(harm) for harm in harms}, event
        copies += len(event.statements) - len({statement.text for statement in event.statements})
    assert copies > 300


def test_the_vague_word_of_each_language_is_what_acled_counts() -> None:
    for language, phrases in PHRASES.items():
        found = read(phrases[-1].removesuffix(" of").removesuffix(" de"), language)
        assert found is not None
        assert found.magnitude == ACLED[language]


@given(st.integers(0, 499), st.randoms(use_true_random=False))
def test_the_order_of_articles_makes_no_difference(number: int, draw: random.Random) -> None:
    statements = EVENTS[number].statements + EVENTS[(number + 1) % 500].statements
    mixed = draw.sample(statements, len(statements))
    assert list(map(story_rows, ledgers(mixed))) == list(map(story_rows, ledgers(statements)))


@given(st.integers(0, 499), st.data())
def test_a_wire_copy_that_is_printed_later_changes_no_cell(number: int, data: st.DataObject) -> None:
    event = EVENTS[number]
    copied = data.draw(st.sampled_from(event.statements))
    late = replace(copied, article_id="z", sentence_id="z", publisher="Late Edition", published_at="2027-01-01")
    (before,), (after,) = ledgers(event.statements), ledgers([*event.statements, late])
    assert [toll.low.value for toll in after.tolls] == [toll.low.value for toll in before.tolls]
    assert cells(event, [*event.statements, late]) == cells(event, event.statements)
    assert len(after.claims) == len(before.claims)
    assert sum(len(claim.told.copies) for claim in after.claims) == sum(len(c.told.copies) for c in before.claims) + 1


@pytest.mark.slow
def test_from_the_words_alone_most_cells_are_the_truth() -> None:
    """What `toolkit.figures` reads in the sentences stands in for a model; the sources are the decided ones."""
    right = total = 0
    for event in EVENTS:
        predicted = []
        for statement in event.statements:
            figures = suggest(statement.text, event.language)
            spans = (*statement.sources, *figures)
            predicted.append(replace(statement, spans=spans, relations=(), probability=0.9))
        found = cells_or_more(predicted)
        for harm in {report.harm for report in event.reports}:
            truth = event.truth(harm)
            right += sum(found.get(harm, {}).get(name) == value for name, value in truth.items())
            total += len(truth)
    assert right / total > 0.95, f"{right / total:.3f} of {total} cells"


def cells_or_more(statements: list[Statement]) -> dict[str, dict[str, int | None]]:
    tolls = [toll for ledger in ledgers(statements) for toll in ledger.tolls]
    return {toll.kind["harm"]: {name: getattr(toll, name).value for name in CELLS} for toll in tolls}


def test_links_that_a_model_suggests_are_shown_with_their_probability_and_change_no_count() -> None:
    event = next(each for each in EVENTS if len(each.statements) > 2)
    first, second = (told.first for told in told_once(event.statements)[:2])
    ends = [Anchor(sentence_id=e.sentence_id, label="claim", start=0, end=1, text=e.text[0]) for e in (second, first)]
    links = [Link(label=label, head=ends[0], tail=ends[1]) for label in ("denies", "updates")]
    (plain,) = ledgers(event.statements)
    (found,) = ledgers(event.statements, guessed=[(link, 0.625) for link in links])
    assert found.tolls == plain.tolls
    rows = {row["sentence_id"]: row for row in story_rows(found)["claims"]}
    assert {
        (each["link"], each["sentence_id"], each["probability"]) for each in rows[first.sentence_id]["guessed"]
    } == {
        ("denied_by", second.sentence_id, 0.625),
        ("updates_by", second.sentence_id, 0.625),
    }
    assert rows[second.sentence_id]["denies"] == []
    assert "denies? " in claim_cells(rows[second.sentence_id])[CLAIM_HEADER.index("links")]
    (drawn,) = ledgers(event.statements, links=links[:1], guessed=[(links[0], 0.625)])
    assert not [each for claim in drawn.claims for each in claim.guesses], "what people drew needs no guess"
