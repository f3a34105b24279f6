"""The stage push of links: windows of stories become tasks of a project of their own, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from toolkit.errors import UsageError
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.links.link_page import REGIONS, render_link_config
from toolkit.labelstudio.links.story_windows import Window, story_windows
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import Key, links_title
from toolkit.project.stage import Progress
from toolkit.records import Decision, digest
from toolkit.schema import Schema, instructions

READY = "decided"
"""Name of the predictions whose regions stand ready: they are decisions, and no model made them."""


def push_links(
    workspace: Workspace, *, dry_run: bool = False, progress: Progress | None = None, server: Server | None = None
) -> PushResult:
    """Send windows of stories, in which people link decided sentences, each once.

    A window whose words or decisions have changed is another one; the old one stays with its answers.

    Args:
        workspace: The project directory.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        UsageError: The schema has no links.
        InvalidInput: Nothing is decided yet, or the page does not fit the answers that are there.
        Interrupted: The server stopped answering; the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    schema = workspace.schema()
    if not schema.links:
        remedy = "take a version that has some, such as news_events@1.1.0"
        raise UsageError(f"{schema.ref} has no links between sentences", remedy=remedy)
    with workspace.lock(), connected(workspace, server) as connection:
        wanted = dict(_tasks(workspace, schema))
        sender = Sender(workspace, connection, dry_run=dry_run, progress=progress)
        title = links_title(workspace)
        target = sender.target(title, _settings(workspace, schema), sender.find(title))
        return sender.run(target, wanted, set(wanted))


def _settings(workspace: Workspace, schema: Schema) -> dict[str, Any]:
    return {
        "label_config": render_link_config(schema).strip(),
        "expert_instruction": instructions(schema).strip(),
        "show_instruction": True,
        "maximum_annotations": workspace.config.label_studio.annotators_per_sentence,
        "sampling": "Sequential sampling",
        "show_collab_predictions": True,
        "model_version": READY,
        "enable_empty_annotation": True,
    }


def _tasks(workspace: Workspace, schema: Schema) -> Iterator[tuple[Key, Task]]:
    decisions = {each.sentence_id: each for each in workspace.stream(Decision)}
    for window in story_windows(workspace.articles(), workspace.sentences(), decisions, schema):
        yield (window.window_id, digest(window.text.encode())), _task(window)


def _task(window: Window) -> Task:
    regions = [
        {
            "id": region.region_id,
            "from_name": REGIONS,
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": region.at,
                "end": region.at + region.end - region.start,
                "text": window.text[region.at : region.at + region.end - region.start],
                "labels": list(region.labels),
            },
        }
        for region in window.regions
    ]
    data = {
        "text": window.text,
        "story_id": window.story_id,
        "sentence_id": window.window_id,
        "text_sha256": digest(window.text.encode()),
        "regions": [asdict(region) for region in window.regions],
    }
    return {"data": data, "predictions": [{"model_version": READY, "result": regions}]}
