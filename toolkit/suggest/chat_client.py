"""One POST to an OpenAI-compatible endpoint: vLLM, Ollama, llama.cpp and hosted ones differ by address and key only.

What may pass by itself is tried again: a broken or cut answer, 408, 409, 425, 429 and 5xx, after the time that
`Retry-After` names, else after 1, 2, 4 … seconds; a server that names no time again and again is not asked faster than
that. Redirects are not followed, so that the key goes nowhere else. The
answer is asked for in the form of a JSON schema; a server that refuses it is asked for any JSON object, then for text.
The longest answer is called `max_tokens`, or as a server that refuses this word calls it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from toolkit.bounded_http import MOST_BYTES, BoundedHttp, Endless
from toolkit.errors import AccessDenied, RemoteError, border, one_line, readable
from toolkit.records.base import record
from toolkit.suggest.prompt import Message

ATTEMPTS: Final = 6
LONGEST_WAIT: Final = 300.0
"""Seconds: a server that asks for more patience than this is asked another day."""

_PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_REFUSED: Final = frozenset({400, 413, 415, 422, 501})
_OLDER, _NEWER = "max_tokens", "max_completion_tokens"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_SHOWN = 200  # characters of a server's message
_MOST_BYTES = 2**25  # that an answer may have


@record
class Completion:
    """What a server answered.

    Attributes:
        text: What the model wrote; "" if nothing.
        prompt_tokens: Tokens that were read, None where the server does not count.
        answer_tokens: Tokens that were written, None where the server does not count.
        served: The name under which the model answers; None where the server does not say.
        finish: Why it ended: "stop", "length" where it was cut off, "content_filter", …
    """

    text: str
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    served: str | None = None
    finish: str = "stop"


class RequestRefused(RemoteError):
    """The server does not take this one request, such as one that is too long for the model."""


class ChatClient:
    """A model behind an endpoint.

    Args:
        url: The endpoint, such as http://127.0.0.1:8080/v1; without a path, /v1 is meant.
        model: Name of the model there.
        key: What the server knows us by; None for nothing.
        key_variable: Name of the environment variable that it came from, for messages.
        parameters: Further keys of a request, such as temperature and max_tokens.
        timeout: Seconds that one answer may take.
        sleep: Called with the seconds to wait before a request is sent again.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        key_variable: str | None = None,
        parameters: Mapping[str, Any],
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        base = url.rstrip("/") + ("" if parts.path.strip("/") else "/v1")
        self.url = base if base.endswith("/chat/completions") else f"{base}/chat/completions"
        self.model = model
        self._key = key
        self._variable = key_variable
        self._parameters = dict(parameters)
        self._sleep = sleep
        self._form = 0
        self._settled = False  # whether a form has been answered: from then on no other is tried
        self._timeout = timeout
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._here = threading.local()
        self._opened: list[BoundedHttp] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for each in self._opened:
            each.close()

    @property
    def _http(self) -> BoundedHttp:
        """The connections of this thread: an answer that takes too long is cut with all of them."""
        found: BoundedHttp | None = getattr(self._here, "http", None)
        if found is None:
            found = self._here.http = BoundedHttp(
                headers=self._headers,
                timeout=httpx.Timeout(self._timeout, connect=10),
                trust_env=not is_local(self.url),  # a company's proxy can't reach our loopback
                limits=httpx.Limits(max_keepalive_connections=1),
            )
            self._opened.append(found)
        return found

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> Completion:
        """Ask once, and again while what is in the way may pass by itself.

        Args:
            messages: What is said.
            schema: JSON schema of the answer.

        Raises:
            RequestRefused: The server does not take this request.
            AccessDenied: The key is missing, wrong, or may not do this.
            RemoteError: There is no such server or model, or the server did not answer in time and again.
        """
        while True:
            form = self._form
            body = {"model": self.model, "messages": list(messages), **self._parameters, **_forms(schema)[form]}
            try:
                found = self._answer(body)
            except RequestRefused as error:
                if self._settled:
                    raise
                if self._renamed(error):
                    continue
                if form + 1 == len(_forms(schema)):
                    raise
                self._form = max(self._form, form + 1)
            else:
                self._settled = True
                return found

    def _renamed(self, refusal: RequestRefused) -> bool:
        """Call the longest answer by its newer name if a server asks for that; False if it does not, or has it so."""
        if _NEWER not in refusal.what or _OLDER not in self._parameters:
            return False
        self._parameters[_NEWER] = self._parameters.pop(_OLDER)
        return True

    def _answer(self, body: Mapping[str, Any]) -> Completion:
        fault = ""
        for attempt in range(ATTEMPTS):
            wait = 2.0**attempt
            try:
                with self._http.within(self._timeout):
                    response = self._http.post(self.url, json=body, extensions={MOST_BYTES: _MOST_BYTES})
            except httpx.TransportError as error:
                fault = _lost(error)
            else:
                if response.status_code == 200 and (found := _completion(response)) is not None:
                    return found
                fault = self._fault(response)
                wait = max(_patience(response, wait), wait if attempt else 0.0)
            if wait > LONGEST_WAIT:
                raise self._gone(f"{fault}, and asks to wait {wait:,.0f} s")
            if attempt < ATTEMPTS - 1:
                self._sleep(wait)
        raise self._gone(f"{fault}, {ATTEMPTS} times in a row")

    def _gone(self, what: str) -> RemoteError:
        return RemoteError(what, where=self.url, remedy="run the same command again: it goes on where it stopped")

    def _fault(self, response: httpx.Response) -> str:
        """Return what is wrong with an answer that may be another one the next time; raise if it won't."""
        status, words = response.status_code, _words(response)
        words = words.replace(self._key, "…") if self._key else words  # some servers quote a wrong key
        said = f"the server answered {status}{words}"
        if status in (401, 403):
            remedy = f"put the key into {self._variable}" if self._variable else "name its variable: llm.key_variable"
            raise AccessDenied(said, where=self.url, remedy=remedy)
        if status in _REFUSED:
            raise RequestRefused(said, where=self.url, remedy="look at `llm:` in toolkit.yaml")
        if status == 200:
            return f"the server's answer is cut short or is not a chat completion{words}"
        if status not in _PASSING:
            raise RemoteError(said, where=self.url, remedy="look at `llm.url` and `llm.model` in toolkit.yaml")
        return said


def is_local(url: str) -> bool:
    """Tell whether an address is of this machine, so that nothing that is sent there leaves it."""
    return urlsplit(url).hostname in _LOOPBACK


def _forms(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the forms in which an answer can be asked for, the strictest one first."""
    strict = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    return [{"response_format": strict}, {"response_format": {"type": "json_object"}}, {}]


def _completion(response: httpx.Response) -> Completion | None:
    """Read a chat completion; None if it is none, or only half of one."""
    with suppress(RemoteError), border("not a chat completion", raises=RemoteError):
        return _completed(json.loads(response.content))
    return None


def _completed(body: Any) -> Completion:
    choice = body["choices"][0]
    message, usage = choice["message"], body.get("usage") or {}
    text = message.get("content") or ""
    if isinstance(text, list):  # some servers answer in parts
        text = "".join(part.get("text") or "" for part in text)
    finish, refusal = str(choice.get("finish_reason") or "stop"), message.get("refusal")
    if not text and finish == "stop":  # some servers take the whole answer of a model that thinks for its thoughts
        text = message.get("reasoning_content") or message.get("reasoning") or ""
    served = body.get("model")
    return Completion(
        text=str(text),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        answer_tokens=_count(usage.get("completion_tokens")),
        served=served if isinstance(served, str) and served else None,
        finish="content_filter" if refusal and not text else finish,
    )


def _count(said: object) -> int | None:
    return said if isinstance(said, int) and said >= 0 else None


def _patience(response: httpx.Response, otherwise: float) -> float:
    """Return the seconds that `Retry-After` names, in either of its two forms; never fewer than 0."""
    said = response.headers.get("retry-after", "").strip()
    seconds = readable(lambda: float(said))
    if seconds is None:
        until = readable(lambda: _instant(said))
        seconds = otherwise if until is None else (until - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds)


def _instant(said: str) -> datetime:
    until = parsedate_to_datetime(said)
    return until if until.tzinfo is not None else until.replace(tzinfo=UTC)


def _words(response: httpx.Response) -> str:
    """Return what a server says of its refusal, after a colon; "" if nothing."""
    body = None
    with suppress(RemoteError), border("not JSON", raises=RemoteError):
        body = response.json()
    error = body.get("error", body) if isinstance(body, dict) else None
    said = error.get("message") or error.get("detail") if isinstance(error, dict) else error
    return f": {' '.join(str(said).split())[:_SHOWN]}" if said else ""


def _lost(error: httpx.TransportError) -> str:
    if isinstance(error, Endless):
        return f"the server's answer has no end ({one_line(error, _SHOWN)})"
    if isinstance(error, httpx.ReadTimeout):
        return "the server did not answer in time (llm.timeout)"
    if isinstance(error, httpx.ConnectError):
        return f"the server can't be reached ({one_line(error, _SHOWN)})"
    return f"the connection broke ({one_line(error, _SHOWN)})"
