"""The one rule for which of several answers counts: the last one, by time and then by id."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from toolkit.records.annotation import Annotation

RECENCY = ("updated_at", "annotation_id")
"""The fields that order answers in time; the id decides between answers of one instant, never the order of arrival."""


def recency(answer: Annotation) -> tuple[str, str]:
    """Return what orders answers in time: the values of `RECENCY`."""
    return answer.updated_at, answer.annotation_id


def person_and_sentence(answer: Annotation) -> tuple[str, str]:
    """Return whose answer to which sentence it is, as (sentence_id, annotator)."""
    return answer.sentence_id, answer.annotator


def latest(
    answers: Iterable[Annotation], *, per: Callable[[Annotation], Hashable] = person_and_sentence
) -> list[Annotation]:
    """Return the answers that count: the last answer of each person to each sentence.

    A skip counts like any answer: a person who skips a sentence after answering it takes the answer back. Callers that
    need judgements leave out `answer.skipped` afterwards, never before.

    Args:
        answers: In any order; of each answer only its last revision, as `project.logs.annotation_log` returns them.
        per: What only one answer counts for; default: person and sentence. For experts, whose word is one,
            `lambda answer: answer.sentence_id`.

    Returns:
        Sorted by (sentence_id, annotator).

    Examples:
        >>> from toolkit.records import Annotation
        >>> def answer(number, when, *labels):
        ...     return Annotation(
        ...         annotation_id=number, sentence_id="s", annotator="ada", labels=labels,
        ...         schema="claims@1.0.0", created_at=when, updated_at=when,
        ...     )
        >>> [kept.labels for kept in latest([answer("b", "2026-03-02", "denial"), answer("a", "2026-03-01", "claim")])]
        [('denial',)]
    """
    last: dict[Hashable, Annotation] = {}
    for answer in answers:
        key = per(answer)
        held = last.get(key)
        if held is None or recency(held) < recency(answer):
            last[key] = answer
    return sorted(last.values(), key=person_and_sentence)
