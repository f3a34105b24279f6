"""The key of the pseudonyms: the same people stay the same, and a key that would make two of each is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit import Project
from toolkit.errors import InvalidInput, UsageError
from toolkit.labelstudio.pseudonyms import FINGERPRINT, SECRET, Pseudonyms, project_pseudonyms
from toolkit.report.checkup import checkup

PEOPLE = ("ada@example.org", "ben@example.org")


def export(path: Path, number: int) -> Path:
    """Write an export of one task with an answer of each person."""
    when = "2026-03-01T10:00:00.000001Z"
    answers: list[dict[str, Any]] = [
        {
            "id": 10 * number + place,
            "completed_by": {"id": place, "email": email},
            "result": [{"type": "choices", "from_name": "act", "to_name": "t", "value": {"choices": ["claim"]}}],
            "created_at": when,
            "updated_at": when,
        }
        for place, email in enumerate(PEOPLE, start=1)
    ]
    task = {"id": number, "project": 1, "data": {"text": f"Boat {number} left."}, "annotations": answers}
    path.write_text(json.dumps([task]))
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with the answers of two people to one text."""
    made = Project.init(tmp_path / "project")
    made.pull(from_export=export(tmp_path / "first.json", 1), import_texts=True)
    return made


def annotators(project: Project) -> set[str]:
    return {row["annotation"]["annotator"] for row in project.workspace.annotations.rows()}


def pull_more(project: Project, tmp_path: Path, **how: Any) -> None:
    project.pull(from_export=export(tmp_path / "second.json", 2), import_texts=True, **how)


def state_of_key(project: Project) -> str:
    return next(check.state for check in checkup(project.root) if check.name == "pseudonyms")


def test_with_the_same_key_people_stay_the_same(project: Project, tmp_path: Path) -> None:
    pull_more(project, tmp_path)
    assert len(annotators(project)) == 2
    assert state_of_key(project) == "ok"


@pytest.mark.parametrize("older", [False, True], ids=["fingerprint", "made by an earlier version"])
def test_without_the_key_nothing_is_pulled(project: Project, tmp_path: Path, *, older: bool) -> None:
    project.workspace.path(SECRET).unlink()
    if older:
        project.workspace.path(FINGERPRINT).unlink()
    log = project.workspace.annotations.path.read_bytes()
    with pytest.raises(InvalidInput, match=r"is gone.*copy \.secrets/.*--new-key"):
        pull_more(project, tmp_path)
    assert project.workspace.annotations.path.read_bytes() == log
    assert not project.workspace.path(SECRET).exists()
    assert state_of_key(project) == "fault"


def test_with_another_key_nothing_is_pulled(project: Project, tmp_path: Path) -> None:
    project.workspace.path(SECRET).write_text("ab" * 32)
    with pytest.raises(InvalidInput, match="is another than the one"):
        pull_more(project, tmp_path)
    assert len(annotators(project)) == 2
    assert state_of_key(project) == "fault"


def test_a_lost_key_is_replaced_only_when_it_is_asked_for(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is there"):
        pull_more(project, tmp_path, new_key=True)
    project.workspace.path(SECRET).unlink()
    pull_more(project, tmp_path, new_key=True)
    assert len(annotators(project)) == 4
    assert state_of_key(project) == "ok"


def test_a_project_of_an_earlier_version_goes_on_with_its_key(project: Project, tmp_path: Path) -> None:
    project.workspace.path(FINGERPRINT).unlink()
    pull_more(project, tmp_path)
    assert len(annotators(project)) == 2
    assert project.workspace.path(FINGERPRINT).exists()


def test_a_colleague_with_the_key_makes_the_same_pseudonyms(project: Project, tmp_path: Path) -> None:
    other = Project.init(tmp_path / "other")
    other.workspace.path(SECRET).parent.mkdir()
    other.workspace.write(SECRET, project.workspace.path(SECRET).read_bytes()).chmod(0o600)
    mine, theirs = (project_pseudonyms(each.workspace) for each in (project, other))
    assert [mine.of(email) for email in PEOPLE] == [theirs.of(email) for email in PEOPLE]
    assert project.workspace.path(FINGERPRINT).read_text() == other.workspace.path(FINGERPRINT).read_text()


def test_the_fingerprint_is_not_the_key(project: Project) -> None:
    secret = project.workspace.path(SECRET).read_text().strip()
    assert project.workspace.path(FINGERPRINT).read_text().strip() not in secret


def test_no_address_of_a_person_is_left_in_what_came_from_the_server() -> None:
    raw = {"completed_by": {"id": 1, "email": "ada@desk.example"}, "meta": ["ask ada@desk.example, please"], "id": 5}
    kept = Pseudonyms(b"key").strip(raw)
    assert "@" not in json.dumps(kept)
    assert kept["id"] == 5


def test_a_key_that_others_may_read_is_refused(project: Project) -> None:
    path = project.workspace.path(SECRET)
    project_pseudonyms(project.workspace)
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o640)
    with pytest.raises(InvalidInput, match=r"others may read it; run `chmod 600 "):
        project_pseudonyms(project.workspace)
