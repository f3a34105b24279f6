"""A stand-in for a chat endpoint on loopback: it answers as it is told to, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[dict[str, Any]], "Reply"]
"""What is answered to a request's body."""


@dataclass(frozen=True)
class Reply:
    """An answer of the stand-in.

    Attributes:
        status: The HTTP status.
        body: The whole body.
        headers: Further headers.
        cut: Bytes after which the connection breaks; None where it does not.
        delay: Seconds before it.
        drip: Seconds before each byte of the body.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0.0
    drip: float = 0.0


def says(content: Any, *, model: str = "stand-in", finish: str = "stop", usage: bool = True, **more: Any) -> Reply:
    """Return a chat completion; what is not text is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
    body: dict[str, Any] = {"object": "chat.completion", "model": model, "choices": [choice]}
    if usage:
        body["usage"] = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Reply(body=json.dumps(body).encode(), **more)


def asked_sentence(body: dict[str, Any]) -> str:
    """Return the sentence that a request is about."""
    question = next(turn["content"] for turn in reversed(body["messages"]) if "<<<SENTENCE" in turn["content"])
    lines = question.split("\n")
    begin = next(number for number, line in enumerate(lines) if line.startswith("<<<SENTENCE"))
    end = next(number for number, line in enumerate(lines) if number > begin and line.startswith("<<<END"))
    return "\n".join(lines[begin + 1 : end])


class Endpoint:
    """A running stand-in.

    Attributes:
        url: Its address, with /v1.
        asked: The body of each request, in their order.
        keys: The Authorization header of each.
        busiest: The most requests that were under way at once.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.busiest = 0
        self.behaviour = behaviour
        self._busy = 0
        self._counting = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with endpoint._counting:
                    endpoint.asked.append(body)
                    endpoint.keys.append(self.headers.get("authorization"))
                    endpoint._busy += 1
                    endpoint.busiest = max(endpoint.busiest, endpoint._busy)
                try:
                    self._answer(endpoint.behaviour(body))
                finally:
                    with endpoint._counting:
                        endpoint._busy -= 1

            def _answer(self, reply: Reply) -> None:
                time.sleep(reply.delay)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(reply.body)))
                    self.end_headers()
                    for piece in map(bytes, zip(reply.body)) if reply.drip else (reply.body[: reply.cut],):
                        time.sleep(reply.drip)
                        self.wfile.write(piece)
                except ConnectionError:  # whoever asked has gone
                    self.close_connection = True
                if reply.cut is not None:
                    self.close_connection = True

            def log_message(self, format: str, *values: Any) -> None:  # the name of the base class
                pass

        return Handler


@contextmanager
def endpoint(behaviour: Behaviour) -> Iterator[Endpoint]:
    """Run a stand-in until the block ends."""
    found = Endpoint(behaviour)
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Behaviour:
    """Return a behaviour that gives these answers one after the other, and then the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
