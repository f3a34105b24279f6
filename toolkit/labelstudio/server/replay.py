"""Recorded annotators answer through the server's API: for demonstrations and tests, never for data.

Each annotator becomes a user of the server. An answer carries an id made from what it answers, so that the server
itself refuses it the second time and a second replay adds nothing.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from toolkit.errors import RemoteError
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.failures import Conflict
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import known_projects
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import expert_title
from toolkit.samples import Recorded, read
from toolkit.schema import Schema

DOMAIN = "recorded.example.org"
_NAMESPACE = uuid.UUID("5d7b7f0e-6a0e-4a55-9d1f-0a8f6b3c1f11")
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class ReplayResult:
    """The result of a replay.

    Attributes:
        counts: "answered", "already answered", "without a task" (a text that no task has), "annotators".
    """

    counts: Mapping[str, int]


def replay(
    workspace: Workspace,
    answers: Path | str | Iterable[Recorded],
    *,
    expert: bool = False,
    server: Server | None = None,
) -> ReplayResult:
    """Let recorded annotators answer the tasks of a project.

    Args:
        workspace: The project directory, pushed before.
        answers: A JSONL file of recorded answers, or the answers.
        expert: Answer in the experts' project (`push_disputes`) instead.
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: The file has faults, or there is no project on the server yet.
        RemoteError: The server refuses.
    """
    recorded = list(read(Path(answers)) if isinstance(answers, str | Path) else answers)
    schema = workspace.schema()
    with connected(workspace, server) as connection:
        title = expert_title(workspace) if expert else workspace.config.label_studio.project
        project = server_project.existing(connection, title, known=known_projects(workspace))
        users = _users(connection, sorted({answer.annotator for answer in recorded}))
        tasks: dict[str, list[dict[str, Any]]] = {}
        for task in connection.tasks(project.id, include="id,data,annotators"):
            tasks.setdefault(task["data"]["text"], []).append(task)
        counts: Counter[str] = Counter({"annotators": len(users)})
        jobs = []
        for answer in recorded:
            matching = tasks.get(answer.text, [])
            counts["without a task"] += not matching
            for task in matching:
                if users[answer.annotator] in (task.get("annotators") or []):
                    counts["already answered"] += 1
                else:
                    jobs.append(_job(schema, project, task, answer, users[answer.annotator]))
        with ThreadPoolExecutor(2) as pool:
            counts.update(pool.map(lambda job: _submit(connection, *job), jobs))
    return ReplayResult({name: count for name, count in counts.items() if count})


def _job(
    schema: Schema, project: ServerProject, task: dict[str, Any], answer: Recorded, user: int
) -> tuple[str, dict[str, Any]]:
    result = encode_result(
        schema,
        labels=answer.labels,
        spans=answer.located(),
        relations=answer.relations,
        note=answer.note,
    )
    key = f"{project.place} {task['data']['sentence_id']} {answer.annotator}"
    body = {
        "result": result,
        "lead_time": answer.lead_time,
        "was_cancelled": answer.skipped,
        "completed_by": user,
        "unique_id": str(uuid.uuid5(_NAMESPACE, key)),
    }
    return f"/api/tasks/{task['id']}/annotations/", body


def _submit(server: Server, path: str, body: dict[str, Any]) -> str:
    try:
        server.post(path, body)
    except Conflict:
        return "already answered"
    return "answered"


def _users(server: Server, names: list[str]) -> dict[str, int]:
    """Return the user number of each annotator, signing up those that are missing."""
    numbers = {email: number for number, email in server.users().items()}
    missing = [name for name in names if _email(name) not in numbers]
    for name in missing:
        _sign_up(server, _email(name))
    if missing:
        numbers = {email: number for number, email in server.users().items()}
    return {name: numbers[_email(name)] for name in names}


def _email(name: str) -> str:
    return f"{name}@{DOMAIN}"


def _sign_up(server: Server, email: str) -> None:
    """Make a user by the organisation's invitation, with a password that nobody knows."""
    invitation = server.get("/api/invite", {"invite_url": str})["invite_url"]
    with httpx.Client(base_url=server.url, timeout=60, follow_redirects=True, trust_env=False) as browser:
        found = _CSRF.search(browser.get(invitation).text)
        if found is None:
            raise RemoteError("the sign-up page has no form", where=server.url)
        form = {"email": email, "password": secrets.token_urlsafe(16), "csrfmiddlewaretoken": found[1]}
        browser.post(invitation, data=form, headers={"Referer": server.url}).raise_for_status()
