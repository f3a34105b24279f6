"""`toolkit select` and `toolkit audit`: what to label next, and which decisions to look at again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import answer, span

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.baselines import Rows, save, train
from toolkit.baselines.selection.stage import ORDER, REPORT, audit, causes, select
from toolkit.cli import main
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.push_ledger import Ledger
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Suggestion
from toolkit.release import Release

pytestmark = pytest.mark.slow

NOUNS = ("ferry", "bridge", "school", "market", "harbour", "river", "train", "forest", "museum", "station")


@pytest.fixture
def workspace(make_project: Callable[..., Workspace], make_rows: Callable[..., Rows]) -> Workspace:
    return make_project(["\n".join(make_rows(40, seed=1).texts)], title="News")


@pytest.fixture
def model(tmp_path: Path, make_rows: Callable[..., Rows]) -> Path:
    save(train(make_rows(120), baseline="words-lr"), tmp_path / "words-lr")
    return tmp_path / "words-lr"


def selection(workspace: Workspace) -> list[dict[str, Any]]:
    return [json.loads(line) for line in workspace.path(ORDER).read_text().splitlines()]


def note(workspace: Workspace, *sentence_ids: str) -> None:
    workspace.annotations.append([revision(answer(each, "annotator-1"), {}) for each in sentence_ids])


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def test_before_the_first_model_everything_is_drawn_at_random(workspace: Workspace, model: Path) -> None:
    outcome = select(workspace, count=12)
    assert outcome.counts == {"chosen": 12, "at random": 12, "left": 28, "wait for answers": 0}
    first = selection(workspace)
    assert {(row["why"], row["score"], row["label"]) for row in first} == {("random", 0.0, "")}
    assert select(workspace, count=12).up_to_date
    select(workspace, count=40)
    assert selection(workspace)[:12] == first, "a larger batch begins with the smaller one"
    select(workspace, count=12, seed=1)
    assert selection(workspace) != first
    select(workspace, model, count=24)
    drawn = [row for row in selection(workspace) if row["why"] == "random"]
    assert len(drawn) == 12
    assert {row["sentence_id"] for row in drawn[:3]} <= {row["sentence_id"] for row in first}


def test_what_is_answered_or_waits_is_not_offered_again(workspace: Workspace, model: Path) -> None:
    ids = [sentence.sentence_id for sentence in workspace.sentences()]
    note(workspace, *ids[:5])
    for folder in (None, model):
        outcome = select(workspace, folder, count=100, waiting=ids[:15])
        assert outcome.counts["chosen"] == 25
        assert outcome.counts["wait for answers"] == 10
        assert {row["sentence_id"] for row in selection(workspace)} == set(ids[15:])
        assert not select(workspace, folder, count=100, waiting=ids[:14]).up_to_date
        assert select(workspace, folder, count=100, waiting=ids).counts["chosen"] == 0
        assert selection(workspace) == []


def test_a_share_that_is_none_changes_nothing(workspace: Workspace, model: Path) -> None:
    select(workspace, model, count=3)
    before = workspace.path(ORDER).read_bytes(), workspace.path(REPORT).read_bytes()
    with pytest.raises(UsageError, match="is not a share"):
        select(workspace, model, count=3, random_share=1.5)
    assert (workspace.path(ORDER).read_bytes(), workspace.path(REPORT).read_bytes()) == before


def test_the_command_says_what_it_drew_left_out_and_wrote_and_what_comes_next(
    workspace: Workspace, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("select", "--project", workspace.root, "--count", 10)
    assert run(*command) == 0
    told = capsys.readouterr()
    assert told.out.startswith("select      10 chosen · 10 at random · 30 left · 0 wait for answers")
    assert "no model was trained yet, so all are drawn at random" in told.err
    assert f"written to {workspace.path(ORDER)}\nnext: `toolkit push --order selection.jsonl --limit 10`" in told.err

    ledger = Ledger(workspace, "project 1", "News")
    ledger.sending([(sentence.sentence_id, "0" * 64) for sentence in workspace.sentences()])
    ledger.acknowledged()
    assert run(*command, "--model", model) == 0
    told = capsys.readouterr()
    assert told.out.startswith("select      0 chosen · 0 at random · 0 left · 40 wait for answers")
    assert "there is nothing to choose from: every sentence has an answer or waits for one" in told.err
    assert "40 sentences were pushed and wait for a first answer" in told.err
    assert "next: `toolkit pull`" in told.err
    assert run(*command, "--model", model, "--also-pushed", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"chosen": 10, "at random": 5, "left": 30, "wait for answers": 0}
    assert (found["model"], found["path"]) == ("words-lr", str(workspace.path(ORDER)))
    assert (found["next"], found["stop"]) == ("toolkit push --order selection.jsonl --limit 10", None)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--count", "0"], 2, "--count"),
        (["--count", "-5"], 2, "--count"),
        (["--count", "many"], 2, "--count"),
        (["--random-share", "1.5"], 2, "--random-share"),
        (["--model", "nowhere"], 3, "nowhere/config.json: there is no such file"),
        (["--model", "newest"], 3, "no model was trained yet; run `toolkit train`"),
    ],
)
def test_what_is_wrong_with_the_call_is_said_and_nothing_written(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert run("select", "--project", workspace.root, *arguments) == code
    assert told in capsys.readouterr().err
    assert not workspace.path(ORDER).exists()


def test_before_there_are_sentences_the_command_that_makes_them_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace.create(tmp_path / "empty")
    assert run("select", "--project", workspace.root) == 3
    assert "sentences.parquet: is not there yet; run `toolkit segment`" in capsys.readouterr().err


def test_it_advises_to_stop_where_even_many_more_sentences_would_add_next_to_nothing(
    workspace: Workspace, make_release: Callable[..., Release]
) -> None:
    make_release(workspace.path("releases"), articles=60)
    select(workspace, count=1)
    found = json.loads(workspace.path(REPORT).read_bytes())
    assert found["curve"]["more"] == 500, "one sentence never adds much"
    assert (found["stop"], found["curve"]["gain"]["high"] < 0.005) == (True, True)
    assert "less than 0.005 even at its upper end, too little to go on labelling" in found["summary"]


def test_it_gives_no_advice_where_too_little_is_labelled(
    workspace: Workspace, make_release: Callable[..., Release]
) -> None:
    make_release(workspace.path("releases"), articles=10)
    select(workspace, count=1)
    found = json.loads(workspace.path(REPORT).read_bytes())
    assert found["stop"] is None
    assert "is not known: a learning curve needs 10 stories" in found["summary"]


@pytest.fixture
def decided(make_project: Callable[..., Workspace]) -> Workspace:
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


def test_a_wrong_decision_comes_first_and_goes_to_the_experts(decided: Workspace) -> None:
    first = decided.sentences()[0].sentence_id
    outcome = audit(decided)
    assert (outcome.counts["decisions"], outcome.queued) == (40, None)
    found = outcome.suspects
    assert found[0].sentence_id == first
    assert any(cause.startswith("claim is not given, and the model says 0.") for cause in causes(found[0]))
    again = audit(decided)
    assert (again.up_to_date, again.suspects) == (True, found)
    gold = decided.path("gold.parquet").read_bytes()

    assert audit(decided, queue=1).queued == 1
    assert audit(decided, queue=1).queued == 0
    second = adjudicate_stage.adjudicate(decided)
    assert second.counts["for a second look"] == 1
    assert second.counts["queued for an expert"] == 0
    assert second.changes == ()
    assert decided.path("gold.parquet").read_bytes() == gold
    (dispute,) = map(json.loads, decided.path("adjudications/queue.jsonl").read_text().splitlines())
    assert dispute["sentence_id"] == first
    assert "model says" in dispute["causes"][0]

    decided.adjudications.append([revision(answer(first, "cleo", "claim"), {})])
    last = adjudicate_stage.adjudicate(decided)
    assert [(each.before, each.after, each.cause) for each in last.changes] == [
        (("none",), ("claim",), "an expert's word")
    ]
    assert decided.path("adjudications/queue.jsonl").read_bytes() == b""
    assert first not in {suspect.sentence_id for suspect in audit(decided).suspects}


def test_the_command_ranks_and_queues(decided: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("audit", "--project", decided.root, "--queue", 2, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["queued"] == 1, "nothing speaks against the others"
    assert len(printed["suspects"]) == 20
    assert run("audit", "--project", decided.root, "--show", 1) == 0
    assert decided.sentences()[0].sentence_id in capsys.readouterr().out


def test_what_chooses_among_baselines_is_no_single_one(decided: Workspace) -> None:
    with pytest.raises(UsageError, match="no baseline 'auto'; choose one of majority, ") as refused:
        audit(decided, baseline="auto")
    assert "auto+embeddings" not in str(refused.value)


def test_without_stories_to_hold_out_there_is_no_audit(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["The mayor said so."])
    with pytest.raises(InvalidInput, match="toolkit adjudicate"):
        audit(workspace)
    workspace.annotations.append([revision(answer(workspace.sentences()[0].sentence_id, "ada", "claim"), {})])
    adjudicate_stage.adjudicate(workspace)
    with pytest.raises(InvalidInput, match="too few stories"):
        audit(workspace)


def test_a_model_that_suggest_asked_doubts_decisions_too(
    decided: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences = decided.sentences()
    SuggestionLog(decided).add(
        Suggestion(
            sentence_id=each.sentence_id,
            shown=None,
            model="llm@1",
            labels=("claim" if "said" in each.text else "none",),
        )
        for each in sentences
    )
    outcome = audit(decided, model="llm")
    assert [each.sentence_id for each in outcome.suspects if each.doubts] == [sentences[0].sentence_id]
    assert any(each.startswith("claim is not given, and the model says 0.95") for each in causes(outcome.suspects[0]))
    assert json.loads(decided.path("reports/audit.json").read_bytes())["model"] == "llm@1"
    assert audit(decided, model="llm@1").up_to_date
    assert not audit(decided).up_to_date, "by a baseline it is another audit"
    assert run("audit", "--project", decided.root, "--model", "nobody") == 3
    assert "no suggestion of 'nobody' is there; there are those of llm@1" in capsys.readouterr().err


def test_a_source_that_nobody_marked_is_found_and_queued(make_project: Callable[..., Workspace]) -> None:
    made = make_project(
        [
            f"The {noun} reopens, the {role} said on day {day}.\nThe {noun} is near the old {noun} road, day {day}."
            for day, noun in enumerate(NOUNS)
            for role in ("mayor", "minister")
        ]
    )
    said = [each for each in made.sentences() if "said" in each.text]
    forgotten = said[0]
    for each in made.sentences():
        role = next((role for role in ("the mayor", "the minister") if role in each.text), None)
        spans = (span(each.text, role, "SOURCE", type="state_civil"),) if role and each != forgotten else ()
        claim = "claim" if role else "none"
        made.annotations.append(
            [revision(answer(each.sentence_id, who, claim, spans=spans), {}) for who in ("ada", "ben")]
        )
    adjudicate_stage.adjudicate(made)
    found = audit(made).suspects
    assert found[0].sentence_id == forgotten.sentence_id
    assert [(doubt.kind, doubt.text) for doubt in found[0].spans] == [("missing", "the mayor")]
    assert causes(found[0])[-1].startswith("SOURCE “the mayor” is not marked, and the tagger says 0.")
    assert sum(bool(each.spans) for each in found) == 1
    again = audit(made, queue=1)
    assert (again.up_to_date, again.suspects, again.queued) == (True, found, 1)
