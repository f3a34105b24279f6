"""Links to tasks on the server, from what the log of answers knows; no server is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping

from toolkit.labelstudio.client.known_projects import known_projects
from toolkit.labelstudio.server import embedded
from toolkit.project import Workspace
from toolkit.project.logs.hidden_tasks import hidden_pairs


def server_address(workspace: Workspace) -> str | None:
    """Return where the project's server is: LABEL_STUDIO_URL, toolkit.yaml, or the embedded server if it runs."""
    named = os.environ.get("LABEL_STUDIO_URL") or workspace.config.label_studio.url
    if named is None and (running := embedded.status()) is not None:
        named = running.url
    return None if named is None else named.rstrip("/")


def task_links(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """Return the links to the tasks of each answered sentence, by sentence_id, sorted.

    Blind projects have a task per person. Answers that came by a file have no link: their server is not known. Empty
    where no server is named.
    """
    address = server_address(workspace)
    if address is None or not workspace.annotations.path.exists():
        return {}
    ours = {entry["id"] for entries in known_projects(workspace).values() for entry in entries}
    found: dict[str, set[tuple[int, int]]] = {}
    hidden = hidden_pairs(workspace.root)
    for row in workspace.annotations.rows():
        if row["event"] != "revision" or (row["annotation"]["annotator"], row["annotation"]["sentence_id"]) in hidden:
            continue
        raw = row.get("raw") or {}
        project, task = raw.get("project"), raw.get("task")
        if isinstance(project, int) and isinstance(task, int) and project in ours:
            found.setdefault(row["annotation"]["sentence_id"], set()).add((project, task))
    return {
        sentence_id: tuple(f"{address}/projects/{project}/data?task={task}" for project, task in sorted(tasks))
        for sentence_id, tasks in found.items()
    }
