"""`toolkit suggest`: any model's answers in one log, from whole projects; a language model is a stand-in here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_standin import Endpoint, Reply, asked_sentence, endpoint, says

from toolkit.api.facade import Project
from toolkit.cli import main
from toolkit.errors import Interrupted, InvalidConfig, InvalidInput, Locked, RemoteError, UsageError
from toolkit.labelstudio import Query
from toolkit.project import Workspace
from toolkit.project.logs.answer_cache import AnswerCache
from toolkit.project.logs.suggestion_log import LOG, SuggestionLog
from toolkit.records import Suggestion
from toolkit.suggest.stage import REJECTS

TEXTS = ["Harbour\nThe mayor said the bridge was shut.\nIt rained.", "Bank\nThe bank denied it.\nThe market opens."]


def judge(body: dict[str, Any]) -> Reply:
    """Answer as a person might."""
    text = asked_sentence(body)
    source = {"label": "SOURCE", "quote": "The mayor", "fields": {"type": "state_civil", "party_role": None}}
    if "said" in text:
        return says({"labels": ["claim"], "spans": [source], "relations": []})
    return says({"labels": ["denial" if "denied" in text else "none"], "spans": [], "relations": []})


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with endpoint(judge) as running:
        yield running


@pytest.fixture
def project(make_project: Callable[..., Workspace], server: Endpoint) -> Project:
    return with_model(make_project(TEXTS), server.url)


def with_model(workspace: Workspace, url: str, **more: Any) -> Project:
    """Return the project with a language model in its toolkit.yaml, in place of one that was there."""
    path = workspace.path("toolkit.yaml")
    kept = [line for line in path.read_text().splitlines() if not line.startswith("llm:")]
    path.write_text("\n".join([*kept, "llm: " + json.dumps({"url": url, "model": "stand-in"} | more)]) + "\n")
    return Project(workspace.root)


def logged(project: Project) -> dict[str, tuple[str, ...]]:
    texts = {each.sentence_id: each.text for each in project.workspace.sentences()}
    return {texts[each.sentence_id]: each.labels for each in SuggestionLog(project.workspace).rows()}


def test_a_language_model_answers_every_sentence_once(project: Project, server: Endpoint) -> None:
    said: list[str] = []
    result = project.ask("llm", say=said.append)
    assert dict(result.counts) == {"sentences answered": 6, "answered before": 0}
    assert logged(project) == {
        "Harbour": ("none",),
        "The mayor said the bridge was shut.": ("claim",),
        "It rained.": ("none",),
        "Bank": ("none",),
        "The bank denied it.": ("denial",),
        "The market opens.": ("none",),
    }
    rows = list(SuggestionLog(project.workspace).rows())
    assert {each.shown for each in rows} == {None}, "nobody was shown anything"
    assert {each.schema for each in rows} == {"news_events@1.0.0"}
    assert [span.text for each in rows for span in each.spans] == ["The mayor"]
    assert result.tokens == 6 * 110
    assert said == [said[0]]
    assert said[0].startswith(f"6 sentences of 2 articles and the codebook go to {server.url}/chat/completions")
    assert "on this machine" in said[0]
    again = project.ask("llm")
    assert again.up_to_date
    assert dict(again.counts) == {"sentences answered": 0, "answered before": 6}
    assert len(server.asked) == 6


def test_the_choice_of_sentences_is_that_of_push(project: Project, server: Endpoint) -> None:
    assert project.ask("llm", where=["text~denied"]).answered == 1
    assert project.ask("llm", limit=2).answered == 2
    assert project.ask("llm", limit=2).answered == 0
    last = project.workspace.sentences()[-1].sentence_id
    project.workspace.write("order.txt", last + "\n")
    assert project.ask("llm", limit=1, order=project.workspace.path("order.txt")).answered == 1
    assert len(server.asked) == 4


def test_a_dry_run_asks_nothing_and_counts_about_what_the_run_takes(project: Project, server: Endpoint) -> None:
    project = with_model(project.workspace, server.url, prices={"prompt": 1.0, "answer": 2.0})
    result = project.ask("llm", dry_run=True)
    assert server.asked == []
    assert not project.workspace.path(LOG).exists()
    assert dict(result.counts) == {"sentences to ask about": 6, "answered before": 0}
    project.ask("llm")
    sent = sum(len(turn["content"].encode()) for body in server.asked for turn in body["messages"])
    assert result.tokens == pytest.approx(sent / 3.5 + 6 * 60, rel=0.02)
    assert result.cost == pytest.approx((sent / 3.5 + 2 * 6 * 60) / 1e6, rel=0.02)


def test_context_and_gold_of_other_stories_are_shown(project: Project, server: Endpoint) -> None:
    from builders import decision

    from toolkit.engine.arrow import parquet_bytes, to_table
    from toolkit.records import Decision

    workspace = project.workspace
    sentences = {each.text: each for each in workspace.sentences()}
    gold = [decision(sentences[text].sentence_id, "none") for text in ("It rained.", "The market opens.")]
    workspace.write("gold.parquet", parquet_bytes(to_table(Decision, gold)))
    plain = project.ask("llm").model
    shown = with_model(workspace, server.url, context=1, examples=1).ask("llm").model
    assert plain != shown, "another prompt is another model in the log"
    asked = {asked_sentence(body): body["messages"] for body in server.asked[6:]}
    assert len(asked) == 6
    for text, turns in asked.items():
        own = next(whole for whole in TEXTS if text in whole)
        example = turns[1]["content"]
        assert not any(line in own.split("\n") for line in example.split("\n") if not line.startswith("<<<"))
    question = asked["The mayor said the bridge was shut."][-1]["content"]
    assert "BEFORE" in question
    assert "It rained." in question


def test_rejects_have_their_reasons_and_are_not_paid_for_again(make_project: Callable[..., Workspace]) -> None:
    with endpoint(
        lambda body: says({"labels": ["lie"]}) if "denied" in asked_sentence(body) else judge(body)
    ) as server:
        project = with_model(make_project(TEXTS), server.url)
        result = project.ask("llm")
        assert dict(result.rejected) == {"unknown-label": 1}
        assert result.counts["rejected"] == 1
        assert project.ask("llm").rejected == result.rejected
        assert len(server.asked) == 7
    (line,) = project.workspace.path(REJECTS).read_text().splitlines()
    assert json.loads(line)["detail"].startswith("news_events@1.0.0 has no label 'lie'")


def test_what_must_not_be_sent_is_not(project: Project, server: Endpoint) -> None:
    gone = project.workspace.articles()[0].article_id
    project.workspace.write("takedowns.yaml", f"{gone}: asked for it\n")
    result = project.ask("llm")
    assert dict(result.not_sent) == {"of articles that were taken down": 3}
    assert result.answered == 3
    assert not any("mayor" in asked_sentence(body) for body in server.asked)


def test_a_key_is_in_the_environment_or_nothing_is_sent(
    project: Project, server: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed = with_model(project.workspace, server.url, key_variable="MY_LLM_KEY")
    monkeypatch.delenv("MY_LLM_KEY", raising=False)
    with pytest.raises(InvalidConfig, match="MY_LLM_KEY is not set"):
        keyed.ask("llm")
    monkeypatch.setenv("MY_LLM_KEY", "s3cret-s3cret-s3cret")
    keyed.ask("llm", limit=1)
    assert server.keys == ["Bearer s3cret-s3cret-s3cret"]
    written = b"".join(path.read_bytes() for path in project.root.rglob("*") if path.is_file())
    assert b"s3cret" not in written


def test_a_project_without_a_model_is_told_how_to_name_one(make_project: Callable[..., Workspace]) -> None:
    with pytest.raises(InvalidConfig, match="names no language model"):
        Project(make_project(TEXTS).root).ask("llm")


def test_two_at_once_do_not_pay_twice(project: Project) -> None:
    from toolkit.project.mutex import exclusive

    with exclusive(project.workspace.path(".toolkit", "suggest")), pytest.raises(Locked):
        project.ask("llm")


def test_the_budget_is_the_projects_and_not_the_runs(project: Project, server: Endpoint) -> None:
    tight = with_model(project.workspace, server.url, budget=3700, max_tokens=64, concurrency=1)
    with pytest.raises(Interrupted, match="3,700"):
        tight.ask("llm")
    answered = len(logged(tight))
    assert 0 < answered < 6
    with pytest.raises(Interrupted):
        tight.ask("llm")
    assert len(server.asked) == answered
    assert with_model(project.workspace, server.url, budget=10**6, max_tokens=64).ask("llm").answered == 6 - answered


@pytest.mark.slow
def test_a_process_that_is_killed_pays_for_nothing_twice(make_project: Callable[..., Workspace]) -> None:
    texts = ["\n".join(f"The mayor said {story} {n}." for n in range(10)) for story in ("a", "b", "c")]
    with endpoint(lambda body: says({"labels": ["claim"]}, delay=0.05)) as server:
        project = with_model(make_project(texts), server.url, concurrency=2)
        command = [sys.executable, "-m", "toolkit", "suggest", "--model", "llm", "--project", str(project.root)]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(server.asked) < 10 and running.poll() is None:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        time.sleep(0.3)
        paid = len(server.asked)
        assert project.ask("llm").answered == 30
        assert sorted(logged(project).values()) == [("claim",)] * 30
        assert len(server.asked) <= 30 + 3, f"{paid} before, of which those under way were lost"


def test_answers_of_a_model_that_fails_half_way_are_kept(make_project: Callable[..., Workspace]) -> None:
    with endpoint(lambda body: judge(body) if len(server.asked) < 4 else Reply(status=401)) as server:
        project = with_model(make_project(TEXTS), server.url, concurrency=1)
        with pytest.raises(RemoteError, match="401"):
            project.ask("llm")
        assert logged(project)
        server.behaviour = judge
        refused = len(server.asked) - 3
        project.ask("llm")
        assert len(server.asked) == 6 + refused
        assert len(logged(project)) == 6


def test_anybodys_rows_pass_the_same_checks(project: Project, tmp_path: Path) -> None:
    first = project.workspace.sentences()[0].sentence_id
    rows = [
        {"sentence_id": first, "labels": ["none"], "probabilities": {"none": 0.9, "lie": 0.1}, "model": "theirs"},
        {"text": "The bank denied it.", "labels": ["denial"], "spans": [{"label": "CUE", "quote": "denied"}]},
        {"text": "It rained.", "labels": ["lie"]},
        {"text": "Nobody wrote this.", "labels": ["none"]},
    ]
    path = tmp_path / "theirs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "not json\n")
    result = project.ask(str(path))
    assert dict(result.counts) == {"sentences answered": 2, "answered before": 0, "rejected": 3}
    assert dict(result.rejected) == {"not-json": 1, "unknown-label": 1, "unknown-sentence": 1}
    assert result.model.startswith("theirs@")
    found = SuggestionLog(project.workspace).answers("theirs")
    assert dict(found[first].probabilities) == {"none": 0.9}
    assert [span.text for each in found.values() for span in each.spans] == ["denied"]
    rejected = [json.loads(line) for line in project.workspace.path(REJECTS).read_text().splitlines()]
    assert [each["source"] for each in rejected] == [f"{path}:{number}" for number in (3, 4, 5)]
    assert project.ask(str(path)).up_to_date
    with pytest.raises(UsageError):
        project.ask(str(path), limit=1)
    path.write_text('{"text": "It rained.", "labels": ["casualty_figure"]}\n')
    assert project.ask(str(path)).answered == 1, "without spans it answers the labels alone"
    path.write_text('{"text": "It rained.", "labels": ["lie"]}\n')
    with pytest.raises(InvalidInput, match="no row can be taken"):
        project.ask(str(path))


def test_people_are_shown_a_language_models_answers_as_any_others(project: Project) -> None:
    with pytest.raises(InvalidInput, match="toolkit suggest"):
        project.suggest("llm")
    name = project.ask("llm").model
    start = project.suggest("llm", hold_out=0.0)
    assert start.suggester.version == name
    texts = {each.text: each for each in project.workspace.sentences()}
    asked = [Query(sentence_id=texts[text].sentence_id, text=text) for text in ("The bank denied it.", "Bank")]
    assert [each.labels for each in start.offer(asked, [True, True])] == [("denial",), ("none",)]
    offered = list(SuggestionLog(project.workspace).offered())
    assert [(each.model, each.shown, each.labels) for each in offered] == [
        (name, True, ("denial",)),
        (name, True, ("none",)),
    ]


def test_logs_of_earlier_toolkits_are_the_beginning(project: Project) -> None:
    old = {"sentence_id": "a" * 24, "shown": True, "model": "guess-1", "labels": ["claim"], "spans": []}
    project.workspace.write("annotations/suggestions.jsonl", json.dumps(old) + "\n")
    project.ask("llm", limit=1)
    log = SuggestionLog(project.workspace)
    assert [each.model.partition("@")[0] for each in log.rows()] == ["guess-1", "stand-in"]
    assert [each.sentence_id for each in log.offered()] == ["a" * 24]
    assert isinstance(log.answers("guess-1")["a" * 24], Suggestion)


def test_the_command_says_what_leaves_before_it_does_and_prints_the_result(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as code:
        main(["suggest", "--model", "llm", "--project", str(project.root)])
    assert not code.value.code
    out, err = capsys.readouterr()
    assert out == "suggest     6 sentences answered · 0 answered before\n"
    assert err.index("go to http://127.0.0.1") < err.index("tokens      660 used in this project")
    with pytest.raises(SystemExit):
        main(["suggest", "--model", "llm", "--project", str(project.root), "--json", "--dry-run"])
    assert json.loads(capsys.readouterr().out)["up_to_date"] is True


def test_a_server_that_reads_half_a_prompt_is_told(project: Project, server: Endpoint) -> None:
    """Ollama cuts the beginning off a prompt that is longer than its context, and answers all the same."""
    assert "it read 100 of about 3," in project.ask("llm", limit=1).notes[0]
    server.behaviour = lambda body: says({"labels": ["none"], "spans": [], "relations": []}, usage=False)
    assert project.ask("llm", limit=2).notes == ()


def test_the_prompt_is_kept_as_it_was_sent(project: Project, server: Endpoint) -> None:
    project.ask("llm", limit=1)
    (path,) = project.workspace.path("suggestions", "models").glob("*.json")
    kept = json.loads(path.read_text())
    assert kept["prompt"] == server.asked[0]["messages"][0]["content"]
    assert AnswerCache(project.workspace, kept["model"]).spent() == (100, 10)
