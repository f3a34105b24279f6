"""Map a pure function over the chunks of a corpus with Daft: here, or on a Ray cluster.

A stage is a function from an Arrow table to Arrow tables that treats the rows of one chunk independently of those of
another. Workers read their chunk and write what the stage made of it, so that no rows pass through the driver; what
lies there already is not made again, so that a killed run costs the chunks at work and a lost node is no loss. What
a chunk becomes depends on the chunk alone: the same output on any number of workers.
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
    """Apply `stage` to every chunk; who takes the results one by one works beside the workers.

    Args:
        stage: A picklable pure function; how many tables it returns and their schema must not depend on the rows.
        chunks: What to apply it to.
        into: The folder, a path or any URL that fsspec knows, that keeps the results: one file a chunk, named after
            its number. It must hold results of this stage on these chunks only, or not be there yet. A single
            chunk is done in this process and its result held in memory.
        engine: "embedded", or "ray://HOST:PORT" of a Ray cluster whose nodes can read and write chunks and `into`.

    Returns:
        The result of each chunk, in their order, as soon as it is there. What follows is raised on the way, faults of
        the stage when all chunks were tried.

    Raises:
        InvalidConfig: `engine` is neither.
        RemoteError: The cluster can't be reached, or takes no driver.
        ToolkitError: The stage raised it, a result can't be written, or this process runs on another engine already.
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
    """Yield the results; after a fault none, but wait for those that the others may have."""
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
    """Yield the number of each task that is done and what went wrong with it, pickled, b"" where all went well."""
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
        frame = frame.into_partitions(len(tasks))  # what Ray places, and places again when a node is lost
    done = frame.select(daft.col("number"), mapped(daft.col("task")).alias("fault"))
    yield from ((row["number"], row["fault"]) for row in done.iter_rows(results_buffer_size=None))


def _daft(engine: str) -> Any:
    """Return the module `daft`, set up to run on an engine; that can be done once a process.

    Raises:
        RemoteError: The cluster can't be reached, or takes no driver.
        ToolkitError: It runs on another one already.
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
            f"Daft runs on {address or EMBEDDED!r} in this process already, and can't be moved to {engine!r}",
            remedy="run the command in a process of its own",
        )
    return daft


def _join(daft: Any, engine: str) -> None:
    """Connect to a Ray cluster, again where its head was too busy to start the process that serves us in time."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            daft.set_runner_ray(engine, noop_if_initialized=True)
        except ConnectionAbortedError as error:
            if attempt == _ATTEMPTS:
                raise RemoteError(
                    f"the cluster took the connection but started no process for it, {attempt} times",
                    where=engine,
                    remedy="see ray_client_server*.err in /tmp/ray/session_latest/logs on its head; "
                    "once it has room, run the same command again",
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
        what = f"can't be written: {error.strerror or error}; what is done so far is kept"
        remedy = "make room or give rights, and run the same command again"
        return pickle.dumps([(ToolkitError, what, result.url, remedy)])
    except ToolkitError as error:
        faults = error.faults if isinstance(error, InvalidInput) else (error,)
        return pickle.dumps([(type(fault), fault.what, fault.where, fault.remedy) for fault in faults])
    return b""


def _raise(failed: Sequence[Sequence[tuple[type[ToolkitError], str, str | None, str | None]]]) -> None:
    """Raise what the stage raised: all faults of the input, or the first error of another kind."""
    errors = [kind(what, where=where, remedy=remedy) for faults in failed for kind, what, where, remedy in faults]
    faults = [error for error in errors if isinstance(error, InvalidInput)]
    others = [error for error in errors if not isinstance(error, InvalidInput)]
    raise others[0] if others else InvalidInput.all_of(faults)


def counted(chunks: Iterator[Chunk], number: int, rows: int, progress: Callable[[int, int], None]) -> Iterator[Chunk]:
    """Pass results on, and tell which share of the rows is done.

    Args:
        chunks: What `run` yields.
        number: How many chunks there will be.
        rows: How many rows all of them are made from.
        progress: Called with (rows done, rows).
    """
    for done, chunk in enumerate(chunks, start=1):
        progress(rows * done // number, rows)
        yield chunk
