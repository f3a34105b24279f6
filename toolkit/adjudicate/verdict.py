"""What was made of a sentence on which people differ, written down so that it stands while its own answers do.

How far annotators are trusted follows from all answers. Without a memory, every new answer could turn close decisions
on sentences that nobody touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.adjudicate.ballot import answer_key
from toolkit.adjudicate.dispute import Dispute
from toolkit.records import Annotation, Decision, content_id
from toolkit.records.base import record


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
