"""One edit of one example changes all that is made from it: guidelines, instructions, quiz, lint of gold, tests."""

from __future__ import annotations

from pathlib import Path

from toolkit.baselines import Rows, quiz_score, train
from toolkit.schema import Schema, contradictions, guidelines, guidelines_html, instructions, parse, quiz

SHIPPED = Path(__file__).parent.parent.parent / "schemas" / "claims" / "1.0.0.yaml"


def edited(old: str, new: str) -> Schema:
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    return parse(text.replace(old, new), "edited.yaml")


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
