"""Label errors: planted ones come first, and every doubt says what it rests on."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.adjudicate import label_errors
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Decision

LABELS = ("claim", "toll")


def decision(at: int, *labels: str, method: str = "majority") -> Decision:
    votes = tuple(f"{at:03}-{who}" for who in "abc")
    return Decision(sentence_id=f"s{at:03}", labels=labels, schema="small@1.0.0", method=method, votes=votes)


def answer(at: int, who: str, *labels: str) -> Annotation:
    when = "2026-01-01T00:00:00Z"
    return Annotation(
        annotation_id=f"{at:03}-{who}",
        sentence_id=f"s{at:03}",
        annotator=who,
        labels=labels,
        schema="small@1.0.0",
        created_at=when,
        updated_at=when,
    )


def corpus(planted: int) -> tuple[list[Decision], dict[str, dict[str, float]], set[str]]:
    """Two hundred sentences, a model that is mostly right, and wrong decisions on `planted` of them."""
    dice = np.random.default_rng(0)
    truth = dice.random((200, 2)) < [0.4, 0.2]
    chance = np.clip(np.where(truth, 0.85, 0.12) + dice.normal(0, 0.08, truth.shape), 0.01, 0.99)
    wrong = dice.choice(200, planted, replace=False)
    said = truth.copy()
    said[wrong, dice.integers(0, 2, planted)] ^= True
    gold = [
        decision(at, *(label for label, given in zip(LABELS, row, strict=True) if given)) for at, row in enumerate(said)
    ]
    predictions = {f"s{at:03}": dict(zip(LABELS, map(float, row), strict=True)) for at, row in enumerate(chance)}
    return gold, predictions, {f"s{at:03}" for at in wrong}


def test_planted_errors_come_first():
    gold, predictions, wrong = corpus(10)
    found = label_errors(gold, predictions, LABELS)
    assert {suspect.sentence_id for suspect in found[:10]} == wrong
    assert sum(suspect.confident for suspect in found[:10]) >= 3
    assert all(suspect.doubts for suspect in found[:10])
    assert len(found) == 200
    assert label_errors(gold[::-1], predictions, LABELS) == found


def test_annotators_who_agree_with_the_decision_speak_for_it():
    gold, predictions, wrong = corpus(2)
    first, second = sorted(wrong)
    answers = [
        answer(int(each.sentence_id[1:]), who, *(each.labels if each.sentence_id != second or who == "a" else ()))
        for each in gold
        for who in "abc"
    ]
    found = {suspect.sentence_id: suspect for suspect in label_errors(gold, predictions, LABELS, answers)}
    assert found[second].quality < found[first].quality
    assert found[second].doubts[0].share in (pytest.approx(1 / 3), 0.0)
    alone = {suspect.sentence_id: suspect for suspect in label_errors(gold, predictions, LABELS)}
    assert alone[first].quality < found[first].quality


def test_experts_and_sentences_without_a_prediction_are_left_out():
    found = label_errors([decision(1, "claim", method="expert"), decision(2, "claim")], {"s001": {}}, LABELS)
    assert found == ()


def test_a_missing_probability_is_named():
    with pytest.raises(InvalidInput, match="no probability of 'toll'") as caught:
        label_errors([decision(1, "claim")], {"s001": {"claim": 0.4}}, LABELS)
    assert caught.value.where == "prediction of sentence s001"
