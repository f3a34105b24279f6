"""The accounts of people by server, .secrets/accounts.json: user number → pseudonym.

A user is a number, and a number is a person on one server only. A pull from a server knows the addresses behind the
numbers, a file of an export often does not. So what each server's numbers stand for is kept, and a file is known to be
of a server by an answer that the log has from there already; a file of which nothing is known is a server of its own.

    {"project 5 of 2026-11-28T18:29:00Z": {"2": "annotator-1f0c…"}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.client.answer_shape import TIME
from toolkit.labelstudio.client.failures import NotThere
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.pull.parse import utc
from toolkit.project import Workspace, write_atomic

NAME: Final = ".secrets/accounts.json"

_LOOKS = 5  # answers of a file that a server is asked for, to tell whether the file is of it


def accounts(workspace: Workspace, server: str) -> dict[int, str]:
    """Return user number → pseudonym on one server.

    Args:
        workspace: The project directory.
        server: A project on the server, or what tells a file from others.

    Raises:
        InvalidInput: The file is damaged.
    """
    with border("is damaged", where=str(workspace.path(NAME)), remedy=_REMEDY):
        return {int(number): pseudonym for number, pseudonym in _read(workspace).get(server, {}).items()}


def keep_accounts(workspace: Workspace, server: str, numbers: Mapping[int, str]) -> None:
    """Write down what the numbers of a server stand for."""
    everything = _read(workspace)
    now = everything.get(server, {}) | {str(number): pseudonym for number, pseudonym in numbers.items()}
    if now != everything.get(server):
        text = json.dumps(everything | {server: now}, indent=1, sort_keys=True) + "\n"
        write_atomic(workspace.path(NAME), text, mode=0o600)


def server_of_file(workspace: Workspace, users: Mapping[str, int | None]) -> tuple[str, dict[int, str]]:
    """Return the server that a file is of, and what its user numbers stand for as far as the log tells.

    Args:
        workspace: The project directory.
        users: annotation_id → user number, of every answer in the file.
    """
    servers: dict[str, None] = {}
    known: dict[int, str] = {}
    for row in workspace.annotations.rows():
        annotation = row.get("annotation")
        if annotation is None or annotation["annotation_id"] not in users:
            continue
        number = users[annotation["annotation_id"]]
        if number is not None:
            known[number] = annotation["annotator"]
        if found := row.get("place") or row.get("server"):
            servers[found] = None
    server = next(iter(servers), f"file with answer {min(users, default='')}")
    for each in servers:
        known = accounts(workspace, each) | known
    return server, known


def server_of_project(workspace: Workspace, server: Server, project: ServerProject) -> dict[int, str]:
    """Return what the user numbers of a project's server stand for: as written down, else as in a file of it.

    Answers that came by a file of the same project are looked for on the server; where one is there, the people of the
    file are the people of the server.
    """
    known = accounts(workspace, project.place)
    if known:
        return known
    for row in _of_files(workspace.annotations.rows(), project.id):
        try:
            there = server.get(f"/api/annotations/{row['raw']['id']}/", {"created_at": TIME})
        except NotThere:
            continue
        if there.get("project") == project.id and utc(there["created_at"]) == row["annotation"]["created_at"]:
            return accounts(workspace, row["server"])
    return {}


def _of_files(rows: Iterable[Mapping[str, Any]], project: int) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for row in rows:
        raw = row.get("raw") or {}
        if row.get("server") and raw.get("project") == project and isinstance(raw.get("id"), int):
            found.append(row)
            if len(found) == _LOOKS:
                break
    return found


def _read(workspace: Workspace) -> dict[str, dict[str, str]]:
    path = workspace.path(NAME)
    try:
        found: dict[str, dict[str, str]] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidInput("is damaged", where=str(path), remedy=_REMEDY) from error
    return found


_REMEDY = "bring it back from a backup"
