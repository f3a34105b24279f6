from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.baselines import Rows, schema_note, train
from toolkit.schema import Schema, load


@pytest.fixture
def schema() -> Schema:
    return load("claims@1.0.0")


def rows_of(names: tuple[str, ...]) -> Rows:
    return Rows(texts=tuple(f"about {name}" for name in names), labels=tuple((name,) for name in names), multi=True)


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
