"""The index of a log: rebuilt if the log has changed, forgotten if it was not saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from toolkit.errors import ToolkitError
from toolkit.labelstudio.pull.revision_index import RevisionIndex, revision_of
from toolkit.project import Workspace

RAW = {"task": 5, "updated_at": "2026-01-01T10:00:00Z", "result": [1]}


def row(answer: str, raw: dict[str, Any], place: str = "here") -> dict[str, Any]:
    return {"event": "revision", "annotation": {"annotation_id": answer}, "raw": raw, "place": place}


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["Ferry"])


def opened(workspace: Workspace) -> RevisionIndex:
    return RevisionIndex(workspace, workspace.annotations, "annotations.sqlite3")


def test_the_last_revision_is_held_until_a_tombstone(workspace: Workspace) -> None:
    with closing(opened(workspace)) as index:
        index.note(row("a", RAW))
        edited = RAW | {"result": []}
        index.note(row("a", edited))
        assert (index.holds("a", revision_of(RAW)), index.holds("a", revision_of(edited))) == (False, True)
        assert (index.is_live("a"), index.is_live("b")) == (True, False)
        index.note({"event": "tombstone", "annotation_id": "a", "reason": "deleted"})
        assert (index.is_live("a"), index.holds("a", revision_of(edited))) == (False, False)
        index.note({"event": "tombstone", "annotation_id": "a", "reason": "a migration", "raw": RAW})
        assert index.holds("a", revision_of(RAW)), "what a migration set aside is not taken again"


def test_answers_are_found_by_their_task_and_project(workspace: Workspace) -> None:
    with closing(opened(workspace)) as index:
        index.note(row("a", RAW))
        index.note(row("b", RAW | {"task": 6}))
        index.note(row("c", RAW, place="there"))
        index.saw("a", "here", 6)
        assert index.live_in("here", 6) == {"a", "b"}
        assert index.live_by_task("here") == {5: {"a"}, 6: {"a", "b"}}
        assert index.live_by_task("the") == {}, "a place is matched as a whole"


def test_a_saved_index_is_trusted_while_the_log_has_its_length(workspace: Workspace) -> None:
    workspace.annotations.append([row("a", RAW)])
    with closing(opened(workspace)) as index:
        assert index.is_live("a"), "built from the log"
        index.note(row("ghost", RAW))
        index.save()
    with closing(opened(workspace)) as index:
        assert index.is_live("ghost"), "the log was not read again"
        index.note(row("unsaved", RAW))
    with closing(opened(workspace)) as index:
        assert not index.is_live("unsaved")
    workspace.annotations.append([row("b", RAW)])
    with closing(opened(workspace)) as index:
        assert (index.is_live("a"), index.is_live("b"), index.is_live("ghost")) == (True, True, False)


def test_a_file_that_is_no_index_is_replaced(workspace: Workspace) -> None:
    workspace.annotations.append([row("a", RAW)])
    workspace.write(".toolkit/annotations.sqlite3", b"no database" * 1000)
    with closing(opened(workspace)) as index:
        assert index.is_live("a")


def test_a_closed_index_says_what_to_do(workspace: Workspace) -> None:
    index = opened(workspace)
    index.close()
    with pytest.raises(ToolkitError, match="the log itself is whole"):
        index.save()
