"""The Label Studio project that belongs to a workspace: found by its title, made when missing, kept as configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.errors import InvalidInput, RemoteError
from toolkit.labelstudio.config import render_config
from toolkit.labelstudio.server import NotThere, Refused, Server, Unanswered
from toolkit.labelstudio.team import blind_names, blind_title
from toolkit.schema import Schema, instructions
from toolkit.workspace import Workspace


@dataclass(frozen=True)
class Project:
    """A project on a server.

    Attributes:
        id: Its number there.
        place: What tells it from every other project anywhere: its number and the microsecond at which it was made,
            since numbers are given again after a server has been set up anew, and addresses change.
        url: Where a person opens it.
        tasks: How many tasks it holds.
        settings: The server's JSON of it.
    """

    id: int
    place: str
    url: str
    tasks: int
    settings: dict[str, Any]


def find(server: Server, title: str) -> Project | None:
    """Return the project with exactly this title, None when there is none.

    Raises:
        InvalidInput: There are several.
    """
    found = [entry["id"] for entry in _all_titled(server, title)]
    if len(found) > 1:
        raise InvalidInput(
            f"{len(found)} projects have the title {title!r} (ids {', '.join(map(str, sorted(found)))})",
            where=server.url,
            remedy="rename all but one of them, or change label_studio.project in toolkit.yaml",
        )
    if not found:
        return None
    try:
        return _project(server, server.get(f"/api/projects/{found[0]}/"))
    except NotThere:
        return None


def existing(server: Server, title: str) -> Project:
    """Return the project with exactly this title.

    Raises:
        InvalidInput: It was not made yet, or there are several.
    """
    project = find(server, title)
    if project is None:
        raise InvalidInput(f"there is no project {title!r}", where=server.url, remedy="run `toolkit push`")
    return project


def of_workspace(server: Server, workspace: Workspace) -> list[Project]:
    """Return the projects that hold a workspace's sentences: one, or one a person in blind mode.

    Raises:
        InvalidInput: One was not made yet.
    """
    blind = [blind_title(workspace, name) for name in blind_names(workspace)]
    return [existing(server, title) for title in blind or [workspace.config.label_studio.project]]


def at_work(server: Server, workspace: Workspace) -> list[Project]:
    """Return the projects of `of_workspace`, none while only the quiz has been sent.

    Raises:
        InvalidInput: Neither was made yet.
    """
    try:
        return of_workspace(server, workspace)
    except InvalidInput:
        if find(server, calibration_title(workspace)) is None:
            raise
        return []


def expert_title(workspace: Workspace) -> str:
    """Return the title of the project in which experts decide; Label Studio takes 50 characters."""
    ending = " (adjudication)"
    return workspace.config.label_studio.project[: 50 - len(ending)] + ending


def calibration_title(workspace: Workspace) -> str:
    """Return the title of the project that holds the quiz; Label Studio takes 50 characters."""
    ending = " (calibration)"
    return workspace.config.label_studio.project[: 50 - len(ending)] + ending


def create(server: Server, title: str, wanted: dict[str, Any]) -> Project:
    """Make a project; when the answer is lost, look whether it was made.

    Of two that are made at the same time by two pushes, the older one stays.
    """
    try:
        made = server.post("/api/projects/", {"title": title, **wanted})
    except Unanswered:
        project = find(server, title)
        if project is None:
            raise
        return project
    oldest = min(entry["id"] for entry in _all_titled(server, title))
    if oldest == made["id"]:
        return _project(server, made)
    server.delete(f"/api/projects/{made['id']}/")
    return _project(server, server.get(f"/api/projects/{oldest}/"))


def settings(
    schema: Schema, workspace: Workspace, *, answers: int | None = None, examples: bool = True
) -> dict[str, Any]:
    """Return what a workspace's project is set to.

    Args:
        schema: What its page is made from.
        workspace: The project directory.
        answers: How many people answer each task; default: as toolkit.yaml says.
        examples: The instructions show the schema's examples.
    """
    return {
        "label_config": render_config(schema).strip(),
        "expert_instruction": instructions(schema, examples=examples).strip(),
        "show_instruction": True,
        "maximum_annotations": answers or workspace.config.label_studio.annotators_per_sentence,
        "sampling": "Sequential sampling",
        "show_collab_predictions": True,
        "enable_empty_annotation": False,
    }


def changes(project: Project, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return those of the wanted settings that the project does not have."""
    return {key: value for key, value in wanted.items() if project.settings.get(key) != value}


def update(server: Server, project: Project, changed: dict[str, Any]) -> None:
    """Change a project's settings, its page only after the server's strict check.

    A plain change accepts the removal of labels that annotations use (measured, 1.23.2); the check does not.

    Raises:
        InvalidInput: The new page does not fit the answers that are there.
    """
    config = changed.get("label_config")
    if config is not None:
        try:
            server.post(f"/api/projects/{project.id}/validate/", {"label_config": config})
        except Refused as error:
            raise InvalidInput(
                f"the schema's page does not fit the answers that the project holds: {error.what}",
                where=project.url,
                remedy="change label_studio.project in toolkit.yaml: a changed schema gets a project of its own",
            ) from error
    if changed:
        server.patch(f"/api/projects/{project.id}/", changed)


def _project(server: Server, body: dict[str, Any]) -> Project:
    place = f"project {body['id']} of {body['created_at']}"
    return Project(body["id"], place, f"{server.url}/projects/{body['id']}", body["task_number"] or 0, body)


def _all_titled(server: Server, title: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = server.get("/api/projects/", title=title, page=page, page_size=100, include="id,title")
        found += answer["results"]
        if len(found) >= answer["count"]:
            return [entry for entry in found if entry["title"] == title]
        if not answer["results"]:
            raise RemoteError(f"the server says {answer['count']} projects and gave {len(found)}", where=server.url)
        page += 1
