"""The projects of a workspace on the server: found by number, else by title; made if missing, kept as configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import commonprefix
from types import MappingProxyType, NoneType
from typing import Any

from toolkit.errors import InvalidInput, RemoteError
from toolkit.labelstudio.client.answer_shape import TIME
from toolkit.labelstudio.client.failures import NotThere, Refused, Unanswered
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import Known, known_projects
from toolkit.labelstudio.codec.label_config import render_config, render_expert_config
from toolkit.labelstudio.codec.page_check import PageCheck
from toolkit.project import Workspace
from toolkit.project.annotators_file import FILE_NAME as ANNOTATORS
from toolkit.project.logs.push_ledger import expert_title, quiz_title, work_titles
from toolkit.schema import Schema, instructions

ANSWER_COUNTS = ("total_annotations_number", "skipped_annotations_number")
"""Settings that count the answers in a project, skips apart."""

_PROJECT = {"id": int, "title": str, "created_at": TIME, "task_number": (int, NoneType)}
_MOST_LISTED = 20_000  # projects whose titles hold the same words


@dataclass(frozen=True)
class ServerProject:
    """A project on a server.

    Attributes:
        id: Its number there.
        place: What tells it from every other project anywhere: its number and the microsecond at which it was made,
            since numbers are given again after a server has been set up anew, and addresses change.
        url: Where a person opens it.
        tasks: How many tasks it holds.
        settings: The server's JSON of it, or as much of it as was asked for.
        title: What toolkit.yaml calls it; its settings have what it is called on the server.
    """

    id: int
    place: str
    url: str
    tasks: int
    settings: dict[str, Any]
    title: str

    @property
    def note(self) -> str | None:
        """What a person should know of it: that it was renamed on the server."""
        now = self.settings["title"]
        return None if now == self.title else f"the project {self.title!r} is called {now!r} on the server: {self.url}"


@dataclass(frozen=True)
class ServerProjects:
    """The projects of a workspace, with no more of their settings than their counts.

    Attributes:
        work: Those that hold its sentences; none while only the quiz has been sent.
        expert: Where experts decide, if it was made.
        quiz: Of the calibration, if it was made.
        lost: Titles of work projects, one per person, that are not there; the others are.
    """

    work: tuple[ServerProject, ...]
    expert: ServerProject | None
    quiz: ServerProject | None
    lost: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: renamed projects, and lost ones."""
        renamed = (project.note for project in (*self.work, self.expert, self.quiz) if project is not None)
        gone = (
            f"the project {title!r} is not on the server; `toolkit push` makes it anew, and its answers here stay"
            for title in self.lost
        )
        return (*filter(None, renamed), *gone)


_NOBODY: Known = MappingProxyType({})


def find(server: Server, title: str, *, known: Known = _NOBODY) -> ServerProject | None:
    """Return the project of a title with all its settings, None when there is none.

    Args:
        server: The server.
        title: What toolkit.yaml calls it.
        known: The numbers of projects; without one, the title has to be exactly that.

    Raises:
        InvalidInput: There are several with that title, and none is known by number.
    """
    found = _titled(server, [title], known=known).get(title)
    if found is None:
        return None
    try:
        return _project(server, server.get(f"/api/projects/{found.id}/", _PROJECT), title)
    except NotThere:
        return None


def existing(server: Server, title: str, *, known: Known = _NOBODY) -> ServerProject:
    """Return the project of a title.

    Raises:
        InvalidInput: It was not made yet, or there are several.
    """
    project = find(server, title, known=known)
    if project is None:
        raise _not_there(server, title)
    return project


def tasks_in(server: Server, project: ServerProject) -> int:
    """Return how many tasks a project holds by now.

    Raises:
        InvalidInput: It is gone.
    """
    title = project.settings["title"]
    listed = _listed(server, title, ("id", "task_number"))
    now = next((entry for entry in listed if entry["id"] == project.id), None)
    if now is None:
        raise _not_there(server, title)
    return int(now["task_number"] or 0)


def work_projects(server: Server, workspace: Workspace) -> list[ServerProject]:
    """Return the projects that hold a workspace's sentences: one, or one per person in blind mode.

    Raises:
        InvalidInput: One was not made yet.
    """
    known = known_projects(workspace)
    return [existing(server, title, known=known) for title in _assigned_titles(workspace)]


def all_projects(server: Server, workspace: Workspace, *, counts: bool = False) -> ServerProjects:
    """Look for all projects of a workspace, in one request.

    Args:
        server: The server.
        workspace: The project directory.
        counts: With `ANSWER_COUNTS` in their settings, which takes the server longer.

    Raises:
        InvalidInput: Neither any of the work nor the quiz is there, or two projects have the same title.
    """
    work, expert, quiz = _assigned_titles(workspace), expert_title(workspace), quiz_title(workspace)
    there = _titled(
        server, [*work, expert, quiz], known=known_projects(workspace), more=ANSWER_COUNTS if counts else ()
    )
    missing = tuple(title for title in work if title not in there)
    if len(missing) == len(work) and quiz not in there:
        raise _not_there(server, missing[0])
    return ServerProjects(
        tuple(there[title] for title in work if title in there),
        there.get(expert),
        there.get(quiz),
        missing if len(work) > 1 else (),
    )


def create(server: Server, title: str, wanted: dict[str, Any]) -> ServerProject:
    """Make a project; when the answer is lost, look whether it was made.

    Of two that are made at the same time by two pushes, the older one stays.
    """
    _check_page(title, wanted)
    try:
        made = server.sdk.make_project({"title": title, **wanted})
    except Unanswered:
        project = find(server, title)
        if project is None:
            raise
        return project
    oldest = min(_numbers([entry for entry in _listed(server, title, ("id", "title")) if entry["title"] == title]))
    if oldest == made["id"]:
        return _project(server, made, title)
    server.sdk.delete_project(made["id"])
    return _project(server, server.get(f"/api/projects/{oldest}/", _PROJECT), title)


def settings(
    schema: Schema, workspace: Workspace, *, answers: int | None = None, examples: bool = True, rivals: bool = False
) -> dict[str, Any]:
    """Return what a workspace's project is set to.

    Args:
        schema: What its page is made from.
        workspace: The project directory.
        answers: How many people answer each task; default: as toolkit.yaml says.
        examples: The instructions show the schema's examples.
        rivals: It is the experts' project: the page shows what others answered, as words, and offers nothing.
    """
    page = render_config(schema) if not rivals else render_expert_config(schema)
    return {
        "label_config": page.strip(),
        "expert_instruction": instructions(schema, examples=examples).strip(),
        "show_instruction": True,
        "maximum_annotations": answers or workspace.config.label_studio.annotators_per_sentence,
        "sampling": "Sequential sampling",
        "show_collab_predictions": not rivals,
        "enable_empty_annotation": True,
    }


def changes(project: ServerProject, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return those of the wanted settings that the project does not have."""
    return {key: value for key, value in wanted.items() if project.settings.get(key) != value}


def update(server: Server, project: ServerProject, changed: dict[str, Any]) -> None:
    """Change a project's settings, its page only after the server's strict check.

    A plain change accepts the removal of labels that annotations use (measured, 1.23.2); the check does not.

    Raises:
        InvalidInput: The new page does not fit the answers that are there.
    """
    config = changed.get("label_config")
    if config is not None:
        _check_page(project.url, changed)
        try:
            server.sdk.check_page(project.id, config)
        except Refused as error:
            raise InvalidInput(
                f"the schema's page does not fit the answers that the project holds: {error.what}",
                where=project.url,
                remedy="change label_studio.project in toolkit.yaml: a changed schema gets its own project, as does "
                "another project directory",
            ) from error
    if changed:
        server.sdk.change_project(project.id, changed)


def _check_page(where: str, settings: Mapping[str, Any]) -> None:
    """Let label-studio-sdk read a page before the server gets it."""
    if "label_config" in settings:
        PageCheck(settings["label_config"], where)


def _project(server: Server, body: dict[str, Any], title: str) -> ServerProject:
    place = f"project {body['id']} of {body['created_at']}"
    url = f"{server.url}/projects/{body['id']}"
    return ServerProject(body["id"], place, url, body["task_number"] or 0, body, title)


def _assigned_titles(workspace: Workspace) -> list[str]:
    titles = work_titles(workspace)
    if not titles:
        raise InvalidInput(
            "nothing is assigned yet", where=str(workspace.path(ANNOTATORS)), remedy="run `toolkit push`"
        )
    return titles


def _not_there(server: Server, title: str) -> InvalidInput:
    return InvalidInput(f"there is no project {title!r}", where=server.url, remedy="run `toolkit push`")


def _titled(
    server: Server, titles: Sequence[str], *, known: Known = _NOBODY, more: Sequence[str] = ()
) -> dict[str, ServerProject]:
    """Return the projects of these titles, by title: the one that is known by number, else the one that has it."""
    include = ("id", "title", "created_at", "task_number", *more)
    listed = _listed(server, commonprefix(titles), include)  # noqa: RUF071  # titles are no paths
    found: dict[str, ServerProject] = {}
    for title in titles:
        numbered = _numbered(server, known.get(title, ()), listed)
        if numbered is not None:
            found[title] = _project(server, numbered, title)
            continue
        same = [entry for entry in listed if entry["title"] == title]
        if len(same) > 1:
            raise InvalidInput(
                f"{len(same)} projects have the title {title!r} (ids {', '.join(str(n) for n in _numbers(same))})",
                where=server.url,
                remedy="rename all but one of them, or change label_studio.project in toolkit.yaml",
            )
        if same:
            found[title] = _project(server, same[0], title)
    return found


def _numbered(
    server: Server, known: Sequence[Mapping[str, Any]], listed: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    """Return the project that has one of these numbers and was made at its time; None where none is there."""
    here = {(entry["id"], entry["created_at"]): entry for entry in listed}
    for entry in known:
        if (found := here.get((entry["id"], entry["created_at"]))) is not None:
            return found
        try:
            there: dict[str, Any] = server.get(f"/api/projects/{entry['id']}/", _PROJECT)
        except NotThere:
            continue
        if there["created_at"] == entry["created_at"]:
            return there
    return None


def _numbers(listed: Sequence[dict[str, Any]]) -> list[int]:
    return sorted(entry["id"] for entry in listed)


def _listed(server: Server, within: str, include: Sequence[str]) -> list[dict[str, Any]]:
    """Return the projects whose title holds these words, in whatever case."""
    found: dict[int, dict[str, Any]] = {}
    page, read = 1, 0
    shape = {"results": [{name: _PROJECT.get(name, object) for name in include}], "count": int}
    while True:
        answer = server.get("/api/projects/", shape, title=within, page=page, page_size=100, include=",".join(include))
        came = {entry["id"]: entry for entry in answer["results"]}
        page, read, new = page + 1, read + len(answer["results"]), came.keys() - found.keys()
        found |= came
        if read >= answer["count"]:
            return list(found.values())
        repeated = 2 * len(new) < len(answer["results"])  # a project that came meanwhile moves a few to the next page
        if not new or repeated or len(found) > _MOST_LISTED:
            raise RemoteError(f"the server says {answer['count']} projects and gave {len(found)}", where=server.url)
