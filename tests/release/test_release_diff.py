"""A + diff = B exactly, what each change asks of the version, and its cause."""

from __future__ import annotations

import json
import sys
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.api.facade import first_words
from toolkit.cli import main
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Annotation
from toolkit.release import Release, ReleaseDiff, Terms, TextRule, diff, freeze, patch
from toolkit.release.versions import Version, check_version

pytestmark = pytest.mark.slow


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def relabelled(world: Any) -> Any:
    """The first decision is another one, on the same answers."""
    first = replace(
        world.decisions[0], labels=("not_article",), spans=(), relations=(), soft_labels={}, method="expert"
    )
    return replace(world, decisions=(first, *world.decisions[1:]))


def reanswered(world: Any) -> Any:
    """An annotator thought again, and the decision followed."""
    target = world.decisions[0].sentence_id
    answers = tuple(
        replace(answer, labels=("not_article",), spans=(), relations=())
        if answer.sentence_id == target and answer.annotator == "annotator-1"
        else answer
        for answer in world.annotations
    )
    return replace(relabelled(world), annotations=answers)


def without_last_story(world: Any) -> Any:
    gone = world.articles[-2].article_id
    sentences = {sentence.sentence_id for sentence in world.sentences if sentence.article_id == gone}
    return replace(
        world,
        articles=tuple(article for article in world.articles if article.article_id != gone),
        sentences=tuple(item for item in world.sentences if item.sentence_id not in sentences),
        decisions=tuple(item for item in world.decisions if item.sentence_id not in sentences),
        annotations=tuple(item for item in world.annotations if item.sentence_id not in sentences),
    )


def other_note(world: Any) -> Any:
    first: Annotation = replace(world.annotations[0], note="a comment")
    return replace(world, annotations=(first, *world.annotations[1:]))


def same(world: Any) -> Any:
    return world


@pytest.mark.parametrize(
    ("before", "after", "level", "causes"),
    [
        (same, relabelled, "patch", {"adjudication": 1}),
        (same, reanswered, "patch", {"annotation": 1}),
        (same, other_note, "patch", {}),
        (without_last_story, same, "minor", {}),
        (same, without_last_story, "major", {"article": 10}),
        (same, same, "patch", {}),
    ],
)
def test_older_and_difference_make_the_newer_byte_for_byte(
    make_world: Any, tmp_path: Path, before: Any, after: Any, level: str, causes: dict[str, int]
) -> None:
    world = make_world(14, 10, seed=3)
    world = replace(world, decisions=world.decisions)
    older = before(world).freeze(tmp_path / "a" / "1.0.0")
    newer = after(world).freeze(tmp_path / "b" / "2.0.0", version="2.0.0", previous=older)
    change = diff(older, newer)
    assert change.level == level
    if level == "major":
        causes = {"article": sum(part.removed.num_rows for name, part in change.configs.items() if name == "default")}
    assert change.causes == causes
    result = patch(older, change, tmp_path / "c" / "2.0.0")
    assert contents(result.path) == contents(newer.path)
    assert change.as_dict()["level"] == level
    assert change.as_markdown().startswith("- ")


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """What happens between two releases; numbers are places, taken modulo what is there."""
    places = st.sets(st.integers(0, 200), max_size=6)
    return {
        "articles": draw(st.integers(4, 8)),
        "gone": draw(st.sets(st.integers(0, 3), max_size=2)),
        "undecided": draw(places),
        "relabelled": draw(places),
        "withdrawn": draw(places),
        "noted": draw(places),
        "text": draw(st.sampled_from(["full", "offsets", "snippet:30"])),
    }


def edited(world: Any, edit: dict[str, Any]) -> Any:
    def at(name: str, items: Any) -> set[int]:
        return {place % len(items) for place in edit[name]}

    gone = {world.articles[place].article_id for place in edit["gone"]}
    articles = tuple(item for item in world.articles if item.article_id not in gone)
    sentences = tuple(item for item in world.sentences if item.article_id not in gone)
    there = {item.sentence_id for item in sentences}
    decisions = [item for item in world.decisions if item.sentence_id in there]
    for place in at("relabelled", decisions):
        decisions[place] = replace(
            decisions[place], labels=("denial",), spans=(), relations=(), soft_labels={}, method="expert"
        )
    kept = [item for place, item in enumerate(decisions) if place not in at("undecided", decisions)]
    answers = [item for item in world.annotations if item.sentence_id in there]
    for place in at("noted", answers):
        answers[place] = replace(answers[place], note=f"comment {place}")
    left = [item for place, item in enumerate(answers) if place not in at("withdrawn", answers)]
    return replace(world, articles=articles, sentences=sentences, decisions=tuple(kept), annotations=tuple(left))


@settings(max_examples=6)
@given(before=edits(), after=edits())
def test_any_difference_makes_the_newer_byte_for_byte(
    make_world: Any, before: dict[str, Any], after: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        older, newer = (
            edited(make_world(edit["articles"], 4, seed=6), edit).freeze(
                folder / side / "x", version=version, previous=None, text=TextRule.parse(edit["text"])
            )
            for side, version, edit in (("a", "1.0.0", before), ("b", "2.0.0", after))
        )
        change = diff(older, newer)
        assert contents(patch(older, change, folder / "c" / "2.0.0").path) == contents(newer.path)
        assert change.scores == diff(older, newer, whole=False).scores
        for split, part in change.scores.splits.items():
            assert part.after == part.before + part.added - part.removed, split


def run(*arguments: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert not left.value.code


def test_scores_on_the_same_test_split_are_comparable(world: Any, release: Release, tmp_path: Path) -> None:
    change = diff(release, other_note(world).freeze(tmp_path / "1.0.1", version="1.0.1", previous=release))
    assert change.scores.comparable is True
    assert "Scores are comparable" in change.as_markdown()


def test_scores_are_not_comparable_once_a_test_row_is_decided_otherwise(
    world: Any, release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tested = release.table(split="test").to_pylist()
    row = next(row for row in tested if row["labels"] == ["denial"])
    decisions = tuple(
        replace(item, labels=("none",), soft_labels={}) if item.sentence_id == row["sentence_id"] else item
        for item in world.decisions
    )
    newer = replace(world, decisions=decisions).freeze(tmp_path / "1.0.1", version="1.0.1", previous=release)
    run("diff", str(release.path), str(newer.path))
    text = capsys.readouterr().out
    rows = f"0 added, 0 removed, 1 relabelled ({len(tested)} → {len(tested)})"
    assert f"Scores are not comparable: rows of the test split {rows}." in text
    assert f"{row['sentence_id']}  “{first_words(row['text'])}”  denial → none  (adjudication)" in text
    run("diff", str(release.path), str(newer.path), "--json")
    found = json.loads(capsys.readouterr().out)
    denials = sum("denial" in item["labels"] for item in tested)
    assert found["scores"]["comparable"] is False
    assert found["scores"]["labels"]["denial"]["test"] == [denials, denials - 1]
    assert found["labels"] == [
        {"sentence_id": row["sentence_id"], "before": ["denial"], "after": ["none"], "cause": "adjudication"}
    ]
    assert "Scores are not comparable" in (newer.path / "CHANGELOG.md").read_text()


def test_twenty_decisions_are_printed_and_the_rest_counted(
    world: Any, release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    less = replace(world, decisions=world.decisions[25:])
    newer = less.freeze(tmp_path / "2.0.0", version="2.0.0", previous=release)
    run("diff", str(release.path), str(newer.path))
    lines = capsys.readouterr().out.splitlines()
    assert sum(" → gone  (adjudication)" in line for line in lines) == 20
    assert lines[-1] == "… and 5 more; --json has all of them"
    bare = TextRule.parse("offsets")
    offsets = [world.freeze(tmp_path / "3.0.0", version="3.0.0", text=bare)]
    offsets += [less.freeze(tmp_path / "4.0.0", version="4.0.0", text=bare, previous=offsets[0])]
    assert len(diff(*offsets).labels) == 25
    assert diff(*offsets).words == {}


def test_a_schema_that_renumbers_its_labels_is_refused(world: Any, release: Release, tmp_path: Path) -> None:
    first, second, *rest = world.schema.labels
    shuffled = replace(world, schema=replace(world.schema, labels=(second, first, *rest)))
    with pytest.raises(InvalidInput, match=rf"label number 0 was '{first.id}' and is now '{second.id}'"):
        shuffled.freeze(tmp_path / "1.0.1", version="1.0.1", previous=release)
    assert list(tmp_path.iterdir()) == []


def test_a_takedown_is_major_and_says_so(world: Any, release: Release, tmp_path: Path) -> None:
    victim = world.articles[0].article_id
    newer = world.freeze(
        tmp_path / "2.0.0", version="2.0.0", previous=release, takedowns={victim: "asked for by the publisher"}
    )
    change = diff(release, newer)
    assert change.level == "major"
    assert set(change.causes) == {"takedown"}
    assert newer.manifest["takedowns"] == {victim: "asked for by the publisher"}
    assert victim not in newer.table()["article_id"].to_pylist()
    assert victim not in newer.table("articles")["article_id"].to_pylist()
    assert len(newer.table("annotations")) == len(world.annotations) - 20
    assert contents(patch(release, change, tmp_path / "again").path) == contents(newer.path)


def test_withheld_text_is_major_and_patches_too(world: Any, release: Release, tmp_path: Path) -> None:
    newer = world.freeze(tmp_path / "2.0.0", version="2.0.0", previous=release, text=TextRule.parse("offsets"))
    change = diff(release, newer)
    assert change.level == "major"
    assert "text" in change.configs["default"].gone
    assert contents(patch(release, change, tmp_path / "again").path) == contents(newer.path)


def test_a_sentence_never_changes_its_split(make_world: Any, tmp_path: Path) -> None:
    small, large = make_world(8, 6, seed=9), make_world(40, 6, seed=9)
    older = small.freeze(tmp_path / "1.0.0")
    newer = large.freeze(tmp_path / "1.1.0", version="1.1.0", previous=older, seed=77)
    was = {row: split for split in older.splits() for row in older.table(split=split)["sentence_id"].to_pylist()}
    now = {row: split for split in newer.splits() for row in newer.table(split=split)["sentence_id"].to_pylist()}
    assert {row: now[row] for row in was} == was
    assert len(now) > len(was)


def test_a_split_that_is_made_no_more_keeps_its_rows(make_world: Any, tmp_path: Path) -> None:
    older = make_world(8, 6, seed=9).freeze(tmp_path / "1.0.0")
    halves = {"train": 0.5, "test": 0.5}
    newer = make_world(12, 6, seed=9).freeze(tmp_path / "x", version="auto", previous=older, fractions=halves)
    assert newer.splits() == ("train", "test", "validation")
    before = set(older.table(split="validation")["sentence_id"].to_pylist())
    assert set(newer.table(split="validation")["sentence_id"].to_pylist()) == before


def test_an_article_that_comes_back_has_its_old_split(make_world: Any, tmp_path: Path) -> None:
    world = make_world(30, 4, seed=2)
    older = world.freeze(tmp_path / "a" / "1.0.0")
    tested = older.table("articles", "test")["article_id"][0].as_py()
    without = world.freeze(tmp_path / "b" / "2.0.0", version="2.0.0", previous=older, takedowns={tested: "by mistake"})
    again = world.freeze(tmp_path / "c" / "2.1.0", version="2.1.0", previous=without, seed=5)
    assert tested in again.table("articles", "test")["article_id"].to_pylist()


def test_the_wrong_start_is_refused(world: Any, release: Release, tmp_path: Path) -> None:
    other = world.freeze(tmp_path / "1.0.1", version="1.0.1")
    change = diff(release, other)
    with pytest.raises(InvalidInput, match=r"starts from 1\.0\.0"):
        patch(other, change, tmp_path / "new")


def test_what_a_person_wrote_on_the_card_survives(world: Any, tmp_path: Path) -> None:
    older = world.freeze(tmp_path / "1.0.0")
    card = older.path / "README.md"
    prompt = "*Nobody has written yet why this dataset was made and who paid for it.*"
    card.write_text(card.read_text().replace(prompt, "Because of *storms*.\n\nPaid for by a baker."))
    newer = world.freeze(tmp_path / "1.0.1", version="1.0.1", previous=older)
    assert "Because of *storms*.\n\nPaid for by a baker." in (newer.path / "README.md").read_text()


def test_the_changelog_is_continued(world: Any, release: Release, tmp_path: Path) -> None:
    newer = relabelled(world).freeze(tmp_path / "1.0.1", version="1.0.1", previous=release)
    text = (newer.path / "CHANGELOG.md").read_text()
    assert (
        text.index("## 1.0.1")
        < text.index("1 decision changed or was removed because an expert")
        < text.index("## 1.0.0")
    )


@pytest.mark.parametrize(
    ("version", "level", "fits"),
    [("1.2.4", "patch", True), ("1.2.4", "minor", False), ("1.3.0", "minor", True), ("1.9.0", "major", False)],
)
def test_a_version_that_is_too_small_is_refused(version: str, level: Any, fits: bool) -> None:
    if fits:
        check_version(version, "1.2.3", level=level)
    else:
        with pytest.raises(UsageError, match=r"too small after 1\.2\.3"):
            check_version(version, "1.2.3", level=level)


@pytest.mark.parametrize("text", ["1.2", "v1.2.3", "01.2.3", "1.2.3-rc1", ""])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(UsageError, match="is not a version"):
        Version.parse(text)


def test_auto_takes_the_smallest_version_that_the_change_allows(world: Any, release: Release, tmp_path: Path) -> None:
    first = world.freeze(tmp_path / "auto", version="auto")
    assert first.version == "1.0.0"
    assert contents(first.path) == contents(release.path)
    assert relabelled(world).freeze(tmp_path / "x", version="auto", previous=first).version == "1.0.1"
    assert without_last_story(world).freeze(tmp_path / "x", version="auto", previous=first).version == "2.0.0"


def test_a_version_too_small_for_the_change_leaves_nothing(world: Any, release: Release, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1\.0\.1 is too small after 1\.0\.0: rows were removed"):
        without_last_story(world).freeze(tmp_path / "1.0.1", version="1.0.1", previous=release)
    assert list(tmp_path.iterdir()) == []


def test_the_corpus_is_let_go_before_the_comparison(
    world, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora, alive = [], []

    def gathered() -> Any:
        corpus = world.corpus()
        corpora.append(weakref.ref(corpus))
        return corpus

    def compare(*releases: Release, **options: Any) -> ReleaseDiff:
        alive.append(corpora[0]() is not None)
        return diff(*releases, **options)

    monkeypatch.setattr(sys.modules["toolkit.release.freeze"], "diff", compare)
    freeze(gathered(), tmp_path, Terms(version="1.0.1"), previous=release)
    assert alive == [False]
