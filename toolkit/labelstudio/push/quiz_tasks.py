"""The quiz before the work: the schema's examples as tasks with known answers, in a project of their own.

Nobody sees the known answers there: the instructions leave the examples out. What people answer comes with the next
pull into calibration/log.jsonl, apart from the annotations: it is scored (`toolkit.agreement.stage`) and never
becomes gold. An example that was edited is another item of the quiz, which the next push sends; the old one
stays on the server and no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.label_config import DATA
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Key, quiz_title
from toolkit.project.stage import Progress
from toolkit.records import digest
from toolkit.schema import Schema, quiz

_EVERYBODY = 1000  # people who may answer an item: the server would close it after as many


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
        settings = server_project.settings(schema, workspace, answers=_EVERYBODY, examples=False)
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        title = quiz_title(workspace)
        target = sender.target(title, settings, sender.find(title))
        return sender.run(target, wanted, set(wanted))


def _tasks(schema: Schema) -> Iterator[tuple[Key, Task]]:
    for item in quiz(schema):
        key = (item.item_id, digest(item.text.encode()))
        data = dict.fromkeys(DATA, "") | {"text": item.text, "sentence_id": key[0], "text_sha256": key[1]}
        yield key, {"data": data, "meta": {"calibration": schema.ref}}
