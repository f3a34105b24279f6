"""The decisions that a run changed, sentence by sentence, with the cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from toolkit.adjudicate.ballot import answer_key
from toolkit.adjudicate.decide import Decisions
from toolkit.adjudicate.decision_log import decided_content
from toolkit.records import Annotation, Decision
from toolkit.records.base import record


@record
class DecisionChange:
    """A sentence whose decision is not what it was.

    Attributes:
        sentence_id: The sentence.
        before: Labels that were decided; None where it was queued or not answered yet.
        after: Labels that are decided now; None where it is queued, or nobody answers it any more.
        method: How it is decided now; None where it is not.
        cause: What did it, in plain words.
        renewed: It says what it said before, under another version of the schema.
    """

    sentence_id: str
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    method: str | None
    cause: str
    renewed: bool = False


def changes(
    before: Iterable[Decision], after: Decisions, earlier: Sequence[Annotation] | None, now: Sequence[Annotation]
) -> tuple[DecisionChange, ...]:
    """Compare two runs.

    A decision has changed if its labels, spans or relations have, or if there was or is none. Another probability of
    the same decision is not a change.

    Args:
        before: What was decided then.
        after: What is decided now.
        earlier: The answers that `before` rests on; None where they are not known any more.
        now: The answers that `after` rests on.

    Returns:
        By sentence_id.
    """
    old = {decision.sentence_id: decision for decision in before}
    new = {decision.sentence_id: decision for decision in after.decided}
    touched = None if earlier is None else _touched(earlier, now)
    return tuple(
        DecisionChange(
            sentence_id=sentence_id,
            before=old[sentence_id].labels if sentence_id in old else None,
            after=new[sentence_id].labels if sentence_id in new else None,
            method=new[sentence_id].method if sentence_id in new else None,
            cause=_cause(old.get(sentence_id), new.get(sentence_id), sentence_id, touched),
            renewed=_renewed(old.get(sentence_id), new.get(sentence_id)),
        )
        for sentence_id in sorted(old.keys() | new.keys())
        if _content(old.get(sentence_id)) != _content(new.get(sentence_id))
    )


def _renewed(old: Decision | None, new: Decision | None) -> bool:
    return old is not None and new is not None and answer_key(old) == answer_key(new)


def _content(decision: Decision | None) -> object:
    return None if decision is None else decided_content(decision)


def _touched(earlier: Sequence[Annotation], now: Sequence[Annotation]) -> Mapping[str, Counter[str]]:
    """Return, for each sentence whose answers differ, how many are new, edited and withdrawn."""
    old = {answer.annotation_id: answer for answer in earlier}
    new = {answer.annotation_id: answer for answer in now}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key in sorted(old.keys() | new.keys()):
        kind = "withdrawn" if key not in new else "new" if key not in old else "edited"
        if old.get(key) != new.get(key):
            found[(new.get(key) or old[key]).sentence_id][kind] += 1
    return found


def _cause(
    old: Decision | None, new: Decision | None, sentence_id: str, touched: Mapping[str, Counter[str]] | None
) -> str:
    if new is not None and new.method == "expert":
        return "an expert's word"
    if old is not None and old.method == "expert":
        return "the expert's word was withdrawn"
    if old is not None and new is not None and old.schema != new.schema:
        return f"decided under {new.schema}, not {old.schema}"
    if touched is None:
        return "the answers of the earlier run are not known"
    if sentence_id in touched:
        return ", ".join(f"{count} {kind}" for kind, count in touched[sentence_id].items()) + " among its answers"
    return "other answers or settings changed how far its annotators are trusted"
