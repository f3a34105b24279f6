"""What can happen to a pull: lost snapshot, clocks that are set anew, a full disk; each time the log ends the same."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.labelstudio.labelled import Labelled
from tests.labelstudio.proxy import Fault, proxied
from toolkit.errors import RemoteError, ToolkitError
from toolkit.labelstudio import Server, status
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull import snapshot
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.embedded import Studio
from toolkit.labelstudio.server.install import DATABASE
from toolkit.project import Workspace

pytestmark = pytest.mark.studio

TEXT = "\n".join(f"The ferry left pier {number}." for number in range(6))


@pytest.fixture
def labelled(server: Server, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch) -> Labelled:
    """A project whose every task has an answer."""
    monkeypatch.setattr(snapshot, "LOOK", 0.2)
    found = Labelled(make_project([TEXT]), server)
    for number in range(6):
        found.answer(number, "claim")
    return found


def undisturbed(labelled: Labelled, tmp_path: Path) -> bytes:
    """Return the log of a pull into a second project directory with the same secret, without any fault."""
    other = Workspace.create(tmp_path / "undisturbed", title=labelled.workspace.config.label_studio.project)
    secret = labelled.workspace.path(".secrets", "pseudonyms.key")
    other.path(".secrets").mkdir(exist_ok=True)
    other.write(".secrets/pseudonyms.key", secret.read_bytes()).chmod(0o600)
    pull(other, server=labelled.server)
    return other.annotations.path.read_bytes()


def snapshots_on(labelled: Labelled) -> list[dict[str, Any]]:
    return list(labelled.server.get(f"/api/projects/{labelled.project.id}/exports/"))


@pytest.mark.parametrize("faults", [["504-after"], ["drop-after"], ["502-before"], ["drop-before", "500-after"]])
def test_a_snapshot_whose_answer_was_lost_is_found_or_asked_for_again(
    labelled: Labelled, studio: Studio, tmp_path: Path, faults: list[Fault]
) -> None:
    with proxied(studio.url, on="/exports") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.faults = list(faults)
        assert pull(labelled.workspace, server=through).counts == {"new": 6}
        asked = [request for request in proxy.seen if request.startswith("POST") and request.endswith("/exports/")]
        assert not proxy.faults
        assert len(asked) == 1 + sum("before" in fault for fault in faults)
    assert labelled.workspace.annotations.path.read_bytes() == undisturbed(labelled, tmp_path)
    assert snapshots_on(labelled) == []


def test_a_first_pull_that_was_cut_off_goes_on_and_adds_what_changed_since(
    labelled: Labelled, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "WINDOW", 2)
    stream, streams = Server.stream, 0

    def cut_off(*arguments: Any, **options: Any) -> Any:
        nonlocal streams
        streams += 1
        if streams == 2:
            raise RemoteError("the line broke")
        return stream(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Server, "stream", cut_off)
        with pytest.raises(RemoteError):
            labelled.pull()
    assert len(labelled.workspace.answers()) == 2
    assert len(snapshots_on(labelled)) == 1
    labelled.answer(0, "denial")
    labelled.server.delete(f"/api/tasks/{labelled.tasks[5]}/")
    with proxied(studio.url, on="/exports") as proxy, Server(proxy.url, str(studio.token)) as through:
        pull(labelled.workspace, server=through)
        asked = [request for request in proxy.seen if request.startswith("POST") and request.endswith("/exports/")]
        assert len(asked) == 2  # of the tasks that are left, not of the two that were taken
    labels = sorted(answer.labels for answer in labelled.workspace.answers())
    assert labels == [("claim",)] * 5 + [("denial",)]
    assert snapshots_on(labelled) == []
    assert labelled.server.get("/api/dm/views/", project=labelled.project.id) == []
    assert labelled.pull() == {}


def test_many_windows_make_the_log_of_one(labelled: Labelled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "WINDOW", 1)
        assert labelled.pull() == {"new": 6}
        assert labelled.pull(full=True) == {}
    assert labelled.workspace.annotations.path.read_bytes() == undisturbed(labelled, tmp_path)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_of_the_server_that_is_set_anew_hides_no_answer(labelled: Labelled, studio: Studio, hours: int) -> None:
    with proxied(studio.url, on="nothing") as proxy, Server(proxy.url, str(studio.token)) as through:
        pull(labelled.workspace, server=through)
        number = labelled.answer(1, "denial")
        proxy.clock = 3600.0 * hours
        shift_stamps(studio, labelled.tasks[1], number, hours)
        assert pull(labelled.workspace, server=through).counts["new"] == 1
        second = labelled.answer(2, "denial")
        proxy.clock = 0.0
        counts = pull(labelled.workspace, server=through).counts
        assert counts.get("new") == 1, (counts, second)
        third = labelled.answer(3, "denial")
        counts = pull(labelled.workspace, server=through).counts
        assert counts.get("new") == 1, (counts, third)
        assert pull(labelled.workspace, server=through).up_to_date
    assert len(labelled.workspace.answers()) == 9


def shift_stamps(studio: Studio, task: int, annotation: int, hours: int) -> None:
    """Write what a server whose clock is wrong would have written."""
    with closing(sqlite3.connect(studio.data / DATABASE, timeout=60)) as database, database:
        for table, column, row in (
            ("task", "updated_at", task),
            ("task_completion", "created_at", annotation),
            ("task_completion", "updated_at", annotation),
        ):
            shifted = f"strftime('%Y-%m-%d %H:%M:%f', {column}, '{hours:+d} hours')"
            database.execute(f"UPDATE {table} SET {column} = {shifted} WHERE id = ?", (row,))


def test_a_clock_of_ours_that_is_an_hour_off_changes_nothing(
    labelled: Labelled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    assert labelled.pull() == {"new": 6}
    labelled.answer(1, "denial")
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    assert labelled.pull()["new"] == 1
    monkeypatch.undo()
    assert pull(labelled.workspace, server=labelled.server).up_to_date
    undisturbed(labelled, tmp_path)
    other = Workspace(tmp_path / "undisturbed")
    assert sorted(map(repr, labelled.rows())) == sorted(map(repr, other.annotations.rows()))


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_full_disk_loses_nothing(
    labelled: Labelled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls = 0

    def full(descriptor: int, sync: Callable[[int], None] = os.fsync) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(errno.ENOSPC, "no space left")
        sync(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ToolkitError, match="the disk is full"):
            labelled.pull()
    labelled.pull()
    assert labelled.workspace.annotations.path.read_bytes() == undisturbed(labelled, tmp_path)
    assert labelled.pull() == {}


def test_answers_deleted_in_bulk_get_tombstones(labelled: Labelled) -> None:
    labelled.pull()
    body = {"project": labelled.project.id, "selectedItems": {"all": False, "included": labelled.tasks[:2]}}
    labelled.server.post("/api/dm/actions/", body, id="delete_tasks_annotations", project=labelled.project.id)
    assert labelled.pull() == {"deleted": 2}
    assert len(labelled.workspace.answers()) == 4


def test_the_labelling_page_changed_by_hand_loses_no_answer(labelled: Labelled) -> None:
    page = labelled.project.settings["label_config"]
    place = f"/api/projects/{labelled.project.id}/"
    labelled.pull()
    labelled.server.patch(place, {"label_config": page.replace('value="denial"', 'value="refusal"')})
    labelled.answer(1, "refusal")
    assert labelled.pull() == {"new": 1, "rejects": 1, "second answers": 1}
    labelled.server.patch(place, {"label_config": page})
    assert len(labelled.workspace.answers()) == 7
    assert "refusal" in labelled.workspace.path("annotations", "rejects.jsonl").read_text()


def test_status_says_who_agrees_what_changed_and_how_long_it_takes(labelled: Labelled) -> None:
    assert status(labelled.workspace, server=labelled.server).changed is None
    labelled.pull()
    labelled.answer(1, "denial")
    standing = status(labelled.workspace, server=labelled.server)
    assert standing.changed == 1
    (part,) = standing.projects
    assert (part.title, part.sent, part.answers, part.changed) == (
        labelled.workspace.config.label_studio.project,
        6,
        7,
        1,
    )
    (person,) = standing.annotators
    assert (person.per_day, person.agreement, standing.agreement) == (6.0, None, None)


@pytest.mark.slow
def test_a_server_killed_under_a_pull_is_read_to_its_end_after_its_restart(
    studio_home: Path, tmp_path: Path, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "WINDOW", 1)  # so that the pull still needs the server
    own = embedded.start(home=studio_home, data=tmp_path / "own")
    try:
        workspace = make_project([TEXT])
        with Server(own.url, str(own.token), sleep=lambda seconds: None) as server:
            labelled = Labelled(workspace, server)
            for number in range(6):
                labelled.answer(number, "claim")

            def kill(done: int, total: int) -> None:
                if done == 2:
                    os.kill(own.pid, signal.SIGKILL)

            with pytest.raises(RemoteError):
                pull(workspace, server=server, progress=kill)
        again = embedded.start(home=studio_home, data=own.data)
        with Server(again.url, str(again.token)) as server:
            pull(workspace, server=server)
            assert len(workspace.answers()) == 6
            assert pull(workspace, server=server).up_to_date
            assert push(workspace, server=server).up_to_date
            assert server_project.work_projects(server, workspace)[0].tasks == 6
    finally:
        embedded.stop(data=tmp_path / "own")


@pytest.mark.parametrize("window", [2, 2000])
def test_a_task_that_the_server_fails_at_is_named_and_all_others_are_taken(
    labelled: Labelled, studio: Studio, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(snapshot, "WINDOW", window)
    with proxied(studio.url, on="/api") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.poisoned = labelled.tasks[3]
        for counts in ({"new": 5}, {}):
            result = pull(labelled.workspace, server=through)
            assert result.counts == counts
            assert [task.partition(": ")[2] for task in result.unreadable] == [
                "the server answered 500: the server fails at this task"
            ]
            assert f"task={labelled.tasks[3]}:" in result.unreadable[0]
        proxy.poisoned = None
        result = pull(labelled.workspace, server=through)
    assert (result.counts, result.unreadable) == ({"new": 1}, ())


def test_nothing_of_a_task_that_the_server_fails_at_counts_as_deleted(labelled: Labelled, studio: Studio) -> None:
    assert labelled.pull() == {"new": 6}
    labelled.answer(0, "claim")
    with proxied(studio.url, on="/api") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.poisoned = labelled.tasks[3]
        for full in (False, True):
            result = pull(labelled.workspace, server=through, full=full)
            assert result.counts.get("deleted", 0) == 0
            assert bool(result.unreadable) is full


def test_an_answer_that_no_list_can_write_comes_by_a_snapshot(labelled: Labelled, studio: Studio) -> None:
    labelled.pull()
    endless = b'{"result": [], "lead_time": 1e400}'
    headers = {"Authorization": f"Token {studio.token}", "Content-Type": "application/json"}
    address = f"{studio.url}/api/tasks/{labelled.tasks[3]}/annotations/"
    httpx.post(address, content=endless, headers=headers, trust_env=False, timeout=60)  # stored, and answered with 500
    labelled.answer(0, "claim")
    result = pull(labelled.workspace, server=labelled.server)
    assert (result.counts["new"], result.unreadable) == (2, ())
    assert pull(labelled.workspace, server=labelled.server).up_to_date
