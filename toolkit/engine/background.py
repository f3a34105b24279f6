"""Jobs in threads while the caller does something else: one beside a block, one ahead of the reader, or several."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Semaphore, Thread
from typing import TypeVar, cast

T = TypeVar("T")

_PATIENCE = 30.0  # seconds for a job to end when its result is no longer wanted


@contextmanager
def beside(job: Callable[[], T]) -> Iterator[Future[T]]:
    """Run a job in a thread while the block runs; the end of the block waits for the job."""
    running = _begun(job)
    try:
        yield running
    finally:
        wait([running], timeout=_PATIENCE)


def ahead(jobs: Iterable[Callable[[], T]]) -> Generator[T]:
    """Yield the result of each job, in order, while the next job runs; no two jobs run at once.

    An error of a job is raised in the place of its result. If the reader stops early, the running job is waited for, so
    that it leaves nothing half-done.
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


def side_by_side(jobs: Iterable[Callable[[], T]], most: int) -> Generator[T]:
    """Yield the result of each job, in order, while others run: at most `most` at once, and few more are begun.

    Jobs are begun in their order. An error of a job is raised in the place of its result; those that run are then
    waited for, and none that comes after it is begun.
    """
    free, end = Semaphore(most), math.inf  # number of the first job that is not to be begun any more
    waiting: deque[tuple[int, Callable[[], T], Future[T | None]]] = deque()
    begun: deque[Future[T | None]] = deque()

    def work() -> None:
        nonlocal end
        with free:
            number, job, future = waiting.popleft()  # the oldest one, whichever thread comes first
            try:
                future.set_result(job() if number < end else None)
            except BaseException as error:
                end = min(end, number)  # before another thread is let in
                future.set_exception(error)

    try:
        for number, job in enumerate(jobs):
            begun.append(Future())
            waiting.append((number, job, begun[-1]))
            Thread(target=work, daemon=True).start()
            if len(begun) >= 2 * most:
                yield cast(T, begun.popleft().result())
        while begun:
            yield cast(T, begun.popleft().result())
    finally:
        end = -1
        wait(begun, timeout=_PATIENCE)


def _begun(job: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()  # daemon: Ctrl+C must not wait for a slow server
    return future
