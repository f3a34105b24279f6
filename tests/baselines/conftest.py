"""Invented sentences with known labels: what decides a label is a word that stands in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from toolkit.baselines import Rows

FILLERS = (
    "the",
    "town",
    "market",
    "road",
    "river",
    "school",
    "bridge",
    "harbour",
    "early",
    "late",
    "again",
    "on Monday",
)
CUES = {"denial": ("denied", "rejected"), "casualty": ("killed", "wounded"), "talks": ("met", "negotiated")}


def make_rows(count: int = 200, *, multi: bool = True, noise: float = 0.05, seed: int = 0, rare: int = 20) -> Rows:
    """Return rows of about count / 4 stories; "talks" is carried by `rare` of them."""
    chance = random.Random(seed)
    texts, labels, groups = [], [], []
    for number in range(count):
        given = [name for name in ("denial", "casualty") if chance.random() < 0.3]
        if number % (count // rare) == 0:
            given.append("talks")
        if not multi:
            given = given[-1:] or ["other"]
        words = [chance.choice(FILLERS) for _ in range(8)]
        words += [chance.choice(CUES[name]) for name in given if name in CUES and chance.random() > noise]
        chance.shuffle(words)
        texts.append(" ".join([*words, str(number)]))
        labels.append(tuple(given))
        groups.append(f"story-{chance.randrange(count // 4)}")
    return Rows(texts=tuple(texts), labels=tuple(labels), multi=multi, groups=tuple(groups))


@pytest.fixture(name="make_rows")
def _make_rows() -> Callable[..., Rows]:
    return make_rows


@pytest.fixture
def binary() -> Rows:
    """Two labels; one in six rows is a "yes"."""
    rows = make_rows(240, multi=True, rare=40)
    labels = tuple(("yes",) if "talks" in given else ("no",) for given in rows.labels)
    return Rows(texts=rows.texts, labels=labels, multi=False, groups=rows.groups)
