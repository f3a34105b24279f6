"""Stories: copies are merged, near-copies are one story, whatever the order."""

from __future__ import annotations

import itertools
import random

import pytest
from builders import article
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.ingest import assign_stories, signature, story_ids
from toolkit.ingest.stories import THRESHOLD, jaccard, shingles
from toolkit.records import Article

WORDS = [
    f"{a}{b}"
    for a in ("harbour", "ferry", "council", "storm", "pier", "tide")
    for b in ("", "s", "like", "er", "less", "ward")
]


def prose(seed: int, length: int = 200) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def wire(seed: int) -> list[Article]:
    """Return a text, a copy with another lead, a copy cut to three quarters, and another text."""
    words = prose(seed)
    lead = [f"Exclusive{seed}", "by", "our", "own", "staff", *words[12:]]
    return [
        article(" ".join(text), source=f"{seed}-{number}.txt")
        for number, text in enumerate((words, lead, words[:150], prose(seed + 1000)))
    ]


def test_wire_copies_are_one_story_and_others_are_not() -> None:
    texts = wire(1)
    stories = {found.article_id: found.story_id for found in assign_stories(texts)}
    first = {stories[text.article_id] for text in texts[:3]}
    assert first == {min(text.article_id for text in texts[:3])}
    assert stories[texts[3].article_id] == texts[3].article_id


def test_exact_copies_are_merged_and_both_pages_kept() -> None:
    text = " ".join(prose(2))
    copies = [
        article(text, source="b.txt", url="https://example.org/b"),
        article(text, source="a.txt", publisher="The Daily Tern"),
        article(text, source="c.txt"),
    ]
    (merged,) = assign_stories(copies)
    assert merged.page.source == "a.txt"
    assert [page.source for page in merged.copies] == ["b.txt", "c.txt"]
    assert (merged.publisher, merged.url) == ("The Daily Tern", "https://example.org/b")
    assert assign_stories([merged, copies[2]]) == [merged]


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(order: random.Random) -> None:
    articles = [found for seed in range(3) for found in wire(seed)] + wire(0)[:2]
    expected = assign_stories(articles)
    order.shuffle(articles)
    assert assign_stories(articles) == expected


def test_signatures_computed_apart_give_the_same_stories() -> None:
    articles = assign_stories(found for seed in range(4) for found in wire(seed))
    ids = [found.article_id for found in articles]
    apart = story_ids(ids, [signature(found.text) for found in articles], lambda index: articles[index].text)
    assert apart == [found.story_id for found in articles]


@pytest.mark.parametrize("edited", [0, 3, 6, 9, 12])
def test_what_is_one_story_is_at_least_as_similar_as_the_threshold(edited: int) -> None:
    words = prose(5)
    for position in range(edited):
        words[position * 16 + 3] = f"edit{position}"
    pair = [article(" ".join(prose(5)), source="a.txt"), article(" ".join(words), source="b.txt")]
    found = assign_stories(pair)
    similar = jaccard(*(shingles(each.text) for each in pair))
    assert (len({each.story_id for each in found}) == 1) == (similar >= THRESHOLD)


@pytest.mark.parametrize("text", ["🙂", "a", "港口委员会投票决定重建防波堤"])
def test_short_texts_have_signatures(text: str) -> None:
    assert len(signature(text)) == 256
    assert jaccard(shingles(text), shingles(text)) == 1.0
    assert assign_stories([article(text, source="a.txt"), article(" ".join(prose(1)), source="b.txt")])


@pytest.mark.parametrize(("kept", "stories"), [(0.95, 1), (0.9, 33), (0.86, 60)])
def test_copies_of_one_template_are_joined_as_all_pairs_tell(kept: float, stories: int) -> None:
    chance = random.Random(7)
    template = prose(7, 120)
    texts = [" ".join(word if chance.random() < kept else chance.choice(WORDS) for word in template) for _ in range(60)]
    ids = [f"{number:02}" for number in range(60)]
    signatures = [signature(text) for text in texts]
    bands = [{text[start : start + 4] + bytes([start]) for start in range(0, 256, 4)} for text in signatures]
    expected = list(range(60))
    for one, other in itertools.combinations(range(60), 2):
        if bands[one] & bands[other] and jaccard(shingles(texts[one]), shingles(texts[other])) >= THRESHOLD:
            low, high = sorted((expected[one], expected[other]))
            expected = [low if story == high else story for story in expected]
    assert len(set(expected)) == stories
    assert story_ids(ids, signatures, texts.__getitem__) == [ids[story] for story in expected]


def test_no_articles_have_no_stories() -> None:
    assert assign_stories([]) == []
