"""The quiz of links before the work: the schema's pairs as tasks with known answers, in a project of their own.

A pair stands in an order that tells nothing, each sentence as a region with the label that the link asks for. Whoever
thinks that a link holds draws it; else there is nothing to draw. What people answer comes with the next pull into
links/quiz.jsonl: it is scored and never becomes gold.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.errors import UsageError
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.links.link_tasks import link_settings, window_key, window_task
from toolkit.labelstudio.links.story_windows import Region, Window
from toolkit.labelstudio.push.quiz_tasks import EVERYBODY
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Key, link_quiz_title
from toolkit.project.stage import Progress
from toolkit.records import content_id
from toolkit.schema import Schema, instructions
from toolkit.schema.quiz.pair_quiz import PairItem, pair_quiz

_GAP = "\n\n"


def push_link_quiz(
    workspace: Workspace, *, dry_run: bool = False, progress: Progress | None = None, server: Server | None = None
) -> PushResult:
    """Send the quiz of links of the project's schema, each pair once.

    Args:
        workspace: The project directory.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        UsageError: The schema has no links.
        InvalidInput: The page does not fit the answers that are there.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    schema = workspace.schema()
    if not schema.links:
        raise UsageError(f"{schema.ref} has no links between sentences", remedy="leave out --links")
    with workspace.lock(), connected(workspace, server) as connection:
        wanted = dict(_tasks(schema))
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        unseen = {
            "maximum_annotations": EVERYBODY,
            "expert_instruction": instructions(schema, examples=False).strip(),
        }
        return sender.send(link_quiz_title(workspace), link_settings(workspace, schema) | unseen, wanted)


def _tasks(schema: Schema) -> Iterator[tuple[Key, Task]]:
    for item in pair_quiz(schema):
        window = pair_window(item)
        yield window_key(window), window_task(window)


def pair_window(item: PairItem) -> Window:
    """Return a pair as the window of a story."""
    ends = zip(item.ends, (item.first, item.second), (item.link.head[0], item.link.tail[0]), strict=True)
    first, second = sorted(ends)  # by their ids, which tell nothing
    text = first[1] + _GAP + second[1]
    regions = tuple(
        Region(content_id(end, label)[:12], end, (label,), 0, len(words), at)
        for (end, words, label), at in ((first, 0), (second, len(first[1]) + len(_GAP)))
    )
    return Window(content_id("pair", item.item_id), item.item_id, text, regions)
