"""Servers on loopback that answer as no Label Studio does, one kind each."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

Wire = Callable[[socket.socket, str, int], None]
"""Answers one request: the connection, the request's path, and how many there were before."""


def _head(status: str, kind: str, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n{more}\r\n".encode()


def _whole(body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> Wire:
    def answer(wire: socket.socket, path: str, number: int) -> None:
        del path, number
        wire.sendall(_head(status, kind, f"Content-Length: {len(body)}\r\n{more}") + body)

    return answer


def _json(value: Any, **more: Any) -> Wire:
    return _whole(json.dumps(value).encode(), **more)


def _drip(piece: bytes, head: bytes) -> Wire:
    def answer(wire: socket.socket, path: str, number: int) -> None:
        del path, number
        wire.sendall(head)
        waiting = threading.Event()
        while not waiting.wait(0.2):
            wire.sendall(piece)

    return answer


def _flood(piece: bytes, head: bytes) -> Wire:
    def answer(wire: socket.socket, path: str, number: int) -> None:
        del path, number
        wire.sendall(head)
        while True:
            wire.sendall(piece)

    return answer


def _raw(content: bytes) -> Wire:
    def answer(wire: socket.socket, path: str, number: int) -> None:
        del path, number
        wire.sendall(content)

    return answer


def _reset(wire: socket.socket, path: str, number: int) -> None:
    del path, number
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def _silence(wire: socket.socket, path: str, number: int) -> None:
    del path, number
    with suppress(OSError):
        while wire.recv(4096):
            pass


def _project(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"other {number}",
        "created_at": "2026-01-01T00:00:00Z",
        "task_number": 0,
        "total_annotations_number": 0,
        "skipped_annotations_number": 0,
    }


def _endless_list(wire: socket.socket, path: str, number: int) -> None:
    _json({"count": 10**9, "next": "/x", "results": [_project(number)] * 100})(wire, path, number)


_OK_JSON = _head("200 OK", "application/json")
_SHAPES = {
    "null": None,
    "true": True,
    "a number": 7,
    "a string": "x",
    "an empty list": [],
    "an empty object": {},
    "a list of nulls": [None],
    "a list of lists": [[[]]],
    "results that are a number": {"count": 1, "results": 5},
    "results that are nulls": {"count": 2, "results": [None, None]},
    "a project without a title": {"count": 1, "results": [{"id": 1}]},
    "a project with a list for an id": {"count": 1, "results": [_project(1) | {"id": [1]}]},
    "a count below zero": {"count": -5, "results": [], "total": -5, "tasks": []},
    "texts for numbers": {"count": "1", "results": [_project(1) | {"task_number": "many"}]},
}

KINDS: Mapping[str, Wire] = {
    "a login page with 200": _whole(b"<html><form>Please log in</form></html>", kind="text/html"),
    "a login page that calls itself JSON": _whole(b"<html><form>Please log in</form></html>"),
    "nothing with 200": _whole(b""),
    "204": _raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    **{f"{name} for an answer": _json(shape) for name, shape in _SHAPES.items()},
    "100,000 lists": _whole(b"[" * 100_000),
    "NaN": _whole(b'{"count": NaN, "results": [NaN]}'),
    "a number of 5,000 digits": _whole(b'{"count": ' + b"9" * 5000 + b', "results": []}'),
    "bytes that are no text": _whole(b'{"results": "\xff\xfe"}'),
    "UTF-16": _whole('{"count": 0, "results": []}'.encode("utf-16")),
    "an endless list": _endless_list,
    "a drip": _drip(b" ", _OK_JSON),
    "a head that drips": _drip(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n"),
    "an endless body": _flood(b"a" * (1 << 20), _OK_JSON + b'["'),
    "an endless head": _flood(b"X-A: " + b"b" * 1000 + b"\r\n", b"HTTP/1.1 200 OK\r\n"),
    "an endless body that is packed": _raw(
        _head("200 OK", "application/json", "Content-Encoding: gzip\r\n") + gzip.compress(b" " * (600 << 20), 9)
    ),
    "a body that is packed badly": _whole(b"not gzip", more="Content-Encoding: gzip\r\n"),
    "a body that is packed as nobody asked": _whole(b"abc", more="Content-Encoding: zstd\r\n"),
    "half a body": _raw(_head("200 OK", "application/json", "Content-Length: 5000\r\n") + b'{"results": ['),
    "chunks that are none": _raw(_head("200 OK", "application/json", "Transfer-Encoding: chunked\r\n") + b"ZZZ\r\n"),
    "a redirect to itself": _whole(b"", status="302 Found", more="Location: /api/version\r\n"),
    "a redirect elsewhere": _whole(b"", status="301 Moved", more="Location: http://evil.example/\r\n"),
    "a redirect to a file": _whole(b"", status="302 Found", more="Location: file:///etc/passwd\r\n"),
    "a year beyond all years": _json({}, more="Date: Mon, 01 Jan 99999999999999999999 00:00:00 GMT\r\n"),
    **{
        f"{status} with {kind}": _whole(b'{"detail": "no \\u001b[2J"}', status=f"{status} No", kind=kind)
        for status, kind in (
            (400, "application/json"),
            (401, "application/json"),
            (403, "text/html"),
            (404, "text/html"),
            (409, "application/json"),
            (418, "text/plain"),
            (429, "application/json"),
            (500, "text/html"),
            (502, "text/html"),
            (503, "application/json"),
        )
    },
    "another protocol": _raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "bytes of TLS": _raw(b"\x16\x03\x01\x00\x05hello"),
    "a reset": _reset,
    "silence": _silence,
}
"""Name of a kind → what it does."""


@contextmanager
def hostile(kind: str) -> Iterator[str]:
    """Let a server of a kind run beside the block; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    answer, open_ = KINDS[kind], []

    def serve(wire: socket.socket, number: int) -> None:
        with wire, suppress(OSError, IndexError):
            asked = wire.recv(65_536).decode("latin-1")
            answer(wire, asked.split(" ")[1], number)

    def accept() -> None:
        with suppress(OSError):
            while True:
                wire, _ = listening.accept()
                open_.append(wire)
                threading.Thread(target=serve, args=(wire, len(open_)), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()
        for wire in open_:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
