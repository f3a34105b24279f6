"""A stage gives the same rows in the same order, however often it was killed and wherever it runs."""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from toolkit.engine import Chunk, Stage, run, write_chunk
from toolkit.errors import InvalidConfig, InvalidInput, ToolkitError

WHOLE = pa.table({"n": range(250)})
names = itertools.count()


def stage(above: int = 1000) -> Stage:
    """A stage that refuses numbers above one; made here since workers can't import a test's module."""

    def repeat(table: pa.Table) -> list[pa.Table]:
        """Give each row as often as its number modulo three says, odd ones in a table of their own."""
        numbers = table.column("n").to_pylist()
        if max(numbers, default=0) > above:
            raise InvalidInput("too high", where=f"row {above + 1}", remedy="lower it")
        rows = [number for number in numbers for _ in range(number % 3)]
        return [pa.table({"n": pa.array([n for n in rows if n % 2 == odd], pa.int64())}) for odd in (0, 1)]

    return repeat


def chunks(folder: Path, rows: int) -> list[Chunk]:
    found = []
    for start in range(0, WHOLE.num_rows, rows):
        found.append(Chunk(str(folder / f"in-{start}.parquet")))
        write_chunk([WHOLE.slice(start, rows)], found[-1].url)
    return found


def read(results: list[Chunk], group: int) -> list[int]:
    return [n for result in results for n in result.read(group, ["n"]).column("n").to_pylist()]


@pytest.mark.parametrize("rows", [40, 250])
def test_chunks_have_no_influence(tmp_path: Path, rows: int) -> None:
    results = list(run(stage(), chunks(tmp_path, rows), into=str(tmp_path / "out")))
    for group, table in enumerate(stage()(WHOLE)):
        assert read(results, group) == table.column("n").to_pylist()


def test_one_chunk_needs_no_file(tmp_path: Path) -> None:
    (result,) = run(stage(), [Chunk(held=(WHOLE,))], into=str(tmp_path / "out"))
    assert result.read().num_rows == sum(n % 3 for n in range(250))
    assert not (tmp_path / "out").exists()


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """The chunk that a fault stopped is the only one that the next run makes."""
    given = chunks(tmp_path, 100)
    with pytest.raises(InvalidInput, match="row 241: too high; lower it"):
        list(run(stage(above=240), given, into=str(tmp_path / "out")))
    made = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert sorted(made) == ["000000.parquet", "000001.parquet"]
    results = list(run(stage(), given, into=str(tmp_path / "out")))
    assert read(results, 1) == stage()(WHOLE)[1].column("n").to_pylist()
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in made} == made
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_results_come_while_others_are_made(tmp_path: Path) -> None:
    """The last chunk is done only once the first result was taken."""
    taken = tmp_path / "taken"

    def last_waits(table: pa.Table) -> list[pa.Table]:
        patience = 6000
        while table.column("n")[0].as_py() == 240 and not taken.exists():
            time.sleep(0.01)
            patience -= 1
            if not patience:
                raise InvalidInput("nobody took the first result")
        return [table]

    results = run(last_waits, chunks(tmp_path, 40), into=str(tmp_path / "out"))
    first = next(results)
    taken.touch()
    assert read([first, *results], 0) == list(range(250))


def test_a_chunk_lies_behind_any_url() -> None:
    url = f"memory://corpus-{next(names)}/chunk.parquet"
    assert write_chunk([WHOLE.slice(0, 10), WHOLE.slice(0, 0), WHOLE.slice(10)], url) == 250
    assert [Chunk(url, group).read().num_rows for group in (0, 1, 2)] == [10, 0, 240]
    assert Chunk(url).read().equals(WHOLE)


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(InvalidConfig, match="'spark'"):
        run(stage(), [Chunk(held=(WHOLE,))], into="", engine="spark")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_workers_writes_the_same_files(tmp_path: Path, workers: int) -> None:
    results = list(run(stage(), chunks(tmp_path, 40), into=str(tmp_path / "out"), workers=workers))
    assert read(results, 0) == stage()(WHOLE)[0].column("n").to_pylist()
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "out").iterdir()}
    again = list(run(stage(), chunks(tmp_path, 40), into=str(tmp_path / "again"), workers=4 - workers))
    assert {Path(made.url).name: hashlib.sha256(Path(made.url).read_bytes()).hexdigest() for made in again} == digests


def test_a_worker_that_has_grown_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr("loky.process_executor._MAX_MEMORY_LEAK_SIZE", -1)  # every worker leaks
    monkeypatch.setattr("loky.process_executor._MEMORY_LEAK_CHECK_DELAY", 0.0)
    workers = run(
        lambda table: [pa.table({"n": [os.getpid()]})], chunks(tmp_path, 10), into=str(tmp_path / "out"), workers=2
    )
    assert len(set(read(list(workers), 0))) <= 2
    assert not recwarn.list


def deadly(mark: Path, *, times: int) -> Stage:
    """A stage that kills its own worker, as a system without memory does, the first times that it sees row 120."""

    def kill(table: pa.Table) -> list[pa.Table]:
        if table.column("n")[0].as_py() == 120:
            for number in range(times):
                if not (killed := mark.with_name(f"{mark.name}-{number}")).exists():
                    killed.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
        return [table]

    return kill


def test_a_killed_worker_costs_no_row(tmp_path: Path) -> None:
    results = list(run(deadly(tmp_path / "mark", times=1), chunks(tmp_path, 40), into=str(tmp_path / "out"), workers=2))
    assert (tmp_path / "mark-0").exists()
    assert read(results, 0) == list(range(250))


def test_a_chunk_that_kills_every_worker_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ToolkitError, match=r"000003\.parquet: a worker was killed 3 times.*run the same command again"):
        list(run(deadly(tmp_path / "mark", times=99), chunks(tmp_path, 40), into=str(tmp_path / "out"), workers=2))


def test_workers_leave_the_log_of_the_caller_alone(tmp_path: Path) -> None:
    """A copy of a process in which another thread writes its log would wait for that thread for ever."""

    class Locked(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            os._exit(1)

    def stage(table: pa.Table) -> list[pa.Table]:
        logging.getLogger("library").error("a worker says something")
        return [table]

    chunks = [Chunk(held=(WHOLE.slice(start, 50),)) for start in range(0, 250, 50)]
    handler = Locked()
    logging.getLogger().addHandler(handler)
    try:
        results = list(run(stage, chunks, into=str(tmp_path), workers=2))
    finally:
        logging.getLogger().removeHandler(handler)
    assert [result.read().num_rows for result in results] == [50] * 5


def test_an_error_of_a_stage_itself_reaches_the_caller(tmp_path: Path) -> None:
    def broken(table: pa.Table) -> list[pa.Table]:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(run(broken, chunks(tmp_path, 40), into=str(tmp_path / "out"), workers=2))


ORPHANS = """
import os, sys, time
import pyarrow as pa
from toolkit.engine import Chunk, run

def note(table):
    open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
    time.sleep(60)
    return [table]

chunks = [Chunk(held=(pa.table({"n": [number]}),)) for number in range(2)]
list(run(note, chunks, into=sys.argv[1] + "/out", workers=2))
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(tmp_path: Path, how: signal.Signals) -> None:
    """Program text, since it has no guard for its main part: workers must not run it again."""
    program = subprocess.Popen([sys.executable, "-c", ORPHANS, str(tmp_path)], stderr=subprocess.DEVNULL)
    until(lambda: len(list(tmp_path.iterdir())) == 2)
    program.send_signal(how)
    program.wait(timeout=60)
    pids = [int(path.name) for path in tmp_path.iterdir()]
    until(lambda: not any(map(is_alive, pids)))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("not within a minute")
