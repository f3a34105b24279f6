"""The stage pull: what people answered on the server becomes lines of the append-only log.

Each project on the server starts in the first of these states that applies:

    state        when                                      it reads                            then
    -----------  ----------------------------------------  ----------------------------------  -----------------------
    first        no pull of the project has finished yet   the snapshot, from where an         the start, if it was
                                                           interrupted pull stopped            resumed; else done
    full         it is asked for, or the server's clock    the snapshot from its beginning     done
                 was set anew since the last pull
    incremental  otherwise                                 the tasks that changed since the    full, if tasks are gone
                                                           mark of the last pull               or unreadable; else done

"first" and "full" compare every task: what the log holds and the snapshot does not was deleted, and gets a tombstone.
What an interrupted pull has read may have changed since, so an incremental pull follows a resumed one. "incremental"
sees a deleted answer in its task; a deleted task shows only in the server's count of tasks, which the mark then does
not explain. Pulling twice adds nothing.

A task is unreadable when the server itself fails at it, since one of its answers holds what the server can't write into
a list; often it can write it into a snapshot (measured with a lead time of 1e400, 1.23.2). What stays unreadable is
left out and named; nothing of it counts as deleted, and each pull asks for it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from toolkit.errors import RemoteError
from toolkit.labelstudio.accounts_file import keep_accounts, server_of_project
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.failures import ServerFault
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import known_projects, remember
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.links.link_answers import pull_links, pulled_kinds
from toolkit.labelstudio.pseudonyms import Pseudonyms, project_pseudonyms
from toolkit.labelstudio.pull.log_writer import REPEATED, UNKNOWN, LogWriter, PullResult
from toolkit.labelstudio.pull.project_page import page_of
from toolkit.labelstudio.pull.pull_mark import PullMark, moment, read_mark, write_mark
from toolkit.labelstudio.pull.snapshot import snapshot
from toolkit.labelstudio.pull.texts import SentenceLookup, make_articles
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import retry_titles
from toolkit.project.stage import Progress, silent

_FEW = 50  # changed tasks that are asked for with all they hold at once; the server writes 230 a second
_STAMPS = "id,created_at,updated_at,total_annotations,cancelled_annotations"

State = Literal["first", "full", "incremental", "done"]
Task = Mapping[str, Any]


def pull(
    workspace: Workspace,
    *,
    full: bool = False,
    import_texts: bool = False,
    texts: Sequence[str] = (),
    keep_identities: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PullResult:
    """Add what people have answered since the last pull to annotations/log.jsonl.

    Answers of experts to disputed sentences (`push_disputes`) go to adjudications/log.jsonl in the same way, and
    answers to the quiz (`push_quiz`) to calibration/log.jsonl. What can't be taken goes to rejects.jsonl beside each
    log, with its reason and a link to the task. Links between sentences (`push_links`) go to links/log.jsonl.

    A project that was not made by a push is read by its own labelling page, and joined to the sentences with the same
    words; what its controls mean is written to annotations/pages.json at its first pull.

    Args:
        workspace: The project directory.
        full: Compare every task on the server.
        import_texts: Texts of a foreign project that are not here become articles of one unit each; every task is
            compared.
        texts: Keys of a foreign project's data that hold the sentence, where its page leaves that open.
        keep_identities: Leave names and addresses in the raw JSON of the log.
        progress: Called with (tasks read, tasks to read).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There is no project on the server yet.
        RemoteError: The server can't be reached or refuses; what was written stays, and the same command goes on.
        Locked: Another command is at work on the project.
    """
    with connected(workspace, server) as connection:
        imported = _import(workspace, connection, texts) if import_texts else 0
        with workspace.lock():
            users = connection.users()
            names = partial(project_pseudonyms, workspace, users, keep_identities=keep_identities)
            result = _pull(workspace, connection, names, texts, progress or silent, full=full or import_texts)
            links: dict[str, int] = {}
            for kind in pulled_kinds(workspace):
                links |= pull_links(workspace, connection, keep_identities=keep_identities, kind=kind)
    counts = {**result.counts, **({"texts imported": imported} if imported else {}), **links}
    return replace(result, counts=counts)


def _import(workspace: Workspace, server: Server, texts: Sequence[str]) -> int:
    """Make articles of the texts of the foreign projects; return how many."""
    imported = 0
    for project in server_project.all_projects(server, workspace).work:
        with workspace.lock():
            page = page_of(workspace, server, project, texts)
        if page.is_foreign:
            imported += make_articles(workspace, server.tasks(project.id, include="id,data"), page)
    return imported


def _pull(
    workspace: Workspace,
    server: Server,
    names: Callable[..., Pseudonyms],
    texts: Sequence[str],
    progress: Progress,
    *,
    full: bool,
) -> PullResult:
    schema, found = workspace.schema(), server_project.all_projects(server, workspace)
    for project in found.work:
        remember(workspace, project.title, project.settings)
    pages = {project.id: page_of(workspace, server, project, texts) for project in found.work}
    foreign = [page for page in pages.values() if page.is_foreign]
    known: dict[int, str] = {}
    for project in found.work:
        known |= server_of_project(workspace, server, project)
    pseudonyms = names(server=found.work[0].place if found.work else server.url, known=known)
    held = {answer.annotation_id: answer for answer in workspace.logged_answers()} if foreign else {}
    compared, unreadable = [], []
    with closing(LogWriter(workspace, workspace.annotations, "annotations", schema, pseudonyms, held=held)) as writer:
        for project in found.work:
            writer.page = pages[project.id]
            work = ProjectPull(workspace, server, project, writer, progress)
            compared.append(work.run(full=full))
            unreadable += work.unreadable_tasks()
            keep_accounts(workspace, project.place, pseudonyms.numbers())
    counts = Counter(writer.counts)
    others = (
        ("expert", found.expert, workspace.adjudications, "adjudications"),
        ("quiz", found.quiz, workspace.calibration, "calibration"),
        *(("quiz", project, workspace.calibration, "calibration") for project in _retries(workspace, server)),
    )
    for kind, other_project, log, folder in others:
        if other_project is not None:
            with closing(LogWriter(workspace, log, folder, schema, pseudonyms)) as other:
                work = ProjectPull(workspace, server, other_project, other, silent)
                work.run(full=full)
                unreadable += work.unreadable_tasks()
            counted = ("new", "edited", "deleted", "rejects")
            counts.update({f"{kind} {name}": other.counts[name] for name in counted})
    return PullResult(
        found.work[0].url if found.work else server.url,
        all(compared),
        {name: count for name, count in counts.items() if count},
        values=writer.values,
        partial=writer.partial,
        notes=found.notes,
        unreadable=tuple(unreadable),
        texts=tuple(dict.fromkeys(shown.key for page in foreign for shown in page.texts)),
    )


def _retries(workspace: Workspace, server: Server) -> Iterator[ServerProject]:
    """Yield the projects in which people answer missed items of the quiz again."""
    known = known_projects(workspace)
    for title in retry_titles(workspace, known):
        project = server_project.find(server, title, known=known)
        if project is not None:
            yield project


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
        self._sentences: SentenceLookup | None = None
        self._unreadable: dict[int, str] = {}

    def unreadable_tasks(self) -> list[str]:
        """Return the tasks that the server failed at: where each is, and how it failed."""
        return [f"{self._source(task)}: {fault}" for task, fault in sorted(self._unreadable.items())]

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
        if self._sentences is not None:
            self._writer.counts[REPEATED] += self._sentences.repeated
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
        if self._unreadable.keys() - set(self._mark.unreadable):
            self._unreadable = {}
            return "full"
        self._read_again(self._mark.unreadable)
        unreadable = tuple(sorted(self._unreadable))
        self._keep(self._mark.moved(_stamps(changes.tasks), self._project.tasks, self._ahead, now, unreadable))
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
                self._add(task)
                seen |= _stamps([task])
                self._progress(done, max(done, project.tasks))
        self._unreadable |= found.unreadable
        gone = missing.keys() - self._unreadable
        self._mark_missing({number: missing[number] for number in gone if number > found.after})
        tasks, unreadable = found.taken + len(seen) + len(found.unreadable), tuple(sorted(found.unreadable))
        self._keep(PullMark(found.begun, tasks, seen, self._ahead, unreadable))
        return found.taken > 0

    def _mark_missing(self, missing: Mapping[int, set[str]]) -> None:
        """Mark the answers of tasks that the snapshot does not have, or has without these answers."""
        ids = {task["id"] for task in self._server.tasks(self._project.id, include="id")} if missing else set()
        for number, live in sorted(missing.items()):
            reason = "the annotation was deleted on the server" if number in ids else "its task was deleted"
            self._writer.mark_deleted(live, reason)

    def _changes(self, since: datetime) -> _Changes:
        """List what changed: a few tasks with all that they hold, in one request; many only by their stamps."""
        few = None
        with suppress(ServerFault):  # it fails at one of them: it is found below
            few = self._server.few_tasks(self._project.id, where=[_since(since)], at_most=_FEW)
        if few is not None:
            return _Changes(few, whole=True)
        return _Changes(list(self._server.tasks(self._project.id, include=_STAMPS, where=[_since(since)])), whole=False)

    def _read_changes(self, changes: _Changes) -> None:
        """Read the tasks that changed, with their answers; the server lists only those that have some."""
        left = {task["id"] for task in changes.tasks}

        def leave_out(task: int, fault: RemoteError) -> None:
            if task in left:
                self._leave_out(task, fault)

        tasks = changes.tasks if changes.whole else self._with_answers(changes.tasks, leave_out)
        for done, task in enumerate(tasks, start=1):
            if task["id"] in left:
                self._add(task)
                left.discard(task["id"])
            self._progress(done, max(done, len(changes.tasks)))
        for number in sorted(left - self._unreadable.keys()):
            empty = {"id": number, "project": self._project.id, "annotations": []}
            self._add(empty)

    def _read_again(self, tasks: Sequence[int]) -> None:
        """Read tasks at which the server failed before; one that is gone shows in the server's count of tasks."""
        for number in tasks:
            only = {"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": number}
            for task in self._server.tasks(
                self._project.id, fields="all", where=[only], page_size=1, unreadable=self._leave_out
            ):
                self._add(task)

    def _leave_out(self, task: int, fault: RemoteError) -> None:
        self._unreadable[task] = fault.what

    def _with_answers(self, changed: Sequence[Task], leave_out: Callable[[int, RemoteError], None]) -> Iterator[Task]:
        """Yield the answered ones among the changed tasks; a filter can't say "or", so there may be two lists."""
        answered = [task for task in changed if task["total_annotations"]]
        skipped = [task for task in changed if task["cancelled_annotations"] and not task["total_annotations"]]
        some, none = _annotations("total", "greater"), _annotations("total", "equal")
        for tasks, items in ((answered, [some]), (skipped, [none, _annotations("cancelled", "greater")])):
            if tasks:
                since = min(moment(task["updated_at"]) for task in tasks) - timedelta(microseconds=1)
                yield from self._server.tasks(
                    self._project.id,
                    fields="all",
                    where=[_since(since), *items],
                    page_size=200,
                    unreadable=leave_out,
                )

    def _add(self, task: Mapping[str, Any]) -> None:
        """Add the answers to a task; one of a foreign page is joined to the sentence with its words."""
        page = self._writer.page
        if page is not None and page.is_foreign and task["annotations"]:
            self._sentences = self._sentences or SentenceLookup(self._workspace, page)
            task = dict(task)
            if not self._sentences.join(task):
                self._writer.counts[UNKNOWN] += len(task["annotations"])
        self._writer.add_task(task, source=self._source, place=self._project.place)

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
