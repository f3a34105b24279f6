"""The file of the annotators, and the log of who was given what."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import InvalidConfig
from toolkit.project import Workspace
from toolkit.project.annotators_file import assign, assigned, blind_annotators, people_asked, read_team
from toolkit.records import Article


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
    assign(workspace, [("a1", "annotator-1"), ("a2", "annotator-1")], {"a1": 2, "a2": 1})
    assign(workspace, [("a1", "annotator-0")], {"a1": 2})
    assert assigned(workspace) == {"annotator-1": {"a1", "a2"}, "annotator-0": {"a1"}}
    assert blind_annotators(workspace) is None, "without blind mode"
    workspace.write("annotators.yaml", "blind: true\n")
    assert blind_annotators(workspace) == ["annotator-0", "annotator-1"]


def test_nobody_is_listed_twice(workspace: Workspace) -> None:
    twice = "annotators:\n  - {email: ada@example.org}\n  - {email: Ada@example.org}\n"
    workspace.write("annotators.yaml", twice)
    with pytest.raises(InvalidConfig, match=r"ada@example\.org is listed twice"):
        read_team(workspace)


def test_a_share_of_each_stratum_is_asked_of_several_people(make_project: Callable[..., Workspace]) -> None:
    texts = [f"Headline {number}\nThe ferry left." for number in range(40)]
    workspace = make_project(texts)
    assert set(people_asked(workspace).values()) == {2}, "without an overlap toolkit.yaml says it for all"
    kinds = [("en", "The Vesk Courier")] * 20 + [("fr", "Le Courrier")] * 15 + [("fr", "Radio Turholm")] * 5
    articles = [
        dataclasses.replace(article, language=language, publisher=publisher)
        for article, (language, publisher) in zip(workspace.articles(), kinds, strict=True)
    ]
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
    workspace.write("annotators.yaml", "blind: true\noverlap: {share: 0.2, annotators: 3}\n")
    asked = people_asked(workspace)
    several = [one for one in articles if asked[one.article_id] == 3]
    assert Counter((one.language, one.publisher) for one in several) == {
        ("en", "The Vesk Courier"): 4,
        ("fr", "Le Courrier"): 3,
        ("fr", "Radio Turholm"): 1,
    }
    assert {asked[one.article_id] for one in articles if one not in several} == {1}
    assign(workspace, [(one.article_id, "annotator-0") for one in articles], asked)
    workspace.write("annotators.yaml", "blind: true\noverlap: {share: 0.9, annotators: 2}\n")
    assert people_asked(workspace) == asked, "what was assigned keeps the number of people it was asked of"


def test_an_overlap_needs_projects_of_their_own(workspace: Workspace) -> None:
    workspace.write("annotators.yaml", "overlap: {share: 0.1}\n")
    with pytest.raises(InvalidConfig, match="overlap needs `blind: true`"):
        read_team(workspace)
