"""The file of the annotators, and the log of who was given what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.errors import InvalidConfig
from toolkit.project import Workspace
from toolkit.project.annotators_file import assign, assigned, blind_annotators, read_team


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["Headline\nThe ferry left."])


def test_what_is_wrong_with_the_file_is_said_at_once_with_its_lines(workspace: Workspace) -> None:
    workspace.write("annotators.yaml", "blind: true\nannotators:\n  - email: nobody\n    quota: -1\n    rank: 3\n")
    with pytest.raises(InvalidConfig) as caught:
        read_team(workspace)
    assert [str(fault.where).rpartition("/")[2] for fault in caught.value.faults] == [
        "annotators.yaml:3:5",
        "annotators.yaml:4:5",
        "annotators.yaml:5:5",
    ]


def test_what_was_assigned_is_kept_by_person(workspace: Workspace) -> None:
    assert (assigned(workspace), blind_annotators(workspace)) == ({}, None)
    assign(workspace, [("a1", "annotator-1"), ("a2", "annotator-1")])
    assign(workspace, [("a1", "annotator-0")])
    assert assigned(workspace) == {"annotator-1": {"a1", "a2"}, "annotator-0": {"a1"}}
    assert blind_annotators(workspace) is None, "without blind mode"
    workspace.write("annotators.yaml", "blind: true\n")
    assert blind_annotators(workspace) == ["annotator-0", "annotator-1"]


def test_nobody_is_listed_twice(workspace: Workspace) -> None:
    twice = "annotators:\n  - {email: ada@example.org}\n  - {email: Ada@example.org}\n"
    workspace.write("annotators.yaml", twice)
    with pytest.raises(InvalidConfig, match=r"ada@example\.org is listed twice"):
        read_team(workspace)
