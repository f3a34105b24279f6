"""A migration and the server: the next pull does not undo it, and the next push asks only what a split left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.logs.answer_migration import migrate_answers

pytestmark = pytest.mark.studio

TEXT = "It blew.\nIt rained.\nIt was still.\nIt hailed."


def schema(version: str, *labels: str, gone: str = "") -> str:
    """Return a schema of the weather with these labels beside `none`."""
    retired = f"  - {{id: {gone}, title: {gone}, layer: sky, rule: r, retired: true}}\n" if gone else ""
    lines = []
    for label in (*labels, "none"):
        other = labels[0] if label == "none" else "none"
        positives = ", ".join(f"{{text: {label} {n}, labels: [{label}]}}" for n in (1, 2))
        misses = ", ".join(f"{{text: {other} {n} not {label}, labels: [{other}]}}" for n in (1, 2))
        only = ", exclusive: true" if label == "none" else ""
        lines.append(
            f"  - {{id: {label}, title: {label}, layer: sky, rule: r{only},"
            f" positives: [{positives}], near_misses: [{misses}]}}\n"
        )
    head = f"name: weather\nversion: {version}\ntitle: t\ndescription: d\nlayers: [{{id: sky, title: t}}]\nlabels:\n"
    return head + retired + "".join(lines)


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    made = make_project([TEXT])
    made.write("schemas/weather/1.0.0.yaml", schema("1.0.0", "wind", "rain"))
    made.write("schemas/weather/1.1.0.yaml", schema("1.1.0", "wind", "rain", "hail"))
    made.write("schemas/weather/2.0.0.yaml", schema("2.0.0", "rain", "breeze", "storm", gone="wind"))
    text = (made.root / "toolkit.yaml").read_text()
    text = text.replace("news_events@1.0.0", "schemas/weather/1.0.0.yaml")
    made.write("toolkit.yaml", text.replace("annotators_per_sentence: 2", "annotators_per_sentence: 1"))
    return Workspace(made.root)


def tasks(server: Server, workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Return the tasks of the project by their text."""
    project = server_project.work_projects(server, workspace)[0]
    return {task["data"]["text"]: task for task in server.tasks(project.id, fields="all")}


def answer(server: Server, workspace: Workspace, text: str, *labels: str) -> None:
    task = tasks(server, workspace)[text]
    result = encode_result(workspace.schema(), labels=labels)
    server.post(f"/api/tasks/{task['id']}/annotations/", {"result": result})


def labels(workspace: Workspace) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((item.schema, item.labels) for item in workspace.answers())


def test_a_split_is_asked_again_and_nothing_else(server: Server, workspace: Workspace) -> None:
    push(workspace, server=server)
    answer(server, workspace, "It blew.", "wind")
    answer(server, workspace, "It rained.", "rain")
    answer(server, workspace, "It was still.", "none")
    pull(workspace, server=server)
    path = workspace.write(
        "m.yaml",
        "from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: a person\n"
        "steps: [{type: split, label: wind, into: [breeze, storm]}]\n",
    )
    found = migrate_answers(workspace, path, write_config=True)
    assert (found.counts["ambiguous"], found.counts["unchanged"]) == (1, 2)

    for full in (False, True):  # the old project, by its old page: nothing comes back
        assert pull(workspace, server=server, full=full).up_to_date
        assert labels(workspace) == [("weather@2.0.0", ("none",)), ("weather@2.0.0", ("rain",))]

    moved = Workspace(workspace.root)
    push(moved, server=server)
    assert sorted(tasks(server, moved)) == ["It blew.", "It hailed."], "the split one, and the one without an answer"
    assert pull(moved, server=server, full=True).up_to_date
    answer(server, moved, "It blew.", "storm")
    assert pull(moved, server=server).counts["new"] == 1
    assert labels(moved) == [("weather@2.0.0", (name,)) for name in ("none", "rain", "storm")]
    assert migrate_answers(moved, path).up_to_date
    assert push(moved, server=server).sent == 0


def test_a_compatible_version_goes_on_in_the_same_project(server: Server, workspace: Workspace) -> None:
    push(workspace, server=server)
    answer(server, workspace, "It rained.", "rain")
    pull(workspace, server=server)
    path = workspace.write("m.yaml", "from: weather@1.0.0\nto: weather@1.1.0\nreviewed_by: a person\nsteps: []\n")
    migrate_answers(workspace, path, write_config=True)
    moved = Workspace(workspace.root)
    result = push(moved, server=server)
    assert (result.created, result.sent) == (False, 0)
    assert "label_config" in result.settings_changed
    assert pull(moved, server=server, full=True).up_to_date
    answer(server, moved, "It hailed.", "hail")
    assert pull(moved, server=server).counts["new"] == 1
    assert labels(moved) == [("weather@1.1.0", ("hail",)), ("weather@1.1.0", ("rain",))]
