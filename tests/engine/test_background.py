"""Jobs side by side: begun in their order, and none after one that failed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from toolkit.engine.background import side_by_side


def jobs(count: int, done: list[int], *, fails: int, slow: float = 0.0) -> list[Callable[[], int]]:
    """Return jobs that note their number; one of them fails, and those before it take a while."""

    def job(number: int) -> int:
        done.append(number)
        if number == fails:
            raise ValueError(number)
        time.sleep(slow if number < fails else 0)
        return number

    return [lambda number=number: job(number) for number in range(count)]  # type: ignore[misc]  # a default binds it


def test_one_at_a_time_is_in_order_and_ends_with_the_first_error() -> None:
    for _ in range(200):
        done: list[int] = []
        with pytest.raises(ValueError, match=r"^5$"):
            list(side_by_side(jobs(20, done, fails=5), 1))
        assert done == [0, 1, 2, 3, 4, 5]


def test_a_slow_job_before_one_that_failed_has_its_result() -> None:
    for _ in range(20):
        done: list[int] = []
        found = side_by_side(jobs(20, done, fails=3, slow=0.01), 4)
        assert [next(found) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ValueError, match=r"^3$"):
            next(found)
