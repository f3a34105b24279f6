"""Label Studio's machine-learning backend protocol over HTTP: suggestions for a task the moment it is opened.

    GET  /health    is it there
    POST /setup     a project is connected: its page, and a token that is neither kept nor written anywhere
    POST /predict   tasks in, a suggestion each out
    POST /webhook   what happened in the project; heard and not acted on: nothing is trained behind people's backs
    GET  /versions  the model that answers

A payload that can't be right is answered with 400, 413 or 422 and {"detail": the reason}, which never quotes it; one
bad task among others is answered with [], no suggestion, so that the others have theirs.

Any page that a browser of this machine shows can send a request to loopback. Such a request names a foreign host, or
has an `Origin`, or can't say that its content is JSON; Label Studio's do none of this. So each of the three is refused
with 403 or 415; the type of a form, which `curl -d` sends unless told otherwise, is taken for JSON from what shows no
mark of a browser. A text is held against the project's own sentence before anything is logged.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from toolkit.errors import ToolkitError, UsageError
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.suggest.preannotation import Preannotation, score_of
from toolkit.labelstudio.suggest.suggester import Query
from toolkit.records import Suggestion, digest

LARGEST = 64 * 2**20
"""Bytes that a request may have; Label Studio asks for a hundred tasks at a time."""

PATIENCE = 30.0
"""Seconds in which the body of a request must have come."""

_CONNECTIONS = 64
_FAREWELL = 5  # seconds for the requests that are under way when the process is told to stop
_FORM = "application/x-www-form-urlencoded"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(preannotation: Preannotation, listening: socket.socket, *, hosts: Sequence[str] = ()) -> None:
    """Serve a project's suggestions until the process is told to stop. Nothing of a request is ever logged.

    Args:
        preannotation: The project.
        listening: Where, see `listen`.
        hosts: Names beside loopback by which the service may be called.
    """
    import uvicorn

    config = uvicorn.Config(
        backend(preannotation, hosts=hosts),
        log_config=None,
        log_level="error",
        access_log=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=int(PATIENCE),
        timeout_graceful_shutdown=_FAREWELL,
    )
    uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens: who connects from now on is served as soon as `serve` runs.

    Args:
        host: An address of this machine.
        port: 0 for a free one.

    Raises:
        UsageError: The port is taken, or the address is none of this machine.
    """
    bound = None
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        if bound is not None:
            bound.close()
        raise UsageError(
            f"can't listen on {host} port {port} ({error.strerror})", remedy="name another one with --port, or 0"
        ) from error
    return bound


class BadPayload(Exception):
    """A request that can't be answered.

    Attributes:
        status: The HTTP status.
        reason: Why, in words that hold nothing of the payload.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def backend(preannotation: Preannotation, *, hosts: Sequence[str] = ()) -> Starlette:
    """Return the application that serves a project's suggestions.

    Args:
        preannotation: The project.
        hosts: Names beside loopback by which the service may be called.
    """
    service = _Service(preannotation, frozenset((*_LOOPBACK, *(host.lower() for host in hosts))))
    routes = [
        Route("/health", service.health, methods=["GET"]),
        Route("/", service.health, methods=["GET"]),
        Route("/setup", service.answered(service.setup), methods=["POST"]),
        Route("/predict", service.answered(service.predict), methods=["POST"]),
        Route("/webhook", service.answered(service.webhook), methods=["POST"]),
        Route("/versions", service.versions, methods=["GET"]),
    ]
    return Starlette(routes=routes)


class _Service:
    """One answer a route."""

    def __init__(self, preannotation: Preannotation, hosts: frozenset[str]) -> None:
        self._preannotation = preannotation
        self._hosts = hosts
        self._version = preannotation.suggester.version

    def answered(self, handle: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
        """Return a route that reads the JSON object of a request, lets `handle` answer it, and says what is wrong."""

        async def route(request: Request) -> Response:
            try:
                self._admit(request)
                async with asyncio.timeout(PATIENCE):
                    content = await _bounded(request)
                body = _object(content)
                return JSONResponse(await run_in_threadpool(handle, body))
            except BadPayload as error:
                return JSONResponse({"detail": error.reason}, status_code=error.status)
            except TimeoutError:
                return JSONResponse({"detail": f"the body did not come within {PATIENCE:g} s"}, status_code=408)
            except ToolkitError as error:
                return JSONResponse({"detail": str(error)}, status_code=500)

        return route

    def _admit(self, request: Request) -> None:
        """Refuse what a foreign web page may have sent."""
        host = request.url.hostname or ""
        if host.lower() not in self._hosts:
            raise BadPayload(403, "the request names a foreign host; allow it with `toolkit serve --allow-host`")
        if "origin" in request.headers:
            raise BadPayload(403, "the request comes from a web page")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and (kind != _FORM or _of_browser(request)):
            raise BadPayload(415, "the content type is not application/json")

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "UP", "model_version": self._version})

    async def versions(self, request: Request) -> Response:
        return JSONResponse({"versions": [self._version]})

    def setup(self, body: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(body.get("project"), str | int):
            raise BadPayload(422, "'project' is missing: it names the project that is connected")
        if not isinstance(body.get("schema", ""), str):
            raise BadPayload(422, "'schema' is not text: it is the project's labelling page")
        return {"model_version": self._version}

    def webhook(self, body: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(body.get("action"), str):
            raise BadPayload(422, "'action' is missing: it says what happened")
        return {"status": "heard"}

    def predict(self, body: dict[str, Any]) -> dict[str, Any]:
        tasks = body.get("tasks")
        if not isinstance(tasks, list):
            raise BadPayload(422, "'tasks' is not a list of tasks")
        asked, refused = self._queries(tasks)
        if tasks and not asked:
            raise refused[0]
        offered = self._preannotation.offer(list(asked.values()), [_is_new(tasks[number]) for number in asked])
        answers = dict(zip(asked, offered, strict=True))
        return {"results": [self._result_of(answers.get(number)) for number in range(len(tasks))]}

    def _queries(self, tasks: Sequence[Any]) -> tuple[dict[int, Query], list[BadPayload]]:
        """Return what is asked, by the number of its task, and why other tasks can't be answered."""
        asked, refused = {}, []
        for number, task in enumerate(tasks):
            try:
                query = _query(number, task)
                if not self._preannotation.agrees(query):
                    what = f"the text of task {number} is not that of the project's sentence of this id"
                    raise BadPayload(422, what)
            except BadPayload as error:
                refused.append(error)
            else:
                asked[number] = query
        return asked, refused

    def _result_of(self, suggestion: Suggestion | None) -> Any:
        """Return what Label Studio stores; of an empty list it stores no prediction: no answer, or the hold-out."""
        return self._result(suggestion) if suggestion is not None and suggestion.shown else []

    def _result(self, suggestion: Suggestion) -> dict[str, Any]:
        schema = self._preannotation.suggester.schema
        result = encode_result(schema, labels=suggestion.labels, spans=suggestion.spans, origin="prediction")
        return {"model_version": self._version, "score": score_of(suggestion), "result": result}


def _of_browser(request: Request) -> bool:
    """Say whether a request bears a mark that browsers leave and that a page's script can't leave out."""
    marks = any(name.startswith("sec-") or name in ("referer", "cookie") for name in request.headers)
    return marks or "mozilla" in request.headers.get("user-agent", "mozilla").lower()


async def _bounded(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise BadPayload(413, f"the request has more than {LARGEST:,} bytes; ask for fewer tasks at a time")
        parts.append(part)
    return b"".join(parts)


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise BadPayload(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadPayload(422, "the body is not a JSON object")
    return body


def _query(number: int, task: Any) -> Query:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise BadPayload(422, f"task {number} has no 'data'")
    text = data.get("text")
    if not isinstance(text, str):
        raise BadPayload(422, f"task {number} has no text in 'data.text'")
    try:
        found = digest(text.encode())
    except UnicodeEncodeError:
        raise BadPayload(422, f"the text of task {number} holds half a character (a lone surrogate)") from None
    sentence_id, known = data.get("sentence_id"), data.get("text_sha256")
    if known is not None and known != found:
        raise BadPayload(422, f"the text of task {number} is not the one that was pushed: its 'text_sha256' differs")
    return Query(sentence_id=sentence_id if isinstance(sentence_id, str) else "", text=text)


def _is_new(task: dict[str, Any]) -> bool:
    """Say whether nobody has answered a task yet, as far as the task tells."""
    counts = (task.get("total_annotations"), task.get("cancelled_annotations"))
    return not (task.get("annotations") or any(isinstance(count, int) and count > 0 for count in counts))
