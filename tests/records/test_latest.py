"""Of a person's answers to a sentence the last one counts, whatever order they come in."""

from __future__ import annotations

from itertools import permutations

from toolkit.records import Annotation, latest


def answer(annotation_id: str, day: int, *labels: str, annotator: str = "ada", skipped: bool = False) -> Annotation:
    when = f"2026-03-{day:02}T08:00:00Z"
    return Annotation(
        annotation_id=annotation_id,
        sentence_id="s1",
        annotator=annotator,
        labels=labels,
        schema="claims@1.0.0",
        created_at=when,
        updated_at=when,
        skipped=skipped,
    )


def test_the_last_answer_counts_in_any_order() -> None:
    answers = [answer("a", 1, "claim"), answer("c", 2, "denial"), answer("b", 2, "claim"), answer("z", 1, "none")]
    for order in permutations(answers):
        assert [kept.annotation_id for kept in latest(order)] == ["c"]


def test_a_later_skip_takes_an_answer_back() -> None:
    assert [kept.skipped for kept in latest([answer("a", 1, "claim"), answer("b", 2, skipped=True)])] == [True]


def test_people_are_kept_apart_and_experts_are_not() -> None:
    answers = [answer("a", 2, "claim", annotator="ben"), answer("b", 1, "denial")]
    assert [kept.annotator for kept in latest(answers)] == ["ada", "ben"]
    assert [kept.annotator for kept in latest(answers, per=lambda each: each.sentence_id)] == ["ben"]
