"""The stage adjudicate.

annotations/, adjudications/ → gold.parquet, adjudications/queue.jsonl, reports/contradictions.jsonl

Decisions on sentences that people differ on are also added to adjudications/verdicts.jsonl, see `decision_log`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.adjudicate.ballot import SecondLook
from toolkit.adjudicate.conservation import conservation, link_conservation
from toolkit.adjudicate.decide import Decisions, decide
from toolkit.adjudicate.decision_changes import DecisionChange, changes
from toolkit.adjudicate.decision_log import DECISION_LOG, extended_log, last_decisions
from toolkit.adjudicate.link_votes import link_votes
from toolkit.adjudicate.model_voice import PEOPLE_AND_MODELS, model_votes
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project.files import write_atomic
from toolkit.project.logs.annotation_log import current
from toolkit.project.logs.hidden_tasks import hidden_pairs
from toolkit.project.logs.link_log import link_answers, logged_links
from toolkit.project.logs.standing_answers import GONE, INPUTS, PARTIAL, accept
from toolkit.project.logs.suggestion_log import FORMER, LOG, SuggestionLog
from toolkit.project.stage import Made, Outcome, derive_value, read_lock
from toolkit.project.workspace import GOLD, QUEUE, SENTENCES, Workspace
from toolkit.records import Annotation, Decision, LinkDecision, Sentence, from_json, latest, to_json, to_row
from toolkit.schema import Contradiction, Schema, contradictions

SECOND_LOOKS = "adjudications/second_looks.jsonl"
"""Decided sentences that an expert should see all the same: one `SecondLook` per line, by sentence_id."""

_ANNOTATIONS, _ADJUDICATIONS = "annotations/log.jsonl", "adjudications/log.jsonl"

_LINKS = ("links/log.jsonl", "links/experts.jsonl")

LINK_QUEUE = "links/queue.jsonl"
"""Links that just half of those who could have drawn them did: one `LinkDecision` per line."""

LOST_LINKS = "reports/links_without_vote.jsonl"
"""Links that took no part: a sentence of theirs is gone, or a part of their answer could not be taken."""

WOULD_CHANGE = "would change with --afresh"
"""Count of the sentences that keep an earlier decision which today's answers would change."""

CONTRADICTIONS = "reports/contradictions.jsonl"
"""Decided sentences that contradict an example of the schema with the same words: one `Contradiction` per line."""


CONSERVATION = "reports/conservation.json"
"""The account of everything that people said; see `toolkit.adjudicate.conservation`."""

SILENT = "reports/answers_without_vote.jsonl"
"""Answers that took no part: their sentence is gone, or a part of them could not be taken."""


@dataclass(frozen=True)
class Adjudication(Outcome):
    """The result of the stage adjudicate.

    Attributes:
        decided_before: Sentences that the run before decided; None where there was no run before.
        changes: The decisions that this run changed, by sentence_id.
    """

    decided_before: int | None = None
    changes: tuple[DecisionChange, ...] = ()


def adjudicate(workspace: Workspace, *, afresh: bool = False) -> Adjudication:
    """Decide what the answers agree on, take the experts' word where there is one, and queue the rest.

    A decision stays while the answers to its sentence, the schema and the method stay the same, so that new answers
    change only the sentences that they touch. The decision log, adjudications/verdicts.jsonl, belongs to the logs: with
    it the same logs give the same bytes, here, on another machine and after gold.parquet was deleted.

    Args:
        workspace: The project.
        afresh: Re-decide every sentence, also those whose answers have not changed.

    Raises:
        InvalidInput: No answers were pulled yet, or a log is damaged.
    """
    method, schema = workspace.config.aggregation, workspace.schema()
    heard = (LOG, FORMER) if method == PEOPLE_AND_MODELS else ()
    with workspace.lock():
        logged = workspace.answers(some=True)
        answers, gone = _living(workspace, logged)
        before = workspace.decisions() if workspace.path(GOLD).exists() else None

        def make() -> tuple[Made, tuple[DecisionChange, ...]]:
            log = _content(workspace.path(DECISION_LOG))
            last = last_decisions(log, where=str(workspace.path(DECISION_LOG)))
            result = decide(
                answers,
                schema,
                method=method,
                least=workspace.config.least_answers,
                experts=_expert_decisions(workspace),
                earlier={} if afresh else last,
                models=voting_models(workspace),
                second_looks={look.sentence_id: look.causes for look in second_looks(workspace)},
            )
            compared = () if before is None else changes(before, result, _answers_then(workspace), answers)
            contradicting = _contradictions(workspace, schema, result.decided)
            made = _made(result, contradicting, extended_log(log, last, result.logged))
            said = conservation(answers, gone, result.decided)
            if schema.links:
                linked = _link_accounts(workspace)
                said, made = {**said, **linked.said}, Made({**made.files, LINK_QUEUE: linked.queue}, made.counts)
                made = Made({**made.files, LOST_LINKS: linked.lost}, {**made.counts, **linked.counts})
            accounts = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
            made = Made({**made.files, CONSERVATION: accounts.encode()}, made.counts)
            return _with_silent(made, answers, gone), compared

        outcome, compared = derive_value(
            workspace.root,
            "adjudicate",
            inputs=workspace.digests(
                *(_ANNOTATIONS, _ADJUDICATIONS, SENTENCES, SECOND_LOOKS, *INPUTS, *heard),
                *(_LINKS if schema.links else ()),
            ),
            parameters=rules(workspace),
            make=make,
            read=lambda: (),
            again=afresh,
        )
    return Adjudication(**vars(outcome), decided_before=None if before is None else len(before), changes=compared)


def decided_links(workspace: Workspace) -> list[LinkDecision]:
    """Return every link that somebody drew between sentences that are there, and whether it holds, from the logs."""
    if not workspace.path(SENTENCES).exists():
        return []
    living = {sentence_id for (sentence_id,) in workspace.columns(Sentence, "sentence_id")}
    return link_votes(link_answers(workspace, living), link_answers(workspace, living, experts=True))


def voting_models(workspace: Workspace) -> dict[str, tuple[Annotation, ...]]:
    """Return the answers of models that have a vote, by sentence_id; none unless toolkit.yaml gives them one."""
    if workspace.config.aggregation != PEOPLE_AND_MODELS:
        return {}
    log = SuggestionLog(workspace)
    shown = {each.sentence_id for each in log.offered() if each.shown}
    return model_votes(log.rows(), workspace.schema(), shown)


def counted_models(workspace: Workspace) -> list[Annotation]:
    """Return the answers of models that a decision rests on, by sentence_id and model."""
    voting = voting_models(workspace)
    if not voting:
        return []
    counted = {name for each in workspace.stream(Decision) for name in each.votes}
    return [answer for answers in voting.values() for answer in answers if answer.annotation_id in counted]


@dataclass(frozen=True)
class _LinkAccounts:
    """The links that people drew: an account per label, the disputed ones, those without a vote, and counts."""

    said: dict[str, dict[str, int]]
    queue: bytes
    lost: bytes
    counts: dict[str, int]


def _link_accounts(workspace: Workspace) -> _LinkAccounts:
    living = {sentence_id for (sentence_id,) in workspace.columns(Sentence, "sentence_id")}
    standing, decided = link_answers(workspace), decided_links(workspace)
    every = [logged.answer for logged in logged_links(workspace.links).values()]
    lost = [
        {"reason": GONE if gone else PARTIAL, "annotation_id": answer.annotation_id, **to_row(link)}
        for answer in standing
        for link in answer.links
        if (gone := bool({link.head.sentence_id, link.tail.sentence_id} - living)) or answer.rejected
    ]
    disputed = [each for each in decided if each.disputed]
    counts = {
        "links that hold": sum(each.holds for each in decided),
        "links queued for an expert": len(disputed),
        "links without a vote": len(lost),
    }
    return _LinkAccounts(
        link_conservation(every, standing, living, decided),
        "".join(to_json(each) + "\n" for each in disputed).encode(),
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lost).encode(),
        {name: number for name, number in counts.items() if number},
    )


def accept_answers(workspace: Workspace, wanted: Collection[str]) -> int:
    """Let answers vote of which a part could not be taken; see `toolkit.project.logs.standing_answers.accept`."""
    with workspace.lock():
        return accept(workspace.root, workspace.logged_answers(), wanted)


def rules(workspace: Workspace) -> dict[str, Any]:
    """Return what decides gold.parquet beside the files that it is made from."""
    least = workspace.config.least_answers
    known: dict[str, Any] = {"schema": workspace.schema().digest, "method": workspace.config.aggregation}
    return known | ({"least_answers": least} if least > 1 else {})


def look_again(workspace: Workspace, looks: Iterable[SecondLook]) -> int:
    """Add sentences to those that an expert should see again; the next `adjudicate` queues them.

    Returns:
        How many were not there before.
    """
    with workspace.lock():
        known = {look.sentence_id: look for look in second_looks(workspace)}
        merged = known | {look.sentence_id: look for look in looks}
        lines = "".join(to_json(merged[key]) + "\n" for key in sorted(merged))
        write_atomic(workspace.path(SECOND_LOOKS), lines)
    return len(merged) - len(known)


def second_looks(workspace: Workspace) -> Iterator[SecondLook]:
    """Yield the sentences that an expert should see again.

    Raises:
        InvalidInput: The file is damaged.
    """
    path = workspace.path(SECOND_LOOKS)
    if path.exists():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            yield from_json(SecondLook, line, where=f"{path}:{number}")


def _contradictions(workspace: Workspace, schema: Schema, decided: Iterable[Decision]) -> list[Contradiction]:
    if not workspace.path(SENTENCES).exists():
        return []
    texts = dict(workspace.columns(Sentence, "sentence_id", "text"))
    judged = ((each.sentence_id, texts.get(each.sentence_id, ""), each.labels) for each in decided)
    return contradictions(schema, judged)


def _made(result: Decisions, contradicting: Sequence[Contradiction], log: bytes) -> Made:
    methods = sorted({decision.method for decision in result.decided})
    queue = "".join(to_json(dispute) + "\n" for dispute in result.queue)
    decided = {decision.sentence_id for decision in result.decided}
    again = sum(dispute.sentence_id in decided for dispute in result.queue)
    return Made(
        files={
            GOLD: parquet_bytes(to_table(Decision, result.decided)),
            QUEUE: queue.encode(),
            DECISION_LOG: log,
            CONTRADICTIONS: "".join(to_json(each) + "\n" for each in contradicting).encode(),
        },
        counts={
            "decided": len(result.decided),
            **{f"by {method}": sum(decision.method == method for decision in result.decided) for method in methods},
            "queued for an expert": len(result.queue) - again,
            **({"for a second look": again} if again else {}),
            **({"contradict an example": len(contradicting)} if contradicting else {}),
            **({WOULD_CHANGE: len(result.would_change)} if result.would_change else {}),
        },
    )


def _living(workspace: Workspace, answers: Sequence[Annotation]) -> tuple[list[Annotation], list[Annotation]]:
    """Return the answers whose sentence exists, and the others."""
    if not workspace.path(SENTENCES).exists():
        return list(answers), []
    there = {sentence_id for (sentence_id,) in workspace.columns(Sentence, "sentence_id")}
    living = [answer for answer in answers if answer.sentence_id in there]
    return living, [answer for answer in answers if answer.sentence_id not in there]


def _with_silent(made: Made, answers: Sequence[Annotation], gone: Sequence[Annotation]) -> Made:
    """Return what was made with the answers that took no part in it, listed by reason."""
    partial = [answer for answer in answers if answer.rejected]
    rows = [(GONE, answer) for answer in gone] + [(PARTIAL, answer) for answer in partial]
    lines = [
        json.dumps(
            {"reason": reason, "annotation_id": answer.annotation_id, "sentence_id": answer.sentence_id},
            ensure_ascii=False,
        )
        + "\n"
        for reason, answer in rows
    ]
    counts = {name: number for name, number in ((GONE, len(gone)), (PARTIAL, len(partial))) if number}
    return Made({**made.files, SILENT: "".join(lines).encode()}, {**made.counts, **counts})


def _expert_decisions(workspace: Workspace) -> dict[str, Decision]:
    """Return the last word of an expert on each sentence that exists."""
    return {
        answer.sentence_id: Decision(
            sentence_id=answer.sentence_id,
            labels=answer.labels,
            spans=answer.spans,
            relations=answer.relations,
            schema=answer.schema,
            method="expert",
            votes=(answer.annotation_id,),
            note=answer.note,
            fields=answer.fields,
        )
        for answer in latest(_living(workspace, workspace.expert_answers())[0], per=lambda answer: answer.sentence_id)
        if answer.votes
    }


def _answers_then(workspace: Workspace) -> list[Annotation] | None:
    """Return the answers that `adjudicate` decided on when it ran last; None where that is not known.

    The log only grows, so that its state of then is the beginning of it whose digest toolkit.lock has.
    """
    entry = read_lock(workspace.root).get("adjudicate")
    digest = entry and entry["because"]["inputs"].get(_ANNOTATIONS)
    rows = _rows_until(workspace.annotations.path, digest) if digest else None
    if rows is None:
        return None
    found, pairs = current(rows, where=str(workspace.annotations.path)), hidden_pairs(workspace.root)
    how = workspace.standing(workspace.annotations, found)
    return [answer for answer in found if not how.is_of(answer, pairs)]


def _rows_until(path: Path, digest: str) -> list[dict[str, Any]] | None:
    """Return the rows of the beginning of a log that has this SHA-256; None where no beginning has it."""
    seen, rows = hashlib.sha256(), []
    with path.open("rb") as file:
        for line in file:
            seen.update(line)
            rows.append(line)
            if seen.copy().hexdigest() == digest:
                return [json.loads(row) for row in rows if row.endswith(b"\n")]
    return None


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
