"""Blind mode: one project per person, which push, pull and status treat as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio import Server, status, waiting
from toolkit.labelstudio.assignment import assign_articles
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.annotators_file import read_team

TEXTS = [f"Headline {number}\nThe ferry left.\nIt rained." for number in range(12)]
TEAM = """\
blind: true
annotators:
  - {email: ada@example.org, calibrated: true}
  - {email: ben@example.org, calibrated: true, quota: 12}
  - {email: cleo@example.org, calibrated: true, languages: [fr]}
  - {email: dan@example.org, calibrated: true}
  - {email: eve@example.org}
"""


def test_shares_are_whole_articles_within_quota_language_and_quiz(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(TEXTS)
    workspace.write("annotators.yaml", TEAM)
    team = read_team(workspace)
    assert team is not None
    names = project_pseudonyms(workspace)
    sizes = Counter(sentence.article_id for sentence in workspace.sentences())
    first = assign_articles(workspace, team, names, sizes, dry_run=True)
    assert assign_articles(workspace, team, names, sizes) == first
    counts = {member.email[:3]: len(first.articles.get(names.of(member.email), ())) for member in team.annotators}
    assert (counts["ben"], counts["cle"], counts["eve"]) == (4, 0, 0)
    assert max(counts["ada"], counts["dan"]) <= 12
    given = Counter(article for mine in first.articles.values() for article in mine)
    assert first.lacking == sum(given[article] < 2 for article in sizes)
    workspace.write("annotators.yaml", TEAM + "  - {email: fay@example.org, calibrated: true}\n")
    larger = read_team(workspace)
    assert larger is not None
    again = assign_articles(workspace, larger, names, sizes)
    assert all(mine <= again.articles[name] for name, mine in first.articles.items())
    assert again.lacking == 0
    assert set(Counter(article for mine in again.articles.values() for article in mine).values()) == {2}


def test_an_overlap_leaves_most_articles_to_one_person(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(TEXTS)
    people = "".join(f"  - {{email: {name}@example.org, calibrated: true}}\n" for name in ("ada", "ben", "dan"))
    workspace.write("annotators.yaml", f"blind: true\noverlap: {{share: 0.25, annotators: 3}}\nannotators:\n{people}")
    team = read_team(workspace)
    assert team is not None
    sizes = Counter(sentence.article_id for sentence in workspace.sentences())
    names = project_pseudonyms(workspace)
    first = assign_articles(workspace, team, names, sizes)
    given = Counter(article for mine in first.articles.values() for article in mine)
    assert Counter(given.values()) == {1: 9, 3: 3}
    assert first.lacking == 0
    assert assign_articles(workspace, team, names, sizes) == first


@pytest.mark.studio
def test_mirrored_projects_are_taken_for_one(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(TEXTS[:2])
    workspace.write("annotators.yaml", "blind: true\nannotators:\n  - {email: ada@example.org}\n")
    with pytest.raises(InvalidInput, match="calibrated: true"):
        push(workspace, server=server)
    workspace.write(
        "annotators.yaml",
        "blind: true\nannotators:\n"
        "  - {email: ada@example.org, calibrated: true}\n  - {email: ben@example.org, calibrated: true, quota: 3}\n",
    )
    assert waiting(workspace) == set()
    first = push(workspace, server=server)
    assert (first.sent, first.lacking) == (9, 1)
    ids = {sentence.sentence_id for sentence in workspace.sentences()}
    assert waiting(workspace) == ids
    assert push(workspace, server=server).up_to_date
    mirrored = server_project.work_projects(server, workspace)
    assert sorted(project.tasks for project in mirrored) == [3, 6]
    for project in mirrored:
        task = next(server.tasks(project.id, include="id"))
        server.post(f"/api/tasks/{task['id']}/annotations/", {"result": []})
    assert pull(workspace, server=server).counts == {"new": 2, "empty": 2}
    assert pull(workspace, server=server).up_to_date
    assert waiting(workspace) == ids - {answer.sentence_id for answer in workspace.answers()} < ids
    standing = status(workspace, server=server)
    assert (standing.sent, standing.answers_on_server, standing.answers_pulled) == (9, 2, 2)
    assert "example.org" not in "".join(path.read_text() for path in workspace.path("annotations").iterdir())
