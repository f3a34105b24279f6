"""The decision log, adjudications/verdicts.jsonl: what was decided about each sentence that people differ on.

Each line is one `LoggedDecision`. Lines are only added, and of several lines about a sentence the last one counts. A
decision stays while what it rests on stays the same: the sentence's own answers, the schema, the method and the
threshold. How far annotators are trusted follows from all answers, so that without this memory a new answer to one
sentence could turn close decisions on others. The log also makes gold.parquet a function of the logs, although models
that were fitted to all answers of their day took part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.adjudicate.ballot import Dispute, answer_key
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Decision, content_id, from_json, to_json
from toolkit.records.base import record

DECISION_LOG = "adjudications/verdicts.jsonl"


@record
class LoggedDecision:
    """A decision on a sentence, or the dispute that it was left with, and what that rests on.

    Attributes:
        sentence_id: The sentence.
        rests_on: Digest of its own answers and of the rules; see `rests_on`.
        outcome: The decision; the dispute where people must decide.
    """

    sentence_id: str
    rests_on: str
    outcome: Decision | Dispute

    @property
    def content(self) -> object:
        """What was decided, without probabilities: labels, spans and relations; None where people must decide."""
        return None if isinstance(self.outcome, Dispute) else decided_content(self.outcome)


def decided_content(decision: Decision) -> object:
    """Return what a decision says, without ids, how sure it is and how it was reached."""
    return answer_key(decision), decision.schema


def rests_on(answers: Sequence[Annotation], *rules: str | None) -> str:
    """Return a digest of what a decision rests on; it changes with any word of the answers or of the rules.

    Args:
        answers: The answers to the sentence, in any order.
        rules: What else decides it: the schema's digest, the method, the threshold.
    """
    said = sorted((answer.annotation_id, repr(answer_key(answer))) for answer in answers)
    return content_id(*rules, *(part for each in said for part in each))


def last_decisions(log: bytes, *, where: str) -> dict[str, LoggedDecision]:
    """Return the last line about each sentence.

    Args:
        log: Content of the log.
        where: Its path, for messages.

    Raises:
        InvalidInput: A line is damaged.
    """
    found: dict[str, LoggedDecision] = {}
    for number, line in enumerate(log.splitlines(), start=1):
        try:
            logged = from_json(LoggedDecision, line)
        except InvalidInput as error:
            raise InvalidInput(
                "is not a logged decision",
                where=f"{where}:{number}",
                remedy="restore the file from a backup; without it the next `toolkit adjudicate` decides afresh",
            ) from error
        found[logged.sentence_id] = logged
    return found


def extended_log(log: bytes, last: Mapping[str, LoggedDecision], now: Iterable[LoggedDecision]) -> bytes:
    """Return the log's new content: the old lines plus each decision that changed.

    Args:
        log: Content of the log.
        last: What `last_decisions` returns for it.
        now: The decisions of a run.
    """
    new = [to_json(each) + "\n" for each in now if last.get(each.sentence_id) != each]
    return log + "".join(new).encode()
