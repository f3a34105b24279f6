"""Blind mode: one project per person, which push, pull and status treat as one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest
from builders import answer

from toolkit.agreement import stage as agreement_stage
from toolkit.errors import InvalidInput
from toolkit.labelstudio import Server, status, waiting
from toolkit.labelstudio.assignment import ask_further, assign_articles
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.annotators_file import design_in_words, people_per_sentence, read_team
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Suggestion

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


def test_shares_are_whole_articles_within_quota_language_and_quiz(
    make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.labelstudio.pseudonyms.secrets.token_bytes", bytes)  # one secret in 250 leaves ben 3
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


def said(workspace: Workspace, who: str, sentence_id: str, label: str) -> None:
    workspace.annotations.append([revision(answer(sentence_id, who, label), {})])


def test_a_further_person_is_asked_only_where_two_differ_or_a_model_is_unsure(
    make_project: Callable[..., Workspace],
) -> None:
    workspace = make_project(TEXTS)
    people = "".join(f"  - {{email: {n}@example.org, calibrated: true}}\n" for n in ("ada", "ben", "dan", "eve"))
    overlap = "overlap: {share: 0.25, annotators: 2, adaptive: 3}"
    workspace.write("annotators.yaml", f"blind: true\n{overlap}\nannotators:\n{people}")
    team, names = read_team(workspace), project_pseudonyms(workspace)
    assert team is not None
    article_of = {sentence.sentence_id: sentence.article_id for sentence in workspace.sentences()}
    given = assign_articles(workspace, team, names, Counter(article_of.values())).articles
    assert ask_further(workspace, team, names) == {}, "nobody has answered yet"

    who = {one: sorted(name for name, mine in given.items() if article in mine) for one, article in article_of.items()}
    doubled = [one for one in article_of if len(who[one]) == 2]
    alone = [one for one in article_of if len(who[one]) == 1]
    differ, agree, half = doubled[:3]
    for sentence_id, labels in ((differ, ("claim", "denial")), (agree, ("claim", "claim")), (half, ("claim",))):
        for name, label in zip(who[sentence_id], labels, strict=False):
            said(workspace, name, sentence_id, label)
    unsure, sure = alone[:2]
    for sentence_id, certainty in ((unsure, 0.55), (sure, 0.95)):
        said(workspace, who[sentence_id][0], sentence_id, "claim")
        guess = Suggestion(sentence_id=sentence_id, shown=False, model="m", probabilities={"claim": certainty})
        SuggestionLog(workspace).add([guess])

    dry = ask_further(workspace, team, names, dry_run=True)
    asked = ask_further(workspace, team, names)
    assert dry == asked
    assert sorted(one for mine in asked.values() for one in mine) == sorted([differ, unsure])
    assert not any(one in mine and name in who[one] for name, mine in asked.items() for one in (differ, unsure))
    assert ask_further(workspace, team, names) == asked, "the one who was asked has not answered yet"
    wanted = people_per_sentence(workspace)
    assert [wanted(one) for one in (differ, agree, unsure, sure)] == [3, 2, 2, 1]

    (third,) = (name for name, mine in asked.items() if differ in mine)
    (second,) = (name for name, mine in asked.items() if unsure in mine)
    said(workspace, third, differ, "confirmation")
    said(workspace, second, unsure, "denial")
    again = ask_further(workspace, team, names)
    assert sum(differ in mine for mine in again.values()) == 1, "three people are the most"
    assert sum(unsure in mine for mine in again.values()) == 2

    agreement_stage.agreement(workspace)
    report = json.loads(workspace.path("reports/agreement.json").read_bytes())
    assert report["doubled"] == 2, "what further people said of hard sentences is no measure of agreement"
    assert "25% of the articles are answered by 2 people each, the others by one." in design_in_words(workspace)
    assert "(3 answers were asked for so)" in design_in_words(workspace)


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
