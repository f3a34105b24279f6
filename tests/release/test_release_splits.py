"""Stories are never cut, frozen ones stay, every split gets its share, and order and chance have no say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import UsageError
from toolkit.release import SplitRow, story_splits

LABELS = ("claim", "denial", "none", "rare")
rows = st.lists(
    st.builds(SplitRow, st.integers(0, 30).map(lambda n: f"story-{n:02}"), st.sets(st.sampled_from(LABELS)).map(tuple)),
    max_size=80,
)


def shares(found: dict[str, str], items: list[SplitRow]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in items:
        counts[found[item.story_id]] = counts.get(found[item.story_id], 0) + 1
    return counts


@pytest.mark.slow
@settings(deadline=None)
@given(rows, st.integers(0, 3), st.randoms(use_true_random=False))
def test_every_story_once_and_the_order_of_rows_does_not_matter(
    items: list[SplitRow], seed: int, chance: random.Random
) -> None:
    found = story_splits(items, seed=seed)
    assert set(found) == {item.story_id for item in items}
    shuffled = chance.sample(items, len(items))
    assert story_splits(shuffled, seed=seed) == found


@pytest.mark.slow
@settings(deadline=None)
@given(rows)
def test_no_split_is_empty_from_three_stories_on(items: list[SplitRow]) -> None:
    found = story_splits(items)
    assert len(set(found.values())) == min(3, len(found))


@pytest.mark.slow
@settings(deadline=None)
@given(rows, rows)
def test_what_is_frozen_stays(before: list[SplitRow], after: list[SplitRow]) -> None:
    frozen = story_splits(before)
    found = story_splits([*before, *after], frozen=frozen)
    assert {story: found[story] for story in frozen} == frozen


def test_a_split_that_is_no_longer_made_stays_too() -> None:
    assert story_splits([SplitRow("a"), SplitRow("b")], frozen={"a": "holdout"})["a"] == "holdout"


def test_new_stories_go_where_balance_improves() -> None:
    frozen = {f"old-{n}": "train" for n in range(80)}
    items = [SplitRow(story, ("claim",)) for story in frozen] + [SplitRow(f"new-{n}", ("claim",)) for n in range(20)]
    found = story_splits(items, frozen=frozen)
    assert shares(found, items) == {"train": 80, "validation": 10, "test": 10}


def test_labels_have_the_same_share_in_every_split() -> None:
    chance = random.Random(5)
    weights = {"common": 0.5, "some": 0.2, "rare": 0.03}
    items = [
        SplitRow(
            f"story-{chance.randrange(400)}", tuple(name for name, share in weights.items() if chance.random() < share)
        )
        for _ in range(4000)
    ]
    found = story_splits(items)
    for label in weights:
        whole = sum(label in item.strata for item in items) / len(items)
        for split, size in shares(found, items).items():
            own = sum(label in item.strata for item in items if found[item.story_id] == split) / size
            assert abs(own - whole) < 0.003, (label, split)


def test_five_stories_give_three_splits() -> None:
    items = [SplitRow(f"story-{n}", ("claim",) if n % 2 else ("none",)) for n in range(5) for _ in range(10)]
    assert shares(story_splits(items), items) == {"train": 30, "validation": 10, "test": 10}


def test_the_seed_decides_between_equals() -> None:
    items = [SplitRow(f"story-{n}") for n in range(30)]
    assert story_splits(items, seed=1) != story_splits(items, seed=2)


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="above 0"):
        story_splits([SplitRow("a")], fractions={"train": 1.0, "test": 0.0})
