"""Linear algebra on one thread, for what is too small to share, and for sums that must not depend on the machine.

liblinear and the optimiser of the calibration ask BLAS for sums over a handful of numbers, a hundred thousand times. On
more threads these wait for each other: measured on two busy cores, 40 times the CPU time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Hold the linear algebra libraries of this process to one thread, for the length of a block."""
    limit: AbstractContextManager[object] = _libraries().limit(limits=1)
    return limit


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")
