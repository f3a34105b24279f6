"""Jobs that run in a thread while the caller does something else: one beside a block, or always one ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 30.0  # seconds that a job may take to end when nobody wants its result any more


@contextmanager
def beside(job: Callable[[], T]) -> Iterator[Future[T]]:
    """Run a job while the block does something else; it has ended when the block has."""
    running = _begun(job)
    try:
        yield running
    finally:
        wait([running], timeout=_PATIENCE)


def ahead(jobs: Iterable[Callable[[], T]]) -> Iterator[T]:
    """Yield the result of each job, in order; no two run at once.

    What a job raises is raised where its result would have come. When the reader stops early, the job at work is
    waited for, so that it leaves nothing half-done behind.
    """
    running: Future[T] | None = None
    try:
        for job in jobs:
            done = None if running is None else (running.result(),)
            running = _begun(job)
            if done is not None:
                yield done[0]
        if running is not None:
            last, running = running, None
            yield last.result()
    finally:
        if running is not None:
            wait([running], timeout=_PATIENCE)


def _begun(job: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()  # daemon: an interrupted command must not wait for a slow server
    return future
