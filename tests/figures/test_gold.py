"""The sentences with casualty figures that the package ships, and what the reader finds in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit import samples
from toolkit.figures import LANGUAGES, Figure, find

GOLD = {path.stem: path for path in samples.figures().glob("*.jsonl")}
FIELDS = ("low", "low_open", "high", "high_open", "qualifier")


def rows(language: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD[language].read_text(encoding="utf-8").splitlines()]


def test_the_sentences_are_many_and_their_figures_stand_in_them() -> None:
    everything = [row for language in GOLD for row in rows(language)]
    assert len(everything) >= 1_100
    assert len({row["sentence"] for row in everything}) == len(everything)
    figures = [(row["sentence"], figure) for row in everything for figure in row["figures"]]
    assert {figure["qualifier"] for _, figure in figures} == {
        "exact",
        "at_least",
        "more_than",
        "up_to",
        "about",
        "range",
        "vague",
    }
    for sentence, figure in figures:
        assert sentence[figure["start"] : figure["end"]] == figure["text"]
        assert Figure(**{name: figure[name] for name in FIELDS})
    assert sum(not row["figures"] for row in everything) > 220, "numbers that are no figures are half of the matter"


@pytest.mark.parametrize("language", sorted(GOLD))
def test_figures_are_found_with_every_field_and_no_others(language: str) -> None:
    assert language in LANGUAGES
    right = wanted = false = 0
    for row in rows(language):
        found = {(each.start, each.end): each for each in find(row["sentence"], language)}
        for figure in row["figures"]:
            hit = found.pop((figure["start"], figure["end"]), None)
            same = hit is not None and all(getattr(hit.figure, name) == figure[name] for name in FIELDS)
            right += same and hit is not None and hit.harm == figure["harm"]
            wanted += 1
        false += len(found)
    assert right / wanted >= 0.97
    assert false / len(rows(language)) <= 0.01
