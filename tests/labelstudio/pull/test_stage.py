"""Pull against a real server: every revision once, deletions marked, misfits named, nobody's name kept."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.labelstudio.labelled import Labelled
from tests.labelstudio.proxy import proxied
from toolkit.errors import InvalidInput
from toolkit.labelstudio import Server, pull_export, status
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server.embedded import Studio
from toolkit.project import Workspace

pytestmark = pytest.mark.studio

TEXT = "Ferry\nThe ferry left, said the mayor.\nNobody was hurt.\nIt rained."


@pytest.fixture
def labelled(server: Server, make_project: Callable[..., Workspace]) -> Labelled:
    return Labelled(make_project([TEXT]), server)


def test_each_revision_is_one_line_and_the_last_one_holds(labelled: Labelled) -> None:
    number = labelled.answer(1, "claim")
    assert labelled.pull() == {"new": 1}
    labelled.server.patch(f"/api/annotations/{number}/", {"result": []})
    assert labelled.pull() == {"edited": 1, "empty": 1}
    assert labelled.pull() == {}
    assert labelled.pull(full=True) == {"empty": 1}
    first, second = labelled.rows()
    assert first["annotation"]["annotation_id"] == second["annotation"]["annotation_id"]
    assert (first["annotation"]["labels"], second["annotation"]["labels"]) == (["claim"], [])
    assert first["raw"]["result"][0]["value"] == {"choices": ["claim"]}
    assert len(labelled.workspace.answers()) == 1


def test_a_pull_in_the_second_of_the_push_reads_only_what_changed(
    labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = [datetime.fromisoformat(task["created_at"]) for task in labelled.server.tasks(labelled.project.id)]
    monkeypatch.setattr(Server, "now", max(stamps).replace(microsecond=0))
    labelled.pull()
    for number in (1, 2):
        labelled.answer(number, "claim")
        found = pull(labelled.workspace, server=labelled.server)
        assert (found.full, dict(found.counts)) == (False, {"new": 1})


def test_what_was_deleted_gets_a_tombstone(labelled: Labelled) -> None:
    number = labelled.answer(1, "claim")
    labelled.answer(2, "denial")
    labelled.answer(3, "claim")
    labelled.pull()
    labelled.server.delete(f"/api/annotations/{number}/")
    assert labelled.pull() == {"deleted": 1}
    labelled.server.delete(f"/api/tasks/{labelled.tasks[2]}/")
    assert labelled.pull() == {"deleted": 1}
    assert labelled.pull() == {}
    assert labelled.pull(full=True) == {}
    assert [row["reason"] for row in labelled.rows()[3:]] == [
        "the annotation was deleted on the server",
        "its task was deleted",
    ]
    assert [answer.labels for answer in labelled.workspace.answers()] == [("claim",)]


def test_a_task_number_that_is_given_again_does_not_confuse_answers(labelled: Labelled) -> None:
    labelled.answer(3, "claim")
    labelled.pull()
    labelled.server.delete(f"/api/tasks/{labelled.tasks[3]}/")
    assert push(labelled.workspace, server=labelled.server).sent == 1
    again = [task["id"] for task in labelled.server.tasks(labelled.project.id, include="id")]
    labelled.tasks = again
    labelled.answer(3, "denial")
    counts = labelled.pull()
    assert (counts["new"], counts["deleted"]) == (1, 1)
    assert [answer.labels for answer in labelled.workspace.answers()] == [("denial",)]


def test_kinds_of_answers_are_told_apart(labelled: Labelled) -> None:
    labelled.answer(0, was_cancelled=True)
    labelled.answer(1, "claim", ground_truth=True, lead_time=12.5)
    labelled.answer(1, "denial")
    labelled.answer(2)
    labelled.server.post(f"/api/tasks/{labelled.tasks[2]}/drafts", {"result": [], "lead_time": 1})
    assert labelled.pull() == {
        "new": 4,
        "skipped": 1,
        "ground truth": 1,
        "second answers": 1,
        "empty": 1,
        "drafts": 1,
    }
    by_labels = {answer.labels: answer for answer in labelled.workspace.answers()}
    assert (by_labels["claim",].ground_truth, by_labels["claim",].lead_time) == (True, 12.5)


def test_predictions_accepted_as_they_were_are_told_from_changed_ones(labelled: Labelled) -> None:
    item = {"id": "c", "from_name": "speech_act", "to_name": "text", "type": "choices", "value": {"choices": ["claim"]}}
    for number, choice in ((1, "claim"), (2, "denial")):
        body = {"task": labelled.tasks[number], "result": [item], "model_version": "m1", "score": 0.9}
        made = labelled.server.post("/api/predictions/", body)
        mine = item | {"value": {"choices": [choice]}, "origin": "prediction" if choice == "claim" else "manual"}
        answer = {"result": [mine], "parent_prediction": made["id"]}
        labelled.server.post(f"/api/tasks/{labelled.tasks[number]}/annotations/", answer)
    counts = labelled.pull()
    assert (counts["accepted predictions"], counts["changed predictions"]) == (1, 1)
    origins = {answer.labels: answer.origin for answer in labelled.workspace.answers()}
    assert origins == {("claim",): "prediction", ("denial",): "prediction-changed"}


def test_what_does_not_fit_is_rejected_with_a_link_and_the_rest_is_taken(labelled: Labelled) -> None:
    text = TEXT.split("\n")[1]
    start = text.index("the mayor")
    labelled.answer(
        1, "claim", spans=((start, start + 9, "the mayor"), (4, 9, "barge"), (start - 1, start + 9, "the mayor"))
    )
    for _ in range(2):
        counts = labelled.pull(full=True)
        assert (counts["rejects"], counts["mended regions"]) == (1, 1)
    rejects = labelled.workspace.path("annotations", "rejects.jsonl").read_text().splitlines()
    assert len(rejects) == 1
    reject = json.loads(rejects[0])["reject"]
    assert reject["reason"] == "offset-mismatch"
    assert reject["source"] == f"{labelled.server.url}/projects/{labelled.project.id}/data?task={labelled.tasks[1]}"
    (answer,) = labelled.workspace.answers()
    assert [span.text for span in answer.spans] == ["the mayor", "the mayor"]


def test_a_task_whose_text_was_changed_by_hand_is_not_believed(labelled: Labelled) -> None:
    labelled.answer(1, "claim")
    task = labelled.server.get(f"/api/tasks/{labelled.tasks[1]}/")
    labelled.server.patch(f"/api/tasks/{labelled.tasks[1]}/", {"data": task["data"] | {"text": "Other words."}})
    assert labelled.pull() == {"rejects": 1}
    assert labelled.workspace.answers() == []


def test_names_and_addresses_stay_on_the_server(labelled: Labelled, studio: Studio) -> None:
    labelled.answer(1, "claim")
    labelled.pull()
    log = labelled.workspace.annotations.path.read_text()
    assert studio.email not in log
    assert "admin" not in log
    assert labelled.rows()[0]["raw"]["completed_by"] == labelled.rows()[0]["annotation"]["annotator"]
    secret = labelled.workspace.path(".secrets", "pseudonyms.key")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    secret.chmod(0o644)
    with pytest.raises(InvalidInput, match="chmod 600"):
        labelled.pull()


def test_the_server_and_its_export_say_the_same(labelled: Labelled, tmp_path: Any) -> None:
    labelled.answer(1, "claim")
    labelled.answer(2, was_cancelled=True)
    labelled.pull()
    parameters = {"exportType": "JSON", "download_all_tasks": "true"}
    exported = b"".join(labelled.server.stream(f"/api/projects/{labelled.project.id}/export", **parameters))
    path = tmp_path / "export.json"
    path.write_bytes(exported)
    result = pull_export(labelled.workspace, path)
    assert result.up_to_date, result


def test_a_foreign_export_joins_sentences_by_their_text(labelled: Labelled, tmp_path: Any) -> None:
    value = {"choices": ["claim"]}
    item = {"id": "c", "from_name": "speech_act", "to_name": "text", "type": "choices", "value": value}
    made = "2024-03-11T22:49:11.836929Z"
    raw = {"id": 1, "completed_by": 3, "result": [item], "created_at": made, "updated_at": made, "lead_time": None}
    task = {"id": 9, "project": 4, "data": {"sentence": "Nobody was hurt."}, "annotations": [raw]}
    path = tmp_path / "foreign.json"
    path.write_text(json.dumps([task]))
    assert pull_export(labelled.workspace, path).counts == {"new": 1}
    assert pull_export(labelled.workspace, path).up_to_date
    (answer,) = labelled.workspace.answers()
    sentences = {sentence.sentence_id: sentence.text for sentence in labelled.workspace.sentences()}
    assert sentences[answer.sentence_id] == "Nobody was hurt."


def test_a_pull_through_a_bad_line_ends_like_any_other(labelled: Labelled, studio: Studio) -> None:
    for number in range(4):
        labelled.answer(number, "claim")
    with proxied(studio.url, on="/exports") as proxy, Server(proxy.url, str(studio.token)) as through:
        proxy.faults = ["502-before"]
        assert pull(labelled.workspace, server=through).counts == {"new": 4}
    assert pull(labelled.workspace, server=labelled.server).up_to_date


def test_a_log_without_its_cache_is_read_again(labelled: Labelled) -> None:
    labelled.answer(1, "claim")
    labelled.pull()
    for cache in labelled.workspace.path(".toolkit").iterdir():
        cache.unlink()
    assert labelled.pull() == {}


def test_a_damaged_cache_is_made_again(labelled: Labelled) -> None:
    labelled.answer(1, "claim")
    labelled.pull()
    labelled.workspace.path(".toolkit", "annotations.sqlite3").write_bytes(b"no database" * 1000)
    labelled.answer(2, "claim")
    assert labelled.pull() == {"new": 1}


def test_status_counts_both_sides(labelled: Labelled) -> None:
    labelled.answer(1, "claim", lead_time=4.0)
    labelled.answer(2, was_cancelled=True)
    labelled.pull()
    labelled.answer(3, "claim")
    standing = status(labelled.workspace, server=labelled.server)
    assert standing.counts == {
        "sentences": 4,
        "sent": 4,
        "answers on the server": 3,
        "not pulled yet": 1,
        "sentences complete": 0,
    }
    (person,) = standing.annotators
    assert (person.done, person.skipped, person.seconds) == (1, 1, 4.0)


def test_a_server_set_up_anew_deletes_nothing(labelled: Labelled, server: Server) -> None:
    labelled.answer(1, "claim")
    labelled.pull()
    before = labelled.workspace.answers()
    server.delete(f"/api/projects/{labelled.project.id}/")
    again = Labelled(labelled.workspace, server)
    assert again.project.place != labelled.project.place
    again.answer(1, "denial")
    assert again.pull(full=True) == {"new": 1}
    assert [answer for answer in again.workspace.answers() if answer in before] == before
