"""Known answers in the stream: they look like the person's other tasks, are scored, and count nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

import pytest

from toolkit.agreement.stage import agreement, hidden_scores, known_labels
from toolkit.errors import InvalidConfig, RemoteError
from toolkit.labelstudio import Server, status
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.sender import Sender
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.push.tasks import key_of
from toolkit.project import Workspace
from toolkit.project.annotators_file import assigned, design_in_words, read_team
from toolkit.project.logs.hidden_tasks import hidden_articles, hidden_pairs
from toolkit.project.logs.push_ledger import blind_title
from toolkit.report.stage import project_report

TEXTS = [f"Headline {number}\nThe ferry left.\nIt rained." for number in range(16)]
TEAM = """\
blind: true
known: {share: 0.25, agreed: 2}
annotators:
  - {email: ada@example.org, calibrated: true}
  - {email: ben@example.org, calibrated: true}
  - {email: dan@example.org, calibrated: true, quota: 60}
"""


def test_the_share_needs_a_project_per_person(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(TEXTS[:1])
    workspace.write("annotators.yaml", TEAM.replace("blind: true", "blind: false"))
    with pytest.raises(InvalidConfig, match="known needs `blind: true`"):
        read_team(workspace)
    workspace.write("annotators.yaml", TEAM)
    assert design_in_words(workspace).startswith("25% of each person's tasks are sentences whose answer was known")


def answer(
    server: Server, workspace: Workspace, users: dict[str, int], wrong: Collection[tuple[str, str]] = ()
) -> None:
    """Let everybody answer their open tasks with "claim", and with "denial" where they are to be wrong."""
    titles = {blind_title(workspace, name): name for name in users}
    for project in server_project.work_projects(server, workspace):
        name = titles[project.title]
        for task in list(server.tasks(project.id, include="id,data,total_annotations")):
            key = key_of(task["data"])
            if key is not None and not task["total_annotations"]:
                label = "denial" if (name, key[0]) in wrong else "claim"
                result = encode_result(workspace.schema(), labels=(label,))
                body = {"result": result, "completed_by": users[name]}
                server.post(f"/api/tasks/{task['id']}/annotations/", body)


def article_of(workspace: Workspace) -> dict[str, str]:
    return {sentence.sentence_id: sentence.article_id for sentence in workspace.sentences()}


@pytest.mark.studio
def test_known_answers_are_hidden_scored_and_counted_nowhere_else(
    server: Server, make_project: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, mark = make_project(TEXTS), os.urandom(4).hex()
    workspace.write("annotators.yaml", TEAM.replace("@", f"-{mark}@"))
    accounts = {
        f"{who}-{mark}@example.org": server.post(
            "/api/users/", {"email": f"{who}-{mark}@example.org", "username": who, "password": mark}
        )["id"]
        for who in ("ada", "ben", "dan")
    }
    names = project_pseudonyms(workspace, server.users())
    users = {names.of(email): number for email, number in accounts.items()}
    first = push(workspace, limit=24, server=server)
    assert first.hidden == 0
    assert "too few sentences have a known answer" in " ".join(first.notes)
    answer(server, workspace, users)
    pull(workspace, server=server)
    before = workspace.answers()
    assert len(known_labels(workspace)) == 24, "two people agree on each of them"

    assert push(workspace, dry_run=True, server=server).hidden > 0
    assert hidden_articles(workspace.root) == [], "a dry run hides nothing"
    with monkeypatch.context() as broken:
        broken.setattr(Sender, "send", lambda *_: (_ for _ in ()).throw(RemoteError("gone")))
        with pytest.raises(RemoteError, match="gone"):
            push(workspace, server=server)
    noted = hidden_articles(workspace.root)  # of the first person, if anything was drawn, and not sent
    second = push(workspace, server=server)
    hidden = hidden_articles(workspace.root)
    assert hidden[: len(noted)] == noted
    drawn = {each.annotator for each in noted}
    assert drawn.isdisjoint(each.annotator for each in hidden[len(noted) :]), "nothing is drawn twice"
    assert second.hidden == sum(len(each.sentence_ids) for each in hidden) > 0
    own, first_ones = assigned(workspace), {article_of(workspace)[one] for one in known_labels(workspace)}
    theirs = {name: own[name] | {each.article_id for each in hidden if each.annotator == name} for name in users}
    assert not second.notes or any(first_ones <= theirs[name] for name in users), "all that is known is used up"
    for name in users:
        tasks = sum(article in own[name] for article in article_of(workspace).values())
        among = sum(len(each.sentence_ids) for each in hidden if each.annotator == name)
        assert among >= 3 or first_ones <= own[name]
        assert among / (among + tasks) <= 0.3
        assert among + tasks <= 60
    assert not any(each.article_id in own[each.annotator] for each in hidden)
    again = push(workspace, server=server)
    assert again.up_to_date
    assert (again.hidden, hidden_articles(workspace.root)) == (second.hidden, hidden)

    # nothing tells a hidden task from the others: the same keys of data, whole articles, not at the end
    for project in server_project.work_projects(server, workspace):
        tasks = [task["data"] for task in server.tasks(project.id, include="id,data")]
        assert len({frozenset(data) for data in tasks}) == 1
        articles = [article_of(workspace)[data["sentence_id"]] for data in tasks]
        assert len([one for at, one in enumerate(articles) if at == 0 or articles[at - 1] != one]) == len(set(articles))

    pairs = hidden_pairs(workspace.root)
    wrong = sorted(pairs)[0]
    answer(server, workspace, users, [wrong])
    pulled = pull(workspace, server=server)
    answers = workspace.answers()
    assert pulled.counts["new"] == len(answers) - len(before) + len(pairs)
    assert not {(each.annotator, each.sentence_id) for each in answers} & pairs
    assert len({(each.annotator, each.sentence_id) for each in answers}) == 16 * 3 * 2, "each sentence was asked of two"
    assert agreement(workspace).counts["answers"] == len(answers) == len(list(workspace.stream_answers()))
    scores = hidden_scores(workspace)
    assert sum(each.answered for each in scores.values()) == len(pairs)
    assert sum(each.answered - each.correct for each in scores.values()) == 1
    assert scores[wrong[0]].share.low < scores[wrong[0]].share.value < scores[wrong[0]].share.high

    shown = status(workspace, server=server)
    assert (shown.sent, shown.answers_on_server, shown.answers_pulled) == (96, 96, 96)
    assert sum(who.done for who in shown.annotators) == 96
    assert {who.annotator: who.known for who in shown.annotators if who.known} == scores
    assert {each.annotator: each.known for each in project_report(workspace).progress.people if each.known} == scores
    last = push(workspace, server=server)
    assert (last.up_to_date, last.hidden, last.orphaned) == (True, 0, 0), "what is answered is not asked again"
