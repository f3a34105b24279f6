"""The machine-learning backend as Label Studio and others call it."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from threading import Thread
from typing import Any

import pytest
from starlette.testclient import TestClient

from toolkit.errors import UsageError
from toolkit.labelstudio import Preannotation, Suggester, backend, listen, serve
from toolkit.labelstudio.suggest.preannotation import in_holdout
from toolkit.project import Workspace
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Suggestion, digest

TOLL = "At least 14 people were killed and dozens wounded."
CALM = "The 14 ferries left on time, as they do every day."
SECRET = "f00dfacef00dfacef00dfacef00dfacef00dface"


def guesses(texts: Sequence[str]) -> list[Suggestion]:
    """Answer as a model might."""
    guess = Suggestion(
        sentence_id="",
        shown=True,
        model="guess-1",
        labels=("casualty_figure", "no_label_of_the_schema"),
        probabilities={"casualty_figure": 0.75, "no_label_of_the_schema": 0.9},
    )
    return [guess for _ in texts]


@pytest.fixture
def workspace(make_project: Any) -> Workspace:
    made: Workspace = make_project([f"{TOLL}\n{CALM}\n" + "\n".join(f"It rained on day {day}." for day in range(60))])
    return made


def client(workspace: Workspace, *, share: float = 0.0, model: Any = None) -> TestClient:
    suggester = Suggester(workspace.schema(), model, **({"name": "guess-1"} if model else {}))
    return TestClient(
        backend(Preannotation(workspace, suggester, share=share)),
        base_url="http://127.0.0.1:9090",
        headers={"Content-Type": "application/json"},
    )


def task(text: str, **data: str) -> dict[str, Any]:
    return {"id": 1, "data": {"text": text, **data}}


def test_figures_are_suggested_with_their_fields(workspace: Workspace) -> None:
    asking = client(workspace)
    version = asking.get("/health").json()["model_version"]
    assert asking.post("/setup", json={"project": "1.2", "schema": "<View/>", "access_token": SECRET}).json() == {
        "model_version": version
    }
    assert asking.get("/versions").json() == {"versions": [version]}
    toll, calm = asking.post("/predict", json={"tasks": [task(TOLL), task(CALM)]}).json()["results"]
    assert (toll["model_version"], calm["result"]) == (version, [])
    assert [(item["type"], item["value"]["text"]) for item in toll["result"] if item["type"] == "labels"] == [
        ("labels", "At least 14"),
        ("labels", "dozens"),
    ]
    numbers = [item["value"]["number"] for item in toll["result"] if item["type"] == "number"]
    assert numbers == [14]


def test_a_models_labels_are_those_of_the_schema(workspace: Workspace) -> None:
    asking = client(workspace, model=guesses)
    (found,) = asking.post("/predict", json={"tasks": [task(CALM)]}).json()["results"]
    assert (found["model_version"], found["score"]) == ("guess-1", 0.75)
    assert [item["value"]["choices"] for item in found["result"]] == [["casualty_figure"]]


def test_the_hold_out_is_the_same_for_good_and_written_down_once(workspace: Workspace) -> None:
    sentences = workspace.sentences()
    tasks = [
        task(each.text, sentence_id=each.sentence_id, text_sha256=digest(each.text.encode())) for each in sentences
    ]
    tasks[0] |= {"total_annotations": 1}
    asking = client(workspace, share=0.3, model=guesses)
    for _ in range(2):
        results = asking.post("/predict", json={"tasks": tasks}).json()["results"]
        held = [each.sentence_id for each, found in zip(sentences, results, strict=True) if found == []]
        assert held == [each.sentence_id for each in sentences if in_holdout(each.sentence_id, 0.3)]
        assert 8 <= len(held) <= 30, "some three in ten of 62"
    rows = list(SuggestionLog(workspace).rows())
    assert [row.sentence_id for row in rows] == [each.sentence_id for each in sentences[1:]], "the first had an answer"
    assert [row.sentence_id for row in rows if not row.shown] == [
        each for each in held if each != tasks[0]["data"]["sentence_id"]
    ]
    fewer = [each for each in sentences if in_holdout(each.sentence_id, 0.1)]
    assert all(in_holdout(each.sentence_id, 0.3) for each in fewer)
    assert not in_holdout(sentences[0].sentence_id, 0.0)
    assert in_holdout(sentences[0].sentence_id, 1.0)


@pytest.mark.parametrize(
    ("path", "content", "status", "reason"),
    [
        ("/predict", b"{", 400, "the body is not JSON"),
        ("/predict", b"[]", 422, "the body is not a JSON object"),
        ("/predict", b"\xff\xfe", 400, "the body is not JSON"),
        ("/predict", b'{"tasks": {}}', 422, "'tasks' is not a list"),
        ("/predict", b'{"tasks": [3]}', 422, "task 0 has no 'data'"),
        ("/predict", b'{"tasks": [{"data": {"text": null}}]}', 422, "task 0 has no text"),
        ("/predict", b'{"tasks": [{"data": {"text": "\\ud800"}}]}', 422, "half a character"),
        ("/predict", b'{"tasks": [{"data": {"text": "a", "text_sha256": "b"}}]}', 422, "not the one that was pushed"),
        ("/setup", b"{}", 422, "'project' is missing"),
        ("/setup", b'{"project": "1.1", "schema": 3}', 422, "'schema' is not text"),
        ("/webhook", b"{}", 422, "'action' is missing"),
    ],
)
def test_what_is_wrong_with_a_payload_is_said(
    workspace: Workspace, path: str, content: bytes, status: int, reason: str
) -> None:
    answer = client(workspace).post(path, content=content)
    assert (answer.status_code, reason in answer.json()["detail"]) == (status, True)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:9090"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": FORM, "User-Agent": "Mozilla/5.0 (X11)"}, 415),
        ({"Content-Type": FORM, "Sec-Fetch-Site": "cross-site"}, 415),
        ({"Content-Type": FORM, "Referer": "http://evil.example/"}, 415),
        ({"Content-Type": FORM, "Origin": "http://evil.example"}, 403),
        ({"Content-Type": FORM, "User-Agent": "curl/8.5.0"}, 200),
        ({"Host": "LocalHost:9090"}, 200),
        ({"Host": "[::1]:9090"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_what_a_foreign_web_page_can_send_is_refused(
    workspace: Workspace, headers: dict[str, str], status: int
) -> None:
    sentence = workspace.sentences()[0]
    tasks = [task(sentence.text, sentence_id=sentence.sentence_id)]
    answer = client(workspace).post("/predict", content=json.dumps({"tasks": tasks}), headers=headers)
    assert answer.status_code == status, answer.text
    assert len(list(SuggestionLog(workspace).rows())) == (status == 200)


def test_a_text_that_is_not_the_sentence_is_not_logged(workspace: Workspace) -> None:
    sentence = workspace.sentences()[0]
    answer = client(workspace).post(
        "/predict", json={"tasks": [task("Twelve people were killed.", sentence_id=sentence.sentence_id)]}
    )
    assert (answer.status_code, "not that of the project's sentence" in answer.json()["detail"]) == (422, True)
    assert list(SuggestionLog(workspace).rows()) == []


def test_a_body_that_does_not_come_is_given_up(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.labelstudio.suggest.ml_backend.PATIENCE", 0.2)
    with listen("127.0.0.1", 0) as listening:
        suggester = Suggester(workspace.schema(), None)
        preannotation = Preannotation(workspace, suggester, share=0.0)
        Thread(target=serve, args=(preannotation, listening), daemon=True).start()
        with socket.create_connection(listening.getsockname(), timeout=30) as drip:
            head = ["POST /predict HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 9"]
            drip.sendall(("\r\n".join(head) + "\r\n\r\n{").encode())
            assert drip.recv(1024).startswith(b"HTTP/1.1 408 ")


def test_what_is_too_large_or_elsewhere_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = client(workspace)
    monkeypatch.setattr("toolkit.labelstudio.suggest.ml_backend.LARGEST", 100)
    assert asking.post("/predict", content=json.dumps({"tasks": ["x" * 200]})).status_code == 413
    assert asking.get("/predict").status_code == 405
    assert asking.get("/elsewhere").status_code == 404
    assert asking.post("/webhook", json={"action": "START_TRAINING", "project": {}}).status_code == 200


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            listen("127.0.0.1", port)
    assert str(refused.value).startswith(f"can't listen on 127.0.0.1 port {port} (")


def test_one_bad_task_takes_no_suggestion_from_the_others(workspace: Workspace) -> None:
    bad = {"data": {"text": None}}
    with client(workspace, model=guesses) as caller:
        found = caller.post("/predict", json={"tasks": [task("One."), bad, task("Two."), 3]})
    assert found.status_code == 200
    first, *nothing, last = found.json()["results"]
    assert (nothing.pop(), nothing[0]) == (last, []) if last else True
    assert [bool(each) for each in found.json()["results"]] == [True, False, True, False]
    assert first["result"]


def test_a_model_that_was_trained_again_is_another_version(workspace: Workspace) -> None:
    schema = workspace.schema()
    first, again = (Suggester(schema, guesses, name="m", digest=made * 8) for made in ("a1", "b2"))
    assert (first.version, again.version, first.name) == ("m@a1a1a1a1", "m@b2b2b2b2", "m")
    assert Suggester(schema).version == Suggester(schema).name
