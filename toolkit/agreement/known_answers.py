"""The known answers of a project's sentences, and how often a person meets those that were hidden among the tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from toolkit.agreement.intervals import clopper_pearson
from toolkit.records import Annotation, Estimate, latest
from toolkit.records.base import record
from toolkit.schema import Item

Labels = tuple[str, ...]


@record
class KnownScore:
    """One person's answers to hidden tasks whose answer is known.

    Attributes:
        annotator: The pseudonym.
        answered: Hidden tasks with a known answer that the person has answered; a skip is not an answer.
        correct: Those of them whose labels are exactly the known ones.
        share: `correct` of `answered`, with its exact interval (Clopper and Pearson).
    """

    annotator: str
    answered: int
    correct: int
    share: Estimate

    def __str__(self) -> str:
        """Return "17 of 20, 0.85 (0.62 to 0.97)"."""
        return f"{self.correct} of {self.answered}, {self.share}"


def known_answers(
    answers: Iterable[Annotation],
    experts: Iterable[Annotation] = (),
    *,
    items: Iterable[Item] = (),
    texts: Mapping[str, str] | None = None,
    agreed: int = 3,
) -> dict[str, Labels]:
    """Return the labels of each sentence whose answer is known, by sentence_id.

    It is known by an expert; else by an answer that carries the server's star ("ground truth"); else by the schema, if
    the sentence has the words of one of its examples; else by people who all gave the same labels.

    Args:
        answers: The annotators' answers.
        experts: The experts' answers.
        items: The schema's examples (`toolkit.schema.quiz`).
        texts: sentence_id → words, to find the examples by.
        agreed: People who have to have given the same labels, and nobody others.

    Examples:
        >>> from toolkit.records import Annotation
        >>> def answer(who, sentence_id, *labels):
        ...     return Annotation(
        ...         annotation_id=who + sentence_id, sentence_id=sentence_id, annotator=who, labels=labels,
        ...         schema="claims@1.0.0", created_at="2026-03-01", updated_at="2026-03-01",
        ...     )
        >>> said = [answer(who, "s1", "claim") for who in ("ada", "ben")] + [answer("ada", "s2", "claim")]
        >>> known_answers(said, [answer("eve", "s3", "denial")], agreed=2)
        {'s1': ('claim',), 's3': ('denial',)}
    """
    given: dict[str, list[Annotation]] = defaultdict(list)
    for answer in latest(answers):
        if answer.votes:
            given[answer.sentence_id].append(answer)
    known = {
        sentence_id: mine[0].labels
        for sentence_id, mine in given.items()
        if len(mine) >= agreed and len({each.labels for each in mine}) == 1
    }
    examples = {item.text: item.labels for item in items}
    known |= {one: examples[text] for one, text in (texts or {}).items() if text in examples}
    known |= {each.sentence_id: each.labels for mine in given.values() for each in mine if each.ground_truth}
    known |= {each.sentence_id: each.labels for each in latest(experts, per=lambda one: one.sentence_id) if each.votes}
    return dict(sorted(known.items()))


def known_scores(hidden: Iterable[Annotation], known: Mapping[str, Labels]) -> dict[str, KnownScore]:
    """Return the score of each person who has answered a hidden task, by pseudonym.

    Args:
        hidden: The answers to hidden tasks.
        known: sentence_id → the known labels; other sentences do not count.
    """
    hits: dict[str, list[bool]] = defaultdict(list)
    for answer in latest(hidden):
        if answer.votes and answer.sentence_id in known:
            hits[answer.annotator].append(answer.labels == known[answer.sentence_id])
    return {name: _score(name, mine) for name, mine in sorted(hits.items())}


def _score(annotator: str, hits: list[bool]) -> KnownScore:
    number, correct = len(hits), sum(hits)
    low, high = clopper_pearson(correct, number, 0.95)
    share = Estimate(value=correct / number, low=low, high=high, n=number, method="exact")
    return KnownScore(annotator=annotator, answered=number, correct=correct, share=share)
