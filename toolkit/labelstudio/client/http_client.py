"""A thin client of Label Studio's HTTP API, for what label-studio-sdk's client is slower at or loses (`sdk_client`).

Reading is tried again when the line breaks. Writing with POST never is: Label Studio stores the same batch twice
when it is sent twice (measured, 1.23.2), so an answer that did not arrive is raised as `Unanswered`, and the caller
looks at what the server holds before it sends anything again. Lists are read by id windows, not by page numbers,
which shift while tasks are deleted, and what came is held against the server's own `total`.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from toolkit.errors import AccessDenied, InvalidConfig, RemoteError
from toolkit.labelstudio.client.sdk_client import SdkClient
from toolkit.labelstudio.client.tokens import expires, kind_of, refused

_BROKEN = (502, 503, 504, 408, 429)
_ATTEMPTS = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_KEPT = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_FRESH = httpx.Limits(max_keepalive_connections=0)
"""For a server on this machine: a small request to Label Studio 1.23's own took 60 ms on a kept connection, 15 ms on a
fresh one."""


class Unanswered(RemoteError):
    """The server may have done what was asked, or may not: its answer did not arrive."""


class Server:
    """One Label Studio server, seen by one user.

    Args:
        url: Its address.
        token: A legacy token or a personal access token.
        variable: Name of the variable that the token came from, for messages.
        timeout: Seconds that one answer may take.
        sleep: Called with the seconds to wait before reading again.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        variable: str = "LABEL_STUDIO_API_KEY",
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = _address(url)
        self._token = token.strip()
        self._kind = kind_of(self._token, variable=variable)
        self._variable = variable
        self._access: str | None = None
        self._sleep = sleep
        self._now: datetime | None = None
        self._then = 0.0  # our own clock at that moment
        near = urlsplit(self.url).hostname in _LOOPBACK
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Content-Type": "application/json"},
            timeout=httpx.Timeout(timeout, connect=10),
            trust_env=not near,  # a company's proxy can't reach our loopback
            verify=_trusted(),
            limits=_FRESH if near else _KEPT,
        )

    @cached_property
    def sdk(self) -> SdkClient:
        """label-studio-sdk's client, for what changes a project; loading it takes seconds."""
        return SdkClient(self.url, self._token, self._http, self._answered, self._lost, self._until_answered, NotThere)

    @property
    def now(self) -> datetime | None:
        """The time by the server's own clock when it last answered, to the second; None where it does not say."""
        return self._now

    @property
    def ahead(self) -> float | None:
        """Seconds by which the server's clock was before ours when it last answered."""
        return None if self._now is None else self._now.timestamp() - self._then

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """Read; broken connections and 502, 503, 504 are tried again.

        Raises:
            AccessDenied: The token is refused, or has no right to this.
            RemoteError: There is no server, or it answers with an error.
        """
        return self._again("GET", path, params=params).json()

    def post(self, path: str, body: Any = None, *, timeout: float | None = None, **params: Any) -> Any:
        """Write once.

        Args:
            path: Where.
            body: What; bytes are JSON already.
            timeout: Seconds, where the server may take long.
            params: Of the address.

        Raises:
            Unanswered: It may have been stored, or not.
            RemoteError: It was not stored.
        """
        form = "content" if isinstance(body, bytes) else "json"
        return self._answered(self._send("POST", path, params=params, timeout=timeout, **{form: body})).json()

    def patch(self, path: str, body: Any) -> Any:
        """Change what is there; the same change twice is the same as once, so it is tried again like reading."""
        return self._again("PATCH", path, json=body).json()

    def delete(self, path: str) -> None:
        """Delete; it is not an error if it is gone already."""
        try:
            self._again("DELETE", path)
        except NotThere:
            return

    def stream(self, path: str, **params: Any) -> Iterator[bytes]:
        """Read a large answer piece by piece, once.

        Raises:
            RemoteError: The connection broke before its end.
        """
        try:
            with self._http.stream("GET", path, params=params, headers=self._headers(), timeout=None) as response:
                if response.status_code != 200:
                    response.read()
                    self._checked(response)
                yield from response.iter_bytes()
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def tasks(
        self,
        project: int,
        *,
        fields: str = "task_only",
        include: str | None = None,
        where: Sequence[Mapping[str, Any]] = (),
        page_size: int = 1000,
    ) -> Iterator[dict[str, Any]]:
        """Yield a project's tasks by rising id.

        Args:
            project: Its id.
            fields: "task_only", or "all" with annotations and drafts.
            include: Names of fields, with commas between; must hold "id".
            where: Label Studio filter items that all have to hold.
            page_size: Tasks a request.

        Raises:
            RemoteError: Fewer tasks came than the server says there are.
        """
        last = 0
        while True:
            page = self._tasks(project, [*where, _after(last)], page_size, fields=fields, include=include)
            tasks, total = page["tasks"], page["total"]
            if len(tasks) < min(page_size, total):
                raise RemoteError(
                    f"the server says {total} tasks and gave {len(tasks)}", where=f"{self.url}/projects/{project}"
                )
            yield from tasks
            if total <= len(tasks):
                return
            last = tasks[-1]["id"]

    def few_tasks(
        self, project: int, *, where: Sequence[Mapping[str, Any]], at_most: int
    ) -> list[dict[str, Any]] | None:
        """Return tasks with all their fields, by rising id, in one request; None when there are more.

        Args:
            project: Its id.
            where: As in `tasks`.
            at_most: How many may be wanted.
        """
        page = self._tasks(project, where, at_most, fields="all")
        return list(page["tasks"]) if page["total"] == len(page["tasks"]) else None

    def sample(self, project: int, *, at_most: int) -> list[dict[str, Any]]:
        """Return the first tasks of a project, by rising id, with all their fields."""
        return list(self._tasks(project, (), at_most, fields="all")["tasks"])

    def edge(self, project: int, *, after: int = 0, descending: bool = False) -> tuple[int | None, int]:
        """Return the first (or last) id among the tasks with larger ids, None without any; and how many they are."""
        page = self._tasks(project, [_after(after)], 1, include="id", descending=descending)
        return (page["tasks"][0]["id"] if page["tasks"] else None), page["total"]

    def _tasks(
        self,
        project: int,
        where: Sequence[Mapping[str, Any]],
        page_size: int,
        *,
        fields: str = "task_only",
        include: str | None = None,
        descending: bool = False,
    ) -> Any:
        """Return the first page of a list of tasks, by id."""
        ordering = ["-tasks:id" if descending else "tasks:id"]
        query = json.dumps({"ordering": ordering, "filters": {"conjunction": "and", "items": list(where)}})
        params: dict[str, Any] = {"project": project, "fields": fields, "page_size": page_size, "query": query}
        return self.get("/api/tasks", **params, **({"include": include} if include else {}))

    def users(self) -> dict[int, str]:
        """Return the e-mail address of every user of the organisation by id."""
        return {user["id"]: user["email"] for user in self.get("/api/users/")}

    def version(self) -> str:
        """Return the server's version."""
        return str(self.get("/api/version").get("release", "unknown"))

    def task_url(self, project: int, task: int) -> str:
        """Return where a person opens a task."""
        return f"{self.url}/projects/{project}/data?task={task}"

    def _again(self, method: str, path: str, **options: Any) -> httpx.Response:
        for attempt in range(_ATTEMPTS):
            try:
                response = self._send(method, path, **options)
                if response.status_code not in _BROKEN:
                    return self._checked(response)
            except Unanswered:
                if attempt == _ATTEMPTS - 1:
                    raise
            self._sleep(min(2.0**attempt * 0.25, 4.0))
        return self._checked(response)

    def _until_answered(self, call: Callable[[], None]) -> None:
        """Call what may be repeated until its answer arrives."""
        for attempt in range(_ATTEMPTS):
            try:
                return call()
            except Unanswered:
                if attempt == _ATTEMPTS - 1:
                    raise
            self._sleep(min(2.0**attempt * 0.25, 4.0))
        return None

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, headers=self._headers(), **_given(options))
            if response.status_code == 401 and self._kind == "personal":
                self._access = None
                response = self._http.request(method, path, headers=self._headers(), **_given(options))
        except httpx.TransportError as error:
            raise self._lost(error) from error
        self._take_time(response.headers.get("date", ""))
        return response

    def _take_time(self, date: str) -> None:
        try:
            self._now, self._then = parsedate_to_datetime(date).astimezone(UTC), time.time()
        except ValueError:
            self._now = None

    def _headers(self) -> dict[str, str]:
        if self._kind == "legacy":
            return {"Authorization": f"Token {self._token}"}
        if self._access is None or expires(self._access) < time.time():
            response = self._http.post("/api/token/refresh/", json={"refresh": self._token})
            if response.status_code in (400, 401, 403):
                raise refused(self._kind, self._detail(response), url=self.url, variable=self._variable)
            self._access = str(self._checked(response).json()["access"])
        return {"Authorization": f"Bearer {self._access}"}

    def _answered(self, response: httpx.Response) -> httpx.Response:
        """Return a good answer to a write; raise `Unanswered` where it may have been stored all the same."""
        if response.status_code >= 500 or response.status_code in _BROKEN:
            raise Unanswered(
                f"the server answered {response.status_code} to a write: {self._detail(response)}", where=self.url
            )
        return self._checked(response)

    def _lost(self, error: httpx.TransportError) -> RemoteError:
        """Return what a broken connection means."""
        if isinstance(error, httpx.ConnectError):
            return self._unreachable(error)
        return Unanswered(f"the connection broke ({type(error).__name__})", where=self.url)

    def _checked(self, response: httpx.Response) -> httpx.Response:
        """Return a good response; raise what a bad one means."""
        status = response.status_code
        if status < 300:
            return response
        detail = self._detail(response)
        if status == 401:
            raise refused(self._kind, detail, url=self.url, variable=self._variable)
        if status == 403:
            raise AccessDenied(f"the token has no right to this ({detail})", where=self.url)
        if status < 400:
            raise RemoteError(
                "the address leads elsewhere",
                where=self.url,
                remedy=f"use {response.headers.get('location')} if that is your server",
            )
        place = f"{self.url}{response.url.path}"
        if status == 404:
            raise NotThere(f"there is no such thing on the server ({detail})", where=place)
        if status == 409:
            raise Conflict(f"it is there already ({detail})", where=place)
        if status == 400:
            raise Refused(f"the server refuses this: {detail}", where=place)
        raise RemoteError(f"the server answered {status}: {detail}", where=place)

    def _detail(self, response: httpx.Response) -> str:
        """Return what the server says of its refusal, in one short line without secrets."""
        try:
            body = response.json()
        except ValueError:
            text = response.reason_phrase if "html" in response.headers.get("content-type", "") else response.text
        else:
            text = _words(body)
        for secret in filter(None, (self._token, self._access)):
            text = text.replace(secret, "…")
        text = " ".join(text.split())
        return text if len(text) <= 400 else text[:400] + "…"

    def _unreachable(self, error: Exception) -> RemoteError:
        if (fault := _tls_fault(error)) is not None:
            what, remedy = fault
            return RemoteError(what, where=self.url, remedy=remedy)
        return RemoteError(
            f"Label Studio can't be reached ({type(error).__name__})",
            where=self.url,
            remedy="start one with `toolkit studio start`, or set LABEL_STUDIO_URL",
        )


def _tls_fault(error: BaseException | None) -> tuple[str, str] | None:
    """Return what is wrong with the encryption of a connection, and what mends it; None if that is not the fault."""
    words = ""
    while error is not None:
        words += f" {error}"
        error = error.__cause__ or error.__context__
    if "CERTIFICATE_VERIFY_FAILED" in words:
        why = re.search(r"certificate verify failed: ([^(]*)", words)
        reason = f" ({why[1].strip()})" if why else ""
        return (
            f"the server's certificate is not trusted{reason}",
            "set SSL_CERT_FILE to a file with the certificate of whoever signed it",
        )
    if "WRONG_VERSION_NUMBER" in words or "HTTP_REQUEST" in words:
        return "the server does not speak TLS on this port", "write http:// in its address, or name its TLS port"
    if "[SSL" in words or "SSLError" in words or "TLS" in words:
        return f"the encrypted connection failed:{words[:200]}", "look at the certificate and the proxy of the server"
    return None


def _trusted() -> ssl.SSLContext | bool:
    """Return whom to trust: the authorities of SSL_CERT_FILE and SSL_CERT_DIR, else those that are shipped."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        return True
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except OSError as error:
        raise InvalidConfig(
            f"can't be read as certificates: {error}", where=f"SSL_CERT_FILE={file}", remedy="name a PEM file"
        ) from error


class NotThere(RemoteError):
    """The server answered 404."""


class Conflict(RemoteError):
    """The server answered 409: it is there already."""


class Refused(RemoteError):
    """The server answered 400: nothing was stored."""


def _after(task: int) -> dict[str, Any]:
    return {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": task}


def _address(url: str) -> str:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidConfig("is not the address of a server", where=url, remedy="write it like http://127.0.0.1:8080")
    if parts.username or parts.password:
        raise InvalidConfig("has a password in it", where=parts.hostname, remedy="leave it out; the token is enough")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}


def _words(body: Any) -> str:
    """Return the human part of Label Studio's error JSON."""
    if isinstance(body, Mapping):
        errors = body.get("validation_errors")
        if errors:
            return _words(errors)
        if "detail" in body:
            return _words(body["detail"])
        return "; ".join(
            _words(value) if key == "non_field_errors" else f"{key}: {_words(value)}" for key, value in body.items()
        )
    if isinstance(body, list):
        return "; ".join(_words(item) for item in body)
    return str(body)
