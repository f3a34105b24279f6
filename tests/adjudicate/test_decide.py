"""Decisions: what is safe is decided, the rest queued with its cause, and nothing depends on the order of answers."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.adjudicate import decide
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Annotation, Decision, Relation, Span
from toolkit.schema import Attribute, Constraint, Label, Layer, RelationLabel, Schema, SpanLabel, validate

TEXT = "The ministry said at least 14 people died near the old port."

SCHEMA = Schema(
    name="small",
    version="1.0.0",
    title="Small",
    description="For tests.",
    layers=(Layer(id="content", title="Content"),),
    labels=(
        Label(id="claim", title="Claim", layer="content", rule="r"),
        Label(id="toll", title="Toll", layer="content", rule="r"),
        Label(id="none", title="None", layer="content", rule="r", exclusive=True),
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
        SpanLabel(id="SOURCE", title="Source", rule="r"),
    ),
    relations=(RelationLabel(id="said_by", title="Said by", head=("FIGURE",), tail=("SOURCE",), rule="r"),),
    constraints=(
        Constraint(
            id="figure_needs_toll",
            type="requires_label",
            message="A figure is a toll.",
            labels=("toll",),
            spans=("FIGURE",),
        ),
    ),
    digest="0" * 64,
)

SOURCE = Span(span_id="src", label="SOURCE", start=4, end=12, text="ministry")


def figure(start: int = 18, end: int = 29, span_id: str = "fig", **attributes: object) -> Span:
    return Span(
        span_id=span_id,
        label="FIGURE",
        start=start,
        end=end,
        text=TEXT[start:end],
        attributes=attributes,  # type: ignore[arg-type]
    )


def answer(sentence: str, who: str, *labels: str, **more: object) -> Annotation:
    known: dict[str, object] = {
        "annotation_id": f"{sentence}-{who}",
        "sentence_id": sentence,
        "annotator": who,
        "labels": tuple(sorted(labels)),
        "schema": SCHEMA.ref,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    return Annotation(**{**known, **more})  # type: ignore[arg-type]


def tolls(*spans: tuple[Span, ...], relations: tuple[Relation, ...] = ()) -> list[Annotation]:
    """Answers "toll" of as many people as there are span tuples."""
    return [
        answer("s", who, "toll", spans=own, relations=relations) for who, own in zip("abcdefg", spans, strict=False)
    ]


def only(answers: list[Annotation], **more: object) -> Decision:
    result = decide(answers, SCHEMA, method="majority", **more)  # type: ignore[arg-type]
    assert result.queue == ()
    (decision,) = result.decided
    return decision


def causes(answers: list[Annotation], **more: object) -> tuple[str, ...]:
    result = decide(answers, SCHEMA, **{"method": "majority", **more})  # type: ignore[arg-type]
    assert result.decided == ()
    (dispute,) = result.queue
    return dispute.causes


def test_unanimous_single_and_majority():
    answers = [
        *(answer("s1", who, "claim", "toll") for who in "abc"),
        answer("s2", "a", "none"),
        *(answer("s3", who, "claim") for who in "ab"),
        answer("s3", "c", "claim", "toll"),
    ]
    found = decide(answers, SCHEMA, method="majority")
    assert [(each.sentence_id, each.method, each.labels) for each in found.decided] == [
        ("s1", "unanimous", ("claim", "toll")),
        ("s2", "single", ("none",)),
        ("s3", "majority", ("claim",)),
    ]
    assert found.decided[2].votes == ("s3-a", "s3-b", "s3-c")
    assert found.decided[2].soft_labels == {"claim": 1.0, "toll": pytest.approx(1 / 3)}


@pytest.mark.parametrize("method", ["majority", "weighted", "dawid-skene", "auto"])
def test_an_even_split_is_never_decided(method):
    # b is known to be good and c to guess, and still nobody breaks the tie
    answers = [answer(f"k{at}", who, "claim" if at % 2 else "toll") for at in range(30) for who in ("a", "b", "d")]
    answers += [answer(f"k{at}", "c", "claim") for at in range(30)]
    tied = [answer("tie", "b", "toll"), answer("tie", "c", "claim")]
    queue = decide([*answers, *tied], SCHEMA, method=method).queue
    assert "tie" in {dispute.sentence_id for dispute in queue}


def test_the_queue_holds_the_competing_answers_and_the_cause():
    answers = [answer("s", "a", "claim"), answer("s", "b", "claim"), answer("s", "c", "toll"), answer("s", "d", "toll")]
    found = decide(answers, SCHEMA, method="majority")
    assert found.decided == ()
    (dispute,) = found.queue
    assert [(each.labels, each.votes) for each in dispute.answers] == [
        (("claim",), ("s-a", "s-b")),
        (("toll",), ("s-c", "s-d")),
    ]
    assert dispute.causes == ("claim: 50% of 4 say so, probability 0.50", "toll: 50% of 4 say so, probability 0.50")
    assert dispute.soft_labels == {"claim": 0.5, "toll": 0.5}
    assert dispute.uncertainty == pytest.approx(2.0)


def test_a_threshold_sends_weak_majorities_to_people():
    answers = [answer("s", "a", "claim"), answer("s", "b", "claim"), answer("s", "c", "claim", "toll")]
    assert only(answers).labels == ("claim",)
    assert causes(answers, threshold=0.9) == ("toll: 33% of 3 say so, probability 0.33",)


def test_a_sentence_with_fewer_answers_than_asked_for_is_queued():
    answers = [answer("s1", "a", "claim"), *(answer("s2", who, "claim") for who in "ab")]
    found = decide(answers, SCHEMA, method="majority", least=2)
    assert [each.sentence_id for each in found.decided] == ["s2"]
    assert [(each.sentence_id, each.causes) for each in found.queue] == [("s1", ("1 answer, and 2 are needed",))]
    assert len(decide(answers, SCHEMA, method="majority").decided) == 2


def test_no_majority_for_any_label_breaks_the_schema_and_is_queued():
    answers = [answer("s", "a", "claim"), answer("s", "b", "toll"), answer("s", "c", "none")]
    assert any("no label is given" in cause for cause in causes(answers))


def test_skipped_answers_do_not_vote_and_the_last_of_a_person_counts():
    answers = [
        answer("s", "a", skipped=True),
        answer("s", "b", "claim", annotation_id="old"),
        answer("s", "b", "toll", annotation_id="new", updated_at="2026-02-01T00:00:00Z"),
        answer("t", "a", skipped=True),
    ]
    found = decide(answers, SCHEMA)
    assert [(each.sentence_id, each.labels, each.method, each.votes) for each in found.decided] == [
        ("s", ("toll",), "single", ("new",))
    ]
    assert found.queue == ()


def test_experts_have_the_last_word():
    word = Decision(sentence_id="s", labels=("none",), schema=SCHEMA.ref, method="expert", votes=("e",))
    other = Decision(sentence_id="t", labels=("toll",), schema=SCHEMA.ref, method="expert", votes=("f",))
    found = decide([answer("s", "a", "claim"), answer("s", "b", "toll")], SCHEMA, experts={"s": word, "t": other})
    assert found.decided == (word, other)
    assert found.queue == ()


def split(sentence_id: str, *, first: str = "a") -> list[Annotation]:
    """Two say claim, one says toll."""
    third = answer(sentence_id, "c", "toll")
    return [answer(sentence_id, first, "claim"), answer(sentence_id, "b", "claim"), third]


def against(who: str, others: str, times: int) -> list[Annotation]:
    """Return answers that make one person look unreliable."""
    return [
        answer(f"x{who}{at}", name, "none" if name == who else "claim")
        for at in range(times)
        for name in (who, *others)
    ]


@pytest.mark.slow
def test_a_verdict_stands_while_its_answers_and_rules_do():
    answers = [*split("s"), *split("t")]
    first = decide(answers, SCHEMA)
    assert [each.sentence_id for each in first.logged] == ["s", "t"]
    held = {each.sentence_id: each for each in first.logged}
    more = [*answers, *against("b", "cdef", 30), answer("t", "d", "toll")]
    afresh, kept = decide(more, SCHEMA), decide(more[::-1], SCHEMA, earlier=held)
    before, after, new = ({each.sentence_id: each for each in run.logged} for run in (first, kept, afresh))
    assert after["s"] == before["s"] != new["s"]
    assert after["t"] == new["t"] != before["t"], "an answer came"
    assert {key: after[key] for key in after if key.startswith("x")} == {
        key: new[key] for key in new if key.startswith("x")
    }
    assert decide(more, SCHEMA, earlier=held | after) == kept
    edited = [answer("s", "c", "none", updated_at="2026-02-01T00:00:00Z") if each is more[2] else each for each in more]
    assert {each.sentence_id: each for each in decide(edited, SCHEMA, earlier=held).logged}["s"].rests_on != held[
        "s"
    ].rests_on
    for rules in ({"method": "majority"}, {"threshold": 0.9}):
        assert decide(more, SCHEMA, earlier=held, **rules) == decide(more, SCHEMA, **rules)


def test_what_stands_against_the_present_opinion_is_counted():
    answers = split("s")
    (first,) = decide(answers, SCHEMA).decided
    assert first.labels == ("claim",)
    held = {each.sentence_id: each for each in decide(answers, SCHEMA).logged}
    more = [*answers, *against("a", "cdef", 30), *against("b", "cdef", 30)]
    afresh = decide(more, SCHEMA)
    assert "s" in {dispute.sentence_id for dispute in afresh.queue}
    kept = decide(more, SCHEMA, earlier=held)
    assert first in kept.decided
    assert (afresh.would_change, kept.would_change) == ((), ("s",))
    doubted = {each.sentence_id: each for each in afresh.logged}
    back = decide(answers, SCHEMA, earlier=doubted)
    assert back.decided == (), "a dispute stands too"
    assert back.would_change == ("s",)
    word = Decision(sentence_id="s", labels=("none",), schema=SCHEMA.ref, method="expert", votes=("e",))
    assert decide(more, SCHEMA, earlier=held, experts={"s": word}).would_change == ()


def test_boundaries_are_those_of_the_span_nearest_to_what_most_cover():
    # 18-29 "at least 14", 27-29 "14", 18-36 "at least 14 people": most cover 18-29
    decision = only(tolls((figure(18, 29),), (figure(27, 29),), (figure(18, 36),)))
    (span,) = decision.spans
    assert (span.start, span.end, span.text) == (18, 29, "at least 14")


def test_boundaries_that_two_people_split_are_queued():
    assert causes(tolls((figure(18, 29),), (figure(27, 29),))) == (
        "the boundaries of FIGURE are split: '14' or 'at least 14'",
    )


def test_spans_need_more_than_half_of_the_annotators():
    kept = only(tolls((figure(),), (figure(),), ()))
    assert [span.text for span in kept.spans] == ["at least 14"]
    assert only(tolls((figure(),), (), ())).spans == ()
    assert causes(tolls((figure(),), ())) == ("half of the annotators mark FIGURE 'at least 14'",)


def test_two_spans_of_a_person_are_two():
    near, far = figure(18, 29), figure(48, 59, "far")
    decision = only(tolls((near, far), (near, far), (figure(18, 59, "both"),)))
    assert [(span.start, span.end) for span in decision.spans] == [(18, 29), (48, 59)]


def test_numbers_by_median_and_choices_by_majority():
    decision = only(
        tolls(*[(figure(low=low, harm=harm),) for low, harm in ((14, "killed"), (15, "killed"), (140, "wounded"))])
    )
    assert decision.spans[0].attributes == {"low": 15, "harm": "killed"}


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        ({"low": 14}, {"low": 15}, "low of FIGURE 'at least 14' is split: 14 or 15"),
        ({"low": 14}, {}, "low of FIGURE 'at least 14' is split: 14 or None"),
        ({"harm": "killed"}, {"harm": "wounded"}, "harm of FIGURE 'at least 14' is split: 'killed' or 'wounded'"),
    ],
)
def test_attributes_that_two_people_split_are_queued(first, second, cause):
    assert causes(tolls((figure(**first),), (figure(**second),))) == (cause,)


def test_an_attribute_that_most_left_empty_is_empty():
    decision = only(tolls((figure(low=14),), (figure(),), (figure(),)))
    assert decision.spans[0].attributes == {}


def test_relations_need_a_majority_and_both_spans():
    link = (Relation(label="said_by", head="fig", tail="src"),)
    answers = tolls((SOURCE, figure()), (SOURCE, figure()), (SOURCE, figure(18, 36)), relations=link)
    decision = only(answers)
    source, fig = decision.spans
    assert decision.relations == (Relation(label="said_by", head=fig.span_id, tail=source.span_id),)
    answers[0] = answer("s", "a", "toll", spans=(SOURCE, figure()))
    assert len(only(answers).relations) == 1
    answers[1] = answer("s", "b", "toll", spans=(SOURCE, figure()))
    assert only(answers).relations == ()
    half = [*answers, answer("s", "d", "toll", spans=(SOURCE, figure()), relations=link)]
    assert causes(half) == ("half of the annotators draw said_by",)


def test_an_answer_that_breaks_the_schema_is_not_decided():
    spans = (figure(),)
    unlabelled = [answer("s", who, "claim", spans=spans) for who in "ab"]
    assert causes(unlabelled) == ("breaks figure_needs_toll: A figure is a toll.",)


def test_labels_that_the_schema_lacks_are_refused_all_at_once():
    answers = [answer("s", "a", "murder", schema="small@0.1.0"), answer("t", "a", "claim", "theft")]
    with pytest.raises(InvalidInput, match=r"small@1\.0\.0 has no label 'murder'") as caught:
        decide(answers, SCHEMA)
    assert [fault.where for fault in caught.value.faults] == ["annotation s-a", "annotation t-a"]
    assert "migrate answers given under small@0.1.0" in str(caught.value)


def test_an_unknown_method_is_refused():
    with pytest.raises(UsageError, match="no method 'oracle'"):
        decide([answer("s", "a", "claim"), answer("s", "b", "toll")], SCHEMA, method="oracle")


def test_no_answers_decide_nothing():
    assert decide([], SCHEMA) == decide([answer("s", "a", skipped=True)], SCHEMA)


label_sets = st.sampled_from([("claim",), ("toll",), ("claim", "toll"), ("none",)])
crowds = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from("abcd")),
    st.tuples(label_sets, st.sampled_from([None, (18, 29), (27, 29), (18, 36)])),
    max_size=20,
)


@pytest.mark.slow
@given(answers=crowds, method=st.sampled_from(["majority", "weighted", "auto"]), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_decisions_are_valid_complete_and_do_not_depend_on_order(answers, method, seed):
    annotations = [
        answer(f"s{sentence}", who, *labels, spans=(figure(*place),) if place and "toll" in labels else ())
        for (sentence, who), (labels, place) in answers.items()
    ]
    found = decide(annotations, SCHEMA, method=method)
    done = [each.sentence_id for each in found.decided], [each.sentence_id for each in found.queue]
    assert sorted(done[0] + done[1]) == sorted({each.sentence_id for each in annotations})
    assert done == (sorted(done[0]), sorted(done[1]))
    drawn = {(each.sentence_id, span.start, span.end) for each in annotations for span in each.spans}
    for decision in found.decided:
        assert validate(SCHEMA, decision.labels, decision.spans, decision.relations) == []
        assert all((decision.sentence_id, span.start, span.end) in drawn for span in decision.spans)
    random.Random(seed).shuffle(annotations)
    assert decide(annotations, SCHEMA, method=method) == found
