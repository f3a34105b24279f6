"""The stage pull: what people answered on the server becomes lines of the append-only log.

Each project on the server starts in the first of these states that applies:

    state        when                                      it reads                            then
    -----------  ----------------------------------------  ----------------------------------  -----------------------
    first        no pull of the project has finished yet   the snapshot, from where an         the start, if it was
                                                           interrupted pull stopped            resumed; else done
    full         it is asked for, or the server's clock    the snapshot from its beginning     done
                 was set anew since the last pull
    incremental  otherwise                                 the tasks that changed since the    full, if tasks are gone;
                                                           mark of the last pull               else done

"first" and "full" compare every task: what the log holds and the snapshot does not was deleted, and gets a tombstone.
What an interrupted pull has read may have changed since, so an incremental pull follows a resumed one. "incremental"
sees a deleted answer in its task; a deleted task shows only in the server's count of tasks, which the mark then does
not explain. Pulling twice adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.log_writer import LogWriter, PullResult
from toolkit.labelstudio.pull.pull_mark import PullMark, moment, read_mark, write_mark
from toolkit.labelstudio.pull.snapshot import snapshot
from toolkit.project import Workspace
from toolkit.project.stage import Progress, silent

_FEW = 50  # changed tasks that are asked for with all they hold at once; the server writes 230 a second
_STAMPS = "id,created_at,updated_at,total_annotations,cancelled_annotations"

State = Literal["first", "full", "incremental", "done"]
Task = Mapping[str, Any]


def pull(
    workspace: Workspace,
    *,
    full: bool = False,
    keep_identities: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PullResult:
    """Add what people have answered since the last pull to annotations/log.jsonl.

    Answers of experts to disputed sentences (`push_disputes`) go to adjudications/log.jsonl in the same way, and
    answers to the quiz (`push_quiz`) to calibration/log.jsonl. What can't be taken goes to rejects.jsonl beside each
    log, with its reason and a link to the task.

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
        pseudonyms = project_pseudonyms(workspace, connection.users(), keep_identities=keep_identities)
        found = server_project.all_projects(connection, workspace)
        with closing(LogWriter(workspace, workspace.annotations, "annotations", schema, pseudonyms)) as writer:
            compared = [
                ProjectPull(workspace, connection, project, writer, progress or silent).run(full=full)
                for project in found.work
            ]
        counts = Counter(writer.counts)
        others = (
            ("expert", found.expert, workspace.adjudications, "adjudications"),
            ("quiz", found.quiz, workspace.calibration, "calibration"),
        )
        for kind, project, log, folder in others:
            if project is not None:
                with closing(LogWriter(workspace, log, folder, schema, pseudonyms)) as writer:
                    ProjectPull(workspace, connection, project, writer, silent).run(full=full)
                counted = ("new", "edited", "deleted", "rejects")
                counts.update({f"{kind} {name}": writer.counts[name] for name in counted})
        return PullResult(
            found.work[0].url if found.work else connection.url,
            all(compared),
            {name: count for name, count in counts.items() if count},
        )


def changed_since(workspace: Workspace, server: Server, project: ServerProject) -> int | None:
    """Return how many of a project's tasks were changed, or came, since the last pull; None before the first."""
    mark = read_mark(workspace, project.place)
    if mark is None:
        return None
    return sum(map(mark.is_fresh, server.tasks(project.id, include=_STAMPS, where=[_since(mark.since)])))


class ProjectPull:
    """The pull of one project of the server into one log; its states are in the table above.

    Args:
        workspace: The project directory, which keeps the mark.
        server: The server.
        project: The project.
        writer: Adds to the log.
        progress: Called with (tasks read, tasks to read).
    """

    def __init__(
        self, workspace: Workspace, server: Server, project: ServerProject, writer: LogWriter, progress: Progress
    ) -> None:
        self._workspace, self._server, self._project = workspace, server, project
        self._writer, self._progress = writer, progress
        self._source = partial(server.task_url, project.id)
        self._mark = read_mark(workspace, project.place)
        self._ahead = server.ahead

    def run(self, *, full: bool) -> bool:
        """Go through the states; return whether every task was compared.

        Args:
            full: Compare every task, whatever the mark.
        """
        steps: Mapping[State, Callable[[], State]] = {
            "first": self._first,
            "full": self._full,
            "incremental": self._incremental,
        }
        state, compared = self._start(full=full), False
        while state != "done":
            compared = compared or state != "incremental"
            state = steps[state]()
        return compared

    def _start(self, *, full: bool = False) -> State:
        self._ahead = self._server.ahead
        if self._mark is None:
            return "first"
        return "full" if full or self._mark.clock_was_set(self._ahead) else "incremental"

    def _first(self) -> State:
        resumed = self._read_snapshot(resume=True)
        return self._start() if resumed else "done"

    def _full(self) -> State:
        self._read_snapshot(resume=False)
        return "done"

    def _incremental(self) -> State:
        if self._mark is None:
            return "first"
        changes = self._changes(self._mark.since)
        now = self._server.now
        if not self._mark.explains(self._project.tasks, changes.tasks):
            return "full"
        self._read_changes(changes.only(self._mark.is_fresh))
        self._keep(self._mark.moved(_stamps(changes.tasks), self._project.tasks, self._ahead, now))
        return "done"

    def _read_snapshot(self, *, resume: bool) -> bool:
        """Read every task, and mark as deleted what the log holds beyond them.

        Returns:
            Whether an interrupted pull had read a part of the snapshot before.
        """
        server, project, writer = self._server, self._project, self._writer
        missing = writer.index.live_by_task(project.place)
        seen: dict[str, str] = {}
        with snapshot(self._workspace, server, project, resume=resume, settle=writer.flush) as found:
            for done, task in enumerate(found.tasks, start=found.taken + 1):
                missing.pop(task["id"], None)
                writer.add_task(task, source=self._source, place=project.place)
                seen |= _stamps([task])
                self._progress(done, max(done, project.tasks))
        self._mark_missing({number: live for number, live in missing.items() if number > found.after})
        self._keep(PullMark(found.begun, found.taken + len(seen), seen, self._ahead))
        return found.taken > 0

    def _mark_missing(self, missing: Mapping[int, set[str]]) -> None:
        """Mark the answers of tasks that the snapshot does not have, or has without these answers."""
        ids = {task["id"] for task in self._server.tasks(self._project.id, include="id")} if missing else set()
        for number, live in sorted(missing.items()):
            reason = "the annotation was deleted on the server" if number in ids else "its task was deleted"
            self._writer.mark_deleted(live, reason)

    def _changes(self, since: datetime) -> _Changes:
        """List what changed: a few tasks with all that they hold, in one request; many only by their stamps."""
        few = self._server.few_tasks(self._project.id, where=[_since(since)], at_most=_FEW)
        if few is not None:
            return _Changes(few, whole=True)
        return _Changes(list(self._server.tasks(self._project.id, include=_STAMPS, where=[_since(since)])), whole=False)

    def _read_changes(self, changes: _Changes) -> None:
        """Read the tasks that changed, with their answers; the server lists only those that have some."""
        place, left = self._project.place, {task["id"] for task in changes.tasks}
        for done, task in enumerate(changes.tasks if changes.whole else self._with_answers(changes.tasks), start=1):
            if task["id"] in left:
                self._writer.add_task(task, source=self._source, place=place)
                left.discard(task["id"])
            self._progress(done, max(done, len(changes.tasks)))
        for number in sorted(left):
            empty = {"id": number, "project": self._project.id, "annotations": []}
            self._writer.add_task(empty, source=self._source, place=place)

    def _with_answers(self, changed: Sequence[Task]) -> Iterator[Task]:
        """Yield the answered ones among the changed tasks; a filter can't say "or", so there may be two lists."""
        answered = [task for task in changed if task["total_annotations"]]
        skipped = [task for task in changed if task["cancelled_annotations"] and not task["total_annotations"]]
        some, none = _annotations("total", "greater"), _annotations("total", "equal")
        for tasks, items in ((answered, [some]), (skipped, [none, _annotations("cancelled", "greater")])):
            if tasks:
                since = min(moment(task["updated_at"]) for task in tasks) - timedelta(microseconds=1)
                yield from self._server.tasks(
                    self._project.id, fields="all", where=[_since(since), *items], page_size=200
                )

    def _keep(self, mark: PullMark) -> None:
        """Keep what was read, the mark last: after a kill in between, the next pull reads it again."""
        self._writer.save()
        write_mark(self._workspace, self._project.place, mark)
        self._mark = mark


@dataclass(frozen=True)
class _Changes:
    """The tasks that changed; `whole` when they came with their answers."""

    tasks: Sequence[Task]
    whole: bool

    def only(self, test: Callable[[Task], bool]) -> _Changes:
        """Return the changes that pass a test."""
        return _Changes([task for task in self.tasks if test(task)], self.whole)


def _stamps(tasks: Sequence[Task]) -> dict[str, str]:
    """Return when each task has changed."""
    return {str(task["id"]): task["updated_at"] for task in tasks}


def _since(since: datetime) -> dict[str, Any]:
    """Return the filter for tasks that changed later."""
    value = since.isoformat(timespec="microseconds").replace("+00:00", "Z")  # without a fraction it answers 500
    return {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": value}


def _annotations(kind: str, operator: str) -> dict[str, Any]:
    """Return the filter for tasks with no ("equal") or some ("greater") annotations of a kind."""
    return {"filter": f"filter:tasks:{kind}_annotations", "operator": operator, "type": "Number", "value": 0}
