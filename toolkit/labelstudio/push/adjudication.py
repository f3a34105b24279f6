"""Disputed sentences before an expert: a project of their own, whose page shows the competing answers side by side.

They are words to read, in an order that tells nothing. No prediction is sent, so nothing is ticked beforehand, and no
answer is the one that the expert would only have to accept. The expert's own answer comes back with the next pull,
into adjudications/log.jsonl.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from toolkit.adjudicate import CompetingAnswer, Dispute
from toolkit.errors import InvalidInput
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.label_config import RIVALS
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.labelstudio.push.tasks import task_data
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Key, expert_title
from toolkit.project.stage import Progress
from toolkit.records import AttributeValue, content_id, from_json
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
        settings = server_project.settings(workspace.schema(), workspace, answers=1, rivals=True)
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        return sender.send(expert_title(workspace), settings, wanted)


def _tasks(workspace: Workspace) -> Iterator[tuple[Key, Task]]:
    schema = workspace.schema()
    data = {item["sentence_id"]: item for item in task_data(workspace.sentences(), workspace.articles())}
    for dispute in _queue(workspace):
        if dispute.sentence_id not in data:
            raise InvalidInput(
                f"sentence {dispute.sentence_id} is not in the project any more",
                where=str(workspace.path(QUEUE)),
                remedy="run `toolkit adjudicate`",
            )
        item = data[dispute.sentence_id]
        shown = item | {RIVALS: rivals_of(dispute, schema)}
        yield (item["sentence_id"], item["text_sha256"]), {"data": shown}


def rivals_of(dispute: Dispute, schema: Schema) -> str:
    """Return the competing answers as a list in HTML, in an order that tells nothing of who or how many gave them.

    Args:
        dispute: The dispute.
        schema: Whose titles are shown.
    """
    entries = {content_id(dispute.sentence_id, *answer.votes): _entry(answer, schema) for answer in dispute.answers}
    items = "".join(f"<li>{entries[key]}</li>" for key in sorted(entries))
    return f"<ol>{items}</ol>"


def _entry(answer: CompetingAnswer, schema: Schema) -> str:
    """Return one answer in words: its labels, its spans with their fields, its relations and its fields."""
    titles = {label.id: label.title for label in schema.labels}
    words = {span.span_id: span.text for span in answer.spans}
    parts = [" · ".join(f"<b>{html.escape(titles.get(label, label))}</b>" for label in answer.labels) or "<b>—</b>"]
    spans = {span.id: span for span in schema.spans}
    for span in answer.spans:
        label = spans.get(span.label)
        names = {each.id: each.title for each in label.attributes} if label else {}
        fields = _fields(span.attributes, names)
        parts.append(f"{html.escape(label.title if label else span.label)}: “{html.escape(span.text)}”{fields}")
    links = {relation.id: relation.title for relation in schema.relations}
    for link in answer.relations:
        ends = (html.escape(words.get(end, end)) for end in (link.head, link.tail))
        parts.append(f" {html.escape(links.get(link.label, link.label))} ".join(f"“{end}”" for end in ends))
    asked = {each.id: each.title for each in schema.fields}
    parts += [f"{html.escape(asked.get(key, key))}: {html.escape(str(value))}" for key, value in answer.fields.items()]
    return "<br>".join(parts)


def _fields(values: Mapping[str, AttributeValue], names: Mapping[str, str]) -> str:
    shown = [f"{html.escape(names.get(key, key))} {html.escape(str(value))}" for key, value in values.items()]
    return f" ({', '.join(shown)})" if shown else ""


def _queue(workspace: Workspace) -> Iterator[Dispute]:
    path = workspace.path(QUEUE)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit adjudicate`")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        yield from_json(Dispute, line, where=f"{path}:{number}")
