"""A stage gives the same rows in the same order, however often it was killed and wherever it runs."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pyarrow as pa
import pytest

from toolkit.engine import Chunk, Stage, run, write_chunk
from toolkit.errors import InvalidConfig, InvalidInput, RemoteError

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


@pytest.mark.parametrize(
    ("fault", "attempts", "words"),
    [(ConnectionAbortedError, 3, "started no process for it, 3 times"), (ConnectionError, 1, "no Ray cluster answers")],
)
def test_a_cluster_that_is_busy_is_asked_again_and_an_absent_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], attempts: int, words: str
) -> None:
    asked = []

    def refuse(address: str, *, noop_if_initialized: bool) -> None:
        asked.append((address, noop_if_initialized))
        raise fault

    monkeypatch.setattr("daft.set_runner_ray", refuse)
    with pytest.raises(RemoteError, match=words) as caught:
        list(run(stage(), chunks(tmp_path / "in", 4), into=str(tmp_path / "out"), engine="ray://head:1"))
    assert caught.value.where == "ray://head:1"
    assert asked == [("ray://head:1", True)] * attempts
