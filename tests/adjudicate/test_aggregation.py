"""Aggregation: against published figures, on crowds whose truth is known, and where votes say nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.adjudicate import METHODS, aggregate, decide
from toolkit.adjudicate.aggregation import fit, label_beliefs, trust
from toolkit.adjudicate.ballot import ballots
from toolkit.adjudicate.models.dawid_skene import dawid_skene
from toolkit.adjudicate.models.hierarchical import hierarchical
from toolkit.adjudicate.models.votes import Votes, majority
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Annotation

from .test_decide import SCHEMA, answer, figure

# Dawid & Skene (1979), table 1: 45 patients, five anaesthetists, the first of whom assessed each patient three times.
ANAESTHETISTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223
2322223 4444444 2223343 1111111 2223212 1211111 1112111 1111111 1111111
2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222
1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""


def anaesthetists() -> Votes:
    who = (1, 1, 1, 2, 3, 4, 5)
    rows = ANAESTHETISTS.split()
    return Votes.of(
        (patient, observer, int(grade))
        for patient, row in enumerate(rows)
        for observer, grade in zip(who, row, strict=True)
    )


def test_dawid_and_skene_meet_their_own_data():
    # The maximum of the likelihood and the class shares that the paper reports (table 2, 4 digits)
    found = dawid_skene(anaesthetists())
    assert found.log_likelihood == pytest.approx(-192.8909, abs=5e-5)
    assert found.prior == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=5e-5)
    assert found.confusion.shape == (5, 4, 4)
    assert found.confusion.sum(axis=2) == pytest.approx(1.0)


def crowd(seed: int, confusions: list[list[list[float]]], items: int = 400, each: int = 5):
    """Votes of annotators drawn from `confusions` (true × given) on items of equally likely labels, and the truth."""
    dice = np.random.default_rng(seed)
    labels = len(confusions[0])
    truth = dice.integers(0, labels, items)
    votes = [
        (item, f"w{who}", int(dice.choice(labels, p=confusions[who][truth[item]])))
        for item in range(items)
        for who in dice.choice(len(confusions), each, replace=False)
    ]
    return votes, dict(enumerate(truth.tolist()))


def accuracy(votes, truth, method) -> float:
    found = aggregate(votes, method)
    return sum(found[item][0] == label for item, label in truth.items()) / len(truth)


GOOD, SPAMMER, ASKEW = [[0.9, 0.1], [0.1, 0.9]], [[0.5, 0.5], [0.5, 0.5]], [[0.95, 0.05], [0.6, 0.4]]


@pytest.mark.parametrize("method", [method for method in METHODS if method not in ("majority", "weighted")])
def test_models_beat_the_majority_where_half_of_the_crowd_guesses(method):
    votes, truth = crowd(0, [GOOD] * 6 + [SPAMMER] * 6)
    assert accuracy(votes, truth, method) > accuracy(votes, truth, "majority") + 0.03


def test_weights_beat_the_majority_where_half_of_the_crowd_guesses():
    votes, truth = crowd(0, [GOOD] * 6 + [SPAMMER] * 6)
    assert accuracy(votes, truth, "weighted") > accuracy(votes, truth, "majority")


@pytest.mark.parametrize("method", ["dawid-skene", "hierarchical", "mace", "auto"])
def test_confusions_beat_the_majority_where_errors_lean_one_way(method):
    votes, truth = crowd(1, [ASKEW] * 8 + [GOOD] * 2)
    assert accuracy(votes, truth, method) > accuracy(votes, truth, "majority") + 0.1


@pytest.mark.slow
def test_the_pool_is_near_the_best_of_each_crowd():
    for seed, people in enumerate([[GOOD] * 4, [GOOD] * 6 + [SPAMMER] * 6, [ASKEW] * 8 + [GOOD] * 2]):
        votes, truth = crowd(seed, people, each=4)
        best = max(accuracy(votes, truth, method) for method in METHODS)
        assert accuracy(votes, truth, "auto") >= best - 0.06
        assert accuracy(votes, truth, "auto") >= accuracy(votes, truth, "majority") - 0.01


def test_few_votes_are_pulled_towards_everybody():
    # One vote against four others that are otherwise right: maximum likelihood makes the newcomer infallibly wrong
    votes, _ = crowd(2, [GOOD] * 5, items=100)
    lonely = Votes.of([*votes, (0, "new", 1 - aggregate(votes)[0][0])])
    own = hierarchical(lonely).confusion[lonely.annotators.index("new")]
    assert np.diag(own).min() > 0.3
    assert np.diag(dawid_skene(lonely).confusion[lonely.annotators.index("new")]).min() < 0.1


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_votes_changes_nothing(method):
    votes, _ = crowd(3, [GOOD] * 4, items=60, each=3)
    found = aggregate(votes, method)
    random.Random(0).shuffle(votes)
    assert aggregate(votes, method) == found


@pytest.mark.parametrize("method", METHODS)
@given(
    votes=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from("abc"), st.sampled_from(["x", "y", "z"])), min_size=1, max_size=25
    )
)
@settings(max_examples=25, deadline=None)
def test_probabilities_are_probabilities(method, votes):
    posterior = fit(Votes.of(votes), method)
    assert np.isfinite(posterior.probabilities).all()
    assert posterior.probabilities.min() >= 0
    assert posterior.probabilities.sum(axis=1) == pytest.approx(1.0)
    found = aggregate(votes, method)
    assert set(found) == {item for item, _, _ in votes}
    assert all(0 < confidence <= 1 + 1e-12 for _, confidence in found.values())


@pytest.mark.parametrize("method", METHODS)
def test_an_unanimous_item_keeps_its_label(method):
    votes, _ = crowd(4, [GOOD] * 4, items=80, each=3)
    found = aggregate([*votes, *(("sure", f"w{who}", 1) for who in range(4))], method)
    assert found["sure"][0] == 1


@pytest.mark.parametrize("method", METHODS)
def test_one_label_only_is_certain(method):
    assert aggregate([("i", "a", "x"), ("i", "b", "x"), ("j", "a", "x")], method) == {
        "i": ("x", pytest.approx(1.0)),
        "j": ("x", pytest.approx(1.0)),
    }


def test_a_tie_shows_and_goes_to_the_commoner_label_then_to_the_first():
    votes = [("tie", "a", "x"), ("tie", "b", "y"), ("other", "a", "y")]
    assert aggregate(votes, "majority")["tie"] == ("y", 0.5)
    assert aggregate(votes[:2], "majority")["tie"] == ("x", 0.5)
    assert majority(Votes.of(votes)).tied().tolist() == [False, True]


def test_repeated_votes_count_each_time():
    votes = [("i", "a", "x"), ("i", "a", "x"), ("i", "b", "y")]
    assert aggregate(votes, "majority")["i"] == ("x", pytest.approx(2 / 3))


def test_names_of_several_types_are_kept():
    found = aggregate([(1, "a", "x"), ("1", "a", 0), (1, 2, "x")], "majority")
    assert found == {1: ("x", 1.0), "1": (0, 1.0)}


def test_no_votes_decide_nothing():
    assert aggregate([], "auto") == {}


def test_faults_are_named():
    with pytest.raises(UsageError, match="no method 'oracle'"):
        aggregate([("i", "a", "x")], "oracle")
    with pytest.raises(InvalidInput, match="is not \\(item, annotator, label\\)") as caught:
        aggregate([("i", "a", "x"), ("i", "x"), ("j",)])
    assert [fault.where for fault in caught.value.faults] == ["votes[1]", "votes[2]"]


@pytest.mark.parametrize(
    ("votes", "fault"),
    [
        (None, "None are no votes"),
        ([None], "None is not \\(item, annotator, label\\)"),
        (["abc"], "'abc' is not \\(item, annotator, label\\)"),
        ([("i", "a", None)], "None is not a label"),
        ([("i", "a", float("nan"))], "nan is not a label"),
        ([("i", None, "x")], "None is not an annotator"),
        ([(["i"], "a", "x")], "\\['i'\\] is not an item"),
        ([("i", "a", ["x"])], "\\['x'\\] is not a label"),
    ],
)
def test_what_is_no_vote_is_named(votes, fault):
    with pytest.raises(InvalidInput, match=fault):
        aggregate(votes)


def test_a_method_without_a_name_is_refused():
    with pytest.raises(UsageError, match="no method \\['auto'\\]"):
        aggregate([("i", "a", "x")], ["auto"])


def test_who_votes_twice_on_an_item_is_heard_twice():
    assert aggregate([("i", "a", "x"), ("i", "a", "y")])["i"] == ("x", pytest.approx(0.5))


def trusted_crowd() -> list[Annotation]:
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
    votes = ballots(trusted_crowd(), SCHEMA)
    weights = trust(votes, label_beliefs(votes, SCHEMA, "auto"))
    assert weights["ann"] == weights["bob"] > max(weights["cid"], weights["dot"])
    assert min(weights.values()) == 0.05, "nobody is left unheard"


def test_the_trusted_decide_an_even_split_of_four():
    split = numbered(ann=12, bob=12, cid=14, dot=14)
    assert lows(split) == [], "with equal trust, the middle falls between 12 and 14"
    assert lows(trusted_crowd() + split) == [12]


def test_trust_does_not_decide_between_two():
    three = [*numbered(ann=12, dot=14), answer("n1", "eve", "toll", spans=(figure(),))]
    assert lows(trusted_crowd() + three) == []
