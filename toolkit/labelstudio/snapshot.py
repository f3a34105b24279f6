"""The server's own snapshot export: the fastest way to read every answer.

Measured on 1.23.2: 725 tasks per CPU second of the server, against 250 by the task list.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.errors import RemoteError
from toolkit.labelstudio.export import json_items
from toolkit.labelstudio.server import Server

_PATIENCE = 3600.0  # the snapshot is made within the request; 50,000 tasks took 170 s on a loaded machine


@dataclass(frozen=True)
class Snapshot:
    """Every task of a project.

    Attributes:
        begun: When it was begun, by the clock that also stamps the changes of tasks.
        tasks: By id, one in memory at a time.
    """

    begun: datetime
    tasks: Iterator[dict[str, Any]]


@contextmanager
def snapshot(server: Server, project: int) -> Iterator[Snapshot]:
    """Make a snapshot of every task, for the length of a block.

    To ask for the answered ones alone costs the server one query a task, which is dearer than to write them all out.

    It is written to a temporary file first, and deleted on the server.

    Raises:
        RemoteError: The server could not make it, or it is cut off.
    """
    made = server.post(f"/api/projects/{project}/exports/", {}, timeout=_PATIENCE)
    path = f"/api/projects/{project}/exports/{made['id']}"
    try:
        if made["status"] != "completed":
            raise RemoteError(f"the snapshot is {made['status']!r}", where=f"{server.url}{path}")
        with tempfile.TemporaryFile() as file:
            for piece in server.stream(f"{path}/download", exportType="JSON"):
                file.write(piece)
            file.seek(0)
            with io.TextIOWrapper(file, encoding="utf-8") as text:
                begun = datetime.fromisoformat(made["created_at"])
                yield Snapshot(begun, _by_id(json_items(text), server.url + path))
    finally:
        server.delete(path)


def _by_id(tasks: Iterator[Any], where: str) -> Iterator[dict[str, Any]]:
    try:
        yield from tasks
    except ValueError as error:
        raise RemoteError("the snapshot is cut off", where=where, remedy="run the same command again") from error
