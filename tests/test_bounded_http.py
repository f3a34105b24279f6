"""Servers that answer without end, or with something else than Label Studio's answers: one error each, in time."""

from __future__ import annotations

import gzip
import itertools
import json
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from toolkit.cli import main
from toolkit.errors import RemoteError
from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.failures import NoEnd, Unanswered
from toolkit.project import Workspace

pytestmark = pytest.mark.slow

TOKEN = "a" * 40

Answer = Callable[[BaseHTTPRequestHandler], Iterator[bytes]]
"""Writes whatever it likes to a request: the bytes after the status line."""


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Run a server that gives every request the same answer; its address."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.close_connection = True
            try:
                for piece in answer(self):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                return  # the client had enough

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def head(kind: str = "application/json", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}\r\n".encode()


def whole(body: Any, kind: str = "application/json") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda request: iter([head(kind, f"Content-Length: {len(content)}\r\n"), content])


def dripping_body(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    yield head()
    for _ in range(600):
        yield b" "
        time.sleep(0.1)


def dripping_head(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Padding: "
    for _ in range(600):
        yield b"x"
        time.sleep(0.1)


def silent(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    time.sleep(5)
    yield b""


def endless(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    yield head() + b'["'
    for _ in range(2000):
        yield b"a" * (1 << 20)


def bomb(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    yield head(more="Content-Encoding: gzip\r\n")
    yield gzip.compress(b'["' + b" " * (512 << 20) + b'"]')


@pytest.mark.parametrize("answer", [dripping_body, dripping_head, silent])
def test_an_answer_that_does_not_end_is_cut_off_in_time(answer: Answer) -> None:
    with answering(answer) as url, Server(url, TOKEN, timeout=1.0, sleep=lambda seconds: None) as server:
        began = time.monotonic()
        with pytest.raises(RemoteError):
            server.users()
        assert time.monotonic() - began < 4


@pytest.mark.parametrize("answer", [dripping_body, dripping_head])
def test_a_stream_that_does_not_end_is_cut_off_in_time(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "stream_seconds=1")
    late = pytest.raises(RemoteError, match="within 1 seconds")
    with answering(answer) as url, Server(url, TOKEN) as server, late:
        list(server.stream("/api/projects/1/exports/1/download"))


@pytest.mark.parametrize("answer", [endless, bomb])
def test_an_answer_that_is_too_large_is_cut_off_before_it_fills_the_memory(answer: Answer) -> None:
    with answering(answer) as url, Server(url, TOKEN) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(NoEnd, match="more than 268,435,456 bytes"):
            server.get("/api/users/")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000  # kB; the bomb itself has 512 MB


def test_a_compressed_answer_is_read_as_any_other() -> None:
    packed = gzip.compress(json.dumps([{"id": 1, "email": "a@example.org"}]).encode())

    def answer(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
        yield head(more=f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n") + packed

    with answering(answer) as url, Server(url, TOKEN) as server:
        assert server.users() == {1: "a@example.org"}


def test_a_write_whose_answer_does_not_end_may_have_been_stored() -> None:
    with answering(dripping_body) as url, Server(url, TOKEN, timeout=1.0) as server, pytest.raises(Unanswered):
        server.post("/api/projects/1/import", [])


SHAPES: dict[str, Any] = {
    "nothing": b"",
    "login page": b"<html><form>Please log in</form></html>",
    "cut JSON": b'[{"id": 1, "email": ',
    "deep JSON": b"[" * 200_000,
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "null": None,
    "number": 7,
    "string": "ok",
    "list": [],
    "list of lists": [[]],
    "list of nulls": [None],
    "object": {},
    "wrong list": {"results": {}, "count": 1, "tasks": {}, "total": 0},
    "wrong entries": {"results": [1], "count": 1, "tasks": [1], "total": 1},
    "wrong id": {"results": [{"id": "1", "title": "t", "created_at": "2026-01-01T00:00:00Z"}], "count": 1},
    "wrong time": {"results": [{"id": 1, "title": "t", "created_at": "never", "task_number": 1}], "count": 1},
    "wrong count": {"results": [], "count": "many", "tasks": [], "total": None},
    "short": {"results": [], "count": 10**9, "tasks": [], "total": 10**9},
    "true for a number": {"results": [], "count": True, "tasks": [], "total": True},
}


@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8", "", "application/octet-stream"])
@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_what_is_not_label_studios_answer_is_one_error(tmp_path: Any, body: Any, kind: str) -> None:
    workspace = Workspace.create(tmp_path, title="one")
    with answering(whole(body, kind)) as url, Server(url, TOKEN) as server:
        with pytest.raises(RemoteError) as caught:
            server_project.all_projects(server, workspace)
        assert url in str(caught.value)
        with pytest.raises(RemoteError):
            list(server.tasks(1, include="id,data"))


@pytest.mark.parametrize("command", ["status", "pull", "push"])
def test_commands_end_with_5_at_a_login_page(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    Workspace.create(tmp_path, title="one")
    monkeypatch.chdir(tmp_path)
    with answering(whole(SHAPES["login page"], "text/html")) as url:
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
        with pytest.raises(SystemExit) as caught:
            main([command])
    assert caught.value.code == 5
    assert "a page for people came instead of JSON" in capsys.readouterr().err


def test_a_list_of_projects_without_end_is_left() -> None:
    numbers = itertools.count(1)

    def project(number: int) -> dict[str, Any]:
        return {"id": number, "title": f"one {number}", "created_at": "2026-01-01T00:00:00Z", "task_number": 0}

    def fresh(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
        return whole({"count": 10**9, "results": [project(next(numbers)) for _ in range(100)]})(request)

    def repeated(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
        return whole({"count": 10**9, "results": [project(1)] * 100})(request)

    for answer in (fresh, repeated):
        refused = pytest.raises(RemoteError, match="1000000000 projects")
        with answering(answer) as url, Server(url, TOKEN) as server, refused:
            server_project.find(server, "one")


def test_a_list_of_tasks_without_end_is_left() -> None:
    def repeated(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
        return whole({"total": 5000, "tasks": [{"id": number} for number in range(1, 1001)]})(request)

    def many(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
        return whole({"total": 10**9, "tasks": [{"id": number} for number in range(1, 1001)]})(request)

    for answer, what in ((repeated, "out of their order"), (many, "more than")):
        with answering(answer) as url, Server(url, TOKEN) as server, pytest.raises(RemoteError, match=what):
            list(server.tasks(1))


def test_a_project_is_made_only_by_an_answer_that_names_it() -> None:
    with answering(whole({"title": "no number"})) as url, Server(url, TOKEN) as server, pytest.raises(RemoteError):
        server.sdk.make_view(1, {"title": "a view"})
    login_page = whole(SHAPES["login page"], "text/html")
    with answering(login_page) as url, Server(url, TOKEN) as server, pytest.raises(RemoteError):
        server.sdk.make_project({"title": "a project"})


def test_no_more_tasks_come_than_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    when = "2026-03-01T10:00:00Z"
    tasks = [{"id": n, "data": {}, "created_at": when, "updated_at": when} for n in range(1, 4)]
    for more in tasks:
        more |= {"total_annotations": 0, "cancelled_annotations": 0}
    with answering(whole({"tasks": tasks, "total": 3})) as url, Server(url, TOKEN) as server:
        assert len(list(server.tasks(1))) == 3
        with pytest.raises(RemoteError, match="asked for 2 tasks and gave 3"):
            list(server.tasks(1, page_size=2))
        monkeypatch.setenv("TOOLKIT_LIMITS", "rows=2")
        with pytest.raises(RemoteError, match=r"holds more than 2 rows, the limit.*; TOOLKIT_LIMITS=rows=N"):
            list(server.tasks(1))


def test_the_bytes_of_an_answer_are_those_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(whole([{"id": 1, "email": "a@b.example"}])) as url, Server(url, TOKEN) as server:
        assert server.users() == {1: "a@b.example"}
        monkeypatch.setenv("TOOLKIT_LIMITS", "answer_bytes=10")
        with pytest.raises(RemoteError, match="more than 10 bytes"):
            server.users()
