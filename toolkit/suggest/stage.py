"""The stage suggest: sentences.parquet and a model → suggestions/log.jsonl, suggestions/rejects.jsonl.

A model is asked about a sentence once. Which model it is, with the version of all that decides its answers, is its name
in the log; of a language model this is the prompt too, which suggestions/models/ keeps as it was sent.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.files import file_digest
from toolkit.project.logs.suggestion_log import MODELS, SuggestionLog
from toolkit.project.mutex import exclusive
from toolkit.project.sentence_filter import Test, selected
from toolkit.records import Reject, Sentence, Suggestion, to_json
from toolkit.records.base import record
from toolkit.schema import Schema
from toolkit.suggest.llm_job import LlmJob, llm_client
from toolkit.suggest.question_round import QuestionRound
from toolkit.suggest.suggestion_file import file_answers

REJECTS = "suggestions/rejects.jsonl"

_BATCH = 50  # answers that are written down together
_PREDICTED = 1000  # texts that a model on this machine is given together


class Progress(Protocol):
    """Told how far the work is."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Take note of it; `note` is what else a person wants to know."""


@record
class Asked:
    """The result of asking a model.

    Attributes:
        model: Its name with its version, as suggestions carry it.
        answered: Sentences that have an answer from this run.
        before: Sentences that had one before.
        rejected: Answers that could not be taken, by reason; they are in suggestions/rejects.jsonl.
        not_sent: Sentences that were not sent, by reason.
        tokens: Tokens that language models have read and written for this project until now; in a dry run those that
            this run would add, estimated.
        cost: What they cost; None without `llm.prices`.
        dry_run: Nothing was asked.
        up_to_date: There was nothing to ask.
        notes: What else a person should know.
    """

    model: str
    answered: int
    before: int
    rejected: Mapping[str, int]
    not_sent: Mapping[str, int]
    tokens: int | None = None
    cost: float | None = None
    dry_run: bool = False
    up_to_date: bool = False
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts for people."""
        asked = "sentences to ask about" if self.dry_run else "sentences answered"
        found = {asked: self.answered, "answered before": self.before}
        found |= {"rejected": sum(self.rejected.values())} if self.rejected else {}
        return found | {f"not sent, {reason}": number for reason, number in self.not_sent.items()}


@record
class Choice:
    """The sentences that a model is asked about.

    Attributes:
        where: Only those for which this holds.
        limit: At most so many, those that have an answer counted.
        order: sentence_ids that go first.
    """

    where: Any = None
    limit: int | None = None
    order: tuple[str, ...] = ()

    def of(self, sentences: Sequence[Sentence]) -> list[Sentence]:
        """Return the chosen sentences in their order."""
        test: Test | None = self.where
        numbers = selected(sentences, where=test, limit=self.limit, order=self.order)
        return [sentences[number] for number in numbers]


def log_answers(
    workspace: Workspace,
    model: str,
    predict: Callable[[Sequence[str]], Iterable[Suggestion]],
    choice: Choice,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Asked:
    """Write down what a model on this machine says of sentences.

    Args:
        workspace: The project.
        model: Its name and version.
        predict: Answers texts, in their order.
        choice: The sentences.
        dry_run: Ask nothing; say how much there is to ask.
        progress: Told how far the work is.

    Raises:
        InvalidInput: There are no sentences yet.
        Locked: Another `toolkit suggest` is at work.
    """
    with exclusive(workspace.path(".toolkit", "suggest")):
        log = SuggestionLog(workspace)
        chosen = choice.of(workspace.sentences())
        known = log.asked(model)
        left = [each for each in chosen if each.sentence_id not in known]
        if not dry_run:
            answers = _fitted(workspace.schema(), model, predict, left)
            _keep(workspace, log, answers, len(left), progress)
        before = len(chosen) - len(left)
        return Asked(
            model=model,
            answered=len(left),
            before=before,
            rejected={},
            not_sent={},
            dry_run=dry_run,
            up_to_date=not left,
        )


def _fitted(
    schema: Schema, model: str, predict: Callable[[Sequence[str]], Iterable[Suggestion]], sentences: Iterable[Sentence]
) -> Iterator[Suggestion]:
    """Yield what a model says of sentences, without labels and spans that the schema does not have."""
    labels, spans = {label.id for label in schema.active}, {span.id for span in schema.spans}
    waiting = iter(sentences)
    while batch := list(islice(waiting, _PREDICTED)):
        for each, found in zip(batch, predict([each.text for each in batch]), strict=True):
            yield Suggestion(
                sentence_id=each.sentence_id,
                shown=None,
                model=model,
                labels=tuple(label for label in found.labels if label in labels),
                spans=tuple(span for span in found.spans if span.label in spans),
                probabilities=found.probabilities,
                schema=schema.ref,
            )


def log_file(workspace: Workspace, path: Path, *, dry_run: bool = False, progress: Progress | None = None) -> Asked:
    """Write down what a file of rows says of sentences; the model is called as the file is.

    Raises:
        InvalidInput: There is no such file, it is damaged, or no row of it can be taken.
        Locked: Another `toolkit suggest` is at work.
    """
    with exclusive(workspace.path(".toolkit", "suggest")):
        log = SuggestionLog(workspace)
        sentences = {each.sentence_id: each for each in workspace.sentences()}
        model = file_model(path)
        known = log.asked(model)
        found = list(file_answers(path, workspace.schema(), sentences, name=model))
        rejects = [each for each in found if isinstance(each, Reject)]
        if found and len(rejects) == len(found):
            raise InvalidInput(
                f"no row can be taken: {rejects[0].detail}",
                where=rejects[0].source,
                remedy='write {"sentence_id": …, "labels": […]} on each line',
            )
        new = [each for each in found if isinstance(each, Reject) or each.sentence_id not in known]
        rejected: Mapping[str, int] = Counter(each.reason for each in rejects)
        answered = len(new) - len(rejects)
        if not dry_run:
            _keep(workspace, log, iter(new), len(new), progress)
        return Asked(
            model=model,
            answered=answered,
            before=len(found) - len(new),
            rejected=rejected,
            not_sent={},
            dry_run=dry_run,
            up_to_date=not answered,
        )


def ask_llm(
    workspace: Workspace,
    choice: Choice,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> Asked:
    """Ask the language model of toolkit.yaml about sentences, and write its answers down.

    Args:
        workspace: The project.
        choice: The sentences.
        dry_run: Ask nothing; say how much there is to ask, and about how many tokens that is.
        progress: Told how far the work is, with tokens and cost so far.
        say: Told, before the first request, what leaves this machine.
        environment: Where the key is.

    Raises:
        InvalidConfig: toolkit.yaml has no `llm`, or the variable of its key is not set.
        InvalidInput: There are no sentences yet.
        Interrupted: The budget is spent.
        RemoteError: The server is gone, refuses, or answers with another model. What it answered until then is kept.
        Locked: Another `toolkit suggest` is at work.
    """
    with exclusive(workspace.path(".toolkit", "suggest")), ExitStack() as stack:
        job = LlmJob(workspace, choice.of)
        prices = job.prices
        if dry_run or not job.left:
            estimate = job.estimated_tokens()
            cost = None if prices is None else prices.of(*estimate)
            return _told(job, {}, sum(estimate), cost, dry_run=dry_run)
        client = stack.enter_context(llm_client(job.settings, environment))
        say(job.departure(client.url))
        _keep_prompt(workspace, job)
        asking = job.asking(client)

        def told(done: int, total: int, note: str = "") -> None:
            spent = job.spending
            cost = "" if prices is None else f", cost {prices.of(spent.prompt, spent.answer):,.2f}"
            if progress is not None:
                progress(done, total, note or f"{spent.total:,} tokens{cost}")

        answers = asking.answers(job.left, at_once=job.settings.concurrency)
        rejected = _keep(workspace, job.log, answers, len(job.left), told)
        spent = job.spending
        cost = None if prices is None else prices.of(spent.prompt, spent.answer)
        return replace(_told(job, rejected, spent.total, cost, dry_run=False), notes=_short_context(asking))


def _short_context(asking: QuestionRound) -> tuple[str, ...]:
    if asking.shortest is None:
        return ()
    read, sent = asking.shortest
    return (
        f"the server says that it read {read:,} of about {sent:,} tokens: if its context is shorter than the prompt, "
        "the model has not seen the codebook; give it a longer one (num_ctx of Ollama, -c of llama.cpp)",
    )


def llm_model(workspace: Workspace) -> str:
    """Return the name with the version under which the answers of the project's language model are in the log."""
    return LlmJob(workspace, Choice(limit=1).of).model


def _told(job: LlmJob, rejected: Mapping[str, int], spent: int, cost: float | None, *, dry_run: bool) -> Asked:
    return Asked(
        model=job.model,
        answered=len(job.left) - sum(rejected.values()),
        before=job.before,
        rejected=rejected,
        not_sent=dict(sorted(job.not_sent.items())),
        tokens=spent,
        cost=cost,
        dry_run=dry_run,
        up_to_date=not job.left,
    )


def _keep(
    workspace: Workspace,
    log: SuggestionLog,
    answers: Iterator[Suggestion | Reject],
    total: int,
    progress: Progress | None,
) -> Mapping[str, int]:
    """Append answers to the log as they come, and write the rejects; return how many there are by reason."""
    rejects: list[Reject] = []
    taken: list[Suggestion] = []
    try:
        for done, each in enumerate(answers, start=1):
            if isinstance(each, Reject):
                rejects.append(each)
            else:
                taken.append(each)
            if len(taken) >= _BATCH:
                log.add(taken)
                taken.clear()
            if progress is not None:
                progress(done, total)
    finally:
        log.add(taken)
        workspace.write(REJECTS, "".join(f"{to_json(each)}\n" for each in rejects))
    return dict(sorted(Counter(each.reason for each in rejects).items()))


def _keep_prompt(workspace: Workspace, job: LlmJob) -> None:
    """Write down all that the model's answers depend on, but for the sentence: what a release says of its models."""
    about = {
        "model": job.model,
        "url": job.settings.url,
        "served": job.settings.model,
        "parameters": job.parameters,
        "schema": job.prompt.schema.ref,
        "prompt_digest": job.prompt.digest,
        "context": job.settings.context,
        "examples": job.settings.examples,
        "prompt": job.prompt.system,
    }
    name = job.cache.path.stem
    workspace.write(f"{MODELS}/{name}.json", json.dumps(about, ensure_ascii=False, indent=2) + "\n")


def file_model(path: Path) -> str:
    """Return the name under which a file's answers are in the log: its own, with the digest of its bytes.

    Raises:
        InvalidInput: There is no such file.
    """
    made = file_digest(path)
    if made is None:
        raise InvalidInput("there is no such file", where=str(path))
    return f"{path.name.partition('.')[0]}@{made[:8]}"
