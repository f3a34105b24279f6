"""Disputed sentences before an expert: a project of their own, with the competing answers as predictions.

Each competing answer is shown as a prediction that is named by the pseudonyms of those who gave it. The expert's own
answer comes back with the next pull, into adjudications/log.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.adjudicate import Dispute
from toolkit.errors import InvalidInput
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.labelstudio.push.tasks import task_data
from toolkit.project import Workspace
from toolkit.project.push_ledger import Key, expert_title
from toolkit.project.stage import Progress
from toolkit.records import from_json
from toolkit.schema import Schema

QUEUE = "adjudications/queue.jsonl"


def push_disputes(
    workspace: Workspace, *, dry_run: bool = False, progress: Progress | None = None, server: Server | None = None
) -> PushResult:
    """Send the sentences of adjudications/queue.jsonl to the experts' project, each once.

    Args:
        workspace: The project directory, after `toolkit adjudicate`.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There is no queue yet, or it is from another state of the project.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        wanted = dict(_tasks(workspace))
        settings = server_project.settings(workspace.schema(), workspace, answers=1)
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        title = expert_title(workspace)
        target = sender.target(title, settings, server_project.find(connection, title))
        return sender.run(target, wanted, set(wanted))


def _tasks(workspace: Workspace) -> Iterator[tuple[Key, Task]]:
    schema = workspace.schema()
    people = {answer.annotation_id: answer.annotator for answer in workspace.answers()}
    data = {item["sentence_id"]: item for item in task_data(workspace.sentences(), workspace.articles())}
    for dispute in _queue(workspace):
        if dispute.sentence_id not in data:
            raise InvalidInput(
                f"sentence {dispute.sentence_id} is not in the project any more",
                where=str(workspace.path(QUEUE)),
                remedy="run `toolkit adjudicate`",
            )
        item = data[dispute.sentence_id]
        predictions = list(_predictions(dispute, schema, people))
        yield (item["sentence_id"], item["text_sha256"]), {"data": item, "predictions": predictions}


def _predictions(dispute: Dispute, schema: Schema, people: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the competing answers; the score is the share of the votes."""
    total = sum(len(answer.votes) for answer in dispute.answers) or 1
    for answer in dispute.answers:
        names = sorted({people.get(vote, "withdrawn") for vote in answer.votes})
        result = encode_result(
            schema,
            labels=answer.labels,
            spans=answer.spans,
            relations=answer.relations,
            fields=answer.fields,
            origin="prediction",
        )
        yield {"model_version": ", ".join(names), "score": len(answer.votes) / total, "result": result}


def _queue(workspace: Workspace) -> Iterator[Dispute]:
    path = workspace.path(QUEUE)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit adjudicate`")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        yield from_json(Dispute, line, where=f"{path}:{number}")
