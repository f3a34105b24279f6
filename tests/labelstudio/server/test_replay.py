"""The whole way there and back against a real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit.labelstudio import Server, replay
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.records import Relation
from toolkit.samples.recorded import Quote, Recorded

pytestmark = pytest.mark.studio

TEXT = "Harbour\nNine dockworkers died, the mayor said.\nThe café 😀 is open, she said."

FIGURE = {"low": 9, "high": 9, "qualifier": "exact", "harm": "killed", "low_open": True, "affected_party": "men"}

ANSWERS = [
    Recorded(
        annotator="ada",
        text="Nine dockworkers died, the mayor said.",
        labels=("casualty_figure", "claim"),
        spans=(
            Quote(id="s1", label="FIGURE", text="Nine", attributes=FIGURE),
            Quote(id="s2", label="SOURCE", text="the mayor", attributes={"type": "state_civil"}),
        ),
        relations=(Relation(label="figure_source", head="s1", tail="s2"),),
        note="a note",
        lead_time=3.5,
    ),
    Recorded(
        annotator="ada",
        text="The café 😀 is open, she said.",
        labels=("claim",),
        spans=(Quote(id="s1", label="CUE", text="said"),),
        lead_time=2.0,
    ),
    Recorded(annotator="ben", text="Nine dockworkers died, the mayor said.", skipped=True, lead_time=1.0),
]


def test_an_answer_comes_back_as_it_was_given(server: Server, make_project: Callable[..., Workspace]) -> None:
    workspace = make_project([TEXT])
    first = push(workspace, server=server)
    assert (first.sent, first.created) == (3, True)
    again = push(workspace, server=server)
    assert again.up_to_date, again
    assert replay(workspace, ANSWERS, server=server).counts == {"annotators": 2, "answered": 3}
    assert replay(workspace, ANSWERS, server=server).counts == {"annotators": 2, "already answered": 3}
    assert pull(workspace, server=server).counts["new"] == 3
    log = workspace.annotations.path.read_bytes()
    assert pull(workspace, server=server).up_to_date
    assert pull(workspace, server=server, full=True).up_to_date
    assert workspace.annotations.path.read_bytes() == log
