"""Splits by day, publisher and language: whole, near a fifth, and frozen from release to release."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from builders import answer, article, decision, lines_of

from toolkit.engine.arrow import to_table
from toolkit.records import Article, Decision, Sentence
from toolkit.release import Corpus, Release, Terms, freeze
from toolkit.schema import load

PUBLISHERS = ("Post", "Echo", "Courier", "Herald", "Star")


def made(numbers: range, folder: Path, version: str, *, previous: Release | None = None) -> Release:
    wholes, lines, decisions, answers = [], [], [], []
    for number in numbers:
        whole = article(
            f"Report {number} says that the bridge of town {number * 3} is closed.\nThe mayor denied note {number}.",
            source=f"{number}.txt",
            publisher=PUBLISHERS[number % 5],
            published_at=f"2026-{1 + number // 28:02}-{1 + number % 28:02}",
            language="en" if number % 4 else "fr",
            licence="CC0-1.0",
        )
        if number == 1:
            whole = replace(whole, story_id=wholes[0].article_id)  # one story by two publishers in two languages
        wholes.append(whole)
        for place, line in enumerate(lines_of(whole)):
            given = answer(line.sentence_id, "ada", "denial" if place else "claim")
            lines.append(line)
            answers.append(given)
            decisions.append(decision(line.sentence_id, *given.labels, votes=(given.annotation_id,)))
    corpus = Corpus.of(
        load("claims@1.0.0"),
        articles=to_table(Article, wholes),
        sentences=to_table(Sentence, lines),
        decisions=to_table(Decision, [replace(each, schema="claims@1.0.0") for each in decisions]),
        annotations=[replace(each, schema="claims@1.0.0") for each in answers],
    )
    return freeze(corpus, folder, Terms(version=version), previous=previous)


def sides(release: Release, column: str, key: str) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = defaultdict(set)
    for row in release.table("default").to_pylist():
        found[row[key]].add(row[column])
    return found


@pytest.mark.slow
def test_days_publishers_and_languages_are_on_one_side_and_stories_are_whole(tmp_path: Path) -> None:
    release = made(range(50), tmp_path, "1.0.0")
    rows = release.table("default").to_pylist()
    tests = [row["published_at"] for row in rows if row["split_by_time"] == "test"]
    assert max(row["published_at"] for row in rows if row["split_by_time"] == "train") < min(tests)
    assert len(tests) == 20
    for column, key in (("split_by_publisher", "publisher"), ("split_by_language", "language")):
        assert all(len(each - {None}) == 1 for each in sides(release, column, key).values())
        assert {row[column] for row in rows if row[column]} == {"train", "test"}
    assert all(
        len(each) == 1
        for column in ("split_by_publisher", "split_by_language")
        for each in sides(release, column, "story_id").values()
    )
    assert sides(release, "split_by_language", "language")["fr"] == {"test", None}


@pytest.mark.slow
def test_the_sides_stay_and_what_is_new_is_later(tmp_path: Path) -> None:
    first = made(range(50), tmp_path, "1.0.0")
    second = made(range(80), tmp_path, "2.0.0", previous=first)
    before = {row["sentence_id"]: row for row in first.table("default").to_pylist()}
    for row in second.table("default").to_pylist():
        for column in ("split_by_time", "split_by_publisher", "split_by_language"):
            if row["sentence_id"] in before:
                assert row[column] == before[row["sentence_id"]][column]
            elif column == "split_by_time":
                assert row[column] == "test"
    assert json.loads(first.read("splits.json"))["harder"]["split_by_time"]["train_until"] == "2026-02-12"


@pytest.mark.slow
def test_the_same_corpus_has_the_same_sides(tmp_path: Path) -> None:
    one, two = (made(range(50), tmp_path / name, "1.0.0") for name in "ab")
    assert one.read("splits.json") == two.read("splits.json")
