"""label-studio-sdk's client, for what changes a project: its errors become ours, and no POST is sent twice.

It speaks where it is as fast as our own requests and loses nothing: projects are made, changed, checked and deleted by
it, views and single tasks too, and it exchanges tokens that expire. Our own requests (`http_client`) stay for the rest,
for reasons that were measured (scripts/bench/sync.py, SDK 2.0.19 and 2.1.2, Label Studio 1.23.2):

    every command   loading the client takes 2.5 CPU seconds, a small pull with our own requests 0.3: so users, projects
                    and tasks are read by ours, and the client is loaded only by who changes something
    lists           its pager takes any 404 for the end of a list, and what is missing is missing in silence
    bulk import     it sends a batch again after a 504, and the server stores it twice
    snapshots       it holds the whole file in memory
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import httpx

from toolkit.errors import RemoteError, border

ONCE = {"max_retries": 0}
"""Options of a request that must not be repeated: a write with POST."""


@contextmanager
def its_warnings_unheard() -> Iterator[None]:
    """Leave out what the library's own models warn of while it is loaded and used; nobody here can mend that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class SdkClient:
    """One user's client of one server.

    Args:
        url: The server.
        token: A legacy token or a personal access token; the client exchanges the latter by itself.
        http: The connections to be used.
        checked: Raises what a bad response means.
        lost: Returns what a broken connection means.
        again: Calls something that may be repeated, until its answer has arrived.
        gone: What `checked` raises where the server has no such thing; to delete that is no error.
        within: Bounds the time of what a block asks.
    """

    def __init__(
        self,
        url: str,
        token: str,
        http: httpx.Client,
        checked: Callable[[httpx.Response], httpx.Response],
        lost: Callable[[httpx.TransportError], Exception],
        again: Callable[[Callable[[], None]], None],
        gone: type[Exception],
        within: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with its_warnings_unheard():
            from label_studio_sdk import LabelStudio  # see above

            self._client: Any = LabelStudio(base_url=url, api_key=token, httpx_client=http)  # type: ignore[no-untyped-call]
        self._url, self._checked, self._lost, self._again = url, checked, lost, again
        self._gone, self._within = gone, within

    def make_project(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Make a project, and return the server's JSON of it."""
        made: dict[str, Any] = self._ask(lambda: _row(self._client.projects.create(**settings, request_options=ONCE)))
        return made

    def change_project(self, project: int, settings: dict[str, Any]) -> None:
        """Change settings of a project."""
        self._again(lambda: self._ask(lambda: self._client.projects.update(id=project, **settings)))

    def delete_project(self, project: int) -> None:
        """Delete a project."""
        self._delete(lambda: self._client.projects.delete(id=project))

    def check_page(self, project: int, config: str) -> None:
        """Have the server check strictly whether a page fits the answers that a project holds."""
        client = self._client.projects
        self._ask(lambda: client.validate_label_config(id=project, label_config=config, request_options=ONCE))

    def make_view(self, project: int, data: dict[str, Any]) -> int:
        """Make a view of the Data Manager, and return its number."""
        views = self._client.views
        return int(self._ask(lambda: int(views.create(project=project, data=data, request_options=ONCE).id)))

    def change_view(self, view: int, data: dict[str, Any]) -> None:
        """Change a view."""
        self._again(lambda: self._ask(lambda: self._client.views.update(id=str(view), data=data)))

    def delete_view(self, view: int) -> None:
        """Delete a view."""
        self._delete(lambda: self._client.views.delete(id=str(view)))

    def delete_task(self, task: int) -> None:
        """Delete a task."""
        self._delete(lambda: self._client.tasks.delete(id=str(task)))

    def _delete(self, call: Callable[[], Any]) -> None:
        with suppress(self._gone):
            self._again(lambda: self._ask(call))

    def _ask(self, call: Callable[[], Any]) -> Any:
        from label_studio_sdk.core.api_error import ApiError

        strange = border("the answer is not Label Studio's", where=self._url, raises=RemoteError)
        with its_warnings_unheard(), strange:  # it loads its parts when they are first used
            try:
                with self._within():
                    return call()
            except ApiError as error:
                text = error.body if isinstance(error.body, str) else json.dumps(error.body)
                request = httpx.Request("POST", self._url)
                self._checked(httpx.Response(error.status_code or 500, text=text, request=request))
                raise
            except httpx.TransportError as error:
                raise self._lost(error) from error


def _row(model: Any) -> dict[str, Any]:
    """Return a model of the client as the JSON that the server gave, times as it writes them."""
    with its_warnings_unheard():
        found: dict[str, Any] = json.loads(model.json())
    return found
