"""The examples of a schema as a quiz, its score, and the check of gold labels against them."""

from __future__ import annotations

from pathlib import Path

from toolkit.baselines import Rows, quiz_score, train
from toolkit.schema import (
    Schema,
    contradictions,
    guidelines,
    guidelines_html,
    instructions,
    load,
    parse,
    quiz,
    score,
)

SHIPPED = Path(__file__).parents[3] / "schemas" / "claims" / "1.0.0.yaml"


def edited(old: str, new: str) -> Schema:
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    return parse(text.replace(old, new), "edited.yaml")


def test_the_quiz_holds_every_example_once_with_a_valid_answer() -> None:
    schema = load("news_events")
    items = quiz(schema)
    assert len({item.item_id for item in items}) == len(items)
    assert len(items) == len(
        {example.text for label in schema.labels for example in (*label.positives, *label.near_misses)}
    )
    assert {item.about for item in items} == set(schema.label_ids)


def test_a_person_is_scored_with_what_went_wrong() -> None:
    items = quiz(load("claims"))[:3]
    answers = {items[0].item_id: ("claim",), items[1].item_id: ("claim", "denial")}
    result = score(items, answers)
    assert (result.answered, result.correct, result.share) == (2, 1, 0.5)
    assert [(mistake.item, mistake.missing, mistake.extra) for mistake in result.mistakes] == [
        (items[1], (), ("denial",))
    ]
    assert score(items, {}).share is None


def test_gold_that_contradicts_an_example_is_reported() -> None:
    schema = load("claims")
    item = quiz(schema)[0]
    judged = [
        ("a", item.text.upper(), ["denial"]),
        ("b", f" {item.text}\n", item.labels),
        ("c", "Other words.", ["none"]),
    ]
    assert [(found.sentence_id, found.labels) for found in contradictions(schema, judged)] == [("a", ("denial",))]


def test_editing_one_example_changes_all_five() -> None:
    before = parse(SHIPPED.read_text(encoding="utf-8"), "edited.yaml")
    item = quiz(before)[0]
    assert len(item.text) < 100, "it stands on one line of the file"
    words = "The harbour office said that nine boats sank on Monday."
    after = edited(item.text, words)

    for page in (guidelines, guidelines_html, instructions):  # (a) and (b)
        assert words in page(after)
        assert words not in page(before)
    assert item.text not in instructions(after)

    (old,) = [each for each in quiz(before) if each.item_id == item.item_id]  # (c)
    (new,) = [each for each in quiz(after) if each.text == words]
    assert old.labels == new.labels
    assert new.item_id not in {each.item_id for each in quiz(before)}
    assert old.item_id not in {each.item_id for each in quiz(after)}

    wrong = tuple(sorted({label.id for label in before.active} - set(item.labels)))[:1]
    gold = [("s1", item.text, wrong), ("s2", words, wrong)]  # (d)
    assert [found.sentence_id for found in contradictions(before, gold)] == ["s1"]
    assert [found.sentence_id for found in contradictions(after, gold)] == ["s2"]

    rows = Rows(texts=("It rained.", "It snowed."), labels=(("none",), ("none",)), multi=True)  # (e)
    model = train(rows, baseline="majority")
    for schema, text in ((before, item.text), (after, words)):
        found = quiz_score(model, schema)
        assert found.answered == len(quiz(schema))
        assert found.mistakes[0].item.text == text
        assert found.mistakes[0].missing == item.labels
