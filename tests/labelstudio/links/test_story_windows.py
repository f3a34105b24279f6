"""Windows of a story hold every decided sentence with its offsets, overlap, and leave copies without a region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from builders import article, decision, lines_of
from hypothesis import given
from hypothesis import strategies as st

from tests.labelstudio.links.stories import decided, story
from toolkit.labelstudio.links.story_windows import Window, fits, story_windows
from toolkit.project import Workspace
from toolkit.records import Article, Decision, Sentence
from toolkit.schema import load

SCHEMA = load("news_events@1.1.0")


def windows(workspace: Workspace, **how: int) -> list[Window]:
    decisions = {each.sentence_id: each for each in workspace.decisions()}
    return list(story_windows(workspace.articles(), workspace.sentences(), decisions, SCHEMA, **how))


def test_the_order_of_articles_is_that_of_time_and_makes_no_difference(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    (window,) = windows(workspace)
    decisions = {each.sentence_id: each for each in workspace.decisions()}
    turned = story_windows(workspace.articles()[::-1], workspace.sentences(), decisions, SCHEMA)
    assert list(turned) == [window]
    assert window.text.index("Hora") < window.text.index("Tavli Post")


def test_a_sentence_has_one_region_and_a_copy_none(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    (window,) = windows(workspace)
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    shown = [texts[region.sentence_id][region.start : region.end] for region in window.regions]
    assert shown.count("The coast guard said a mine had sunk the ferry.") == 1
    for region, words in zip(window.regions, shown, strict=True):
        assert window.text[region.at : region.at + len(words)] == words


def test_nothing_decided_is_no_window(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    assert list(story_windows(workspace.articles(), workspace.sentences(), {}, SCHEMA)) == []
    only = {each.sentence_id: each for each in workspace.decisions() if "denial" in each.labels}
    assert list(story_windows(workspace.articles(), workspace.sentences(), only, SCHEMA)) == [], "nothing to deny"


@given(st.integers(3, 40), st.integers(4, 12), st.integers(1, 3))
def test_a_long_story_is_cut_into_windows_that_overlap_and_lose_no_region(count: int, size: int, overlap: int) -> None:
    lines = [f"The {'navy denied' if number % 2 else 'mayor said'} case {number}." for number in range(count)]
    whole = article("\n".join(lines), published_at="2026-03-12")
    sentences = list(lines_of(whole))
    decisions = {
        each.sentence_id: decision(each.sentence_id, "denial" if "denied" in each.text else "claim")
        for each in sentences
    }
    found = list(story_windows([whole], sentences, decisions, SCHEMA, size=size, overlap=overlap))
    offered = [{region.sentence_id for region in window.regions} for window in found]
    assert set().union(*offered) == set(decisions)
    neighbours = [
        any({one.sentence_id, other.sentence_id} <= window for window in offered) for one, other in pairwise(sentences)
    ]
    assert all(neighbours), "two sentences beside each other can be linked in some window"
    assert len({window.window_id for window in found}) == len(found)


@pytest.mark.parametrize(("head", "tail", "holds"), [("denial", "claim", True), ("claim", "denial", False)])
def test_a_link_leads_from_its_head_to_its_tail(head: str, tail: str, holds: bool) -> None:
    assert fits(SCHEMA.links[0], [head], [tail]) is holds


def test_a_changed_decision_makes_another_window(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    (window,) = windows(workspace)
    changed: dict[str, Decision] = {}
    articles: list[Article] = workspace.articles()
    sentences: list[Sentence] = workspace.sentences()
    for sentence in sentences:
        changed[sentence.sentence_id] = decided(sentence)
        if sentence.text.startswith("Rain"):
            changed[sentence.sentence_id] = replace(changed[sentence.sentence_id], labels=("claim",))
    (other,) = story_windows(articles, sentences, changed, SCHEMA)
    assert (other.text, other.window_id == window.window_id) == (window.text, False)
