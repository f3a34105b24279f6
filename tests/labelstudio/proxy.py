"""A proxy in front of a server that misbehaves on purpose: the faults of a bad line, made to order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import httpx

Fault = Literal[
    "pass",
    "drop-after",
    "drop-before",
    "502-after",
    "502-before",
    "401-before",
    "500-before",
    "500-after",
    "504-after",
    "delay",
]


class Proxy:
    """Forwards requests to `upstream`; `faults` are taken one by one for requests by `method` whose path holds `on`.

    "504-after" is a gateway that lost patience, "500-after" a server that failed after it had stored everything.
    "drop-after" lets the server do its work and breaks the connection instead of answering; "502-before" and
    "401-before" answer without asking the server; "delay" answers late.
    """

    def __init__(self, upstream: str, on: str, method: str = "POST") -> None:
        self.upstream = upstream
        self.on = on
        self.method = method
        self.faults: list[Fault] = []
        self.seen: list[str] = []
        self.poisoned: int | None = None  # a task that the server fails to write out with its answers
        self.clock = 0.0  # seconds by which the server's clock is shown ahead of what it is
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                proxy.handle(self, body)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(time.time() + proxy.clock)

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        self.seen.append(f"{request.command} {request.path.partition('?')[0]}")
        fault: Fault = "pass"
        if request.command == self.method and self.on in request.path and self.faults:
            fault = self.faults.pop(0)
        if fault == "drop-before":
            request.close_connection = True
            return
        if self.poisoned is not None and request.command == "POST" and request.path.endswith("/exports/"):
            fault = "500-before"
        status, content, kind = (
            (int(fault[:3]) if fault.endswith("-before") else 502),
            b"refused on purpose",
            "text/plain",
        )
        if not fault.endswith("-before"):
            skipped = ("host", "connection", "content-length")
            headers = {key: value for key, value in request.headers.items() if key.lower() not in skipped}
            answer = httpx.request(
                request.command,
                self.upstream + request.path,
                content=body,
                headers=headers,
                timeout=60,
                trust_env=False,
            )
            if fault in ("502-after", "500-after", "504-after"):
                status = int(fault[:3])
            elif self._fails_at(request, answer):
                status, content, kind = 500, b"the server fails at this task", "text/plain"
            else:
                status, content, kind = answer.status_code, answer.content, answer.headers.get("content-type", "")
        if fault == "drop-after":
            request.close_connection = True
            return
        if fault == "delay":
            time.sleep(1.5)
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _fails_at(self, request: BaseHTTPRequestHandler, answer: httpx.Response) -> bool:
        """Tell whether an answer writes out the poisoned task in a list; a snapshot is not made at all."""
        if self.poisoned is None:
            return False
        whole = request.path.startswith("/api/tasks?") and "fields=all" in request.path
        return whole and any(task["id"] == self.poisoned for task in answer.json()["tasks"])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def proxied(upstream: str, *, on: str, method: str = "POST") -> Iterator[Proxy]:
    """Run a proxy for the length of a block."""
    proxy = Proxy(upstream, on, method)
    try:
        yield proxy
    finally:
        proxy.close()
