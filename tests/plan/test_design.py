"""Designs of labelling: what they cost, and the interval that they will have."""

from __future__ import annotations

import dataclasses
import random

import pytest
from builders import answer

from toolkit.agreement.answer_table import AnswerTable
from toolkit.agreement.measurement import measure
from toolkit.plan import Design, PlanRow, expected
from toolkit.plan.design import seconds_per_answer
from toolkit.records import Annotation, content_id
from toolkit.schema import load

SCHEMA = load("claims").ref
PEOPLE = ("ada", "ben", "cleo")


def pilot(articles: int, *, seed: int = 0, error: float = 0.1) -> tuple[list[Annotation], dict[str, str]]:
    """Return answers of three people to five sentences of each article, and the article of each sentence."""
    chance = random.Random(seed)
    answers, article_of = [], {}
    for article in range(articles):
        often = chance.choice((0.1, 0.5))
        for number in range(5):
            sentence = f"s{article:03}-{number}"
            article_of[sentence] = f"a{article:03}"
            truth = chance.random() < often
            for person in PEOPLE:
                says = truth != (chance.random() < error)
                answers.append(answer(sentence, person, "claim" if says else "none", schema=SCHEMA, lead_time=12.0))
    return answers, article_of


def plan_of(answers: list[Annotation], article_of: dict[str, str], *designs: Design) -> list[PlanRow]:
    table = AnswerTable.of(answers, article_of)
    return expected(table, ["claim", "none"], designs, articles=200, sentences=1000)


def test_a_design_costs_what_its_answers_take() -> None:
    row, whole = plan_of(*pilot(20), Design(share=0.1, annotators=3), Design(share=1.0, annotators=2))
    assert (row.articles, row.answers) == (20, 1000 + 2 * 100)
    assert row.hours == pytest.approx(1200 * 12 / 3600)
    assert (whole.articles, whole.answers) == (200, 2000)


def test_an_adaptive_design_pays_for_further_people_where_those_before_differ() -> None:
    answers, article_of = pilot(20)
    two, third, fourth = plan_of(
        answers, article_of, *(Design(share=1.0, annotators=2, adaptive=most) for most in (None, 3, 4))
    )
    table = AnswerTable.of(answers, article_of)
    pairs = [sorted(given, key=lambda one: content_id(one.sentence_id, one.annotator))[:2] for given in table.doubled]
    apart = sum(one.labels != other.labels for one, other in pairs) / len(pairs)
    assert 0 < apart < 0.5
    assert (two.answers, third.answers) == (2000, round(1000 * (2 + apart)))
    assert fourth.answers == round(1000 * (2 + 2 * apart))  # of three people who differ nobody is two ahead
    assert third.alpha == two.alpha


def test_more_articles_narrow_the_interval_as_the_root_of_their_number() -> None:
    few, many = plan_of(*pilot(60), Design(share=0.1, annotators=3), Design(share=0.4, annotators=3))
    assert few.alpha.value == many.alpha.value
    widths = [row.alpha.high - row.alpha.low for row in (few, many)]  # type: ignore[operator]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.25)


@pytest.mark.slow
def test_the_interval_is_the_one_that_such_a_project_gets() -> None:
    row = plan_of(*pilot(200), Design(share=0.2, annotators=3))[0]
    found = []
    for seed in range(1, 9):
        answers, article_of = pilot(40, seed=seed)
        report = measure(answers, load("claims"), article_of)
        alpha = next(each.alpha for each in report.layers if each.name == "all")
        found.append(alpha.high - alpha.low)  # type: ignore[operator]
    assert row.alpha.high - row.alpha.low == pytest.approx(sum(found) / len(found), rel=0.25)  # type: ignore[operator]


def test_two_people_are_taken_from_three_by_a_hash_and_the_same_seed_gives_the_same() -> None:
    answers, article_of = pilot(30)
    two = plan_of(answers, article_of, Design(share=0.2, annotators=2))
    assert two == plan_of(answers[::-1], article_of, Design(share=0.2, annotators=2))
    assert two != plan_of(answers, article_of, Design(share=0.2, annotators=3))


def test_the_least_certain_label_is_named_and_a_label_without_variation_is_not() -> None:
    answers, article_of = pilot(30)
    table = AnswerTable.of(answers, article_of)
    row = expected(table, ["claim", "denial"], [Design(share=0.5, annotators=2)], articles=100, sentences=500)[0]
    assert row.widest == "claim"
    assert row.of_widest is not None
    assert row.of_widest.low is not None


def test_one_article_shows_no_interval() -> None:
    row = plan_of(*pilot(1), Design(share=0.005, annotators=2))[0]
    assert row.alpha.low is None
    assert row.widest is None


def test_a_pause_is_not_work() -> None:
    usual, paused = (answer("s", "ada", "none", lead_time=seconds) for seconds in (10.0, 9000.0))
    answers = [usual] * 9 + [paused]
    assert seconds_per_answer(answers) == pytest.approx(19.0)
    assert seconds_per_answer([dataclasses.replace(usual, lead_time=None)]) is None
