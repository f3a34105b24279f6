"""An account of everything that people said: per label, span label, relation and field, from the log to the decisions.

Each use in the log has one fate, so that the counts of a row sum to what the log holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from toolkit.records import Annotation, Decision, Link, LinkAnswer, LinkDecision, latest

FATES = ("voted", "superseded", "skipped", "part lost", "sentence gone")
"""An answer voted; a later one of the same person took its place; it was a skip; a part of it could not be taken; its
sentence is gone."""


def conservation(
    answers: Sequence[Annotation], gone: Sequence[Annotation], decided: Iterable[Decision]
) -> dict[str, dict[str, int]]:
    """Count what answers say by fate, and what decisions say.

    Args:
        answers: Those whose sentence exists.
        gone: The others.
        decided: The decisions.

    Returns:
        What was said, such as "label claim" → "said" in the log, each of `FATES` that occurs, and "decided".

    Examples:
        >>> from toolkit.records import Annotation
        >>> day = "2026-03-01T08:00:00Z"
        >>> said = [
        ...     Annotation(annotation_id=name, sentence_id="s", annotator=name, labels=("claim",), rejected=lost,
        ...                schema="claims@1.0.0", created_at=day, updated_at=day)
        ...     for name, lost in (("ada", 0), ("ben", 1))
        ... ]
        >>> conservation(said, [], [])
        {'label claim': {'said': 2, 'voted': 1, 'part lost': 1}}
    """
    counting = {answer.annotation_id for answer in latest(answers)}
    found: dict[str, Counter[str]] = {}
    fates = [(answer, _fate(answer, counting)) for answer in answers] + [(answer, FATES[4]) for answer in gone]
    for answer, fate in fates:
        for what in _said(answer):
            found.setdefault(what, Counter()).update(("said", fate))
    for decision in decided:
        for what in _said(decision):
            found.setdefault(what, Counter())["decided"] += 1
    order = ("said", *FATES, "decided")
    return {what: {name: counts[name] for name in order if counts[name]} for what, counts in sorted(found.items())}


def _fate(answer: Annotation, counting: set[str]) -> str:
    if answer.annotation_id not in counting:
        return "superseded"
    if answer.skipped:
        return "skipped"
    return "part lost" if answer.rejected else "voted"


def _said(judgement: Annotation | Decision) -> Iterator[str]:
    yield from (f"label {label}" for label in judgement.labels)
    yield from (f"span {span.label}" for span in judgement.spans)
    yield from (f"relation {relation.label}" for relation in judgement.relations)
    yield from (f"field {name}" for name in _filled(judgement.fields))


def _filled(fields: Mapping[str, object]) -> Iterator[str]:
    return (name for name, value in fields.items() if value is not None)


def link_conservation(
    answers: Iterable[LinkAnswer],
    standing: Iterable[LinkAnswer],
    living: Collection[str],
    decided: Iterable[LinkDecision],
) -> dict[str, dict[str, int]]:
    """Count the links that answers draw by fate, and those that hold; see `conservation`.

    Args:
        answers: Every answer of annotators that the log holds.
        standing: Those that count: the last one of each person to each window.
        living: The sentences that are there.
        decided: Every link that somebody drew, as it was decided.

    Examples:
        >>> from toolkit.records import Anchor, Link
        >>> head, tail = (Anchor(sentence_id=each, label="claim", start=0, end=1, text="x") for each in "ab")
        >>> drawn = LinkAnswer(
        ...     annotation_id="1", window_id="w", annotator="ada", offered=("a", "b"), schema="s@1.0.0",
        ...     links=(Link(label="repeats", head=head, tail=tail),), created_at="2026-01-01", updated_at="2026-01-01")
        >>> link_conservation([drawn], [drawn], {"a"}, [])
        {'link repeats': {'said': 1, 'sentence gone': 1}}
    """
    counting = {answer.annotation_id for answer in standing}
    found: dict[str, Counter[str]] = {}
    for answer in answers:
        for link in answer.links:
            fate = _link_fate(answer, link, counting, living)
            found.setdefault(f"link {link.label}", Counter()).update(("said", fate))
    for each in decided:
        if each.holds:
            found.setdefault(f"link {each.link.label}", Counter())["decided"] += 1
    order = ("said", *FATES, "decided")
    return {what: {name: counts[name] for name in order if counts[name]} for what, counts in sorted(found.items())}


def _link_fate(answer: LinkAnswer, link: Link, counting: Collection[str], living: Collection[str]) -> str:
    if answer.annotation_id not in counting:
        return "superseded"
    if {link.head.sentence_id, link.tail.sentence_id} - {*living}:
        return "sentence gone"
    return "part lost" if answer.rejected else "voted"
