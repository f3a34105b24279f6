"""The quiz before the work: the schema's examples as tasks with known answers, in a project of their own.

Nobody sees the known answers there: the instructions leave the examples out. What people answer comes with the next
pull into calibration/log.jsonl, apart from the annotations: it is scored (`toolkit.agreement.stage`) and never
becomes gold. An example that was edited is another item of the quiz, which the next push sends; the old one
stays on the server and no longer counts.

Who stays below the pass mark is taught: the next push sends that person the missed items again, in a project of their
own, whose page shows what they answered and why that is wrong. What they then answer counts; so it goes on until they
pass or have no retry left (`quiz` in annotators.yaml).
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import replace

from toolkit.agreement.stage import quiz_attempts, quiz_passed, quiz_scores
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.label_config import DATA, RIVALS
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.project import Workspace
from toolkit.project.annotators_file import quiz_rules
from toolkit.project.logs.push_ledger import Key, quiz_title, retry_title
from toolkit.project.stage import Progress
from toolkit.records import digest
from toolkit.schema import Item, Schema, page_words, quiz

EVERYBODY = 1000
"""People who may answer an item: the server would close it after as many."""


def push_quiz(
    workspace: Workspace, *, dry_run: bool = False, progress: Progress | None = None, server: Server | None = None
) -> PushResult:
    """Send the quiz of the project's schema, each item once.

    Args:
        workspace: The project directory.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: The schema has faults, or its page does not fit the answers that are there.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        schema = workspace.schema()
        wanted = dict(_tasks(schema))
        settings = server_project.settings(schema, workspace, answers=EVERYBODY, examples=False)
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        result = sender.send(quiz_title(workspace), settings, wanted)
        retries = missed(workspace)
        if not retries:
            return result
        again = server_project.settings(schema, workspace, answers=1, examples=False, rivals=True)
        found = [result, *(sender.send(title, again, tasks) for title, tasks in retries.items())]
        urls = tuple(each.url for each in found if each.url)
        sent, present = sum(each.sent for each in found), sum(each.present for each in found)
        return replace(result, sent=sent, present=present, urls=urls)


def missed(workspace: Workspace) -> dict[str, dict[Key, Task]]:
    """Return the items that people below the pass mark may answer again, by the title of the project that asks them.

    A person's retries come one after the other: an item that was missed for the nth time is in the nth project.
    """
    rules, attempts, schema = quiz_rules(workspace), quiz_attempts(workspace), workspace.schema()
    passed = quiz_passed(workspace)
    again: dict[str, dict[Key, Task]] = {}
    for name, found in quiz_scores(workspace).items():
        for mistake in found.mistakes if name not in passed else ():
            times = attempts[name, mistake.item.item_id]
            if len(times) <= rules.retries:
                key, task = _task(mistake.item, schema)
                task["data"][RIVALS] = _lesson(mistake.item, times[-1].labels, schema)
                again.setdefault(retry_title(workspace, name, len(times)), {})[key] = task
    return again


def _lesson(item: Item, given: Iterable[str], schema: Schema) -> str:
    """Return what a person reads above an item that they missed: their answer, and why it is wrong."""
    titles = {label.id: label.title for label in schema.labels}
    about = next(label for label in schema.labels if label.id == item.about)
    said = " · ".join(html.escape(titles.get(label, label)) for label in given) or "—"
    why = html.escape(item.why or f"{about.title}: {about.rule}")
    return f"<p>✗ {html.escape(page_words(schema.language)['answered'])}: <b>{said}</b></p><p>{why}</p>"


def _tasks(schema: Schema) -> Iterator[tuple[Key, Task]]:
    return (_task(item, schema) for item in quiz(schema))


def _task(item: Item, schema: Schema) -> tuple[Key, Task]:
    key = (item.item_id, digest(item.text.encode()))
    data = dict.fromkeys(DATA, "") | {"text": item.text, "sentence_id": key[0], "text_sha256": key[1]}
    return key, {"data": data, "meta": {"calibration": schema.ref}}
