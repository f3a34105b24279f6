"""Agreement on links: over the pairs that both could have linked, with intervals over stories."""

from __future__ import annotations

import pytest

from toolkit.agreement.structures.link_agreement import link_agreement
from toolkit.records import Anchor, Link, LinkAnswer
from toolkit.schema import load

SCHEMA = load("news_events@1.1.0")
STORIES = {f"{story}{end}": story for story in "pqrstuvw" for end in ("-denial", "-claim", "-other")}
ENDS = {sentence: {"denial"} if sentence.endswith("denial") else {"claim"} for sentence in STORIES}


def answer(person: str, story: str, *tails: str, **more: bool) -> LinkAnswer:
    head = Anchor(sentence_id=f"{story}-denial", label="denial", start=0, end=1, text="x")
    drawn = [Anchor(sentence_id=f"{story}-{tail}", label="claim", start=0, end=1, text="x") for tail in tails]
    return LinkAnswer(
        annotation_id=f"{person}-{story}",
        window_id=story,
        annotator=person,
        offered=tuple(sorted(each for each in STORIES if STORIES[each] == story)),
        links=tuple(Link(label="denies", head=head, tail=tail) for tail in drawn),
        schema=SCHEMA.ref,
        created_at="2026-01-01",
        updated_at="2026-01-01",
        rejected=int(more.get("rejected", False)),
    )


def test_alpha_and_f1_are_those_of_the_formulas() -> None:
    """Two people, 16 pairs: 6 are linked by both, 1 by ada alone, 1 by ben alone, 8 by nobody."""
    answers = [answer(person, story, "claim") for person in ("ada", "ben") for story in "pqrstu"]
    answers += [answer("ada", "v", "claim"), answer("ben", "v"), answer("ada", "w"), answer("ben", "w", "claim")]
    (denies, repeats) = link_agreement(answers, SCHEMA, ENDS, STORIES)
    assert (denies.link, denies.pairs, denies.drawn, denies.disputed) == ("denies", 16, 8, 2)
    assert denies.f1.value == pytest.approx(12 / 14)
    disagreement, expected = 2 * 2 / 32, 2 * 14 * 18 / (32 * 31)
    assert denies.alpha.value == pytest.approx(1 - disagreement / expected)
    assert denies.f1.low is not None
    assert denies.f1.low < 12 / 14 < float(denies.f1.high or 0)
    assert [denies.recall[who].value for who in ("ada", "ben")] == [pytest.approx(6 / 7)] * 2
    assert denies.recall["ada"].low is not None
    assert (repeats.recall["ada"].n, repeats.recall["ada"].value) == (0, None)
    assert (repeats.link, repeats.drawn, repeats.alpha.value) == ("repeats", 0, None)
    assert repeats.alpha.reason, "an undefined value says why"


def test_answers_without_a_vote_and_pairs_that_one_person_saw_count_for_nothing() -> None:
    assert link_agreement([answer("ada", "p", "claim")], SCHEMA, ENDS, STORIES) == ()
    alone = [answer("ada", "p", "claim"), answer("ben", "p", rejected=True), answer("ben", "q")]
    assert link_agreement(alone, SCHEMA, ENDS, STORIES) == ()


def test_a_sentence_that_is_gone_is_no_candidate() -> None:
    left = {sentence: story for sentence, story in STORIES.items() if not sentence.endswith("other")}
    (denies, *_) = link_agreement([answer("ada", "p"), answer("ben", "p")], SCHEMA, ENDS, left)
    assert denies.pairs == 1
