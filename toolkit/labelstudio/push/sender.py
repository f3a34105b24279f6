"""The sender of tasks: it brings one project on the server up to date, each task once, whatever happens on the way.

Tasks are told apart by (sentence_id, SHA-256 of the text) in their data. The ledger is trusted while the server counts
as many tasks; else, and after any answer that did not arrive, the server is asked for its tasks before anything more is
sent.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic_core import to_json

from toolkit.errors import Interrupted, InvalidInput, RemoteError
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.failures import Unanswered
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import known_projects, remember
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.push.tasks import key_of
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Key, Ledger
from toolkit.project.stage import Progress, silent

BATCH = 1000
"""Tasks in one request."""

SETTLE = 2.0
"""Seconds after a lost answer in which the server may still be storing the batch."""

_ROUNDS = 5

Task = dict[str, Any]
"""The body of a task as it is sent: its data, and predictions where there are any."""


@dataclass(frozen=True)
class PushResult:
    """The result of a push, or of a dry run.

    Attributes:
        url: The project; None where it would have to be made first.
        created: The project was made.
        settings_changed: Names of the project's settings that were changed.
        sent: Tasks that were sent.
        present: Tasks that were there already.
        orphaned: Tasks on the server whose sentence is no longer in the project; they are left there.
        duplicates_removed: Second copies of a task, without any answer, that were deleted.
        dry_run: Nothing was changed.
        lacking: Articles for which annotators.yaml has too few people (blind mode).
        suggested: Counts of the suggestions that were pushed as well.
        urls: Every project that tasks went to: one, or one per person.
        truncated: Tasks sent of articles of which the page shows only the beginning.
        notes: What a person should know, such as that a project was renamed.
        withdrawn: Tasks of removed sentences that nobody has answered, which were deleted.
        hidden: Tasks among those sent and present whose answer is known, hidden to check a person (blind mode).
    """

    url: str | None
    created: bool
    settings_changed: tuple[str, ...]
    sent: int
    present: int
    orphaned: int
    duplicates_removed: int
    dry_run: bool
    lacking: int = 0
    suggested: Mapping[str, int] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    withdrawn: int = 0
    truncated: int = 0
    hidden: int = 0

    @property
    def up_to_date(self) -> bool:
        """Nothing was to be done."""
        done = self.created, self.settings_changed, self.sent, self.duplicates_removed, self.suggested, self.withdrawn
        return not any(done)

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts for people."""
        some = {"orphaned": self.orphaned, "duplicates removed": self.duplicates_removed}
        some["would be withdrawn" if self.dry_run else "withdrawn"] = self.withdrawn
        some["articles without enough people"] = self.lacking
        some["of truncated articles"] = self.truncated
        some["known answers hidden among them"] = self.hidden
        sent = "would be sent" if self.dry_run else "sent"
        return {
            sent: self.sent,
            "already there": self.present,
            **{name: count for name, count in some.items() if count},
            **self.suggested,
        }


@dataclass(frozen=True)
class Target:
    """The project on the server that tasks go to.

    Attributes:
        project: The project; None where it would have to be made first, in a dry run.
        settings: What it should be set to.
        created: It was made, or would be.
    """

    project: ServerProject | None
    settings: dict[str, Any]
    created: bool


class Sender:
    """Brings one project on a server up to date with the tasks that it should hold.

    Args:
        workspace: Whose ledger is kept.
        server: Where the project is.
        dry_run: Change nothing.
        withdraw: Delete tasks whose sentence is no longer there, unless somebody has answered them.
        progress: Called with (tasks done, tasks to send).
    """

    def __init__(
        self,
        workspace: Workspace,
        server: Server,
        *,
        dry_run: bool = False,
        withdraw: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.workspace = workspace
        self.server = server
        self.dry_run = dry_run
        self.withdraw = withdraw
        self.progress = progress or silent
        self.removed = 0

    def find(self, title: str) -> ServerProject | None:
        """Return the project of a title, by its number where that is known."""
        return server_project.find(self.server, title, known=known_projects(self.workspace))

    def target(self, title: str, settings: dict[str, Any], found: ServerProject | None) -> Target:
        """Make the project where none was found.

        Args:
            title: Of the project.
            settings: What it is set to.
            found: The project with that title, if there is one.
        """
        project = found
        if project is None and not self.dry_run:
            project = server_project.create(self.server, title, settings)
        if project is not None and not self.dry_run:
            remember(self.workspace, title, project.settings)
        return Target(project, settings, created=found is None)

    def send(
        self, title: str, settings: dict[str, Any], wanted: dict[Key, Task], every: Collection[Key] | None = None
    ) -> PushResult:
        """Find or make the project of a title, mend its settings and send what is missing.

        Args:
            title: Of the project.
            settings: What it is set to.
            wanted: The tasks that it should hold, in the order in which they are sent.
            every: Keys of all tasks that are still of use; default: those that are wanted.
        """
        target = self.target(title, settings, self.find(title))
        return self.run(target, wanted, set(wanted) if every is None else every)

    def run(self, target: Target, wanted: dict[Key, Task], every: Collection[Key]) -> PushResult:
        """Mend the project's settings and send what is missing.

        Args:
            target: Where to.
            wanted: The tasks that it should hold, in the order in which they are sent.
            every: Keys of all tasks that are still of use; others on the server are counted as orphaned.
        """
        project, created = target.project, target.created
        if project is None:
            return PushResult(
                url=None,
                created=True,
                settings_changed=(),
                sent=len(wanted),
                present=0,
                orphaned=0,
                duplicates_removed=0,
                dry_run=True,
            )
        changed = server_project.changes(project, target.settings)
        ledger = Ledger(self.workspace, project.place, project.title)
        held = self._held(project, ledger)
        missing = {key: task for key, task in wanted.items() if key not in held}
        if not self.dry_run:
            server_project.update(self.server, project, changed)
            self._send(project, ledger, missing)
        withdrawn = self._withdraw(project, ledger, every) if self.withdraw and held.difference(every) else set()
        return PushResult(
            url=project.url,
            created=created,
            settings_changed=() if created else tuple(sorted(changed)),
            sent=len(missing),
            present=len(wanted) - len(missing),
            orphaned=len(held.difference(every, withdrawn)),
            duplicates_removed=self.removed,
            dry_run=self.dry_run,
            urls=(project.url,),
            notes=(project.note,) if project.note else (),
            withdrawn=len(withdrawn),
        )

    def _withdraw(self, project: ServerProject, ledger: Ledger, every: Collection[Key]) -> set[Key]:
        """Delete the tasks of sentences that are gone; one with an answer, a skip or a draft stays. Return their keys.

        Each is looked at once more before it goes: somebody may have answered it meanwhile.
        """
        withdrawn = set()
        include = "id,data,total_annotations,cancelled_annotations"
        for task in list(self.server.tasks(project.id, include=include)):
            key = key_of(task["data"])
            if key is None or key in every or task["total_annotations"] or task["cancelled_annotations"]:
                continue
            now = self.server.get(f"/api/tasks/{task['id']}/", dict)
            if now.get("annotations") or now.get("drafts"):
                continue
            if not self.dry_run:
                self.server.sdk.delete_task(task["id"])
            withdrawn.add(key)
        if withdrawn and not self.dry_run:
            ledger.saw(ledger.sent.difference(withdrawn))
        return withdrawn

    def _held(self, project: ServerProject, ledger: Ledger) -> set[Key]:
        """Return the keys that the server holds: from the ledger where it can be trusted, else by looking."""
        if not ledger.open and len(ledger.sent) == project.tasks:
            return set(ledger.sent)
        held = self._look(project)
        if not self.dry_run:
            ledger.saw(held)
        return held

    def _look(self, project: ServerProject) -> set[Key]:
        """Return the keys of every task on the server; remove second copies that nobody has answered.

        Raises:
            InvalidInput: The project holds tasks that are not ours.
        """
        held: dict[Key, dict[str, Any]] = {}
        include = "id,data,total_annotations,cancelled_annotations,draft_exists"
        for task in self.server.tasks(project.id, include=include):
            key = key_of(task["data"])
            if key is None:
                raise InvalidInput(
                    f"task {task['id']} was not made by a push: it has no sentence_id",
                    where=project.url,
                    remedy="give label_studio.project in toolkit.yaml another title",
                )
            if key in held and not self.dry_run:
                task = self._drop_copy(held[key], task)
            held[key] = task
        return set(held)

    def _drop_copy(self, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        """Delete the one of two copies that holds no answer, the later one if neither does; return the other."""
        for copy, kept in ((second, first), (first, second)):
            if not (copy["total_annotations"] or copy["cancelled_annotations"] or copy.get("draft_exists")):
                self.server.sdk.delete_task(copy["id"])
                self.removed += 1
                return kept
        return first

    def _send(self, project: ServerProject, ledger: Ledger, missing: dict[Key, Task]) -> None:
        total, done = len(missing), 0
        for batch in _batches(missing):
            ledger.sending(batch)
            try:
                self.server.post(f"/api/projects/{project.id}/import", to_json(list(batch.values())))
            except Unanswered as error:
                self._settle(project, ledger, batch, error)
            except RemoteError as error:
                if done:
                    raise Interrupted(
                        f"{done} of {total} sentences are sent, then: {error}", remedy="run `toolkit push` again"
                    ) from error
                raise
            else:
                ledger.acknowledged()
            done += len(batch)
            self.progress(done, total)
        if missing and server_project.tasks_in(self.server, project) != len(ledger.sent):
            ledger.saw(self._look(project))  # somebody else sent too, or a lost batch came late: each task once

    def _settle(self, project: ServerProject, ledger: Ledger, batch: dict[Key, Task], error: RemoteError) -> None:
        """After a lost answer: look what the server holds until the batch is there, sending it again where it is not.

        The server stores a batch as a whole or not at all, yet may still be at it when the connection has broken;
        hence the wait before each look. Copies that come late all the same are found and removed by the next look.
        """
        for _ in range(_ROUNDS):
            time.sleep(SETTLE)
            try:
                held = self._look(project)
                missing = [task for key, task in batch.items() if key not in held]
                if missing:
                    self.server.post(f"/api/projects/{project.id}/import", missing)
                    continue
            except RemoteError as again:
                error = again
                continue
            ledger.saw(held)
            return
        raise Interrupted(
            f"the server does not confirm a batch of {len(batch)} sentences ({error})",
            where=project.url,
            remedy="run `toolkit push` again: it looks what is there before it sends",
        ) from error


def _batches(tasks: dict[Key, Task]) -> Iterator[dict[Key, Task]]:
    items = iter(tasks.items())
    while batch := dict(islice(items, BATCH)):
        yield batch
