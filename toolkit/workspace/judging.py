"""The stages of people's judgement: how far they agree, and what the project holds to be true.

agreement    annotations/log.jsonl         → reports/agreement.json
adjudicate   annotations/, adjudications/  → gold.parquet, adjudications/queue.jsonl, reports/contradictions.jsonl
                                             and more lines of adjudications/verdicts.jsonl
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from toolkit import agreement as agreement_room
from toolkit.adjudicate import Change, Decisions, SecondLook, changes, decide
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Decision, content_id, from_json, to_json
from toolkit.schema import Contradiction, Schema, contradictions
from toolkit.workspace.calibrating import quiz_scores
from toolkit.workspace.derive import Made, Outcome, derive, read_lock
from toolkit.workspace.files import file_digest, write_atomic
from toolkit.workspace.history import current
from toolkit.workspace.project import AGREEMENT, GOLD, QUEUE, SENTENCES, Workspace
from toolkit.workspace.tables import parquet_bytes, to_table
from toolkit.workspace.verdicts import VERDICTS, verdicts, with_verdicts

SECOND_LOOKS = "adjudications/second_looks.jsonl"
"""Decided sentences that an expert should see all the same, a `SecondLook` a line, by sentence_id."""

_ANNOTATIONS, _ADJUDICATIONS = "annotations/log.jsonl", "adjudications/log.jsonl"
_CALIBRATION = "calibration/log.jsonl"

OVERTAKEN = "would change with --afresh"
"""The count of verdicts that stand although all answers there are now would give another."""

CONTRADICTIONS = "reports/contradictions.jsonl"
"""Decided sentences that say otherwise than an example of the schema with the same words, a `Contradiction` a line."""


@dataclass(frozen=True)
class Adjudication(Outcome):
    """What became of the stage adjudicate.

    Attributes:
        decided_before: Sentences that were decided by the run before; None where there was none.
        changes: What is decided otherwise than by the run before, by sentence_id.
    """

    decided_before: int | None = None
    changes: tuple[Change, ...] = ()


def agreement(
    workspace: Workspace,
    *,
    seed: int = 0,
    resamples: int = 1000,
    round_of: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Measure how far the annotators agree, with intervals over articles, into reports/agreement.json.

    Args:
        workspace: The project.
        seed: Seed of the draws of articles.
        resamples: How many.
        round_of: sentence_id → round of labelling, to measure each round on its own too.

    Raises:
        InvalidInput: No answers were pulled yet.
    """

    def make() -> Made:
        sentences = workspace.sentences()
        report = agreement_room.report(
            answers,
            workspace.schema(),
            {sentence.sentence_id: sentence.article_id for sentence in sentences},
            seed=seed,
            resamples=resamples,
            texts={sentence.sentence_id: sentence.text for sentence in sentences},
            round_of=round_of,
            quiz=quiz_scores(workspace),
        )
        text = json.dumps(json.loads(to_json(report)), indent=2, ensure_ascii=False) + "\n"
        return Made(
            files={AGREEMENT: text.encode()},
            counts={
                "answers": len(answers),
                "annotators": len({answer.annotator for answer in answers}),
                "sentences": len({answer.sentence_id for answer in answers}),
            },
        )

    with workspace.lock():
        answers = _answers(workspace)
        return derive(
            workspace.root,
            "agreement",
            inputs=_inputs(workspace, _ANNOTATIONS, _CALIBRATION, SENTENCES),
            parameters={
                **rules(workspace)["agreement"],
                "seed": seed,
                "resamples": resamples,
                "rounds": content_id(*chain.from_iterable(sorted(round_of.items()))) if round_of else None,
            },
            make=make,
        )


def renew_agreement(workspace: Workspace) -> None:
    """Measure agreement again, as it was measured last, if what it rests on has changed; nothing if it never was.

    Raises:
        InvalidInput: It rests on rounds of labelling, which only the command that measured them knows.
    """
    entry = read_lock(workspace.root).get("agreement")
    if entry is None or not workspace.path(AGREEMENT).exists():
        return
    because = entry["because"]
    parameters = because["parameters"]
    if parameters.get("rounds") is None:
        agreement(workspace, seed=parameters["seed"], resamples=parameters["resamples"])
    elif because["inputs"] != _inputs(workspace, *because["inputs"]):
        raise InvalidInput(
            "is older than the answers",
            where=str(workspace.path(AGREEMENT)),
            remedy="run `toolkit agreement --round NAME=FILE` with its rounds again",
        )


def rules(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Return what decides each stage's output beside the files it reads and what its command is told."""
    schema = workspace.schema().digest
    return {
        "agreement": {
            "schema": schema,
            "report": agreement_room.REVISION,  # what another toolkit of the same version made is not up to date
            "interval": agreement_room.INTERVAL,
        },
        "adjudicate": {"schema": schema, "method": workspace.config.aggregation},
    }


def agreement_page(workspace: Workspace) -> str:
    """Return the last agreement report as one self-contained HTML page.

    Raises:
        InvalidInput: There is none yet.
    """
    path = workspace.path(AGREEMENT)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit agreement`")
    report = from_json(agreement_room.AgreementReport, path.read_bytes(), where=str(path))
    return agreement_room.page(report, {sentence.sentence_id: sentence.text for sentence in workspace.sentences()})


def adjudicate(workspace: Workspace, *, afresh: bool = False) -> Adjudication:
    """Decide what the answers agree on, take the experts' word where there is one, and queue the rest.

    A verdict stands while the answers to its sentence, the schema and the method are what they were, so that new
    answers change only the sentences that they touch. The verdicts of adjudications/verdicts.jsonl belong to the logs:
    with them the same logs give the same bytes, here, on another machine and after gold.parquet was deleted.

    Args:
        workspace: The project.
        afresh: Let no verdict stand: decide every sentence by what all answers say of annotators now.

    Raises:
        InvalidInput: No answers were pulled yet, or a log is damaged.
    """
    method, schema = workspace.config.aggregation, workspace.schema()
    compared: tuple[Change, ...] = ()
    with workspace.lock():
        answers = _answers(workspace)
        before = workspace.decisions() if workspace.path(GOLD).exists() else None

        def make() -> Made:
            nonlocal compared
            held = verdicts(workspace)
            result = decide(
                answers,
                schema,
                method=method,
                experts=_expert_decisions(workspace),
                standing={} if afresh else held,
                second_looks={look.sentence_id: look.causes for look in second_looks(workspace)},
            )
            compared = () if before is None else changes(before, result, _answers_then(workspace), answers)
            contradicting = _contradictions(workspace, schema, result.decided)
            return _made(result, contradicting, with_verdicts(workspace, held, result.verdicts))

        outcome = derive(
            workspace.root,
            "adjudicate",
            inputs=_inputs(workspace, _ANNOTATIONS, _ADJUDICATIONS, SENTENCES, SECOND_LOOKS),
            parameters=rules(workspace)["adjudicate"],
            make=make,
            again=afresh,
        )
    return Adjudication(
        stage=outcome.stage,
        counts=outcome.counts,
        up_to_date=outcome.up_to_date,
        seconds=outcome.seconds,
        decided_before=None if before is None else len(before),
        changes=compared,
    )


def look_again(workspace: Workspace, looks: Iterable[SecondLook]) -> int:
    """Put sentences in for a second look, beside those that are there; the next `adjudicate` queues them.

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
    """Yield the sentences that were put in for a second look.

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
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    judged = ((each.sentence_id, texts.get(each.sentence_id, ""), each.labels) for each in decided)
    return contradictions(schema, judged)


def _made(result: Decisions, contradicting: Sequence[Contradiction], written: bytes) -> Made:
    methods = sorted({decision.method for decision in result.decided})
    queue = "".join(to_json(dispute) + "\n" for dispute in result.queue)
    decided = {decision.sentence_id for decision in result.decided}
    again = sum(dispute.sentence_id in decided for dispute in result.queue)
    return Made(
        files={
            GOLD: parquet_bytes(to_table(Decision, result.decided)),
            QUEUE: queue.encode(),
            VERDICTS: written,
            CONTRADICTIONS: "".join(to_json(each) + "\n" for each in contradicting).encode(),
        },
        counts={
            "decided": len(result.decided),
            **{f"by {method}": sum(decision.method == method for decision in result.decided) for method in methods},
            "queued for an expert": len(result.queue) - again,
            **({"for a second look": again} if again else {}),
            **({"contradict an example": len(contradicting)} if contradicting else {}),
            **({OVERTAKEN: len(result.overtaken)} if result.overtaken else {}),
        },
    )


def _expert_decisions(workspace: Workspace) -> dict[str, Decision]:
    """Return the last word of an expert on each sentence."""
    latest = sorted(workspace.expert_answers(), key=lambda answer: (answer.updated_at, answer.annotation_id))
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
        )
        for answer in latest
        if not answer.skipped
    }


def _answers(workspace: Workspace) -> list[Annotation]:
    answers = workspace.answers()
    if not answers:
        raise InvalidInput(
            "there are no answers yet", where=str(workspace.annotations.path), remedy="run `toolkit pull`"
        )
    return answers


def _answers_then(workspace: Workspace) -> list[Annotation] | None:
    """Return the answers that held when `adjudicate` ran last; None where that can't be told.

    The log only grows, so that what it was then is the part of it whose digest toolkit.lock has.
    """
    entry = read_lock(workspace.root).get("adjudicate")
    digest = entry and entry["because"]["inputs"].get(_ANNOTATIONS)
    rows = _rows_until(workspace.annotations.path, digest) if digest else None
    return None if rows is None else current(rows, where=str(workspace.annotations.path))


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


def _inputs(workspace: Workspace, *names: str) -> Mapping[str, str | None]:
    return {name: file_digest(workspace.path(name)) for name in names}
