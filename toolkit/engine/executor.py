"""The executor: it maps a pure function over the chunks of a corpus, in processes of this machine or on a Ray cluster.

A stage is a function from an Arrow table to Arrow tables. Each worker reads a chunk and writes the stage's result, so
that no rows pass through the driver. The result of a chunk depends on the chunk alone: any number of workers gives the
same output. Results that are there already are not made again, so a killed run or a lost node costs only the chunks
that were being worked on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from toolkit.engine.chunk import Chunk
from toolkit.engine.chunk_task import ChunkTask, Stage, raise_faults
from toolkit.engine.storage import exists
from toolkit.engine.worker_pool import done_here, number_of_workers
from toolkit.errors import InvalidConfig

EMBEDDED = "embedded"
_RAY = "ray://"


def run(
    stage: Stage, chunks: Sequence[Chunk], *, into: str, engine: str = EMBEDDED, workers: int | None = None
) -> Iterator[Chunk]:
    """Apply a stage to every chunk, and yield the results while workers are busy with the next ones.

    Args:
        stage: A pure function that cloudpickle can write. The number of tables that it returns, and their schema, must
            not depend on the rows.
        chunks: The chunks.
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
    if len(chunks) == 1 and engine == EMBEDDED:  # workers would add their start-up and change nothing
        return iter([Chunk(held=tuple(stage(chunks[0].read())))])
    results = [Chunk(f"{into}/{number:06}.parquet") for number in range(len(chunks))]
    pairs = enumerate(zip(chunks, results, strict=True))
    tasks = {at: ChunkTask(chunk, result) for at, (chunk, result) in pairs if not exists(result.url)}
    return _in_order(
        results, {at: b"" for at in range(len(chunks)) if at not in tasks}, _map(stage, tasks, engine, workers)
    )


def _in_order(results: Sequence[Chunk], done: dict[int, bytes], faults: Iterator[tuple[int, bytes]]) -> Iterator[Chunk]:
    """Yield the results in order; after a fault only collect the faults of the other chunks."""
    failed = []
    for number, result in enumerate(results):
        while number not in done:
            done.update([next(faults)])
        if fault := done.pop(number):
            failed.append(fault)
        elif not failed:
            yield result
    if failed:
        raise_faults(failed)


def _map(stage: Stage, tasks: dict[int, ChunkTask], engine: str, workers: int | None) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each finished task and its faults, in any order."""
    if not tasks:
        return
    import cloudpickle

    pickled = cloudpickle.dumps(stage)
    if engine == EMBEDDED:
        yield from done_here(pickled, tasks, min(workers or number_of_workers(), len(tasks)))
    else:
        from toolkit.engine.ray_cluster import done_there

        yield from done_there(pickled, tasks, engine)


def counted(chunks: Iterator[Chunk], number: int, rows: int, progress: Callable[[int, int], None]) -> Iterator[Chunk]:
    """Yield the results of `run`, and report the progress.

    Args:
        chunks: The results.
        number: Number of chunks.
        rows: Number of rows in all chunks together.
        progress: Called with (rows done, rows), as if all chunks had the same number of rows.
    """
    for done, chunk in enumerate(chunks, start=1):
        progress(rows * done // number, rows)
        yield chunk
