"""Bring the answers home: each revision of each person's answer becomes one line of the append-only log.

The first pull reads the server's own snapshot. Later ones ask for the tasks that changed since, by the tasks'
`updated_at` as the server's clock gives it and with an overlap, so that no clock of ours matters. A deleted answer
shows in its task; a deleted task shows only when everything is compared, which is done when the server counts fewer
tasks than it should, when the server's clock was set anew since the last pull (stamps may then lie before it), or
when asked. What was deleted gets a tombstone. Pulling twice adds nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.log_writer import Arrivals, PullResult
from toolkit.labelstudio.pull.revision_index import task_key
from toolkit.labelstudio.pull.snapshot import snapshot
from toolkit.project import Workspace, write_atomic
from toolkit.project.stage import Progress, silent

OVERLAP = timedelta(seconds=60)
"""A change carries the time at which its transaction began; it may become visible this much later."""

_FEW = 50  # changed tasks that are asked for with all they hold at once; the server writes 230 a second
_STAMPS = "id,created_at,updated_at,total_annotations,cancelled_annotations"


def pull(
    workspace: Workspace,
    *,
    full: bool = False,
    keep_identities: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PullResult:
    """Add what people have answered since the last pull to annotations/log.jsonl.

    Answers of experts to disputed sentences (`push_disputes`) go to adjudications/log.jsonl in the same way. What
    can't be taken goes to annotations/rejects.jsonl with its reason and a link to the task. Answers to the quiz
    (`push_calibration`) go to calibration/log.jsonl.

    Args:
        workspace: The project directory.
        full: Compare every task on the server.
        keep_identities: Leave names and addresses in the raw JSON of the log.
        progress: Called with (tasks read, tasks to read).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There is no project on the server yet.
        RemoteError: The server can't be reached or refuses; what was written stays, and the same command goes on.
        Locked: Another command is at work on the project.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        schema = workspace.schema()
        names = project_pseudonyms(workspace, connection.users(), keep_identities=keep_identities)
        found = server_project.all_projects(connection, workspace)
        with closing(Arrivals(workspace, workspace.annotations, "annotations", schema, names)) as answers:
            whole = [_pull(workspace, connection, one, answers, full, progress or silent) for one in found.work]
        counts = Counter(answers.counts)
        others = (
            ("expert", found.expert, workspace.adjudications, "adjudications"),
            ("quiz", found.quiz, workspace.calibration, "calibration"),
        )
        for kind, project, log, folder in others:
            if project is not None:
                with closing(Arrivals(workspace, log, folder, schema, names)) as words:
                    _pull(workspace, connection, project, words, full, silent)
                counts.update(
                    {f"{kind} {name}": words.counts[name] for name in ("new", "edited", "deleted", "rejects")}
                )
        return PullResult(
            found.work[0].url if found.work else connection.url,
            all(whole),
            {name: count for name, count in counts.items() if count},
        )


def changed_since(workspace: Workspace, server: Server, project: ServerProject) -> int | None:
    """Return how many of a project's tasks were changed, or came, since the last pull; None before the first."""
    state = _State(workspace, project.place)
    if state.mark is None:
        return None
    tasks = server.tasks(project.id, include=_STAMPS, where=[_since(state.mark - OVERLAP)])
    return sum(1 for task in tasks if state.seen.get(str(task["id"])) != task["updated_at"])


def _pull(
    workspace: Workspace, server: Server, project: ServerProject, arrivals: Arrivals, full: bool, progress: Progress
) -> bool:
    """Pull one project of a server into one log; returns whether every task was compared."""
    state = _State(workspace, project.place)

    def link(task: int) -> str:
        return server.task_url(project.id, task)

    ahead = server.ahead
    full = full or state.clock_was_set(ahead)
    changed = _Changes() if full or state.mark is None else _changed(server, project, state.mark - OVERLAP)
    now = server.now
    if not full and state.mark is not None:
        new = sum(_moment(task["created_at"]) > state.mark for task in changed.tasks)
        full = project.tasks != state.tasks + new
    if full or state.mark is None:
        taken = _read_all(workspace, server, project, arrivals, link, progress, resume=state.mark is None)
        mark, seen, tasks, again = taken.mark, taken.seen, taken.tasks, taken.resumed
        full = True
    else:
        tasks, again = project.tasks, False
        seen = {str(task["id"]): task["updated_at"] for task in changed.tasks}
        mark = _mark(max([state.mark, *map(_moment, seen.values())]), now)
        fresh = [task for task in changed.tasks if state.seen.get(str(task["id"])) != task["updated_at"]]
        _read_changed(server, project, replace(changed, tasks=fresh), arrivals, link, progress)
    arrivals.flush()
    arrivals.known.save()
    recent = {task: moment for task, moment in seen.items() if _moment(moment) > mark - OVERLAP}
    state.save(mark, tasks, recent, ahead)
    if again:
        _pull(workspace, server, project, arrivals, False, progress)
    return full


@dataclass(frozen=True)
class _ReadAll:
    """What is known after everything was read: until when, which tasks changed when, how many there were."""

    mark: datetime
    seen: dict[str, str]
    tasks: int
    resumed: bool


def _read_all(
    workspace: Workspace,
    server: Server,
    project: ServerProject,
    arrivals: Arrivals,
    link: Callable[[int], str],
    progress: Progress,
    *,
    resume: bool,
) -> _ReadAll:
    """Read a snapshot of every task; what the log holds beyond it is gone."""
    before = arrivals.known.live_within(project.place)
    seen = {}
    with snapshot(workspace, server, project, resume=resume, settle=arrivals.flush) as taken:
        for done, task in enumerate(taken.tasks, start=taken.taken + 1):
            before.pop(task_key(project.place, task["id"]), None)
            arrivals.task(task, source=link, place=project.place)
            seen[str(task["id"])] = task["updated_at"]
            progress(done, max(done, project.tasks))
    numbers = {int(key.rpartition(": ")[2]): live for key, live in before.items()}
    lost = {number: live for number, live in numbers.items() if number > taken.after}
    ids = {task["id"] for task in server.tasks(project.id, include="id")} if lost else set()
    for number, live in sorted(lost.items()):
        reason = "the annotation was deleted on the server" if number in ids else "its task was deleted"
        for annotation_id in sorted(live):
            arrivals.gone(annotation_id, reason)
    return _ReadAll(taken.begun, seen, taken.taken + len(seen), resumed=bool(taken.taken))


@dataclass(frozen=True)
class _Changes:
    """The tasks that changed; `whole` when they came with their answers."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = False


def _changed(server: Server, project: ServerProject, since: datetime) -> _Changes:
    """List what changed: a few tasks with all that they hold, in one request; many only by their stamps."""
    few = server.few_tasks(project.id, where=[_since(since)], at_most=_FEW)
    if few is not None:
        return _Changes(few, whole=True)
    return _Changes(list(server.tasks(project.id, include=_STAMPS, where=[_since(since)])))


def _read_changed(
    server: Server,
    project: ServerProject,
    changed: _Changes,
    arrivals: Arrivals,
    link: Callable[[int], str],
    progress: Progress,
) -> None:
    """Read the tasks that changed, with their answers where they have any."""
    left = {task["id"] for task in changed.tasks}
    whole = changed.tasks if changed.whole else _with_answers(server, project, changed.tasks)
    for done, task in enumerate(whole, start=1):
        if task["id"] in left:
            arrivals.task(task, source=link, place=project.place)
            left.discard(task["id"])
        progress(done, max(done, len(changed.tasks)))
    for number in sorted(left):
        arrivals.task({"id": number, "project": project.id, "annotations": []}, source=link, place=project.place)


def _with_answers(server: Server, project: ServerProject, changed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the answered ones among the changed tasks; a filter can't say "or", so there may be two lists."""
    answered = [task for task in changed if task["total_annotations"]]
    skipped = [task for task in changed if task["cancelled_annotations"] and not task["total_annotations"]]
    some = {"filter": "filter:tasks:total_annotations", "operator": "greater", "type": "Number", "value": 0}
    none = {"filter": "filter:tasks:total_annotations", "operator": "equal", "type": "Number", "value": 0}
    skips = {"filter": "filter:tasks:cancelled_annotations", "operator": "greater", "type": "Number", "value": 0}
    for tasks, items in ((answered, [some]), (skipped, [none, skips])):
        if tasks:
            since = min(_moment(task["updated_at"]) for task in tasks) - timedelta(microseconds=1)
            yield from server.tasks(project.id, fields="all", where=[_since(since), *items], page_size=200)


def _mark(newest: datetime, now: datetime | None) -> datetime:
    """Return until when all is known: a stamp of a clock that went fast must not hide what follows.

    Args:
        newest: The last change that was seen.
        now: The server's clock, cut to the second: what was made in that second may bear a later stamp.
    """
    return newest if now is None else min(newest, now + timedelta(seconds=1))


def _since(moment: datetime) -> dict[str, Any]:
    value = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")  # without a fraction it answers 500
    return {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": value}


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


class _State:
    """How far the pulls of a project have come, by the server's clock."""

    def __init__(self, workspace: Workspace, place: str) -> None:
        self._path = workspace.path(".toolkit", "pulls.json")
        self._place = place
        try:
            self._all = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            self._all = {}
        except ValueError as error:
            raise InvalidInput(
                "is damaged", where=str(self._path), remedy="delete it: the next pull will read everything again"
            ) from error
        mine = self._all.get(place)
        self.mark = datetime.fromisoformat(mine["mark"]) if mine else None
        self.tasks: int = mine["tasks"] if mine else 0
        self.seen: dict[str, str] = mine["seen"] if mine else {}
        self._ahead: float | None = mine.get("ahead") if mine else None

    def clock_was_set(self, ahead: float | None) -> bool:
        """Tell whether the server's clock and ours have moved against each other by more than requests explain."""
        return self._ahead is not None and ahead is not None and abs(ahead - self._ahead) > OVERLAP.total_seconds() / 2

    def save(self, mark: datetime, tasks: int, seen: dict[str, str], ahead: float | None) -> None:
        """Keep the mark, how many tasks there were, which of the overlap have been read already, and the clock."""
        self._all[self._place] = {"mark": mark.isoformat(), "tasks": tasks, "seen": seen, "ahead": ahead}
        write_atomic(self._path, json.dumps(self._all, indent=1, sort_keys=True) + "\n")
