"""A thin client of Label Studio's HTTP API, for what label-studio-sdk's client is slower at or loses (`sdk_client`).

Reading is tried again when the line breaks. Writing with POST never is: Label Studio stores the same batch twice
when it is sent twice (measured, 1.23.2), so an answer that did not arrive is raised as `Unanswered`, and the caller
looks at what the server holds before it sends anything again. Lists are read by id windows, not by page numbers,
which shift while tasks are deleted, and what came is held against the server's own `total`. Every answer must end
(`bounded_http`) and have the shape that its request names (`answer_shape`).
"""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from itertools import islice, pairwise
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from toolkit.bounded_http import MOST_BYTES, BoundedHttp, Endless
from toolkit.errors import AccessDenied, InvalidConfig, RemoteError, border, printable
from toolkit.labelstudio.client.answer_shape import TIME, misfit
from toolkit.labelstudio.client.failures import (
    Conflict,
    NoEnd,
    NotThere,
    Refused,
    ServerFault,
    Unanswered,
    tls_fault,
    words_of,
)
from toolkit.labelstudio.client.sdk_client import SdkClient
from toolkit.labelstudio.client.tokens import expires, kind_of, refused
from toolkit.limits import Budget, Limits

_BROKEN = (502, 503, 504, 408, 429)
_ATTEMPTS = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_KEPT = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_FRESH = httpx.Limits(max_keepalive_connections=0)
"""For a server on this machine: a small request to Label Studio 1.23's own took 60 ms on a kept connection, 15 ms on a
fresh one."""


_MOST_UNREADABLE = 100
"""Tasks that one list may name as unreadable; with more, something else is wrong."""
_FIELDS: Mapping[str, Any] = {"id": int, "data": dict, "created_at": TIME, "updated_at": TIME}
_COUNTED: Mapping[str, Any] = {"total_annotations": object, "cancelled_annotations": object}
_WHOLE: Mapping[str, Any] = {**_FIELDS, "annotations": list}
"""What tasks of a list must have: those of these fields that are asked for, or with all that they hold."""


class Server:
    """One Label Studio server, seen by one user.

    Args:
        url: Its address.
        token: A legacy token or a personal access token.
        variable: Name of the variable that the token came from, for messages.
        timeout: Seconds that one answer may take, from the first byte sent to the last received; default: the limit.
        sleep: Called with the seconds to wait before reading again.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        variable: str = "LABEL_STUDIO_API_KEY",
        timeout: float | None = None,
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
        timeout = Limits.here().answer_seconds if timeout is None else timeout
        self._timeout = timeout
        self._http = BoundedHttp(
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
        return SdkClient(
            self.url, self._token, self._http, self._answered, self._lost, self._until_answered, NotThere, self._within
        )

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

    def get(self, path: str, shape: Any = object, **params: Any) -> Any:
        """Read; broken connections and 502, 503, 504 are tried again.

        Args:
            path: Where.
            shape: What the answer must be, as in `answer_shape`.
            params: Of the address.

        Raises:
            AccessDenied: The token is refused, or has no right to this.
            ServerFault: The server fails at this.
            RemoteError: There is no server, or it answers with an error, or with something else than this.
        """
        return self._read(self._again("GET", path, params=params), shape)

    def post(
        self, path: str, body: Any = None, *, shape: Any = object, timeout: float | None = None, **params: Any
    ) -> Any:
        """Write once.

        Args:
            path: Where.
            body: What; bytes are JSON already.
            shape: What the answer must be, as in `answer_shape`.
            timeout: Seconds, where the server may take long.
            params: Of the address.

        Raises:
            Unanswered: It may have been stored, or not.
            RemoteError: It was not stored.
        """
        form = "content" if isinstance(body, bytes) else "json"
        answer = self._answered(self._send("POST", path, params=params, timeout=timeout, **{form: body}))
        return self._read(answer, shape, raises=Unanswered)

    def patch(self, path: str, body: Any) -> Any:
        """Change what is there; the same change twice is the same as once, so it is tried again like reading."""
        return self._read(self._again("PATCH", path, json=body))

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
        limits = Limits.here()
        bounds = {MOST_BYTES: limits.stream_bytes}
        try:
            with (
                self._within(limits.stream_seconds),
                self._http.stream("GET", path, params=params, headers=self._headers(), extensions=bounds) as response,
            ):
                if response.status_code != 200:
                    response.read()
                    self._checked(response)
                yield from response.iter_bytes()
        except Endless as error:
            raise RemoteError(str(error), where=f"{self.url}{path}") from error
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
        unreadable: Callable[[int, RemoteError], None] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield a project's tasks by rising id.

        Args:
            project: Its id.
            fields: "task_only", or "all" with annotations and drafts.
            include: Names of fields, with commas between; must hold "id".
            where: Label Studio filter items that all have to hold.
            page_size: Tasks per request.
            unreadable: Called with each task that the server itself fails at, which is left out, and how it fails. To
                find it, fewer and fewer tasks are asked for at once. Default: such a failure is raised.

        Raises:
            ServerFault: The server fails at a task.
            RemoteError: Fewer tasks came than the server says there are, or the list has no end.
        """
        last, size, read, left_out = 0, page_size, 0, 0
        while True:
            after = [*where, _after(last)]
            try:
                page = self._tasks(project, after, size, fields=fields, include=include)
            except ServerFault as fault:
                if unreadable is None or left_out == _MOST_UNREADABLE:
                    raise
                if size > 1:
                    size //= 2
                    continue
                first = self._tasks(project, after, 1, include="id")["tasks"]
                if not first:
                    raise
                unreadable(first[0]["id"], fault)
                last, left_out = first[0]["id"], left_out + 1
                continue
            tasks, total = page["tasks"], page["total"]
            self._check_list(project, tasks, total, asked=size, last=last, read=read)
            yield from tasks
            if total <= len(tasks):
                return
            last, read, size = tasks[-1]["id"], read + len(tasks), min(2 * size, page_size)

    def _check_list(
        self, project: int, tasks: Sequence[Mapping[str, Any]], total: int, *, asked: int, last: int, read: int
    ) -> None:
        """Refuse a page of a list that is cut, or that would go on for ever."""
        place = f"{self.url}/projects/{project}"
        if len(tasks) < min(asked, total):
            raise RemoteError(f"the server says {total} tasks and gave {len(tasks)}", where=place)
        ids = [last, *(task["id"] for task in tasks)]
        if any(after <= before for before, after in pairwise(ids)):
            raise RemoteError("the server gave tasks out of their order", where=place)
        if len(tasks) > asked:
            raise RemoteError(f"the server was asked for {asked:,} tasks and gave {len(tasks):,}", where=place)
        Budget(place, Limits.here(), lambda: 0, raises=RemoteError).count(read + total)

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
        found = self.tasks(project, fields="all", page_size=at_most, unreadable=lambda task, fault: None)
        return list(islice(found, at_most))

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
        asked = {"id", *(include or "").split(",")}
        known = _WHOLE if fields == "all" and not include else {**_FIELDS, **_COUNTED}
        task = known if known is _WHOLE else {name: shape for name, shape in known.items() if name in asked}
        shape = {"tasks": [task], "total": int}
        return self.get("/api/tasks", shape, **params, **({"include": include} if include else {}))

    def users(self) -> dict[int, str]:
        """Return the e-mail address of every user of the organisation by id."""
        return {user["id"]: user["email"] for user in self.get("/api/users/", [{"id": int, "email": str}])}

    def version(self) -> str:
        """Return the server's version."""
        return str(self.get("/api/version", dict).get("release", "unknown"))

    def task_url(self, project: int, task: int) -> str:
        """Return where a person opens a task."""
        return f"{self.url}/projects/{project}/data?task={task}"

    def _again(self, method: str, path: str, **options: Any) -> httpx.Response:
        patience = time.monotonic() + self._timeout
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1 or time.monotonic() > patience
            try:
                response = self._send(method, path, **options)
                if response.status_code not in _BROKEN or last:
                    break
            except NoEnd:
                raise
            except Unanswered:
                if last:
                    raise
            self._sleep(min(2.0**attempt * 0.25, 4.0))
        return self._checked(response)

    def _until_answered(self, call: Callable[[], None]) -> None:
        """Call what may be repeated until its answer arrives."""
        for attempt in range(_ATTEMPTS):
            try:
                return call()
            except NoEnd:
                raise
            except Unanswered:
                if attempt == _ATTEMPTS - 1:
                    raise
            self._sleep(min(2.0**attempt * 0.25, 4.0))
        return None

    def _within(self, seconds: float | None = None) -> AbstractContextManager[None]:
        """Bound the requests of a block together; by default by what one answer may take."""
        return self._http.within(self._timeout if seconds is None else seconds)

    def _send(self, method: str, path: str, *, timeout: float | None = None, **options: Any) -> httpx.Response:
        given = {key: value for key, value in options.items() if value is not None}
        if timeout is not None:
            given["timeout"] = httpx.Timeout(timeout, connect=10)
        try:
            with self._within(timeout):
                response = self._http.request(method, path, headers=self._headers(), **given)
                if response.status_code == 401 and self._kind == "personal":
                    self._access = None
                    response = self._http.request(method, path, headers=self._headers(), **given)
        except httpx.TransportError as error:
            raise self._lost(error) from error
        self._take_time(response.headers.get("date", ""))
        return response

    def _read(self, response: httpx.Response, shape: Any = object, *, raises: type[RemoteError] = RemoteError) -> Any:
        """Return the JSON of a good answer, once it has its shape."""
        place = f"{self.url}{response.url.path}"
        kind = response.headers.get("content-type", "")
        remedy = f"look whether Label Studio itself answers at {self.url}, and not a login page or another service"
        if "json" not in kind:
            what = "a page for people" if "html" in kind else printable(kind)[:80] or "something without a type"
            raise raises(f"{what} came instead of JSON", where=place, remedy=remedy)
        with border("the answer is not JSON", where=place, remedy=remedy, raises=raises):
            body = response.json()
        if (fault := misfit(body, shape)) is not None:
            raise raises(f"the answer is not Label Studio's: {fault}", where=place, remedy=remedy)
        return body

    def _take_time(self, date: str) -> None:
        self._now = None
        with suppress(RemoteError), border("the server's clock can't be read", raises=RemoteError):
            self._now, self._then = parsedate_to_datetime(date).astimezone(UTC), time.time()

    def _headers(self) -> dict[str, str]:
        if self._kind == "legacy":
            return {"Authorization": f"Token {self._token}"}
        if self._access is None or expires(self._access) < time.time():
            response = self._http.post("/api/token/refresh/", json={"refresh": self._token})
            if response.status_code in (400, 401, 403):
                raise refused(self._kind, self._detail(response), url=self.url, variable=self._variable)
            self._access = self._read(self._checked(response), {"access": str})["access"]
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
        if isinstance(error, Endless):
            return NoEnd(str(error), where=self.url, remedy="look whether Label Studio itself answers there")
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
        what = f"the server answered {status}: {detail}"
        if status >= 500:
            raise ServerFault(
                what, where=place, remedy="look at its log, and whether its database runs; then run this again"
            )
        raise RemoteError(what, where=place)

    def _detail(self, response: httpx.Response) -> str:
        """Return what the server says of its refusal, in one short line without secrets."""
        text = response.reason_phrase
        if "html" not in response.headers.get("content-type", ""):
            text = response.text
            with suppress(RemoteError), border("not JSON", raises=RemoteError):
                text = words_of(response.json())
        for secret in filter(None, (self._token, self._access)):
            text = text.replace(secret, "…")
        text = printable(" ".join(text.split()))
        return text if len(text) <= 400 else text[:400] + "…"

    def _unreachable(self, error: Exception) -> RemoteError:
        if (fault := tls_fault(error)) is not None:
            what, remedy = fault
            return RemoteError(what, where=self.url, remedy=remedy)
        return RemoteError(
            f"Label Studio can't be reached ({type(error).__name__})",
            where=self.url,
            remedy="start one with `toolkit studio start`, or set LABEL_STUDIO_URL",
        )


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


def _after(task: int) -> dict[str, Any]:
    return {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": task}


def _address(url: str) -> str:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidConfig("is not the address of a server", where=url, remedy="write it like http://127.0.0.1:8080")
    if parts.username or parts.password:
        raise InvalidConfig("has a password in it", where=parts.hostname, remedy="leave it out; the token is enough")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
