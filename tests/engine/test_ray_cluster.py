"""A cluster that can't be used says so within a minute, and what was done is not done again."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from toolkit.cli.app import main
from toolkit.engine import Chunk, ray_cluster, run
from toolkit.errors import RemoteError, UsageError
from toolkit.project import Workspace

TABLES = [pa.table({"n": [number]}) for number in range(6)]

DRIVER = """
import os, pathlib, sys, time
from multiprocessing.connection import Connection
from toolkit.engine.chunk_task import do
connection = Connection(int(sys.argv[1]))
turn = len(list(pathlib.Path({notes!r}).iterdir()))
pathlib.Path({notes!r}, str(turn)).touch()
"""
JOIN = """
connection.send(("loaded", None))
connection.send(("joined", None))
stage, tasks = connection.recv()
"""


@pytest.fixture
def head() -> Iterator[str]:
    """The address of something that accepts connections and says nothing, as a head that forks no process does."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"ray://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Set the program that plays the driver."""
    notes = tmp_path / "notes"
    notes.mkdir()

    def plays(program: str) -> Path:
        text = DRIVER.format(notes=str(notes)) + program
        monkeypatch.setattr(ray_cluster, "_PROGRAM", (sys.executable, "-c", text))
        return notes

    return plays


def do_all(tmp_path: Path, address: str) -> list[int]:
    """Run a stage that changes nothing; returns the rows."""
    chunks = [Chunk(held=(table,)) for table in TABLES]
    done = run(lambda table: [table], chunks, into=str(tmp_path / "out"), engine=address)
    return [n for chunk in done for n in chunk.read().column("n").to_pylist()]


@pytest.mark.slow
def test_a_head_that_starts_no_process_is_left_and_the_work_goes_on_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    """The real driver, and a head that is silent: Ray's client alone would wait for it."""
    assert sum(ray_cluster._ATTEMPTS) <= 60
    monkeypatch.setattr(ray_cluster, "_ATTEMPTS", (2.0, 1.0))
    with pytest.raises(
        RemoteError, match="started no process for it: nothing was heard for 1 s; finished work is kept"
    ) as caught:
        do_all(tmp_path, head)
    assert caught.value.where == head
    assert "`engine: embedded`" in (caught.value.remedy or "")
    assert do_all(tmp_path, "embedded") == list(range(6))


@pytest.mark.slow
def test_ingest_on_such_a_head_ends_and_goes_on_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ray_cluster, "_ATTEMPTS", (2.0, 1.0))
    workspace = Workspace.create(tmp_path / "project")
    workspace.write("pages/a.txt", "Ferry sails again\n\nThe ferry left the old pier on Monday with forty people.\n")
    said = workspace.path("toolkit.yaml").read_text(encoding="utf-8")
    for engine, code in ((head, 5), ("embedded", 0)):
        workspace.write("toolkit.yaml", re.sub(r"(?m)^engine:.*", f"engine: {engine}", said))
        with pytest.raises(SystemExit) as left:
            main(["ingest", "--project", str(workspace.root)])
        assert left.value.code == code, engine
        assert ("or set `engine: embedded` in toolkit.yaml and go on here" in capsys.readouterr().err) == (code == 5)
    assert [article.title for article in Workspace(workspace.root).articles()] == ["Ferry sails again"]


def test_an_absent_cluster_is_named_at_once(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"ray://127.0.0.1:{free.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(RemoteError, match="no Ray cluster answers: Connection refused"):
        do_all(tmp_path, address)
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_another_driver_takes_over_what_is_left(tmp_path: Path, head: str, driver) -> None:  # type: ignore[no-untyped-def]
    """Each driver dies after two chunks, as gRPC did on a busy machine."""
    notes = driver(
        JOIN
        + """
for number, task in list(tasks.items())[:2]:
    connection.send(("alive", None))
    connection.send(("done", (number, do(stage, task))))
os.abort()
"""
    )
    assert do_all(tmp_path, head) == list(range(6))
    assert len(list(notes.iterdir())) == 3


@pytest.mark.slow
def test_a_driver_that_says_why_is_quoted(tmp_path: Path, head: str, driver) -> None:  # type: ignore[no-untyped-def]
    notes = driver("""connection.send(("loaded", None)); connection.send(("lost", "the head is too old"))""")
    with pytest.raises(RemoteError, match="started no process for it: the head is too old"):
        do_all(tmp_path, head)
    assert len(list(notes.iterdir())) == 2


@pytest.mark.slow
def test_a_driver_that_falls_silent_is_ended(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    head: str,
    driver,  # type: ignore[no-untyped-def]
) -> None:
    monkeypatch.setattr(ray_cluster, "_SILENCE", 0.5)
    monkeypatch.setattr(ray_cluster, "_FAREWELL", 0.5)
    driver(JOIN + "time.sleep(600)")
    with pytest.raises(RemoteError, match="the cluster was lost: nothing was heard for 0 s"):
        do_all(tmp_path, head)


def test_without_ray_the_remedy_installs_it(tmp_path: Path, head: str, driver) -> None:  # type: ignore[no-untyped-def]
    driver("""connection.send(("absent", None))""")
    with pytest.raises(UsageError, match=r"pip install '[^']+\[cluster\]'`"):
        do_all(tmp_path, head)


def test_a_node_without_this_package_is_an_error_that_says_so(tmp_path: Path, head: str, driver) -> None:  # type: ignore[no-untyped-def]
    driver(JOIN + """connection.send(("unfit", "No module named 'toolkit'"))""")
    with pytest.raises(RemoteError, match="a node can't do the work: No module named 'toolkit'"):
        do_all(tmp_path, head)
