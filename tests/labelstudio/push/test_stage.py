"""Push against a real server: every sentence once, whatever happens on the way."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.labelstudio.proxy import Fault, proxied
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import Interrupted, InvalidInput, Locked, RemoteError
from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.push import sender
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.push.tasks import key_of
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace
from toolkit.records import Article

pytestmark = pytest.mark.studio

ONE = "Ferry\nThe ferry left the port.\nNobody was hurt.\nIt rained."
TWO = "Market\nThe market opened again.\nPeople came."


def keys_on(server: Server, workspace: Workspace) -> list[tuple[str, str] | None]:
    project = server_project.work_projects(server, workspace)[0]
    return [key_of(task["data"]) for task in server.tasks(project.id, include="id,data")]


def keys_wanted(workspace: Workspace) -> list[str]:
    return [sentence.sentence_id for sentence in workspace.sentences()]


def assert_each_once(server: Server, workspace: Workspace) -> None:
    held = [key[0] for key in keys_on(server, workspace) if key]
    assert sorted(held) == sorted(keys_wanted(workspace))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "BATCH", 2)
    monkeypatch.setattr(sender, "SETTLE", 0.3)


def test_tasks_carry_the_sentence_its_neighbours_and_its_keys(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE, TWO])
    push(workspace, server=server)
    tasks = list(server.tasks(server_project.work_projects(server, workspace)[0].id, include="id,data"))
    assert [task["data"]["text"] for task in tasks] == (ONE + "\n" + TWO).split("\n")
    second, last_of_one = tasks[1]["data"], tasks[3]["data"]
    assert (second["before"], second["after"]) == ("Ferry", "Nobody was hurt.")
    assert (last_of_one["after"], second["headline"]) == ("", "Ferry")
    assert second["link"].startswith('<a href="https://example.org/a?b=1&amp;c=2"')


def test_nothing_changes_in_a_dry_run(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    before = sorted(workspace.root.rglob("*"))
    assert push(workspace, server=server, dry_run=True).counts == {"would be sent": 4, "already there": 0}
    assert server_project.find(server, workspace.config.label_studio.project) is None
    assert [path for path in sorted(workspace.root.rglob("*")) if ".toolkit" not in str(path)] == before


def test_tasks_of_articles_that_are_cut_short_are_counted(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE, TWO])
    articles = [replace(found, truncated=found.text == TWO) for found in workspace.articles()]
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
    counts = push(workspace, server=server, dry_run=True).counts
    assert (counts["would be sent"], counts["of truncated articles"]) == (7, 3)


def test_a_limit_is_reached_once_and_further_sentences_follow(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE, TWO])
    assert push(workspace, server=server, limit=2).sent == 2
    assert push(workspace, server=server, limit=2).up_to_date
    assert push(workspace, server=server).sent == 5
    assert_each_once(server, workspace)


def test_articles_conditions_and_an_order_select_what_is_sent(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE, TWO])
    second = workspace.articles()[1].article_id
    chosen = [sentence for sentence in workspace.sentences() if sentence.article_id == second]
    order = [chosen[2].sentence_id]
    push(workspace, server=server, articles=[second], where=lambda sentence: sentence.paragraph > 0, order=order)
    held = [key[0] for key in keys_on(server, workspace) if key]
    assert held == [chosen[2].sentence_id, chosen[1].sentence_id]
    with pytest.raises(InvalidInput, match="no article"):
        push(workspace, server=server, articles=["feed"])


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    "faults",
    [
        ["drop-after"],
        ["drop-before"],
        ["502-after"],
        ["502-before"],
        ["500-after"],
        ["504-after", "504-after"],
        ["delay", "drop-after", "drop-before"],
        ["pass", "502-after", "502-before", "drop-before"],
    ],
)
def test_a_bad_line_neither_repeats_nor_loses_a_task(
    studio: Studio, server: Server, make_project: Callable[..., Workspace], faults: Sequence[Fault]
) -> None:
    workspace = make_project([ONE, TWO])
    with proxied(studio.url, on="/import") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.faults = list(faults)
        assert push(workspace, server=through).sent == 7
        assert not proxy.faults
        assert_each_once(server, workspace)
        assert push(workspace, server=through).up_to_date
    assert_each_once(server, workspace)


@pytest.mark.usefixtures("small_batches")
def test_a_server_that_never_confirms_leaves_work_that_the_next_push_completes(
    studio: Studio, server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE, TWO])
    with proxied(studio.url, on="/import") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.faults = ["pass", *["502-before"] * 6]  # type: ignore[list-item]  # a list of literals
        with pytest.raises(Interrupted, match="push` again"):
            push(workspace, server=through)
        assert push(workspace, server=through).sent == 5
    assert_each_once(server, workspace)


@pytest.mark.parametrize("where", ["drop-after", "502-after"])
def test_a_project_whose_creation_was_not_confirmed_is_made_once(
    studio: Studio, server: Server, make_project: Callable[..., Workspace], where: Fault
) -> None:
    workspace = make_project([ONE])
    with proxied(studio.url, on="/api/projects/") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.faults = [where]
        push(workspace, server=through)
    assert server_project.find(server, workspace.config.label_studio.project) is not None
    assert_each_once(server, workspace)


def test_tasks_deleted_on_the_server_are_sent_again_and_copies_without_answers_removed(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE])
    push(workspace, server=server)
    project = server_project.work_projects(server, workspace)[0]
    tasks = list(server.tasks(project.id, include="id,data"))
    server.delete(f"/api/tasks/{tasks[1]['id']}/")
    assert push(workspace, server=server).sent == 1
    server.post(f"/api/projects/{project.id}/import", [{"data": tasks[2]["data"]}])
    server.post(f"/api/tasks/{tasks[2]['id']}/annotations/", {"result": [], "was_cancelled": True})
    again = push(workspace, server=server)
    assert (again.sent, again.duplicates_removed) == (0, 1)
    kept = list(server.tasks(project.id, include="id,data,cancelled_annotations"))
    assert [task["cancelled_annotations"] for task in kept if task["data"] == tasks[2]["data"]] == [1]
    assert_each_once(server, workspace)


def test_a_lost_ledger_is_made_good_by_looking(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    push(workspace, server=server)
    workspace.path("annotations", "pushed.jsonl").unlink()
    assert push(workspace, server=server).up_to_date
    assert_each_once(server, workspace)


def test_settings_changed_by_hand_are_put_right(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    push(workspace, server=server)
    project = server_project.work_projects(server, workspace)[0]
    page = project.settings["label_config"]
    changed = page.replace('alias="claim"', 'alias="assertion"')
    assert changed != page
    server.patch(f"/api/projects/{project.id}/", {"label_config": changed, "maximum_annotations": 5})
    again = push(workspace, server=server)
    assert again.settings_changed == ("label_config", "maximum_annotations")
    assert server_project.work_projects(server, workspace)[0].settings["label_config"] == page


def test_a_page_that_does_not_fit_the_answers_is_refused_and_left_alone(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE])
    push(workspace, server=server)
    project = server_project.work_projects(server, workspace)[0]
    page = project.settings["label_config"]
    older = page.replace('alias="CUE"', 'alias="HINT"')
    server.patch(f"/api/projects/{project.id}/", {"label_config": older})
    task = next(server.tasks(project.id, include="id"))
    value = {"start": 0, "end": 5, "text": "Ferry", "labels": ["HINT"]}
    region = {"id": "a", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}
    server.post(f"/api/tasks/{task['id']}/annotations/", {"result": [region]})
    with pytest.raises(InvalidInput, match=r"HINT.*gets its own project"):
        push(workspace, server=server)
    assert server_project.work_projects(server, workspace)[0].settings["label_config"] == older


def test_a_project_with_foreign_tasks_is_left_alone(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    title = workspace.config.label_studio.project
    page = '<View><Text name="text" value="$text"/></View>'
    made = server.post("/api/projects/", {"title": title, "label_config": page})
    server.post(f"/api/projects/{made['id']}/import", [{"data": {"text": "a stranger's"}}])
    with pytest.raises(InvalidInput, match=r"not made by a push.*another title"):
        push(workspace, server=server)
    assert server.get(f"/api/projects/{made['id']}/")["label_config"] == page


def test_two_projects_with_the_same_title_are_not_guessed_between(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project([ONE])
    for _ in range(2):
        server.post("/api/projects/", {"title": workspace.config.label_studio.project})
    with pytest.raises(InvalidInput, match="2 projects have the title"):
        push(workspace, server=server)


def test_the_second_of_two_pushes_at_once_stops(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    with workspace.lock(), pytest.raises(Locked):
        push(workspace, server=server)


@pytest.mark.usefixtures("small_batches")
def test_two_pushes_at_once_from_two_copies_of_a_project_send_each_sentence_once(
    studio: Studio, server: Server, make_project: Callable[..., Workspace], tmp_path: Path
) -> None:
    first = make_project([ONE, TWO])
    second = Workspace(shutil.copytree(first.root, tmp_path / "second"))
    start = threading.Barrier(2)

    def send(workspace: Workspace) -> None:
        with Server(studio.url, str(studio.token)) as own:
            start.wait()
            push(workspace, server=own)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, (first, second)))
    for workspace in (first, second):
        push(workspace, server=server)
        assert_each_once(server, workspace)
        assert push(workspace, server=server).up_to_date


def test_no_server_is_one_sentence_with_a_remedy(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([ONE])
    with Server("http://127.0.0.1:9", "0" * 40) as nowhere, pytest.raises(RemoteError, match="toolkit studio start"):
        push(workspace, server=nowhere)


@pytest.fixture
def own(studio_home: Path, tmp_path: Path) -> Iterator[Studio]:
    """A server for one test, which may do to it what it likes."""
    data = tmp_path / "own"
    yield embedded.start(home=studio_home, data=data)
    embedded.stop(data=data)


@pytest.mark.studio
@pytest.mark.slow
def test_a_server_killed_under_a_push_is_completed_after_its_restart(
    own: Studio, studio_home: Path, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BATCH", 2)
    monkeypatch.setattr(sender, "SETTLE", 0.01)
    text = "\n".join(f"The ferry left pier {number}." for number in range(8))
    workspace = make_project([text])

    def kill(done: int, total: int) -> None:
        if done == 4:
            os.kill(own.pid, signal.SIGKILL)

    with Server(own.url, str(own.token), sleep=lambda seconds: None) as server, pytest.raises(Interrupted):
        push(workspace, server=server, progress=kill)
    again = embedded.start(home=studio_home, data=own.data)
    assert (again.fresh, again.password, again.token) == (True, None, own.token)
    with Server(again.url, str(again.token)) as server:
        assert push(workspace, server=server).sent == 4
        tasks = server.tasks(server_project.work_projects(server, workspace)[0].id, include="id,data")
        held = [task["data"]["text"] for task in tasks]
        assert held == text.split("\n")
