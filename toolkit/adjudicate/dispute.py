"""What people must decide, and what an expert should see although it is decided.

What was made of a sentence on which people differ, written down so that it stands while its own answers do.

How far annotators are trusted follows from all answers. Without a memory, every new answer could turn close decisions
on sentences that nobody touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from toolkit.adjudicate.ballot import answer_key
from toolkit.records import Annotation, Decision, Relation, Span, content_id
from toolkit.records.base import record


@record
class Answer:
    """One of the competing answers to a sentence.

    Attributes:
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        votes: annotation_ids of those who gave it, sorted.
    """

    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    votes: tuple[str, ...]


@record
class Dispute:
    """A sentence that people must decide.

    Attributes:
        sentence_id: The sentence.
        schema: "name@version".
        causes: Why it could not be decided, in plain words.
        answers: The competing answers, the one with most votes first.
        soft_labels: Label id → probability, for labels that anybody gave.
        uncertainty: Entropy of the labels' probabilities in bits, summed; the higher, the more there is to decide.
    """

    sentence_id: str
    schema: str
    causes: tuple[str, ...]
    answers: tuple[Answer, ...]
    soft_labels: Mapping[str, float] = field(default_factory=dict)
    uncertainty: float


@record
class SecondLook:
    """A sentence that an expert should see although it is decided.

    Attributes:
        sentence_id: The sentence.
        causes: Why, in plain words.
    """

    sentence_id: str
    causes: tuple[str, ...]


@record
class Verdict:
    """A decision, or that there is none, and what it rests on.

    Attributes:
        sentence_id: The sentence.
        rests_on: Digest of its own answers and of the rules; see `rests_on`.
        outcome: What was made of it.
    """

    sentence_id: str
    rests_on: str
    outcome: Decision | Dispute

    @property
    def content(self) -> object:
        """What it says, without probabilities: labels, spans and relations, or None where people must decide."""
        return None if isinstance(self.outcome, Dispute) else decided(self.outcome)


def decided(decision: Decision) -> object:
    """Return what a decision says, without ids, how sure it is and how it was reached."""
    return answer_key(decision), decision.schema


def rests_on(answers: Sequence[Annotation], *rules: str | None) -> str:
    """Return the id of what a verdict stands on; it changes with any word of the answers or of the rules.

    Args:
        answers: The answers to the sentence, in any order.
        rules: What else decides it: the schema's digest, the method, the threshold.
    """
    said = sorted((answer.annotation_id, repr(answer_key(answer))) for answer in answers)
    return content_id(*rules, *(part for each in said for part in each))
