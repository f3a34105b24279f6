"""A number is decided by those who are right about labels, where the middle alone does not say."""

from __future__ import annotations

from toolkit.adjudicate import decide
from toolkit.adjudicate.aggregation import label_beliefs, trust
from toolkit.adjudicate.ballot import ballots
from toolkit.records import Annotation

from .test_decide import SCHEMA, answer, figure


def crowd() -> list[Annotation]:
    """Ann and Bob are always right about labels; Cid and Dot are wrong on every third and every second sentence."""
    found = []
    for at in range(30):
        truth = "claim" if at % 5 else "none"
        wrong = "none" if at % 5 else "claim"
        said = {
            "ann": truth,
            "bob": truth,
            "eve": truth,
            "cid": truth if at % 3 else wrong,
            "dot": truth if at % 2 else wrong,
        }
        found += [answer(f"t{at:02}", who, label) for who, label in said.items()]
    return found


def numbered(**low: int) -> list[Annotation]:
    return [answer("n1", who, "toll", spans=(figure(low=value),)) for who, value in low.items()]


def lows(answers: list[Annotation]) -> list[object]:
    decided = decide(answers, SCHEMA).decided
    return [span.attributes["low"] for each in decided if each.sentence_id == "n1" for span in each.spans]


def test_trust_follows_the_labels():
    votes = ballots(crowd(), SCHEMA)
    weights = trust(votes, label_beliefs(votes, SCHEMA, "auto"))
    assert weights["ann"] == weights["bob"] > max(weights["cid"], weights["dot"])
    assert min(weights.values()) == 0.05, "nobody is left unheard"


def test_the_trusted_decide_an_even_split_of_four():
    split = numbered(ann=12, bob=12, cid=14, dot=14)
    assert lows(split) == [], "with equal trust, the middle falls between 12 and 14"
    assert lows(crowd() + split) == [12]


def test_trust_does_not_decide_between_two():
    three = [*numbered(ann=12, dot=14), answer("n1", "eve", "toll", spans=(figure(),))]
    assert lows(crowd() + three) == []
