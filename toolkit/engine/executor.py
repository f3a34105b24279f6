"""The executor: it maps a pure function over the chunks of a corpus, in processes of this machine or on a Ray cluster.

A stage is a function from an Arrow table to Arrow tables. Each worker reads a chunk and writes the stage's result, so
that no rows pass through the driver. The result of a chunk depends on the chunk alone: any number of workers gives the
same output. Results that are there already are not made again, so a killed run or a lost node costs only the chunks
that were being worked on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from toolkit.engine.chunk import Chunk
from toolkit.engine.chunk_task import ChunkTask, Stage, raise_faults
from toolkit.engine.storage import exists
from toolkit.engine.worker_pool import done_here, number_of_workers
from toolkit.errors import InvalidConfig

EMBEDDED = "embedded"
_RAY = "ray://"


def run(
    stage: Stage, chunks: Iterable[Chunk], *, into: str, engine: str = EMBEDDED, workers: int | None = None
) -> Iterator[Chunk]:
    """Apply a stage to every chunk, and yield the results while workers are busy with the next ones.

    Args:
        stage: A pure function that cloudpickle can write. The number of tables that it returns, and their schema, must
            not depend on the rows.
        chunks: The chunks. An embedded run asks for the next ones while workers do those before.
        into: The folder for the results, a path or any URL that fsspec knows: one file per chunk, named after its
            number. It holds results of this stage on these chunks only, or does not exist yet. A single chunk is done
            in this process, and its result stays in memory.
        engine: "embedded", or "ray://HOST:PORT" of a Ray cluster whose nodes can read and write chunks and `into`.
        workers: Processes of an embedded run; None: one per processor.

    Returns:
        The result of each chunk, in their order, as soon as it is there. The errors below are raised on the way; faults
        of the input when all chunks were tried.

    Raises:
        InvalidConfig: `engine` is neither.
        RemoteError: The cluster can't be reached, or accepts no driver.
        ToolkitError: The stage raised it, a result can't be written, or workers were killed again and again.

    Example:
        >>> import pyarrow as pa
        >>> def double(table):
        ...     return [pa.table({"n": [2 * n for n in table.column("n").to_pylist()]})]
        >>> [result] = run(double, [Chunk(held=(pa.table({"n": [1, 2]}),))], into="results")
        >>> result.read().column("n").to_pylist()
        [2, 4]
    """
    if engine != EMBEDDED and not engine.startswith(_RAY):
        raise InvalidConfig(
            f"engine {engine!r} is neither {EMBEDDED!r} nor {_RAY}HOST:PORT", remedy="mend `engine` in toolkit.yaml"
        )
    given = iter(chunks)
    first = list(itertools.islice(given, 2))
    if len(first) == 1 and engine == EMBEDDED:  # workers would add their start-up and change nothing
        return iter([Chunk(held=tuple(stage(first[0].read())))])
    done: dict[int, bytes] = {}
    tasks = _left(itertools.chain(first, given), into, done)
    return _in_order(into, done, _map(stage, tasks, engine, workers))


def _result(into: str, number: int) -> Chunk:
    return Chunk(f"{into}/{number:06}.parquet")


def _left(chunks: Iterable[Chunk], into: str, done: dict[int, bytes]) -> Iterator[tuple[int, ChunkTask]]:
    """Yield what is to be done yet, by number; the numbers of results that are there go to `done`."""
    for number, chunk in enumerate(chunks):
        result = _result(into, number)
        if exists(result.url):
            done[number] = b""
        else:
            yield number, ChunkTask(chunk, result)


def _in_order(into: str, done: dict[int, bytes], faults: Iterator[tuple[int, bytes]]) -> Iterator[Chunk]:
    """Yield the results in order; after a fault only collect the faults of the other chunks."""
    failed = []
    for number in itertools.count():
        while number not in done and (more := next(faults, None)):
            done.update([more])
        if number not in done:
            break
        if fault := done.pop(number):
            failed.append(fault)
        elif not failed:
            yield _result(into, number)
    if failed:
        raise_faults(failed)


def _map(
    stage: Stage, tasks: Iterator[tuple[int, ChunkTask]], engine: str, workers: int | None
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each finished task and its faults, in any order."""
    if (first := next(tasks, None)) is None:
        return
    import cloudpickle

    pickled, all_tasks = cloudpickle.dumps(stage), itertools.chain([first], tasks)
    if engine == EMBEDDED:
        yield from done_here(pickled, all_tasks, workers or number_of_workers())
    else:
        from toolkit.engine.ray_cluster import done_there

        yield from done_there(pickled, dict(all_tasks), engine)


def counted(chunks: Iterable[Chunk], sizes: Sequence[int], progress: Callable[[int, int], None]) -> Iterator[Chunk]:
    """Yield the results of `run`, and report the progress.

    Args:
        chunks: The results.
        sizes: Rows of each chunk; there may be more of them each time.
        progress: Called with (rows done, rows) after each chunk.
    """
    done = total = known = 0
    for number, chunk in enumerate(chunks):
        total, known = total + sum(sizes[known:]), len(sizes)
        done += sizes[number]
        progress(done, total)
        yield chunk
