"""What a second run decides otherwise is named with its cause."""

from __future__ import annotations

from toolkit.adjudicate import changes, decide
from toolkit.adjudicate.decide import Decisions
from toolkit.records import Annotation, Decision, Span

from .test_decide import SCHEMA, answer


def run(answers: list[Annotation], **more: object) -> Decisions:
    return decide(answers, SCHEMA, method="majority", **more)  # type: ignore[arg-type]


FIRST = [answer(sentence, who, "claim") for sentence in ("s1", "s2", "s3", "s4") for who in "ab"]


def test_the_same_answers_change_nothing():
    assert changes(run(FIRST).decided, run(FIRST[::-1]), FIRST, FIRST) == ()


def test_every_change_says_what_did_it():
    edited = answer("s1", "b", "toll", updated_at="2026-02-01T00:00:00Z")
    now = [edited if each.annotation_id == "s1-b" else each for each in FIRST if each.sentence_id != "s4"]
    now += [answer("s2", "c", "toll"), answer("s2", "d", "toll"), answer("s5", "a", "none")]
    expert = Decision(sentence_id="s3", labels=("toll",), schema=SCHEMA.ref, method="expert", votes=("x",))
    found = {
        each.sentence_id: each for each in changes(run(FIRST).decided, run(now, experts={"s3": expert}), FIRST, now)
    }
    assert {key: (each.before, each.after) for key, each in found.items()} == {
        "s1": (("claim",), None),
        "s2": (("claim",), None),
        "s3": (("claim",), ("toll",)),
        "s4": (("claim",), None),
        "s5": (None, ("none",)),
    }
    assert found["s1"].cause == "1 edited among its answers"
    assert found["s2"].cause == "2 new among its answers"
    assert found["s3"].cause == "an expert's word"
    assert found["s4"].cause == "2 withdrawn among its answers"
    back = changes(run(now, experts={"s3": expert}).decided, run(now), now, now)
    assert [(each.sentence_id, each.cause) for each in back] == [("s3", "the expert's word was withdrawn")]


def test_a_span_with_another_id_is_the_same_span():
    def marked(span_id: str) -> Decision:
        span = Span(span_id=span_id, label="FIGURE", start=0, end=2, text="14")
        return Decision(
            sentence_id="s1", labels=("toll",), spans=(span,), schema=SCHEMA.ref, method="auto", votes=("s1-a",)
        )

    first, second = FIRST[:1], [*FIRST[:1], answer("s1", "z", "toll")]
    assert changes([marked("a")], Decisions((marked("b"),), ()), first, second) == ()
    bare = Decision(sentence_id="s1", labels=("toll",), schema=SCHEMA.ref, method="auto", votes=("s1-a",))
    assert [each.cause for each in changes([marked("a")], Decisions((bare,), ()), first, second)] == [
        "1 new among its answers"
    ]


def test_a_change_beyond_the_touched_answers_is_told_apart():
    before = [Decision(sentence_id="s1", labels=("toll",), schema=SCHEMA.ref, method="auto", votes=("s1-a", "s1-b"))]
    (found,) = changes(before, run(FIRST[:2]), FIRST[:2], FIRST[:2])
    assert found.cause.startswith("other answers")
    (unknown,) = changes(before, run(FIRST[:2]), None, FIRST[:2])
    assert "not known" in unknown.cause


def test_a_second_look_leaves_the_decision_until_the_expert_has_spoken():
    asked = run(FIRST, second_looks={"s2": ("the model doubts it",), "s9": ("gone",)})
    assert asked.decided == run(FIRST).decided
    assert [(dispute.sentence_id, dispute.causes) for dispute in asked.queue] == [("s2", ("the model doubts it",))]
    expert = Decision(sentence_id="s2", labels=("toll",), schema=SCHEMA.ref, method="expert", votes=("x",))
    assert run(FIRST, second_looks={"s2": ("the model doubts it",)}, experts={"s2": expert}).queue == ()


def test_the_same_under_another_version_is_told_apart():
    def under(schema: str, *labels: str) -> Decision:
        return Decision(sentence_id="s1", labels=labels, schema=schema, method="unanimous", votes=("s1-a",))

    for labels, renewed in ((("claim",), True), (("toll",), False)):
        now = Decisions((under("small@1.1.0", *labels),), ())
        found = changes((under("small@1.0.0", "claim"),), now, FIRST, FIRST)
        assert [each.renewed for each in found] == [renewed]
