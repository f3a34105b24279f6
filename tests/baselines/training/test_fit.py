from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from toolkit.baselines import Rows, evaluate, train
from toolkit.baselines.training.model_card import DataSource, card
from toolkit.errors import InvalidInput, UsageError

pytestmark = pytest.mark.slow

LEARNED = ("words-lr", "nb-svm", "words-chars-svm", "blend", "hashing-sgd")


def rows_of(*pairs: tuple[str, str], group: str | None = None) -> Rows:
    texts, labels = zip(*pairs, strict=True)
    groups = (group,) * len(pairs) if group else ()
    return Rows(texts=texts, labels=tuple((label,) for label in labels), multi=False, groups=groups)


def rare_in_one_story(count: int) -> Rows:
    """Return 300 rows; "rare" is carried by `count` of them, all of one story, and "common" by a third."""
    words = ("river", "school", "bridge", "market", "harbour")
    texts = [f"{words[n % 5]} {words[n % 3]} {'flood' if n < count else 'parade'} {n}" for n in range(300)]
    labels = [(("rare",) if n < count else ()) + (("common",) if n % 3 == 0 else ()) for n in range(300)]
    groups = ["one" if n < count else f"story-{n // 3}" for n in range(300)]
    return Rows(texts=tuple(texts), labels=tuple(labels), multi=True, groups=tuple(groups))


@pytest.mark.parametrize("baseline", LEARNED)
@pytest.mark.parametrize("multi", [True, False])
def test_every_rung_learns_words_that_decide(make_rows, baseline: str, multi: bool) -> None:  # type: ignore[no-untyped-def]
    model = train(make_rows(400, multi=multi, noise=0.0), baseline=baseline)
    found = evaluate(model, make_rows(400, multi=multi, noise=0.0, seed=1))
    assert found.macro_f1.value > 0.8
    assert all(item.f1.value > 0 for item in found.labels)


def test_a_plain_call_never_forgets_a_label_with_twenty_rows(make_rows) -> None:  # type: ignore[no-untyped-def]
    """The trap of BASELINES: plain multi-label logistic regression, rare label F1 .000."""
    model = train(make_rows(1000, noise=0.5, rare=20), baseline="words-lr")
    found = evaluate(model, make_rows(1000, noise=0.5, rare=20, seed=1))
    assert all(item.f1.value > 0 for item in found.labels)


def test_auto_takes_the_best_by_cross_validation(binary: Rows) -> None:
    model = train(binary)
    table = model.facts["cross_validated_macro_f1"]
    assert table[model.baseline] == max(table.values())
    assert set(table) == {"majority", "words-lr", "nb-svm", "words-chars-svm", "blend"}
    assert "embeddings" not in card(model, "mine", DataSource(name="rows"), {})


def test_with_embeddings_auto_takes_the_blend_unless_another_is_clearly_better(
    binary: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = train(binary, baseline="auto+embeddings")
    assert "the last of the table, which blends embeddings in" in card(model, "mine", DataSource(name="rows"), {})
    table = model.facts["cross_validated_macro_f1"]
    assert list(table)[-1] == "embeddings-blend"
    best = max(table, key=lambda name: table[name])
    gain = table[best] - table["embeddings-blend"]
    for margin, wanted in ((gain + 1e-6, "embeddings-blend"), (gain - 2e-6, best)):
        monkeypatch.setattr("toolkit.baselines.training.fit._CLEARLY", margin)
        assert train(binary, baseline="auto+embeddings").baseline == wanted


def test_a_blend_has_the_columns_of_all_its_parts(binary: Rows) -> None:
    model = train(binary, baseline="embeddings-blend")
    assert [each.block.kind for each in model.blocks] == ["tfidf", "tfidf", "binary", "embedding", "embedding"]
    assert model.weights.shape[1] == sum(each.width for each in model.blocks)


def test_majority_and_stratified_answer_by_frequency(binary: Rows) -> None:
    assert set(train(binary, baseline="majority").predict(binary.texts)) == {("no",)}
    drawn = Counter(train(binary, baseline="stratified").predict([f"text {number}" for number in range(6000)]))
    assert drawn[("yes",)] == pytest.approx(1000, abs=100)


def test_stratified_draws_several_labels_with_their_frequencies(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(400, multi=False)
    drawn = Counter(train(rows, baseline="stratified").predict([f"text {number}" for number in range(4000)]))
    for label, count in rows.label_counts.items():
        assert drawn[(label,)] == pytest.approx(10 * count, abs=150)


def test_the_rarer_label_is_the_positive_one_unless_told(binary: Rows) -> None:
    assert train(binary, baseline="majority").targets.positive == "yes"
    assert train(binary, baseline="majority", positive="no").targets.positive == "no"
    with pytest.raises(UsageError, match="'maybe' does not occur; the labels are no, yes"):
        train(binary, positive="maybe")


def test_probabilities_are_calibrated_and_sum_to_one(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows, unseen = make_rows(600, multi=False, noise=0.3), make_rows(600, multi=False, noise=0.3, seed=1)
    model = train(rows, baseline="words-chars-svm")
    assert np.allclose(model.predict_proba(unseen.texts).sum(axis=1), 1.0)
    assert all(item.calibration_error < 0.1 for item in evaluate(model, unseen).labels)


def test_twenty_rows_of_two_stories_with_a_label_that_occurs_once() -> None:
    labels = [("claim",) if number % 2 else () for number in range(20)]
    labels[3] = ("claim", "denial")
    rows = Rows(
        texts=tuple(f"{'he said' if number % 2 else 'rain fell'} {number}" for number in range(20)),
        labels=tuple(labels),
        multi=True,
        groups=tuple(f"s{number // 10}" for number in range(20)),
    )
    model = train(rows)
    assert model.predict(["he said so", "rain fell"]) == [("claim",), ()]
    assert any("denial (1 of 20 rows)" in note for note in model.notes)
    assert 0 < model.predict_proba(["x"])[0, model.labels.index("denial")] < 0.1


def test_one_label_only_is_the_only_answer() -> None:
    model = train(rows_of(("a b", "x"), ("c d", "x"), ("e f", "x")))
    assert model.predict(["anything", ""]) == [("x",), ("x",)]
    assert "every training row is labelled 'x'" in model.notes[0]


@pytest.mark.parametrize("baseline", ["auto", *LEARNED, "majority", "stratified"])
def test_three_rows_two_rows_one_row_and_one_story(baseline: str) -> None:
    few = [("good day", "x"), ("bad day", "y"), ("bad night", "y")]
    for count in (1, 2, 3):
        for group in (None, "story"):
            model = train(rows_of(*few[:count], group=group), baseline=baseline)
            assert model.predict(["bad"])[0][0] in model.labels


def test_texts_without_a_word() -> None:
    model = train(rows_of(*[("", "x"), (" ", "y")] * 10, group="s"), baseline="words-lr")
    assert model.predict(["", "word"]) == model.predict(["", "word"])


def test_nothing_to_learn_from_is_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="there are no rows to train on"):
        train(Rows(texts=(), labels=(), multi=True))
    with pytest.raises(InvalidInput, match="no row carries a label"):
        train(Rows(texts=("a",), labels=((),), multi=True))
    with pytest.raises(
        UsageError, match=r"there is no baseline 'best'; choose one of auto, auto\+embeddings,.* majority"
    ):
        train(rows_of(("a", "x")), baseline="best")


def test_a_frequent_label_of_a_single_story_is_learnt_and_told() -> None:
    rows = rare_in_one_story(20)
    model = train(rows, baseline="words-lr")
    assert model.predict(["the flood at the bridge", "the parade at the bridge"]) == [("rare",), ()]
    assert model.notes == (
        "rare: all rows with it are of one story, which cross-validation tore apart and so flatters",
    )
    assert model.facts["groups"] == len(set(rows.groups))


def test_a_rarer_label_of_a_single_story_is_answered_by_its_frequency() -> None:
    model = train(rare_in_one_story(19), baseline="words-lr")
    assert "rare" not in model.predict(["the flood at the bridge"])[0]
    assert "too few stories with, or without, these labels" in model.notes[0]
