"""The mark of a pull: until when the changes of a project are known, by the server's clock.

A later pull asks for the tasks that changed since the mark. Our own clock takes no part in that; it is only compared
with the server's, to notice when one of the two is set anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.project import Workspace, write_atomic

OVERLAP = timedelta(seconds=60)
"""A change carries the time at which its transaction began; it may become visible this much later."""


@dataclass(frozen=True)
class PullMark:
    """The state that a pull leaves for the next one.

    Attributes:
        until: All changes up to this moment are known.
        tasks: How many tasks the project had.
        seen: Tasks that changed within the overlap before the mark, and when: their next stamp tells whether they
            changed again.
        ahead: Seconds by which the server's clock was before ours; None where the server does not tell its time.
        unreadable: Tasks that the server failed at; the next pull asks for each again.
    """

    until: datetime
    tasks: int
    seen: Mapping[str, str] = field(default_factory=dict)
    ahead: float | None = None
    unreadable: tuple[int, ...] = ()

    @property
    def since(self) -> datetime:
        """The moment from which changes are asked for."""
        return self.until - OVERLAP

    def clock_was_set(self, ahead: float | None) -> bool:
        """Tell whether the server's clock and ours have moved against each other by more than requests explain."""
        return self.ahead is not None and ahead is not None and abs(ahead - self.ahead) > OVERLAP.total_seconds() / 2

    def explains(self, tasks: int, changed: Iterable[Mapping[str, Any]]) -> bool:
        """Tell whether a project's tasks are those that it had and those that came since; else some were deleted."""
        came = sum(moment(task["created_at"]) > self.until for task in changed)
        return tasks == self.tasks + came

    def is_fresh(self, task: Mapping[str, Any]) -> bool:
        """Tell whether a task has changed since it was seen."""
        return bool(self.seen.get(str(task["id"])) != task["updated_at"])

    def moved(
        self,
        seen: Mapping[str, str],
        tasks: int,
        ahead: float | None,
        now: datetime | None,
        unreadable: tuple[int, ...] = (),
    ) -> PullMark:
        """Return the mark after the tasks that changed were read.

        A stamp of a clock that went fast must not hide what follows: the mark does not pass the server's own clock.

        Args:
            seen: The tasks that changed, and when.
            tasks: How many tasks there are.
            ahead: As above.
            now: The server's clock, cut to the second: what was made in that second may bear a later stamp.
            unreadable: As above.
        """
        newest = max([self.until, *map(moment, seen.values())])
        until = newest if now is None else min(newest, now + timedelta(seconds=1))
        return PullMark(until, tasks, seen, ahead, unreadable)


def read_mark(workspace: Workspace, place: str) -> PullMark | None:
    """Return the mark of a project; None before its first pull has finished.

    Raises:
        InvalidInput: The file of the marks is damaged.
    """
    mark = _marks(workspace).get(place)
    if mark is None:
        return None
    unreadable = tuple(mark.get("unreadable", ()))
    return PullMark(moment(mark["mark"]), mark["tasks"], mark["seen"], mark.get("ahead"), unreadable)


def write_mark(workspace: Workspace, place: str, mark: PullMark) -> None:
    """Keep the mark of a project, with as much of what was seen as the overlap needs."""
    seen = {task: stamp for task, stamp in mark.seen.items() if moment(stamp) > mark.since}
    entry: dict[str, Any] = {"mark": mark.until.isoformat(), "tasks": mark.tasks, "seen": seen, "ahead": mark.ahead}
    entry |= {"unreadable": mark.unreadable} if mark.unreadable else {}
    marks = _marks(workspace) | {place: entry}
    write_atomic(workspace.path(".toolkit", "pulls.json"), json.dumps(marks, indent=1, sort_keys=True) + "\n")


def _marks(workspace: Workspace) -> dict[str, Any]:
    path = workspace.path(".toolkit", "pulls.json")
    try:
        marks: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidInput(
            "is damaged", where=str(path), remedy="delete it: the next pull will read everything again"
        ) from error
    return marks


def moment(stamp: str) -> datetime:
    """Return a stamp of the server as a time."""
    return datetime.fromisoformat(stamp)
