"""From disputes to an expert and back, and suggestions of a model, against a real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.errors import InvalidInput
from toolkit.labelstudio import Server, push_disputes, replay
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import expert_title
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
    assert (task["predictions"], project.settings["model_version"]) == ([], "")
    shown = task["data"]["rivals"]
    assert shown.count("<li>") == 2
    assert not any(answer.annotator in shown for answer in workspace.answers())
    replay(workspace, [recorded("cleo", SAID, "claim")], expert=True, server=server)
    assert pull(workspace, server=server).counts["expert new"] == 1
    assert pull(workspace, server=server).up_to_date
    adjudicate_stage.adjudicate(workspace)
    assert {decision.method for decision in workspace.decisions() if decision.labels == ("claim",)} == {"expert"}
