"""The report: what it rests on, and that it says what was put in."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from toolkit.agreement import AgreementReport, measure
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Span, from_json, to_json
from toolkit.schema import Attribute, Label, Layer, Schema, Score, SpanLabel

TEXT = "At least 14 people died near the old port."

SCHEMA = Schema(
    name="small",
    version="1.0.0",
    title="Small",
    description="For tests.",
    layers=(Layer(id="act", title="Act"), Layer(id="content", title="Content")),
    labels=(
        Label(id="claim", title="Claim", layer="act", rule="r"),
        Label(id="toll", title="Toll", layer="content", rule="r"),
        Label(id="none", title="None", layer="content", rule="r", exclusive=True),
        Label(id="old", title="Old", layer="content", rule="r", retired=True),
    ),
    spans=(
        SpanLabel(
            id="FIGURE",
            title="Figure",
            rule="r",
            attributes=(
                Attribute(id="low", title="Low", type="number"),
                Attribute(id="harm", title="Harm", type="choice", choices=("killed", "wounded")),
            ),
        ),
    ),
    digest="0" * 64,
)


def answer(sentence: int, who: str, *labels: str, spans: tuple[Span, ...] = (), **more: object) -> Annotation:
    known: dict[str, object] = {
        "annotation_id": f"{sentence}-{who}",
        "sentence_id": f"s{sentence:03}",
        "annotator": who,
        "labels": tuple(sorted(labels)),
        "spans": spans,
        "schema": SCHEMA.ref,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    return Annotation(**{**known, **more})  # type: ignore[arg-type]


def figure(start: int = 0, end: int = 11, **attributes: object) -> Span:
    return Span(
        span_id="f",
        label="FIGURE",
        start=start,
        end=end,
        text=TEXT[start:end],
        attributes=attributes,  # type: ignore[arg-type]
    )


ARTICLES = {f"s{at:03}": f"a{at // 4}" for at in range(60)}
TEXTS = dict.fromkeys(ARTICLES, TEXT)


def measured(answers: list[Annotation], **more: object) -> AgreementReport:
    return measure(answers, SCHEMA, ARTICLES, **more)  # type: ignore[arg-type]


def crowd() -> list[Annotation]:
    dice = random.Random(0)
    answers = []
    for sentence in range(40):
        truth = ("claim", "toll") if sentence % 3 else ("none",)
        for who in "abc":
            labels = truth if dice.random() < 0.8 else ("claim",)
            end = 11 if dice.random() < 0.7 else 18
            spans = (
                (figure(0, end, low=14, harm=dice.choice(["killed", "killed", "wounded"])),) if "toll" in labels else ()
            )
            answers.append(answer(sentence, who, *labels, spans=spans, lead_time=5.0))
    return answers


def test_the_report_does_not_depend_on_the_order_of_answers_and_survives_json():
    answers = crowd()
    found = measured(answers, texts=TEXTS)
    random.Random(1).shuffle(answers)
    assert measured(answers, texts=TEXTS) == found
    assert from_json(AgreementReport, to_json(found)) == found


def test_counts_and_prevalence():
    found = measured(
        [answer(1, "a", "claim"), answer(1, "b", "claim", "toll"), answer(2, "a", "none"), answer(3, "a", skipped=True)]
    )
    assert (found.answers, found.skipped, found.sentences, found.doubled, found.annotators) == (3, 1, 2, 1, 2)
    claim, toll, none = found.labels
    assert [row.name for row in found.labels] == [
        "claim",
        "toll",
        "none",
    ]  # a retired label that nobody gave has no row
    assert (claim.n_units, claim.n_pairable, claim.prevalence, claim.percent.value) == (1, 2, 1.0, 1.0)
    assert claim.alpha.value is None
    assert "without variation" in claim.alpha.reason
    assert (toll.prevalence, toll.percent.value, toll.positive.value) == (0.5, 0.0, 0.0)
    assert none.positive.reason == "nobody gave the value in question"


def test_every_figure_has_its_n_its_interval_and_its_method():
    found = measured(crowd(), texts=TEXTS)
    rows = [*found.rows(), *found.tokens, *found.attributes, *found.pairs, *(row.others for row in found.by_annotator)]
    assert len(rows) > 10
    for row in rows:
        assert min(row.n_units, row.n_annotators, row.n_pairable, row.n_articles) > 1
        for figure in filter(None, (row.percent, row.positive, row.negative, row.alpha, row.ac1)):
            if figure.value is None:
                assert (figure.method, bool(figure.reason)) == ("none", True)
            else:
                assert figure.method == ("exact" if figure.value == 1 else "wilson")
                assert figure.low < figure.value <= figure.high
        if row.prevalence is not None:
            assert row.prevalence_low < row.prevalence < row.prevalence_high
    for spans in found.spans:
        assert (spans.n_annotators, spans.n_articles) == (3, 10)
        assert spans.exact_f1.low < spans.exact_f1.value < spans.exact_f1.high


def test_full_agreement_says_that_its_interval_is_exact():
    answers = [answer(at, who, "claim" if at % 4 else "toll") for at in range(40) for who in "ab"]
    claim, _, none = measured(answers).labels
    assert (claim.percent.value, claim.percent.high, claim.percent.method) == (1.0, 1.0, "exact")
    assert claim.percent.low == pytest.approx(0.025 ** (1.5 / 40))
    assert (none.prevalence, none.prevalence_low) == (0.0, 0.0)
    assert none.prevalence_high == pytest.approx(1 - 0.025 ** (1.5 / 40))
    assert none.alpha.method == "none"


def test_known_answers_that_were_met_have_an_interval():
    quiz = {"a": Score(answered=10, correct=9, mistakes=()), "b": Score(answered=10, correct=0, mistakes=())}
    found = {row.annotator: row for row in measured(crowd(), quiz=quiz).by_annotator}
    # Clopper & Pearson's exact bounds of 9 and 0 of 10
    assert (found["a"].accuracy_low, found["a"].accuracy_high) == (
        pytest.approx(0.5550, abs=1e-4),
        pytest.approx(0.9975, abs=1e-4),
    )
    assert (found["b"].accuracy_low, found["b"].accuracy_high) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert (found["c"].accuracy, found["c"].accuracy_low) == (None, None)


def test_layers_compare_label_sets():
    # MASI of {toll} and {toll, …} does not reach across layers
    answers = [answer(1, "a", "claim", "toll"), answer(1, "b", "toll"), answer(2, "a", "none"), answer(2, "b", "none")]
    act, content, whole = measured(answers).layers
    assert (act.percent.value, content.percent.value, whole.percent.value) == (0.5, 1.0, 0.5)
    assert content.alpha.value == 1.0
    # O = 2 · (1 − 1/2 · 2/3) = 4/3; ordered pairs of {c,t} {t} {n} {n}: 2/3 · 2 + 1 · 8; α = 1 − 3 · (4/3) / (28/3)
    assert whole.alpha.value == pytest.approx(1 - 3 * (4 / 3) / (28 / 3))


def test_only_the_last_answer_of_a_person_counts():
    answers = [
        answer(1, "a", "toll", annotation_id="x", updated_at="2026-01-03T00:00:00Z"),
        answer(1, "a", "claim"),
        answer(1, "b", "toll"),
    ]
    assert measured(answers).layers[-1].percent.value == 1.0


def test_spans_tokens_and_attributes():
    answers = [
        answer(1, "a", "toll", spans=(figure(0, 11, low=14, harm="killed"),)),
        answer(1, "b", "toll", spans=(figure(0, 11, low=14, harm="wounded"),)),
        answer(1, "c", "toll", spans=(figure(9, 11, low=15, harm="killed"),)),
    ]
    found = measured(answers, texts=TEXTS)
    spans, everything = found.spans
    assert (spans.n_sentences, spans.n_spans) == (1, 3)
    assert (spans.exact_f1.value, spans.overlap_f1.value) == (pytest.approx(1 / 3), 1.0)
    assert everything.exact_f1 == spans.exact_f1
    low, harm = found.attributes
    assert (low.name, low.level, low.n_units) == ("FIGURE.low", "ratio", 3)
    assert low.percent.value == pytest.approx(1 / 3)
    assert (harm.level, harm.percent.value) == ("nominal", pytest.approx(1 / 3))
    (token,) = found.tokens
    assert token.n_units == 10  # nine words and the full stop
    assert token.prevalence == pytest.approx((3 + 3 + 1) / 30)


def test_a_bound_that_one_person_leaves_empty_counts_as_a_difference():
    bounds = (
        Attribute(id="low", title="Low", type="number"),
        Attribute(id="low_open", title="Open", type="boolean"),
        Attribute(id="high", title="High", type="number"),
    )
    schema = replace(SCHEMA, spans=(SpanLabel(id="FIGURE", title="Figure", rule="r", attributes=bounds),))
    answers = [
        answer(1, "a", "toll", spans=(figure(0, 11, low=14),)),
        answer(1, "b", "toll", spans=(figure(0, 11, low=14, low_open=False),)),
        answer(2, "a", "toll", spans=(figure(0, 11, low=14, high=14),)),
        answer(2, "b", "toll", spans=(figure(0, 11),)),
    ]
    rows = {row.name: row for row in measure(answers, schema, ARTICLES).attributes}
    assert rows["FIGURE.low"].percent.value == 1.0, "the one empty value leaves no pair"
    assert rows["FIGURE.low_open"].percent.value == 1.0, "a box that is not ticked is false"
    assert (rows["FIGURE.bounds"].n_units, rows["FIGURE.bounds"].percent.value) == (2, 0.5)


def test_tokens_need_texts():
    assert measured(crowd()).tokens == ()


def test_pairs_and_annotators():
    found = measured(crowd())
    assert [row.name for row in found.pairs] == ["a · b", "a · c", "b · c"]
    assert {row.n_units for row in found.pairs} == {40}
    assert [(row.annotator, row.answered, row.seconds) for row in found.by_annotator] == [
        ("a", 40, 5.0),
        ("b", 40, 5.0),
        ("c", 40, 5.0),
    ]
    assert found.by_annotator[0].others.n_units == 80


def test_the_most_disputed_sentences_come_first():
    answers = [
        answer(1, "a", "claim"),
        answer(1, "b", "claim", "toll"),
        answer(2, "a", "claim"),
        answer(2, "b", "none"),
        answer(3, "a", "none"),
        answer(3, "b", "none"),
    ]
    found = measured(answers).disputed
    assert [(entry.sentence_id, entry.disagreement) for entry in found] == [
        ("s002", 1.0),
        ("s001", pytest.approx(2 / 3)),
    ]
    assert found[0].answers[0].annotators == ("a",)


def test_annotators_to_talk_to():
    answers = []
    for sentence in range(40):
        truth = "claim" if sentence % 2 else "toll"
        known = {"ground_truth": True} if sentence < 10 else {}
        answers += [answer(sentence, who, truth, lead_time=12.0, **(known if who == "a" else {})) for who in "ab"]
        answers.append(answer(sentence, "lazy", "claim", lead_time=1.0))
    found = {(warning.annotator, warning.kind) for warning in measured(answers).warnings}
    assert found == {("lazy", kind) for kind in ("fast", "uniform", "calibration", "chance")}


def test_answers_worse_than_chance_are_warned_about():
    answers = []
    for sentence in range(40):
        truth, other = ("claim", "toll") if sentence % 2 else ("toll", "claim")
        answers += [answer(sentence, "a", truth), answer(sentence, "b", truth), answer(sentence, "contrary", other)]
    assert [(warning.annotator, warning.kind) for warning in measured(answers).warnings] == [("contrary", "chance")]


def test_schema_versions_rounds_and_months_are_told_apart():
    answers = [answer(at, who, "claim" if at < 20 or who == "a" else "toll") for at in range(40) for who in "ab"]
    answers = [
        answer(
            int(each.sentence_id[1:]),
            each.annotator,
            *each.labels,
            schema="small@0.9.0" if each.sentence_id < "s020" else SCHEMA.ref,
            updated_at=f"2026-0{1 if each.sentence_id < 's020' else 2}-01T00:00:00Z",
        )
        for each in answers
    ]
    rounds = {sentence: "pilot" if sentence < "s010" else "main" for sentence in ARTICLES}
    found = {(part.kind, part.name): part.row for part in measured(answers, round_of=rounds).slices}
    assert list(found) == [
        ("schema", "small@0.9.0"),
        ("schema", "small@1.0.0"),
        ("round", "main"),
        ("round", "pilot"),
        ("month", "2026-01"),
        ("month", "2026-02"),
    ]
    assert found["month", "2026-01"].percent.value == 1.0
    assert found["month", "2026-02"].percent.value == 0.0
    assert found["round", "main"].n_units == 30


def test_a_sentence_without_an_article_is_refused():
    with pytest.raises(InvalidInput, match="article of the sentence is not known") as caught:
        measure([answer(1, "a", "claim"), answer(2, "a", "claim")], SCHEMA, {})
    assert [fault.where for fault in caught.value.faults] == ["sentence s001", "sentence s002"]


def test_no_answers_make_an_empty_report():
    found = measured([])
    assert (found.answers, found.pairs, found.warnings) == (0, (), ())
    assert found.layers[-1].alpha.reason == "no sentence has been answered by two people yet"
