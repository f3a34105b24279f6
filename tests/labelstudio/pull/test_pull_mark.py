"""The mark of a pull: what it asks for, what it explains, and how it moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio.pull.pull_mark import OVERLAP, PullMark, read_mark, write_mark
from toolkit.project import Workspace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stamp(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat()


def test_a_task_that_is_gone_is_not_explained() -> None:
    mark = PullMark(NOON, tasks=3)
    older, newer = {"created_at": stamp(-5)}, {"created_at": stamp(5)}
    assert mark.explains(3, [older])
    assert mark.explains(4, [older, newer])
    assert not mark.explains(3, [older, newer]), "one came and one went"
    assert not mark.explains(2, [])


def test_what_was_seen_in_the_overlap_is_not_read_again() -> None:
    mark = PullMark(NOON, tasks=1, seen={"7": stamp(-5)})
    assert mark.since == NOON - OVERLAP
    assert not mark.is_fresh({"id": 7, "updated_at": stamp(-5)})
    assert mark.is_fresh({"id": 7, "updated_at": stamp(-4)})
    assert mark.is_fresh({"id": 8, "updated_at": stamp(-5)})


@pytest.mark.parametrize(
    ("before", "after", "was_set"),
    [(None, 3600.0, False), (0.0, None, False), (0.0, 29.0, False), (0.0, 31.0, True), (3600.0, 0.0, True)],
)
def test_a_clock_that_was_set_is_noticed(before: float | None, after: float | None, was_set: bool) -> None:
    assert PullMark(NOON, tasks=0, ahead=before).clock_was_set(after) is was_set


def test_the_mark_never_passes_the_clock_of_the_server() -> None:
    mark = PullMark(NOON, tasks=1)
    assert mark.moved({}, 1, 0.0, NOON).until == NOON, "it never goes back either"
    assert mark.moved({"7": stamp(9)}, 2, 0.0, None).until == NOON + timedelta(seconds=9)
    fast = mark.moved({"7": stamp(3600)}, 2, 0.0, NOON + timedelta(seconds=20))
    assert fast.until == NOON + timedelta(seconds=21)


def test_a_mark_is_kept_per_project_with_what_the_overlap_needs(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Ferry"])
    assert read_mark(workspace, "project 1") is None
    seen = {"7": stamp(-5), "8": stamp(-600)}
    write_mark(workspace, "project 1", PullMark(NOON, 2, seen, ahead=0.5))
    write_mark(workspace, "project 2", PullMark(NOON, 9))
    assert read_mark(workspace, "project 1") == PullMark(NOON, 2, {"7": stamp(-5)}, ahead=0.5)
    assert read_mark(workspace, "project 2") == PullMark(NOON, 9, {})
    workspace.write(".toolkit/pulls.json", "{")
    with pytest.raises(InvalidInput, match="the next pull will read everything again"):
        read_mark(workspace, "project 1")
