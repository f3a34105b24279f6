"""Links to tasks on the server, from what the log of answers knows; no server is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class TaskLink:
    """A task on the server.

    Attributes:
        url: Where a person opens it.
        annotators: Pseudonyms of those who have answered it, sorted.
    """

    url: str
    annotators: tuple[str, ...]


def task_links(workspace: Workspace) -> Mapping[str, tuple[TaskLink, ...]]:
    """Return the tasks of each answered sentence, by sentence_id, in the order of their numbers.

    Blind projects have a task per person. Answers that came by a file have no link: their server is not known. Empty
    where no server is named.
    """
    address = server_address(workspace)
    if address is None or not workspace.annotations.path.exists():
        return {}
    ours = {entry["id"] for entries in known_projects(workspace).values() for entry in entries}
    found: dict[str, dict[tuple[int, int], set[str]]] = {}
    hidden = hidden_pairs(workspace.root)
    for row in workspace.annotations.rows():
        if row["event"] != "revision":
            continue
        sentence_id, annotator = row["annotation"]["sentence_id"], row["annotation"]["annotator"]
        raw = row.get("raw") or {}
        project, task = raw.get("project"), raw.get("task")
        if not (isinstance(project, int) and isinstance(task, int)) or project not in ours:
            continue
        if (annotator, sentence_id) not in hidden:
            found.setdefault(sentence_id, {}).setdefault((project, task), set()).add(annotator)
    return {
        sentence_id: tuple(
            TaskLink(f"{address}/projects/{project}/data?task={task}", tuple(sorted(who)))
            for (project, task), who in sorted(tasks.items())
        )
        for sentence_id, tasks in found.items()
    }
