"""A stand-in for a file server that speaks WebHDFS, as far as fsspec asks: files that only the network reaches."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_API, _DATA = "/webhdfs/v1", "/data"


class _Handler(BaseHTTPRequestHandler):
    """Answers each operation on files below `root`."""

    protocol_version = "HTTP/1.1"
    root: Path

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path.startswith(_DATA):
            with self._path(url.path.removeprefix(_DATA)).open("wb" if self.command == "PUT" else "ab") as file:
                file.write(body)
            self._reply(201, b"")
            return
        place = url.path.removeprefix(_API)
        try:
            getattr(self, query["op"].lower())(self._path(place), place, query)
        except FileNotFoundError as error:
            said = {"exception": "FileNotFoundException", "message": str(error)}
            self._reply(404, json.dumps({"RemoteException": said}).encode())

    do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815  # what http.server looks for

    def _path(self, place: str) -> Path:
        return self.root / unquote(place).strip("/")

    def _reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _say(self, value: object) -> None:
        self._reply(200, json.dumps(value).encode())

    def getfilestatus(self, path: Path, *_: Any) -> None:
        """Describe a file."""
        self._say({"FileStatus": _status(path)})

    def liststatus(self, path: Path, *_: Any) -> None:
        """Describe what is in a folder."""
        self._say({"FileStatuses": {"FileStatus": [_status(found) for found in path.iterdir()]}})

    def mkdirs(self, path: Path, *_: Any) -> None:
        """Make a folder."""
        path.mkdir(parents=True, exist_ok=True)
        self._say({"boolean": True})

    def create(self, _: Path, place: str, *__: Any) -> None:
        """Say where data goes to."""
        host, port = self.server.server_address[:2]
        self._reply(307, b"", Location=f"http://{host!s}:{port}{_DATA}{place}")

    append = create

    def open(self, path: Path, _: str, query: dict[str, str]) -> None:
        """Send a range of bytes."""
        start = int(query.get("offset", 0))
        self._reply(200, path.read_bytes()[start : start + int(query["length"])])

    def rename(self, path: Path, _: str, query: dict[str, str]) -> None:
        """Move a file, as HDFS does: never over another."""
        target = self._path(query["destination"])
        free = not target.exists()
        if free:
            path.rename(target)
        self._say({"boolean": free})

    def delete(self, path: Path, *_: Any) -> None:
        """Remove a file or a folder."""
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._say({"boolean": True})


def _status(path: Path) -> dict[str, object]:
    size = path.stat().st_size
    return {"pathSuffix": path.name, "length": size, "type": "DIRECTORY" if path.is_dir() else "FILE"}


@contextmanager
def webhdfs(root: Path) -> Iterator[str]:
    """Serve a folder and yield its URL."""
    handler = type("Handler", (_Handler,), {"root": root})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"webhdfs://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
