"""`toolkit select`: what is left out, what comes before the first model, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.baselines.test_baselines_runs import make_release
from toolkit.baselines import Rows, save, train
from toolkit.baselines.selection.stage import ORDER, REPORT, select
from toolkit.cli import main
from toolkit.errors import UsageError
from toolkit.project import Workspace
from toolkit.project.annotation_log import revision
from toolkit.project.push_ledger import Ledger
from toolkit.records import Annotation

MOMENT = "2026-01-01T00:00:00Z"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace], make_rows: Callable[..., Rows]) -> Workspace:
    return make_project(["\n".join(make_rows(40, seed=1).texts)], title="News")


@pytest.fixture
def model(tmp_path: Path, make_rows: Callable[..., Rows]) -> Path:
    save(train(make_rows(120), baseline="words-lr"), tmp_path / "words-lr")
    return tmp_path / "words-lr"


def selection(workspace: Workspace) -> list[dict[str, Any]]:
    return [json.loads(line) for line in workspace.path(ORDER).read_text().splitlines()]


def answer(workspace: Workspace, *sentence_ids: str) -> None:
    for sentence_id in sentence_ids:
        given = Annotation(
            annotation_id=sentence_id,
            sentence_id=sentence_id,
            annotator="annotator-1",
            schema="news_events@1.0.0",
            created_at=MOMENT,
            updated_at=MOMENT,
        )
        workspace.annotations.append([revision(given, {})])


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
    answer(workspace, *ids[:5])
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
    with pytest.raises(UsageError, match="no share"):
        select(workspace, model, count=3, random_share=1.5)
    assert (workspace.path(ORDER).read_bytes(), workspace.path(REPORT).read_bytes()) == before


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def test_the_command_says_what_it_drew_left_out_and_wrote_and_what_comes_next(
    workspace: Workspace, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("select", "--project", workspace.root, "--count", 10)
    assert run(*command) == 0
    told = capsys.readouterr()
    assert told.out.startswith("select      10 chosen · 10 at random · 30 left · 0 wait for answers")
    assert "no model was trained yet, so all are drawn at random" in told.err
    assert f"written to {workspace.path(ORDER)}; next: `toolkit push --order selection.jsonl --limit 10`" in told.err

    ledger = Ledger(workspace, "project 1", "News")
    ledger.sending([(sentence.sentence_id, "0" * 64) for sentence in workspace.sentences()])
    ledger.acknowledged()
    assert run(*command, "--model", model) == 0
    told = capsys.readouterr()
    assert told.out.startswith("select      0 chosen · 0 at random · 0 left · 40 wait for answers")
    assert "there is nothing to choose from: every sentence has an answer or waits for one" in told.err
    assert "40 sentences were pushed and wait for a first answer" in told.err
    assert "next:" not in told.err
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


def test_it_advises_to_stop_where_even_many_more_sentences_would_add_next_to_nothing(workspace: Workspace) -> None:
    make_release(workspace.path("releases"), articles=60)
    select(workspace, count=1)
    found = json.loads(workspace.path(REPORT).read_bytes())
    assert found["curve"]["more"] == 500, "one sentence never adds much"
    assert (found["stop"], found["curve"]["gain"]["high"] < 0.005) == (True, True)
    assert "less than 0.005 even at its upper end, too little to go on labelling" in found["summary"]


def test_it_gives_no_advice_where_too_little_is_labelled(workspace: Workspace) -> None:
    make_release(workspace.path("releases"), articles=10)
    select(workspace, count=1)
    found = json.loads(workspace.path(REPORT).read_bytes())
    assert found["stop"] is None
    assert "is not known: a learning curve needs 10 stories" in found["summary"]
