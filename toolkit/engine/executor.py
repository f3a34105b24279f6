"""The executor: it maps a pure function over the chunks of a corpus with Daft, on this machine or on a Ray cluster.

A stage is a function from an Arrow table to Arrow tables. Each worker reads a chunk and writes the stage's result, so
that no rows pass through the driver. The result of a chunk depends on the chunk alone: any number of workers gives the
same output. Results that are there already are not made again, so a killed run or a lost node costs only the chunks
that were being worked on.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from toolkit.engine.chunk import Chunk, write_chunk
from toolkit.engine.storage import exists
from toolkit.errors import InvalidConfig, InvalidInput, RemoteError, ToolkitError

Stage = Callable[[pa.Table], Iterable[pa.Table]]

EMBEDDED = "embedded"
_RAY = "ray://"
_ATTEMPTS = 3


def run(stage: Stage, chunks: Sequence[Chunk], *, into: str, engine: str = EMBEDDED) -> Iterator[Chunk]:
    """Apply a stage to every chunk, and yield the results while workers are busy with the next ones.

    Args:
        stage: A picklable pure function. The number of tables that it returns, and their schema, must not depend on the
            rows.
        chunks: The chunks.
        into: The folder for the results, a path or any URL that fsspec knows: one file per chunk, named after its
            number. It holds results of this stage on these chunks only, or does not exist yet. A single chunk is done
            in this process, and its result stays in memory.
        engine: "embedded", or "ray://HOST:PORT" of a Ray cluster whose nodes can read and write chunks and `into`.

    Returns:
        The result of each chunk, in their order, as soon as it is there. The errors below are raised on the way; faults
        of the input when all chunks were tried.

    Raises:
        InvalidConfig: `engine` is neither.
        RemoteError: The cluster can't be reached, or accepts no driver.
        ToolkitError: The stage raised it, a result can't be written, or this process uses another engine already.

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
    if len(chunks) == 1 and engine == EMBEDDED:  # Daft would add its start-up and change nothing
        return iter([Chunk(held=tuple(stage(chunks[0].read())))])
    results = [Chunk(f"{into}/{number:06}.parquet") for number in range(len(chunks))]
    tasks = {at: pair for at, pair in enumerate(zip(chunks, results, strict=True)) if not exists(pair[1].url)}
    return _in_order(results, {at: b"" for at in range(len(chunks)) if at not in tasks}, _map(stage, tasks, engine))


def _in_order(results: Sequence[Chunk], done: dict[int, bytes], faults: Iterator[tuple[int, bytes]]) -> Iterator[Chunk]:
    """Yield the results in order; after a fault only collect the faults of the other chunks."""
    failed = []
    for number, result in enumerate(results):
        while number not in done:
            done.update([next(faults)])
        if fault := done.pop(number):
            failed.append(pickle.loads(fault))  # noqa: S301  # from our workers
        elif not failed:
            yield result
    if failed:
        _raise(failed)


def _map(stage: Stage, tasks: Mapping[int, tuple[Chunk, Chunk]], engine: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each finished task, and its errors, pickled; b"" if there are none."""
    if not tasks:
        return
    daft = _daft(engine)

    def apply(messages: Any) -> pa.Array:
        return pa.array([_do(stage, *pickle.loads(task)) for task in messages.to_pylist()], pa.large_binary())  # noqa: S301  # from `_map`

    mapped = daft.func.batch(
        return_dtype=daft.DataType.binary(),
        batch_size=1,
        use_process=engine == EMBEDDED,  # Ray has processes of its own
    )(apply)
    frame = daft.from_pydict({"number": list(tasks), "task": [pickle.dumps(task) for task in tasks.values()]})
    if engine != EMBEDDED:
        frame = frame.into_partitions(len(tasks))  # the units that Ray distributes, and again if a node is lost
    done = frame.select(daft.col("number"), mapped(daft.col("task")).alias("fault"))
    yield from ((row["number"], row["fault"]) for row in done.iter_rows(results_buffer_size=None))


def _daft(engine: str) -> Any:
    """Return the module `daft`, set up for an engine; a process can do that once.

    Raises:
        RemoteError: The cluster can't be reached, or accepts no driver.
        ToolkitError: Daft uses another engine already.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
    import daft
    from daft.runners import get_or_create_runner

    if engine != EMBEDDED:
        _join(daft, engine)
    address = getattr(get_or_create_runner(), "ray_address", None)
    if address != (None if engine == EMBEDDED else engine):
        raise ToolkitError(
            f"Daft uses {address or EMBEDDED!r} in this process already, and can't change to {engine!r}",
            remedy="run the command in a process of its own",
        )
    return daft


def _join(daft: Any, engine: str) -> None:
    """Connect to a Ray cluster; try again if its head was too busy to start a process for this client in time."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            daft.set_runner_ray(engine, noop_if_initialized=True)
        except ConnectionAbortedError as error:
            if attempt == _ATTEMPTS:
                raise RemoteError(
                    f"the cluster accepted the connection but started no process for it, {attempt} times",
                    where=engine,
                    remedy="see ray_client_server*.err in /tmp/ray/session_latest/logs on its head; "
                    "when it is less busy, run the same command again",
                ) from error
        except ConnectionError as error:
            raise RemoteError(
                f"no Ray cluster answers: {error}",
                where=engine,
                remedy="start its head with `ray start --head --ray-client-server-port PORT`, or mend `engine` in "
                "toolkit.yaml",
            ) from error
        else:
            return


def _do(stage: Stage, chunk: Chunk, result: Chunk) -> bytes:
    try:
        write_chunk(stage(chunk.read()), result.url)
    except OSError as error:
        what = f"can't be written: {error.strerror or error}; finished work is kept"
        remedy = "make room or change the rights, and run the same command again"
        return pickle.dumps([(ToolkitError, what, result.url, remedy)])
    except ToolkitError as error:
        faults = error.faults if isinstance(error, InvalidInput) else (error,)
        return pickle.dumps([(type(fault), fault.what, fault.where, fault.remedy) for fault in faults])
    return b""


def _raise(failed: Sequence[Sequence[tuple[type[ToolkitError], str, str | None, str | None]]]) -> None:
    """Raise the errors of a stage: the first one that is not a fault of the input, else all faults together."""
    errors = [kind(what, where=where, remedy=remedy) for faults in failed for kind, what, where, remedy in faults]
    faults = [error for error in errors if isinstance(error, InvalidInput)]
    others = [error for error in errors if not isinstance(error, InvalidInput)]
    raise others[0] if others else InvalidInput.all_of(faults)


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
