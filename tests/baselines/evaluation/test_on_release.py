from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.baselines import (
    Model,
    Rows,
    annotator_curve,
    compare,
    evaluate_release,
    rows_of_release,
    schema_note,
    train,
    train_release,
)
from toolkit.baselines.evaluation.on_release import answers_of_release
from toolkit.release import Release
from toolkit.schema import Schema, load


@pytest.fixture
def schema() -> Schema:
    return load("claims@1.0.0")


def rows_of(names: tuple[str, ...]) -> Rows:
    return Rows(texts=tuple(f"about {name}" for name in names), labels=tuple((name,) for name in names), multi=True)


@pytest.mark.slow
def test_people_stand_beside_the_model_and_changes_are_told_apart(releases: Path, tmp_path: Path) -> None:
    run = train_release(releases / "1.0.0", tmp_path, baseline="words-lr")
    found = evaluate_release(run.model, releases / "2.0.0", split="train", since=releases / "1.0.0")
    good, lazy = found.ceiling
    assert (good.annotator, good.macro_f1.value) == ("good", 1.0)
    assert lazy.macro_f1.value < found.macro_f1.value
    since = {item.value: item for item in found.slices if item.column == "since"}
    assert set(since) == {"unchanged", "relabelled", "added"}
    assert since["relabelled"].accuracy.value == 0
    assert since["unchanged"].accuracy.value > 0.9


@pytest.mark.slow
def test_people_whom_an_expert_overruled_are_judged_too_and_the_expert_is_not(
    tmp_path: Path, make_release: Callable[..., Release]
) -> None:
    release = make_release(tmp_path, by_expert=True)
    answers = answers_of_release(release.path, "train")
    rows = rows_of_release(release.path, "train")
    assert sorted(answers) == ["good", "lazy"]
    assert answers["good"] == dict(zip(rows.ids, rows.labels, strict=True))
    assert set(answers["lazy"].values()) == {("none",)}
    assert annotator_curve(rows, answers, resamples=10).points[0].amount == 1


@pytest.mark.slow
def test_a_split_that_the_older_release_lacks_is_noted(
    releases: Path, tmp_path: Path, make_release: Callable[..., Release]
) -> None:
    model = train(rows_of_release(releases / "1.0.0", "train"), baseline="majority")
    older = make_release(tmp_path, articles=2)
    found = evaluate_release(model, releases / "1.0.0", since=older.path)
    assert "test" not in older.splits()
    assert found.moves == ()
    assert "why the score moved can't be told: 1.0.0 has no test split" in found.notes


def test_a_model_of_another_schema_says_so(releases: Path, make_rows) -> None:  # type: ignore[no-untyped-def]
    found = evaluate_release(train(make_rows(), baseline="majority"), releases / "1.0.0")
    assert found.notes[-1].startswith("trained without a schema and asked about news_events@1.0.0: it never gives")
    assert found.notes[-1].endswith(
        "make a model of news_events@1.0.0 with `toolkit build VERSION` and `toolkit train`"
    )
    assert found.macro_f1.value == 0


@pytest.mark.slow
def test_a_text_is_read_once_however_a_release_is_judged(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = train(rows_of_release(releases / "1.0.0", "train"), baseline="words-lr").remembering()
    read: list[str] = []
    original = Model.features

    def features(self: Model, texts: list[str]) -> object:
        read.extend(texts if self.blocks else ())
        return original(self, texts)

    monkeypatch.setattr(Model, "features", features)
    monkeypatch.setattr(Model, "deciding_words", lambda *_: [])
    rows = rows_of_release(releases / "2.0.0", "test")
    evaluate_release(model, releases / "2.0.0", since=releases / "1.0.0")
    compare(model, train(rows, baseline="majority"), rows, swaps=1)
    once = [text for text in read if text in rows.texts]
    assert sorted(once) == sorted(set(rows.texts))


def test_a_model_of_the_schema_needs_no_word(schema: Schema) -> None:
    model = train(rows_of(tuple(label.id for label in schema.active)), baseline="majority", schema=schema)
    assert schema_note(model, schema) is None


def test_both_versions_and_what_differs_are_named(schema: Schema) -> None:
    names = tuple(label.id for label in schema.active)
    newer = replace(schema, version="2.0.0", labels=schema.labels[1:])
    note = schema_note(train(rows_of(names), baseline="majority", schema=schema), newer)
    assert note == (
        f"trained with schema claims@1.0.0 and asked about claims@2.0.0: its {names[0]} count for nothing; "
        "make a model of claims@2.0.0 with `toolkit build VERSION` and `toolkit train`"
    )


def test_many_labels_are_counted(schema: Schema) -> None:
    note = schema_note(train(rows_of(tuple("abcdefgh")), baseline="majority"), schema)
    assert note is not None
    assert "its a, b, c, d, e and 3 more count for nothing" in note
    assert note.startswith("trained without a schema and asked about claims@1.0.0: it never gives ")


def test_another_version_with_the_same_labels_is_said_to_have_them(schema: Schema) -> None:
    names = tuple(label.id for label in schema.active)
    model = train(rows_of(names), baseline="majority", schema=schema)
    assert "the labels are the same" in str(schema_note(model, replace(schema, version="1.0.1")))
