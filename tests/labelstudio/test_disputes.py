"""From disputes to an expert and back, and suggestions of a model, against a real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.errors import InvalidInput
from toolkit.labelstudio import Server, Suggestion, push_disputes, push_predictions, replay
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.push_ledger import expert_title
from toolkit.records import Span
from toolkit.samples import Recorded

pytestmark = pytest.mark.studio

TEXT = "Ferry\nThe ferry left, said the mayor.\nNobody was hurt."
SAID = "The ferry left, said the mayor."


def recorded(annotator: str, text: str, *labels: str) -> Recorded:
    return Recorded(annotator=annotator, text=text, labels=labels, lead_time=1.0)


def test_a_dispute_goes_to_an_expert_whose_word_holds(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([TEXT])
    with pytest.raises(InvalidInput, match="toolkit adjudicate"):
        push_disputes(workspace, server=server)
    push(workspace, server=server)
    both = [recorded(name, text, "none") for name in ("ada", "ben") for text in ("Ferry", "Nobody was hurt.")]
    replay(workspace, [*both, recorded("ada", SAID, "claim"), recorded("ben", SAID, "none")], server=server)
    pull(workspace, server=server)
    adjudicate_stage.adjudicate(workspace)
    assert push_disputes(workspace, server=server).sent == 1
    assert push_disputes(workspace, server=server).up_to_date
    project = server_project.existing(server, expert_title(workspace))
    (task,) = server.tasks(project.id, fields="all")
    people = {answer.annotator for answer in workspace.answers()}
    assert {prediction["model_version"] for prediction in task["predictions"]} == people
    replay(workspace, [recorded("cleo", SAID, "claim")], expert=True, server=server)
    assert pull(workspace, server=server).counts["expert new"] == 1
    assert pull(workspace, server=server).up_to_date
    adjudicate_stage.adjudicate(workspace)
    assert {decision.method for decision in workspace.decisions() if decision.labels == ("claim",)} == {"expert"}


def test_suggestions_are_replaced_and_checked(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([TEXT])
    push(workspace, server=server)
    sentence = next(sentence for sentence in workspace.sentences() if sentence.text == SAID)
    span = Span(span_id="s", label="SOURCE", start=21, end=30, text="the mayor")
    mine = Suggestion(sentence_id=sentence.sentence_id, labels=("claim",), spans=(span,), score=0.9)
    for version in ("m1", "m1", "m2"):
        assert push_predictions(workspace, [mine], model_version=version, server=server) == 1
    project = server_project.of_workspace(server, workspace)[0]
    assert project.settings["model_version"] == "m2"
    shown = [prediction for task in server.tasks(project.id, fields="all") for prediction in task["predictions"]]
    assert [prediction["model_version"] for prediction in shown] == ["m2"]
    wrong = Suggestion(
        sentence_id=sentence.sentence_id, spans=(Span(span_id="s", label="CUE", start=0, end=4, text="said"),)
    )
    with pytest.raises(InvalidInput, match="does not stand at 0-4"):
        push_predictions(workspace, [wrong], model_version="m3", server=server)
    unknown = Suggestion(sentence_id=sentence.sentence_id, labels=("weather",))
    with pytest.raises(InvalidInput, match="no label 'weather'"):
        push_predictions(workspace, [unknown], model_version="m3", server=server)
    assert server_project.of_workspace(server, workspace)[0].settings["model_version"] == "m2"
