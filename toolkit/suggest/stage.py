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

from toolkit.errors import InvalidConfig, InvalidInput
from toolkit.project import Workspace
from toolkit.project.config import LlmConfig
from toolkit.project.files import file_digest
from toolkit.project.logs.answer_cache import AnswerCache
from toolkit.project.logs.suggestion_log import MODELS, SuggestionLog
from toolkit.project.mutex import exclusive
from toolkit.project.sentence_filter import Test, selected
from toolkit.project.workspace import GOLD
from toolkit.records import Article, Reject, Sentence, Suggestion, digest, to_json
from toolkit.records.base import record
from toolkit.release.privacy.withheld import read_takedowns
from toolkit.schema import Schema
from toolkit.suggest.answer_schema import answer_schema
from toolkit.suggest.asking import Asking
from toolkit.suggest.chat_client import ChatClient, is_local
from toolkit.suggest.prompt import BYTES_PER_TOKEN, Prompt, Question, tokens
from toolkit.suggest.sending_rights import withheld
from toolkit.suggest.solved_examples import solved_examples
from toolkit.suggest.spending import Prices, Spending
from toolkit.suggest.suggestion_file import file_answers

REJECTS = "suggestions/rejects.jsonl"

_BATCH = 50  # answers that are written down together
_PREDICTED = 1000  # texts that a model on this machine is given together
_TYPICAL = 60  # tokens of an answer, where none was measured yet


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
        known = _known(log, model)
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
        known = _known(log, model)
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
        plan = _Plan(workspace, choice)
        prices = plan.prices
        if dry_run or not plan.left:
            estimate = plan.estimated_tokens()
            cost = None if prices is None else prices.of(*estimate)
            return plan.told({}, sum(estimate), cost, dry_run=dry_run)
        client = stack.enter_context(_client(plan.settings, environment))
        say(plan.departure(client.url))
        _keep_prompt(workspace, plan)
        asking = plan.asking(client)

        def told(done: int, total: int, note: str = "") -> None:
            spent = plan.spending
            cost = "" if prices is None else f", cost {prices.of(spent.prompt, spent.answer):,.2f}"
            if progress is not None:
                progress(done, total, note or f"{spent.total:,} tokens{cost}")

        answers = asking.answers(plan.left, at_once=plan.settings.concurrency)
        rejected = _keep(workspace, plan.log, answers, len(plan.left), told)
        spent = plan.spending
        cost = None if prices is None else prices.of(spent.prompt, spent.answer)
        return replace(plan.told(rejected, spent.total, cost, dry_run=False), notes=_short_context(asking))


def _short_context(asking: Asking) -> tuple[str, ...]:
    if asking.shortest is None:
        return ()
    read, sent = asking.shortest
    return (
        f"the server says that it read {read:,} of about {sent:,} tokens: if its context is shorter than the prompt, "
        "the model has not seen the codebook; give it a longer one (num_ctx of Ollama, -c of llama.cpp)",
    )


def llm_model(workspace: Workspace) -> str:
    """Return the name with the version under which the answers of the project's language model are in the log."""
    return _Plan(workspace, Choice(limit=1)).model


class _Plan:
    """What is to be asked, and how."""

    def __init__(self, workspace: Workspace, choice: Choice) -> None:
        settings = workspace.config.llm
        if settings is None:
            raise InvalidConfig(
                "names no language model",
                where=str(workspace.path("toolkit.yaml")),
                remedy='write `llm: {url: "http://127.0.0.1:8080/v1", model: NAME}`',
            )
        self.settings: LlmConfig = settings
        self.prices = None if settings.prices is None else Prices(**settings.prices.model_dump())
        self.log = SuggestionLog(workspace)
        articles = {each.article_id: each for each in workspace.articles()}
        sentences = workspace.sentences()
        stories = {name: article.story_id for name, article in articles.items()}
        questions = _questions(sentences, stories, settings.context)
        gold = workspace.decisions() if settings.examples and workspace.path(GOLD).exists() else []
        self.prompt = Prompt(
            workspace.schema(),
            context=settings.context,
            shown=settings.examples,
            solved=solved_examples(gold, questions, settings.examples),
        )
        self.parameters = _parameters(settings)
        fixed = [self.prompt.digest, settings.model, self.parameters, answer_schema(self.prompt.schema)]
        self.model = f"{settings.model}@{digest(json.dumps(fixed, sort_keys=True).encode())[:8]}"
        chosen = choice.of(sentences)
        known = _known(self.log, self.model)
        reasons = withheld(
            articles.values(),
            read_takedowns(workspace.path("takedowns.yaml"), workspace.table(Article)),
            local=is_local(settings.url),
            allowed=settings.licences,
        )
        self.before = sum(each.sentence_id in known for each in chosen)
        left = [each for each in chosen if each.sentence_id not in known]
        self.not_sent = Counter(reasons[each.article_id] for each in left if each.article_id in reasons)
        self.left = [questions[each.sentence_id] for each in left if each.article_id not in reasons]
        self.articles = len({each.article_id for each in left if each.article_id not in reasons})
        self.unstated = sum(not articles[each.article_id].licence for each in left if each.article_id not in reasons)
        self.cache = AnswerCache(workspace, self.model)
        self.spending = Spending(*self.cache.spent(), budget=settings.budget)

    def asking(self, client: ChatClient) -> Asking:
        return Asking(
            self.prompt,
            client,
            self.cache,
            self.spending,
            name=self.model,
            parameters=self.parameters,
            longest=self.settings.max_tokens,
            served_as=self.settings.served_as,
        )

    def estimated_tokens(self) -> tuple[int, int]:
        """Return tokens of prompts and of answers that are still to be paid for, estimated."""
        if not self.left:
            return 0, 0
        with ChatClient(self.settings.url, self.settings.model, parameters=self.parameters) as nobody:
            asking = self.asking(nobody)
            unasked = [each for each in self.left if not asking.known(each)]
        return sum(tokens(self.prompt.messages(each)) for each in unasked), _TYPICAL * len(unasked)

    def departure(self, url: str) -> str:
        """Return what leaves this machine, in a sentence."""
        about = sum(tokens(self.prompt.messages(each)) for each in self.left)
        many = f"{len(self.left):,} sentence{'' if len(self.left) == 1 else 's'} of {self.articles:,} article"
        many += "" if self.articles == 1 else "s"
        beside = f", each with {self.settings.context} before and after it," if self.settings.context else ""
        where = "to a server on this machine" if is_local(url) else "and leave this machine"
        stating = f"; of {self.unstated:,} the article states no licence" if self.unstated and not is_local(url) else ""
        return (
            f"{many}{beside} and the codebook go to {url} (model {self.settings.model}) {where}: "
            f"about {about:,} tokens, at one per {BYTES_PER_TOKEN} bytes{stating}"
        )

    def told(self, rejected: Mapping[str, int], spent: int, cost: float | None, *, dry_run: bool) -> Asked:
        return Asked(
            model=self.model,
            answered=len(self.left) - sum(rejected.values()),
            before=self.before,
            rejected=rejected,
            not_sent=dict(sorted(self.not_sent.items())),
            tokens=spent,
            cost=cost,
            dry_run=dry_run,
            up_to_date=not self.left,
        )


def _parameters(settings: LlmConfig) -> dict[str, Any]:
    warm = {} if settings.temperature is None else {"temperature": settings.temperature}
    return warm | {"max_tokens": settings.max_tokens}


def _client(settings: LlmConfig, environment: Mapping[str, str]) -> ChatClient:
    """Return the client, with the key out of the environment.

    Raises:
        InvalidConfig: A variable is named, and is not set.
    """
    key = environment.get(settings.key_variable, "").strip() if settings.key_variable else None
    if settings.key_variable and not key:
        raise InvalidConfig(
            f"{settings.key_variable} is not set, which llm.key_variable names",
            remedy=f"read -rs {settings.key_variable} && export {settings.key_variable}",
        )
    return ChatClient(
        settings.url,
        settings.model,
        key=key,
        key_variable=settings.key_variable,
        parameters=_parameters(settings),
        timeout=settings.timeout,
        connections=settings.concurrency,
    )


def _questions(sentences: Sequence[Sentence], stories: Mapping[str, str], context: int) -> dict[str, Question]:
    """Return the question about each sentence; beside it stand only sentences of the same article."""
    found = {}
    for number, each in enumerate(sentences):
        before = sentences[max(0, number - context) : number]
        after = sentences[number + 1 : number + 1 + context]
        found[each.sentence_id] = Question(
            sentence_id=each.sentence_id,
            story_id=stories[each.article_id],
            text=each.text,
            before=tuple(other.text for other in before if other.article_id == each.article_id),
            after=tuple(other.text for other in after if other.article_id == each.article_id),
        )
    return found


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


def _keep_prompt(workspace: Workspace, plan: _Plan) -> None:
    """Write down all that the model's answers depend on, but for the sentence: what a release says of its models."""
    about = {
        "model": plan.model,
        "url": plan.settings.url,
        "served": plan.settings.model,
        "parameters": plan.parameters,
        "schema": plan.prompt.schema.ref,
        "prompt_digest": plan.prompt.digest,
        "context": plan.settings.context,
        "examples": plan.settings.examples,
        "prompt": plan.prompt.system,
    }
    name = plan.cache.path.stem
    workspace.write(f"{MODELS}/{name}.json", json.dumps(about, ensure_ascii=False, indent=2) + "\n")


def _known(log: SuggestionLog, model: str) -> set[str]:
    return {each.sentence_id for each in log.rows() if each.model == model}


def file_model(path: Path) -> str:
    """Return the name under which a file's answers are in the log: its own, with the digest of its bytes.

    Raises:
        InvalidInput: There is no such file.
    """
    made = file_digest(path)
    if made is None:
        raise InvalidInput("there is no such file", where=str(path))
    return f"{path.name.partition('.')[0]}@{made[:8]}"
