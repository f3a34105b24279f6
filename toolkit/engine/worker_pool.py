"""Worker processes on this machine.

loky sends them functions that no module holds, does not import the caller's program again, and tells at once when one
was killed. Workers end with the process that started them, however that ends, and leave Ctrl+C to it.
"""

from __future__ import annotations

import gc
import itertools
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from toolkit.engine.chunk_task import ChunkTask, do
from toolkit.errors import ToolkitError

_AHEAD = 4  # chunks a worker that are asked for at a time: their pickles are memory, a worker without one is time
_LIVES = 3  # rounds in which no chunk was done before a worker died


def number_of_workers() -> int:
    """Return how many processors this process may use; LOKY_MAX_CPU_COUNT lowers it."""
    import loky

    return int(loky.cpu_count())


def done_here(stage: bytes, tasks: Iterable[tuple[int, ChunkTask]], workers: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each finished chunk and its faults, as `do` returns them, while workers do the next ones.

    Args:
        stage: The function, as cloudpickle writes it.
        tasks: What to do, by number; the next ones are asked for while workers do those before.
        workers: Number of processes; 1: it is all done in this one.

    Raises:
        ToolkitError: Workers were killed again and again.
    """
    if workers == 1:
        yield from ((number, do(stage, task)) for number, task in tasks)
        return
    from loky.process_executor import BrokenProcessPool

    waiting, begun, lives = iter(tasks), dict[int, ChunkTask](), _LIVES
    while True:
        try:
            for number, fault in _round(stage, itertools.chain(list(begun.items()), waiting), begun, workers):
                lives = _LIVES
                yield number, fault
            return
        except BrokenProcessPool as error:
            lives -= 1
            if not lives:
                raise ToolkitError(
                    f"a worker was killed {_LIVES} times, most likely for want of memory; finished work is kept",
                    where=next(iter(begun.values())).result.url,
                    remedy="free memory, or set LOKY_MAX_CPU_COUNT to fewer workers, and run the same command again",
                ) from error


def _round(
    stage: bytes, waiting: Iterator[tuple[int, ChunkTask]], begun: dict[int, ChunkTask], workers: int
) -> Iterator[tuple[int, bytes]]:
    """Do the tasks; a worker that dies ends the round, and what was not done then is in `begun`."""
    executor = _executor(workers)
    running: dict[Future[bytes], int] = {}
    try:
        while True:
            for number, task in itertools.islice(waiting, workers * _AHEAD - len(running)):
                begun[number] = task
                with warnings.catch_warnings():  # of Python 3.12, that a copied process has fewer threads
                    warnings.simplefilter("ignore", DeprecationWarning)
                    running[executor.submit(do, stage, task)] = number
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                fault, number = future.result(), running.pop(future)
                del begun[number]
                yield number, fault
    finally:
        executor.shutdown(wait=True, kill_workers=bool(running))  # an error or Ctrl+C: nobody wants the rest


def _executor(workers: int) -> Any:
    """Return new workers: copies of this process where the system copies well, else started from nothing.

    A copy spares each worker a second of loading, and shares the memory of what is loaded. The copies are made before
    any thread of the pool starts; the threads of Arrow and of the linear algebra are made for being copied.
    """
    from loky.process_executor import ProcessPoolExecutor

    start = "fork" if sys.platform == "linux" else "loky"
    context = multiprocessing.get_context(start) if start == "fork" else None
    return ProcessPoolExecutor(workers, context=context, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    """Set up a worker."""
    import pyarrow as pa
    from loky import process_executor

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.disable()  # a file of the caller's log may have been locked by another thread when this copy was made
    pa.set_cpu_count(1)
    # Where psutil is installed, loky would take a large page for a leak, end the worker and warn on the terminal.
    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize
    gc.freeze()  # a collection would go through all that was loaded, and so copy the memory that is shared
    end_with(parent)


def end_with(parent: int, *, patience: float = 0.0) -> None:
    """Let this process end when the one that started it is gone, `patience` seconds later at the latest."""
    started_by = multiprocessing.parent_process()

    def watch() -> None:
        if started_by is not None:
            started_by.join()  # at once: a copy holds the lock of the project as long as it lives
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
