"""The stage push: every sentence becomes a task in Label Studio, once, whatever happens on the way.

Tasks are told apart by (sentence_id, SHA-256 of the text) in their data. The ledger is trusted while the server counts
as many tasks; else, and after any answer that did not arrive, the server is asked for its tasks before anything more is
sent.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from pydantic_core import to_json

from toolkit.engine.background import beside
from toolkit.errors import Interrupted, InvalidInput, RemoteError
from toolkit.labelstudio.assignment import assign_articles
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server, Unanswered
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.push.sentence_filter import Test, selected
from toolkit.labelstudio.push.tasks import key_of, task_data
from toolkit.project import Workspace
from toolkit.project.annotators import FILE_NAME as ANNOTATORS
from toolkit.project.annotators import Team, read_team
from toolkit.project.answer_migration import settled
from toolkit.project.push_ledger import Key, Ledger, blind_title
from toolkit.project.stage import Progress, silent
from toolkit.records import Sentence

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

    @property
    def up_to_date(self) -> bool:
        """Nothing was to be done."""
        return not (self.created or self.settings_changed or self.sent or self.duplicates_removed or self.suggested)

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts for people."""
        some = {"orphaned": self.orphaned, "duplicates removed": self.duplicates_removed}
        some["articles without enough people"] = self.lacking
        sent = "would be sent" if self.dry_run else "sent"
        return {
            sent: self.sent,
            "already there": self.present,
            **{name: count for name, count in some.items() if count},
            **self.suggested,
        }


def push(
    workspace: Workspace,
    *,
    limit: int | None = None,
    articles: Collection[str] = (),
    where: Test | None = None,
    order: Sequence[str] = (),
    whole_articles: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PushResult:
    """Bring the project on the server up to date with the sentences.

    The project is looked for, and made, while the sentences are read: if these turn out to be unfit, it stays empty
    until the next push.

    Args:
        workspace: The project directory.
        limit: Send the first so many of the selected sentences, counted with those that are there already, so that
            the same command twice sends nothing the second time.
        articles: Only sentences of these article_ids.
        where: Only sentences for which this holds.
        order: sentence_ids to send first, in this order; the rest follows in the order of the articles.
        whole_articles: Keep each article's sentences together, and take no part of an article.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There are no sentences, or the schema's page does not fit the answers that are there.
        Interrupted: The server stopped answering; what is stored is stored, and the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        choice = partial(
            selected, limit=limit, articles=articles, where=where, order=order, whole_articles=whole_articles
        )
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        team = read_team(workspace)
        if team is not None and team.blind:
            return _push_blind(workspace, sender, team, *_tasks(workspace, choice))
        title = workspace.config.label_studio.project
        with beside(partial(server_project.find, connection, title)) as found:
            settings = server_project.settings(workspace.schema(), workspace)
        with beside(partial(sender.target, title, settings, found.result())) as target:
            wanted, every = _tasks(workspace, choice)
        return sender.run(target.result(), wanted, every)


def sent_by(workspace: Workspace, **choice: Any) -> set[str]:
    """Return the sentence_ids that a push with these arguments would have on the server; see `selected` for them."""
    return {sentence_id for sentence_id, _ in _tasks(workspace, partial(selected, **choice))[0]}


def _tasks(
    workspace: Workspace, choice: Callable[[Sequence[Sentence]], list[int]]
) -> tuple[dict[Key, Task], Collection[Key]]:
    """Return the tasks of the sentences that are chosen and not settled, in their order, and the keys of all."""
    sentences = workspace.sentences()
    data = task_data(sentences, workspace.articles())
    every: dict[Key, Task] = {(item["sentence_id"], item["text_sha256"]): {"data": item} for item in data}
    keys, answered = list(every), settled(workspace)
    return {keys[number]: every[keys[number]] for number in choice(sentences) if keys[number][0] not in answered}, every


def _push_blind(
    workspace: Workspace, sender: Sender, team: Team, wanted: dict[Key, Task], every: Collection[Key]
) -> PushResult:
    """Send each person the tasks of their articles, into a project of their own."""
    article_of = {sentence.sentence_id: sentence.article_id for sentence in workspace.sentences()}
    sizes = Counter(article_of[sentence_id] for sentence_id, _ in wanted)
    names = project_pseudonyms(workspace, sender.server.users())
    assignment = assign_articles(workspace, team, names, sizes, dry_run=sender.dry_run)
    settings = server_project.settings(workspace.schema(), workspace, answers=1)
    results = []
    for name, mine in assignment.articles.items():
        tasks = {key: task for key, task in wanted.items() if article_of[key[0]] in mine}
        title = blind_title(workspace, name)
        target = sender.target(title, settings, server_project.find(sender.server, title))
        results.append(sender.run(target, tasks, every))
    if not results:
        raise InvalidInput(
            "nobody may get an article",
            where=str(workspace.path(ANNOTATORS)),
            remedy="set `calibrated: true` for those who passed the quiz, and check quotas and languages",
        )
    return PushResult(
        url=results[0].url,
        created=any(result.created for result in results),
        settings_changed=tuple(sorted({name for result in results for name in result.settings_changed})),
        sent=sum(result.sent for result in results),
        present=sum(result.present for result in results),
        orphaned=sum(result.orphaned for result in results),
        duplicates_removed=sender.removed,
        dry_run=sender.dry_run,
        lacking=assignment.lacking,
    )


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
        progress: Called with (tasks done, tasks to send).
    """

    def __init__(
        self, workspace: Workspace, server: Server, *, dry_run: bool = False, progress: Progress | None = None
    ) -> None:
        self.workspace = workspace
        self.server = server
        self.dry_run = dry_run
        self.progress = progress or silent
        self.removed = 0

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
        return Target(project, settings, created=found is None)

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
        ledger = Ledger(self.workspace, project.place, project.settings["title"])
        held = self._held(project, ledger)
        missing = {key: task for key, task in wanted.items() if key not in held}
        if not self.dry_run:
            server_project.update(self.server, project, changed)
            self._send(project, ledger, missing)
        return PushResult(
            url=project.url,
            created=created,
            settings_changed=() if created else tuple(sorted(changed)),
            sent=len(missing),
            present=len(wanted) - len(missing),
            orphaned=len(held.difference(every)),
            duplicates_removed=self.removed,
            dry_run=self.dry_run,
        )

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
                self.server.delete(f"/api/tasks/{copy['id']}/")
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
