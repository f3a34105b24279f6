"""From a project's gold to its doubtful decisions, and from these to the experts' queue."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.baselines.selection.stage import audit, causes
from toolkit.cli.app import main
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.project.annotation_log import revision
from toolkit.records import Annotation, content_id

NOUNS = ("ferry", "bridge", "school", "market", "harbour", "river", "train", "forest", "museum", "station")
WHEN = "2026-01-01T00:00:00Z"


def answer(sentence_id: str, who: str, label: str) -> Annotation:
    return Annotation(
        annotation_id=content_id(sentence_id, who),
        sentence_id=sentence_id,
        annotator=who,
        labels=(label,),
        schema="news_events@1.0.0",
        created_at=WHEN,
        updated_at=WHEN,
    )


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    """Twenty articles in which "said" makes a claim; one sentence of the first is decided wrongly by both."""
    made = make_project(
        [
            f"The {noun} reopens, the {role} said on day {day}.\nThe {noun} is near the old {noun} road, day {day}."
            for day, noun in enumerate(NOUNS)
            for role in ("mayor", "minister")
        ]
    )
    first = made.sentences()[0].sentence_id
    right = {each.sentence_id: "claim" if "said" in each.text else "none" for each in made.sentences()}
    said = right | {first: "none"}
    made.annotations.append(revision(answer(key, who, said[key]), {}) for key in said for who in ("ada", "ben"))
    adjudicate_stage.adjudicate(made)
    return made


def test_a_wrong_decision_comes_first_and_goes_to_the_experts(workspace: Workspace) -> None:
    first = workspace.sentences()[0].sentence_id
    outcome = audit(workspace)
    assert (outcome.counts["decisions"], outcome.queued) == (40, None)
    found = outcome.suspects
    assert found[0].sentence_id == first
    assert any(cause.startswith("claim is not given, and the model says 0.") for cause in causes(found[0]))
    again = audit(workspace)
    assert (again.up_to_date, again.suspects) == (True, found)
    gold = workspace.path("gold.parquet").read_bytes()

    assert audit(workspace, queue=1).queued == 1
    assert audit(workspace, queue=1).queued == 0
    second = adjudicate_stage.adjudicate(workspace)
    assert second.counts["for a second look"] == 1
    assert second.counts["queued for an expert"] == 0
    assert second.changes == ()
    assert workspace.path("gold.parquet").read_bytes() == gold
    (dispute,) = map(json.loads, workspace.path("adjudications/queue.jsonl").read_text().splitlines())
    assert dispute["sentence_id"] == first
    assert "model says" in dispute["causes"][0]

    workspace.adjudications.append([revision(answer(first, "cleo", "claim"), {})])
    last = adjudicate_stage.adjudicate(workspace)
    assert [(each.before, each.after, each.cause) for each in last.changes] == [
        (("none",), ("claim",), "an expert's word")
    ]
    assert workspace.path("adjudications/queue.jsonl").read_bytes() == b""
    assert first not in {suspect.sentence_id for suspect in audit(workspace).suspects}


def test_the_command_ranks_and_queues(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    main_ok(["audit", "--project", str(workspace.root), "--queue", "2", "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["queued"] == 1, "nothing speaks against the others"
    assert len(printed["suspects"]) == 20
    main_ok(["audit", "--project", str(workspace.root), "--show", "1"])
    assert workspace.sentences()[0].sentence_id in capsys.readouterr().out


def test_what_chooses_among_baselines_is_no_single_one(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no baseline 'auto'; choose one of majority, ") as refused:
        audit(workspace, baseline="auto")
    assert "auto+embeddings" not in str(refused.value)


def test_without_stories_to_hold_out_there_is_no_audit(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["The mayor said so."])
    with pytest.raises(InvalidInput, match="toolkit adjudicate"):
        audit(workspace)
    workspace.annotations.append([revision(answer(workspace.sentences()[0].sentence_id, "ada", "claim"), {})])
    adjudicate_stage.adjudicate(workspace)
    with pytest.raises(InvalidInput, match="too few stories"):
        audit(workspace)


def main_ok(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert not end.value.code
