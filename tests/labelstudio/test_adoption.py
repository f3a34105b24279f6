"""A foreign project adopted from a running server, and projects that people rename, against a real server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import write_corpus

from toolkit.agreement.stage import agreement
from toolkit.labelstudio import Server, infer_schema, pull_export
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace

pytestmark = pytest.mark.studio

PAGE = """<View><Header value="$title"/><Text name="t" value="$content"/>
<Choices name="kind" toName="t"><Choice value="Claim"/><Choice value="Denial"/></Choices>
<Labels name="ner" toName="t"><Label value="Person"/></Labels><Rating name="sure" toName="t"/></View>"""


def said(kind: str) -> list[dict[str, Any]]:
    region = {"start": 0, "end": 5, "text": "Orlov", "labels": ["Person"]}
    return [
        {"id": "c", "from_name": "kind", "to_name": "t", "type": "choices", "value": {"choices": [kind]}},
        {"id": "r", "from_name": "ner", "to_name": "t", "type": "labels", "value": region},
        {"id": "s", "from_name": "sure", "to_name": "t", "type": "rating", "value": {"rating": 3}},
    ]


def answered(server: Server, task: int, result: list[dict[str, Any]]) -> None:
    server.post(f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 5.0})


def test_a_project_is_adopted_by_file_and_then_live(server: Server, tmp_path: Path) -> None:
    title = f"foreign {os.urandom(6).hex()}"
    made = server.post("/api/projects/", {"title": title, "label_config": PAGE})
    texts = [{"title": f"A headline longer than the text {n}", "content": f"Orlov said {n} fell."} for n in range(3)]
    server.post(f"/api/projects/{made['id']}/import", [{"data": data} for data in texts])
    first, second, third = (task["id"] for task in server.tasks(made["id"], include="id"))
    answered(server, first, said("Claim"))
    path = tmp_path / "export.json"
    path.write_text(json.dumps(server.get(f"/api/projects/{made['id']}/export", exportType="JSON")))
    (tmp_path / "theirs.yaml").write_text(infer_schema(path, name="theirs"))
    workspace = Workspace.create(tmp_path / "project", schema=str(tmp_path / "theirs.yaml"), title=title)
    assert pull_export(workspace, path, import_texts=True).counts == {"new": 1, "texts imported": 1}
    answered(server, second, said("Claim"))
    live = pull(workspace, server=server)
    assert live.counts == {"new": 1, "answers to texts that are not in the project": 1}
    assert live.texts == ("content",)
    assert agreement(workspace).counts["answers"] == 1, "an answer to nothing does not block it"
    assert pull(workspace, server=server, import_texts=True).counts == {"joined": 1, "texts imported": 2}
    answered(server, third, said("Claim"))
    assert pull(workspace, server=server).counts == {"new": 1}
    assert pull(workspace, server=server, import_texts=True).up_to_date
    answers = workspace.answers()
    assert len({answer.annotator for answer in answers}) == 1, "one person, by file and by pull"
    assert {(answer.labels, answer.spans[0].label, answer.fields["sure"]) for answer in answers} == {
        (("claim",), "PERSON", 3)
    }
    assert agreement(workspace).counts["answers"] == 3


def test_a_dialogue_is_adopted_live(server: Server, tmp_path: Path) -> None:
    xml = """<View><Paragraphs name="t" value="$talk" nameKey="who" textKey="said"/>
    <ParagraphLabels name="ner" toName="t"><Label value="Person"/></ParagraphLabels></View>"""
    title = f"dialogue {os.urandom(6).hex()}"
    made = server.post("/api/projects/", {"title": title, "label_config": xml})
    talk = [{"who": "Ada", "said": "😀 Where is Orlov?"}, {"who": "Ben", "said": "Gone."}]
    server.post(f"/api/projects/{made['id']}/import", [{"data": {"talk": talk}}])
    value = {"start": "0", "end": "0", "startOffset": 12, "endOffset": 17, "text": "Orlov"}
    region = {"id": "r", "from_name": "ner", "to_name": "t", "type": "paragraphlabels"}
    (task,) = (task["id"] for task in server.tasks(made["id"], include="id"))
    answered(server, task, [region | {"value": value | {"paragraphlabels": ["Person"]}}])
    path, config = tmp_path / "export.json", tmp_path / "page.xml"
    path.write_text(json.dumps(server.get(f"/api/projects/{made['id']}/export", exportType="JSON")))
    config.write_text(xml)
    (tmp_path / "theirs.yaml").write_text(infer_schema(path, name="theirs", config=config))
    workspace = Workspace.create(tmp_path / "project", schema=str(tmp_path / "theirs.yaml"), title=title)
    assert pull(workspace, server=server, import_texts=True).counts == {"new": 1, "texts imported": 1}
    (sentence,), (answer,) = workspace.sentences(), workspace.answers()
    assert sentence.text == "Ada: 😀 Where is Orlov?\nBen: Gone."
    assert [(span.label, span.text) for span in answer.spans] == [("PERSON", "Orlov")]
    assert pull(workspace, server=server).up_to_date


def test_a_renamed_project_is_the_same_project(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["One said so.\nTwo said so.\nThree said so."])
    assert push(workspace, server=server).sent == 3
    (project,) = server_project.work_projects(server, workspace)
    server.patch(f"/api/projects/{project.id}/", {"title": f"renamed {os.urandom(6).hex()}"})
    task = next(server.tasks(project.id, include="id"))["id"]
    choice = {"from_name": "speech_act", "to_name": "text", "type": "choices", "value": {"choices": ["claim"]}}
    answered(server, task, [choice | {"id": "c"}])
    pulled = pull(workspace, server=server)
    assert pulled.counts["new"] == 1
    assert "is called 'renamed" in pulled.notes[0]
    assert push(workspace, server=server).up_to_date
    write_corpus(workspace, ["One said so.\nTwo fled."])
    dry = push(workspace, server=server, withdraw=True, dry_run=True)
    done = push(workspace, server=server, withdraw=True)
    assert (dry.withdrawn, done.withdrawn, done.sent, done.orphaned) == (2, 2, 2, 1)
    assert task in {task["id"] for task in server.tasks(project.id, include="id")}, "an answered task stays"
    assert push(workspace, server=server, withdraw=True).up_to_date


def test_a_lost_project_of_one_person_does_not_stop_the_others(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project(["One said so.\nTwo said so.", "Three said so."])
    people = [f"{name}-{os.urandom(4).hex()}@example.org" for name in ("ada", "ben")]
    members = "\n".join(f"  - {{email: {email}, calibrated: true}}" for email in people)
    workspace.path("annotators.yaml").write_text(f"blind: true\nannotators:\n{members}\n")
    sent = push(workspace, server=server)
    assert len(sent.urls) == 2
    first, second = server_project.work_projects(server, workspace)
    task = next(server.tasks(first.id, include="id"))["id"]
    choice = {"from_name": "speech_act", "to_name": "text", "type": "choices", "value": {"choices": ["claim"]}}
    answered(server, task, [choice | {"id": "c"}])
    server.delete(f"/api/projects/{second.id}/")
    pulled = pull(workspace, server=server)
    assert pulled.counts["new"] == 1
    assert "is not on the server" in pulled.notes[0]
    assert push(workspace, server=server).sent == sent.sent // 2
    assert pull(workspace, server=server).notes == ()


def test_a_corrected_page_is_not_asked_again_where_its_words_are_the_same(
    server: Server, make_project: Callable[..., Workspace]
) -> None:
    workspace = make_project(["One said so.\nTwo said so."])
    config = workspace.path("toolkit.yaml")
    config.write_text(config.read_text().replace("annotators_per_sentence: 2", "annotators_per_sentence: 1"))
    workspace = Workspace(workspace.root)
    push(workspace, server=server)
    (project,) = server_project.work_projects(server, workspace)
    choice = {"from_name": "speech_act", "to_name": "text", "type": "choices", "value": {"choices": ["claim"]}}
    for task in list(server.tasks(project.id, include="id")):
        answered(server, task["id"], [choice | {"id": "c"}])
    pull(workspace, server=server)
    write_corpus(workspace, ["One said so.\nTwo said it."])
    assert push(workspace, server=server).sent == 1
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    assert [texts.get(answer.sentence_id) for answer in workspace.answers()].count("One said so.") == 1
