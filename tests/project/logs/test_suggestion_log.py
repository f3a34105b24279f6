"""The log of suggestions: each once, in rows that earlier toolkits read too."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from toolkit.project import Workspace
from toolkit.project.logs.suggestion_log import LOG, SuggestionLog
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
ROW = {
    "sentence_id": "a" * 24,
    "shown": True,
    "model": "guess-1",
    "labels": ["claim"],
    "spans": [{"span_id": "s1", "label": "SOURCE", "start": 0, "end": 3, "text": "She", "attributes": {}}],
}
"""A row as the first toolkits wrote it, and read it: without any other key."""


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(["She said so."])


def test_rows_keep_the_keys_of_the_first_toolkits(workspace: Workspace) -> None:
    assert SuggestionLog(workspace).note([GUESS]) == 1
    assert [json.loads(line) for line in workspace.path(LOG).read_text().splitlines()] == [ROW]
    (read,) = SuggestionLog(workspace).rows()
    assert read == replace(GUESS, probabilities={}, schema=None)


def test_rows_with_more_keys_are_read(workspace: Workspace) -> None:
    more = {"relations": [], "probabilities": {"claim": 0.9}, "schema": "news_events@1.0.0"}
    workspace.write(LOG, json.dumps(ROW | more) + "\n")
    assert list(SuggestionLog(workspace).rows()) == [GUESS]


def test_only_what_changed_is_noted_again(workspace: Workspace) -> None:
    log = SuggestionLog(workspace)
    assert log.note([GUESS]) == 1
    assert log.note([replace(GUESS, model="guess-2")]) == 0, "another model that says the same"
    assert log.note([replace(GUESS, shown=False)]) == 1
    assert SuggestionLog(workspace).note([replace(GUESS, shown=False)]) == 0
    assert log.note([replace(GUESS, shown=False, labels=("denial",))]) == 1
