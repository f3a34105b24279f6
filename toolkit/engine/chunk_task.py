"""The work of one worker: a stage on one chunk, on this machine or on a node of a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from toolkit.engine.chunk import Chunk, write_chunk
from toolkit.errors import InvalidInput, ToolkitError

Stage = Callable[[pa.Table], Iterable[pa.Table]]


class ChunkTask(NamedTuple):
    """A chunk, and the file for what the stage makes of it."""

    chunk: Chunk
    result: Chunk


def do(stage: bytes, task: ChunkTask) -> bytes:
    """Apply a stage to a chunk and write the result.

    Args:
        stage: A `Stage`, as cloudpickle writes it.
        task: What to do.

    Returns:
        The faults that `raise_faults` raises, pickled; b"" if there are none.
    """
    try:
        write_chunk(_stage(stage)(task.chunk.read()), task.result.url)
    except OSError as error:
        what = f"can't be written: {error.strerror or error}; finished work is kept"
        remedy = "make room or change the rights, and run the same command again"
        return pickle.dumps([(ToolkitError, what, task.result.url, remedy)])
    except ToolkitError as error:
        faults = error.faults if isinstance(error, InvalidInput) else (error,)
        return pickle.dumps([(type(fault), fault.what, fault.where, fault.remedy) for fault in faults])
    return b""


@lru_cache(maxsize=1)
def _stage(pickled: bytes) -> Stage:
    """Return the function, which may hold thousands of lines, once for all chunks of a worker."""
    stage: Stage = pickle.loads(pickled)  # noqa: S301  # from the process that started this worker
    return stage


def raise_faults(pickled: Sequence[bytes]) -> None:
    """Raise what `do` returned: the first one that is not a fault of the input, else all faults together."""
    errors = [
        kind(what, where=where, remedy=remedy)
        for faults in pickled
        for kind, what, where, remedy in pickle.loads(faults)  # noqa: S301  # from our workers
    ]
    faults = [error for error in errors if isinstance(error, InvalidInput)]
    others = [error for error in errors if not isinstance(error, InvalidInput)]
    raise others[0] if others else InvalidInput.all_of(faults)
