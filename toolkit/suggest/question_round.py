"""A round of questions to a language model: several at once, none twice, an answer with a fault once more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from threading import Lock
from typing import Any, Final, Protocol

from toolkit.engine.background import side_by_side
from toolkit.errors import RemoteError
from toolkit.records import Reject, Suggestion, digest
from toolkit.suggest.answer_schema import answer_schema
from toolkit.suggest.chat_client import Completion, RequestRefused
from toolkit.suggest.model_answer import Fault, read_answer
from toolkit.suggest.prompt import BYTES_PER_TOKEN, Message, Prompt, Question, tokens
from toolkit.suggest.token_spending import Spending

_HOPELESS: Final = 5
"""So many requests in a row that a server does not take, before it took one: it will take none."""

_SHORT: Final = 0.65
"""Share of the estimated tokens below which a prompt was hardly read as a whole: tokenizers read .75 to 1 of them."""

_AGAIN = "That answer can't be taken: {}. Answer the same sentence again: one JSON object, by the same codebook."


class Client(Protocol):
    """Whoever answers; see `ChatClient`."""

    model: str

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> Completion:
        """Answer once."""


class Cache(Protocol):
    """Whoever remembers answers; see `toolkit.project.logs.answer_cache`."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer to what has this digest; None if it was not asked."""

    def put(self, key: str, row: dict[str, Any]) -> None:
        """Keep an answer."""


class QuestionRound:
    """A model and a prompt, ready to be asked.

    Args:
        prompt: The prompt.
        client: The model.
        cache: Its answers until now.
        spending: What was spent until now.
        name: Name of the model with the digest of its prompt, as suggestions carry it.
        parameters: What the answer depends on beside prompt and model, such as the temperature.
        longest: Tokens that an answer may have.
        served_as: The name under which the model answers, where that is quite another one.

    Attributes:
        shortest: Tokens that the server says it read, and about how many were sent, of a prompt of which it read far
            fewer; None if there was no such prompt. Some servers cut the beginning off what is longer than their
            context, and say nothing.
    """

    def __init__(
        self,
        prompt: Prompt,
        client: Client,
        cache: Cache,
        spending: Spending,
        *,
        name: str,
        parameters: Mapping[str, Any],
        longest: int,
        served_as: str | None = None,
    ) -> None:
        self._prompt = prompt
        self._client = client
        self._cache = cache
        self._spending = spending
        self._name = name
        self._parameters = dict(parameters)
        self._longest = longest
        self._served_as = served_as
        self._form = answer_schema(prompt.schema)
        self._served: str | None = None
        self._refusals = 0
        self._took_one = False
        self._counting = Lock()
        self.shortest: tuple[int, int] | None = None

    def known(self, question: Question) -> bool:
        """Tell whether the answer to a question is there already."""
        return self._cache.get(self._key(self._prompt.messages(question))) is not None

    def answers(self, questions: Iterable[Question], *, at_once: int = 4) -> Iterator[Suggestion | Reject]:
        """Yield the answer to each question, in their order; a reject where there is none that can be taken.

        Args:
            questions: The questions.
            at_once: How many requests may be under way; the first one goes alone, to see whether the server answers.

        Raises:
            Interrupted: The budget is spent.
            RemoteError: The server is gone, takes no request, or answers with another model.
        """
        waiting = iter(questions)
        first = [self._answer(question) for question in islice(waiting, 1)]
        jobs = (partial(self._answer, question) for question in waiting)
        yield from chain(first, side_by_side(jobs, at_once))

    def _answer(self, question: Question) -> Suggestion | Reject:
        messages = self._prompt.messages(question)
        faults: list[Fault] = []
        text = ""
        for _ in range(2):
            try:
                found = self._completed(messages)
            except RequestRefused as error:
                self._count_refusal(error)
                return self._reject(question, [Fault(reason="request-refused", detail=error.what)], "")
            text = found.text
            if found.finish == "content_filter":
                return self._reject(question, [Fault(reason="declined", detail="the model declined to answer")], text)
            read = read_answer(text, self._prompt.schema, question.text)
            if not isinstance(read, list):
                return replace(read, sentence_id=question.sentence_id, model=self._name)
            faults = _cut(self._longest) if found.finish == "length" else read
            said = "; ".join(fault.detail for fault in faults)
            messages = [
                *messages,
                {"role": "assistant", "content": text},
                {"role": "user", "content": _AGAIN.format(said)},
            ]
        return self._reject(question, faults, text)

    def _completed(self, messages: Sequence[Message]) -> Completion:
        key = self._key(messages)
        row = self._cache.get(key)
        if row is None:
            found = self._asked(messages)
            self._hold_name(found.served)
            row = {
                "text": found.text,
                "prompt_tokens": found.prompt_tokens,
                "answer_tokens": found.answer_tokens,
                "served": found.served,
                "finish": found.finish,
            }
            self._cache.put(key, row)
            self._took_one = True
            return found
        self._hold_name(row["served"])
        return Completion(**{name: row[name] for name in row if name != "key"})

    def _asked(self, messages: Sequence[Message]) -> Completion:
        """Ask within the budget; tokens that the server does not count are estimated."""
        read = tokens(messages)
        reserved = read + self._longest
        self._spending.reserve(reserved)
        prompt = answer = 0
        try:
            found = self._client.complete(messages, self._form)
            prompt = read if found.prompt_tokens is None else found.prompt_tokens
            if prompt < _SHORT * read:
                self.shortest = prompt, read
            written = round(len(found.text.encode()) / BYTES_PER_TOKEN)
            answer = written if found.answer_tokens is None else found.answer_tokens
            return replace(found, prompt_tokens=prompt, answer_tokens=answer)
        finally:
            self._spending.settle(reserved, prompt, answer)

    def _key(self, messages: Sequence[Message]) -> str:
        asked = [self._client.model, self._parameters, self._form, list(messages)]
        return digest(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode())

    def _hold_name(self, served: str | None) -> None:
        """Refuse answers of another model than the one that was asked, and of two models under one name."""
        if served is None:
            return
        with self._counting:
            if self._served is None and not same_model(self._served_as or self._client.model, served):
                raise RemoteError(
                    f"{self._client.model!r} was asked, and {served!r} answers",
                    remedy=f"write `model: {served}` under llm in toolkit.yaml; if both are one, `served_as: {served}`",
                )
            if self._served not in (None, served):
                raise RemoteError(
                    f"first {self._served!r} answered, and now {served!r}; one name must not stand for two models",
                    remedy="name one of them as `model:` under llm in toolkit.yaml; the answers until now are kept",
                )
            self._served = served

    def _count_refusal(self, error: RequestRefused) -> None:
        with self._counting:
            self._refusals += 1
            if not self._took_one and self._refusals >= _HOPELESS:
                raise RemoteError(
                    f"it took none of the first {self._refusals} requests: {error.what}",
                    where=error.where,
                    remedy=error.remedy,
                )

    def _reject(self, question: Question, faults: Sequence[Fault], text: str) -> Reject:
        return Reject(
            stage="suggest",
            reason=faults[0].reason,
            source=question.sentence_id,
            text=text,
            detail="; ".join(fault.detail for fault in faults),
        )


def same_model(asked: str, served: str) -> bool:
    """Tell whether a model may be the one that was asked: servers add dates, folders and endings to a name.

    Examples:
        >>> same_model("gpt-x", "gpt-x-2026-01-01"), same_model("smol", "/models/Smol-135M.Q4_1.gguf")
        (True, True)
        >>> same_model("gpt-4", "gpt-4o"), same_model("gpt-x", "llama-3")
        (False, False)
    """
    names = (
        name.casefold().rpartition("/")[2].removesuffix(".gguf").removesuffix(":latest") for name in (asked, served)
    )
    short, long = sorted(names, key=len)
    return re.search(rf"(?<![a-z0-9]){re.escape(short)}(?![a-z0-9])", long) is not None


def _cut(longest: int) -> list[Fault]:
    return [Fault(reason="cut-off", detail=f"the answer was cut off after {longest:,} tokens (llm.max_tokens)")]
