"""The baseline for links: what it learns from drawn links, and that it beats the nearest earlier claim."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.baselines.links.invented_stories import LANGUAGES, stories
from toolkit.baselines.links.link_pairs import FEATURES, LinkPair, link_pairs
from toolkit.baselines.links.link_ranker import LEAST, LinkRanker, nearest_earlier
from toolkit.baselines.links.link_scores import cross_validated, link_scores
from toolkit.baselines.links.stage import suggestions
from toolkit.schema import load

pytestmark = pytest.mark.slow

SCHEMA = load("news_events@1.1.0")
TOLD = list(stories(90))
PAIRS = [pair for story in TOLD for pair in link_pairs(story.statements, SCHEMA)]
DRAWN = {link for story in TOLD for link in story.links}


def test_the_stories_are_in_six_languages_and_their_links_within_and_across_articles() -> None:
    assert {story.language for story in TOLD} == set(LANGUAGES)
    assert list(stories(6)) == TOLD[:6], "the same seed, the same stories"
    linked = [pair for pair in PAIRS if pair.ends in DRAWN]
    assert {pair.ends for pair in linked} == DRAWN, "every true link is a candidate"
    assert min(sum(pair.within is within for pair in linked) for within in (True, False)) > 50
    denials = [each for story in TOLD for each in story.statements if "denial" in each.labels]
    answered = {head for label, head, _ in DRAWN if label == "denies"}
    assert len({each.sentence_id for each in denials} - answered) > 15, "some deny what nobody has said"
    words = [each.text for each in denials]
    assert len(set(words)) > 0.8 * len(words)


def test_the_ranker_finds_more_than_the_nearest_earlier_claim() -> None:
    scores = {(each.label, each.part, each.ranker): each for each in link_scores(PAIRS, DRAWN)}
    for part in ("all", "within an article", "across articles"):
        ranked, nearest = (scores["denies", part, ranker] for ranker in ("ranked", "nearest earlier"))
        assert ranked.f1.low is not None
        assert nearest.f1.high is not None
        assert ranked.f1.low > nearest.f1.high, part
    assert scores["denies", "all", "ranked"].recall.low > 0.95  # type: ignore[operator]


def test_weights_by_hand_serve_until_enough_is_drawn() -> None:
    few = set(sorted(link for link in DRAWN if link[0] == "denies")[: LEAST - 1])
    ranker = LinkRanker.fitted(PAIRS, few)
    assert not ranker.weights
    assert "denies" in LinkRanker.fitted(PAIRS, DRAWN).weights
    by_hand = _f1([each.link.ends for each in suggestions(ranker, PAIRS)])
    nearest = _f1([each.pair.ends for each in nearest_earlier(PAIRS) if each.suggested])
    assert by_hand > nearest + 0.1


def _f1(given: list[tuple[str, str, str]]) -> float:
    mine, gold = ({link for link in links if link[0] == "denies"} for links in (given, DRAWN))
    return 2 * len(mine & gold) / (len(mine) + len(gold))


def test_the_order_of_sentences_and_pairs_makes_no_difference() -> None:
    story = TOLD[0]
    mixed = random.Random(1).sample(story.statements, len(story.statements))
    assert list(link_pairs(mixed, SCHEMA)) == list(link_pairs(story.statements, SCHEMA))
    turned = cross_validated(PAIRS[::-1], DRAWN)
    plain = cross_validated(PAIRS, DRAWN)
    assert {each.pair.ends for each in turned if each.suggested} == {each.pair.ends for each in plain if each.suggested}


def test_a_copy_is_no_place_and_a_link_of_articles_stays_in_its_article() -> None:
    story = TOLD[0]
    claim = next(each for each in story.statements if "claim" in each.labels)
    copy = replace(claim, sentence_id="copy", article_id="another", published_at="2026-03-30")
    pairs = list(link_pairs([*story.statements, copy], SCHEMA))
    assert "copy" not in {end.sentence_id for pair in pairs for end in (pair.head, pair.tail)}
    inside = replace(SCHEMA, links=tuple(replace(link, scope="article") for link in SCHEMA.links))
    assert {pair.within for pair in link_pairs(story.statements, inside)} == {True}


@pytest.mark.parametrize("pair", PAIRS[:: len(PAIRS) // 50])
def test_features_are_shares(pair: LinkPair) -> None:
    assert len(pair.features) == len(FEATURES)
    assert all(0 <= value <= 1 + 1e-9 for value in pair.features)
