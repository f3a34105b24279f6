"""The projects on the server by number, annotations/projects.json: under which number each title was made.

A title is what people change in the browser, and what two projects may share. So a project that was once made or found
is known from then on by its number and by when it was made; its title is asked for only where no number is known, or
where no project with that number and that time is there: after the server was set up anew, or on another one.

    {"News sentences": [{"id": 5, "created_at": "2026-11-28T18:29:00.123456Z"}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from toolkit.errors import InvalidInput
from toolkit.project import Workspace, write_atomic

NAME: Final = "annotations/projects.json"

Known = Mapping[str, Sequence[Mapping[str, Any]]]
"""Title → number and time of the projects that were made or found under it, the last one first."""


def known_projects(workspace: Workspace) -> Known:
    """Return the projects that are known by number.

    Raises:
        InvalidInput: The file is damaged.
    """
    path = workspace.path(NAME)
    try:
        found: Known = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidInput(
            "is damaged", where=str(path), remedy="delete it: projects are then looked for by title"
        ) from error
    return found


def remember(workspace: Workspace, title: str, settings: Mapping[str, Any]) -> None:
    """Write down the number of a project.

    Args:
        workspace: The project directory.
        title: What toolkit.yaml calls it, whatever it is called on the server by now.
        settings: The server's JSON of it.
    """
    known = known_projects(workspace)
    entry = {"id": settings["id"], "created_at": settings["created_at"]}
    others = [each for each in known.get(title, ()) if each != entry]
    if [entry, *others] != known.get(title):
        text = json.dumps({**known, title: [entry, *others]}, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomic(workspace.path(NAME), text + "\n")
