"""The log of suggestions: one row per answer of a model, each offer once, and the log of earlier toolkits before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.logs.suggestion_log import FORMER, LOG, SuggestionLog
from toolkit.records import Span, Suggestion

GUESS = Suggestion(
    sentence_id="a" * 24,
    shown=True,
    model="guess-1",
    labels=("claim",),
    spans=(Span(span_id="s1", label="SOURCE", start=0, end=3, text="She"),),
    probabilities={"claim": 0.9},
    schema="news_events@1.0.0",
)
FORMER_ROW = {
    "sentence_id": "a" * 24,
    "shown": True,
    "model": "guess-1",
    "labels": ["claim"],
    "spans": [{"span_id": "s1", "label": "SOURCE", "start": 0, "end": 3, "text": "She", "attributes": {}}],
}
"""A row as the first toolkits wrote it."""


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["She said so."])


def test_a_row_is_the_whole_suggestion(workspace: Workspace) -> None:
    assert SuggestionLog(workspace).note([GUESS]) == 1
    (line,) = workspace.path(LOG).read_text().splitlines()
    assert json.loads(line)["probabilities"] == {"claim": 0.9}
    assert list(SuggestionLog(workspace).rows()) == [GUESS]


def test_what_the_first_toolkits_noted_is_not_noted_again(workspace: Workspace) -> None:
    workspace.write(FORMER, json.dumps(FORMER_ROW) + "\n")
    log = SuggestionLog(workspace)
    assert list(log.rows()) == [replace(GUESS, probabilities={}, schema=None)]
    assert log.note([GUESS]) == 0
    assert not workspace.path(LOG).exists()


def test_what_a_model_was_only_asked_was_offered_to_nobody(workspace: Workspace) -> None:
    log = SuggestionLog(workspace)
    log.add([replace(GUESS, shown=None)])
    assert list(log.offered()) == []
    assert log.note([GUESS]) == 1
    assert list(SuggestionLog(workspace).offered()) == [GUESS]


def test_the_last_answer_of_a_model_counts_and_the_version_asked_last(workspace: Workspace) -> None:
    log = SuggestionLog(workspace)
    asked = replace(GUESS, shown=None)
    log.add([replace(asked, model="m@1"), replace(asked, model="m@2", labels=("denial",)), replace(asked, model="n@1")])
    log.add([replace(asked, model="m@2", labels=("none",))])
    assert log.models() == ["m@1", "m@2", "n@1"]
    assert log.answers("m")["a" * 24].labels == ("none",)
    assert log.answers("m@1")["a" * 24].labels == ("claim",)
    with pytest.raises(InvalidInput, match=r"no suggestion of 'x' is there; there are those of m@1, m@2, n@1"):
        log.answers("x")


def test_only_what_changed_is_noted_again(workspace: Workspace) -> None:
    log = SuggestionLog(workspace)
    assert log.note([GUESS]) == 1
    assert log.note([replace(GUESS, model="guess-2")]) == 0, "another model that says the same"
    assert log.note([replace(GUESS, shown=False)]) == 1
    assert SuggestionLog(workspace).note([replace(GUESS, shown=False)]) == 0
    assert log.note([replace(GUESS, shown=False, labels=("denial",))]) == 1
