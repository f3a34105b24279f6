"""`toolkit estimate`: shares of labels in a project's whole corpus, by outlet and the rest, from logs and decisions."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import article, decision, lines_of

from toolkit.api.facade import Project
from toolkit.cli import main
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Article, Decision, Sentence, Suggestion

OUTLETS = ("Harbour Post", "Hill Courier")


@pytest.fixture
def project(make_project: Callable[..., Workspace]) -> Project:
    """Two outlets of fifty articles with four sentences each; every second sentence of the first denies something."""
    workspace = make_project(["It rained."])
    articles = [
        article(
            "\n".join(f"Sentence {n} of page {at}." for n in range(4)),
            source=f"{at}.txt",
            publisher=OUTLETS[at % 2],
            published_at=f"2026-0{1 + at % 3}-02",
            language="en",
        )
        for at in range(100)
    ]
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
    sentences = [line for whole in articles for line in lines_of(whole)]
    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, sentences)))
    says = [
        Suggestion(sentence_id=each.sentence_id, shown=None, model="m@1", labels=labels(each)) for each in sentences
    ]
    SuggestionLog(workspace).add(says)
    decide(workspace, sentences[::5])
    return Project(workspace.root)


def labels(sentence: Sentence) -> tuple[str, ...]:
    _, number, _, _, page = sentence.text.rstrip(".").split()
    return ("denial",) if int(number) % 2 and int(page) % 2 == 0 else ("none",)


def decide(workspace: Workspace, sentences: Sequence[Sentence]) -> None:
    decisions = [decision(each.sentence_id, *labels(each)) for each in sentences]
    workspace.write("gold.parquet", parquet_bytes(to_table(Decision, sorted(decisions, key=lambda d: d.sentence_id))))


def row(report: Any, label: str, group: str = "") -> Any:
    (found,) = (each for each in report["rows"] if (each["label"], each["group"]) == (label, group))
    return found


def test_shares_of_the_corpus_are_near_the_truth_with_their_intervals(project: Project) -> None:
    outcome = project.estimate("m")
    assert dict(outcome.counts) == {"sentences": 400, "labelled": 80}
    found = row(outcome.report, "denial")["found"]
    assert found["share"]["value"] == pytest.approx(0.25, abs=1e-6), "the model is right, so its answers tell the rest"
    assert 0 < found["share"]["high"] - found["share"]["low"] < found["alone"]["high"] - found["alone"]["low"]
    assert row(outcome.report, "denial")["said"].startswith("25.0% of the sentences: denial (")
    assert "all labelled ones are taken to be" in outcome.report["notes"][0]
    assert project.estimate("m").up_to_date


def test_outlets_months_languages_and_stories_are_counted_apart(project: Project) -> None:
    by_outlet = project.estimate("m", by="outlet", labels=["denial"]).report
    shares = {each["group"]: each["found"]["share"]["value"] for each in by_outlet["rows"]}
    assert shares == {"Harbour Post": pytest.approx(0.5, abs=1e-6), "Hill Courier": 0.0}
    assert {each["group"] for each in project.estimate("m", by="month").report["rows"]} == {
        "2026-01",
        "2026-02",
        "2026-03",
    }
    assert {each["group"] for each in project.estimate("m", by="language").report["rows"]} == {"en"}
    by_story = project.estimate("m", by="story", labels=["denial"]).report["rows"]
    assert len(by_story) == 100
    assert all(each["found"]["share"]["low"] is None for each in by_story), "one story alone shows no variation"


def test_what_was_chosen_and_what_was_drawn_are_told_apart(project: Project) -> None:
    workspace = project.workspace
    sentences = workspace.sentences()
    chosen = [each for each in sentences if "denial" in labels(each)][:60]
    drawn = random.Random(3).sample([each for each in sentences if each not in chosen], 60)
    decide(workspace, [*chosen, *drawn])
    rows = [{"sentence_id": each.sentence_id, "why": "informative"} for each in chosen]
    rows += [{"sentence_id": each.sentence_id, "why": "random"} for each in drawn]
    naive = row(project.estimate("m").report, "denial")["found"]["alone"]
    workspace.write("selection.jsonl", "".join(json.dumps(each) + "\n" for each in rows))
    outcome = project.estimate("m")
    assert not outcome.up_to_date
    found = row(outcome.report, "denial")["found"]["alone"]
    assert found["low"] <= 0.25 <= found["high"] < naive["low"]
    assert f"{len(drawn)} labelled sentences were drawn at random, 60 for another reason" in outcome.report["notes"]
    alone = workspace.write("drawn.txt", "".join(f"{each.sentence_id}\n" for each in drawn))
    assert row(project.estimate("m", drawn=alone).report, "denial")["found"]["alone"] == found
    workspace.write("drawn.txt", "f" * 24 + "\n")
    with pytest.raises(InvalidInput, match="no sentence that was drawn at random has a decision yet"):
        project.estimate("m", drawn=alone)


def test_a_model_that_is_wrong_everywhere_misleads_nobody(project: Project) -> None:
    log = SuggestionLog(project.workspace)
    says = [
        replace(each, model="liar@1", labels=("none",) if "denial" in each.labels else ("denial",))
        for each in log.rows()
    ]
    log.add(says)
    found = row(project.estimate("liar").report, "denial")["found"]
    assert found["model_alone"] == 0.75
    assert found["share"] == found["alone"]
    assert found["share"]["low"] <= 0.25 <= found["share"]["high"]


def test_what_a_reader_should_know_is_noted(project: Project) -> None:
    log = SuggestionLog(project.workspace)
    offered = [replace(each, shown=True) for each in list(log.rows())[:10]]
    log.note(offered)
    log.add([replace(each, model="lazy@1", shown=None) for each in offered])
    notes = project.estimate("lazy").report["notes"]
    left_out = "2 of the labelled sentences are left out, since people saw a suggestion on them"
    assert f"{left_out}; --also-shown counts them" in notes
    also = project.estimate("lazy", also_shown=True)
    assert not also.up_to_date
    assert "people saw a suggestion on 2 of the labelled sentences, which may have swayed them" in also.report["notes"]
    assert "the model has no answer to 390 sentences, which count as without a label there" in notes


@pytest.mark.slow
def test_people_who_followed_a_wrong_model_mislead_nobody(project: Project) -> None:
    """The model calls every sentence a denial; people believe it, but for the fifth that was held back."""
    workspace = project.workspace
    asked = random.Random(1).sample(workspace.sentences(), 300)
    held = {each.sentence_id for each in asked[::5]}
    says = [Suggestion(sentence_id=each.sentence_id, shown=None, model="all@1", labels=("denial",)) for each in asked]
    log = SuggestionLog(workspace)
    log.add([*says, *(replace(each, shown=each.sentence_id not in held) for each in says)])
    decisions = [
        decision(each.sentence_id, *(labels(each) if each.sentence_id in held else ("denial",))) for each in asked
    ]
    workspace.write("gold.parquet", parquet_bytes(to_table(Decision, sorted(decisions, key=lambda d: d.sentence_id))))
    found = row(project.estimate("all").report, "denial")
    assert found["labelled"] == 60
    assert found["found"]["share"]["low"] <= 0.25 <= found["found"]["share"]["high"]
    swayed = row(project.estimate("all", also_shown=True).report, "denial")
    assert (swayed["labelled"], swayed["found"]["share"]["low"] > 0.7) == (300, True)
    workspace.write(
        "gold.parquet",
        parquet_bytes(
            to_table(Decision, [d for d in sorted(decisions, key=lambda d: d.sentence_id) if d.sentence_id not in held])
        ),
    )
    with pytest.raises(InvalidInput, match="people saw a suggestion on every labelled sentence"):
        project.estimate("all")


def test_decisions_that_models_had_a_vote_in_are_no_labels_of_people(project: Project) -> None:
    decisions = list(project.workspace.stream(Decision))
    half = [replace(each, method="people+models") if at % 2 else each for at, each in enumerate(decisions)]
    project.workspace.write("gold.parquet", parquet_bytes(to_table(Decision, half)))
    assert row(project.estimate("m").report, "denial")["labelled"] == 40


@pytest.mark.slow
def test_the_command_prints_the_table_and_writes_it_as_csv(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as code:
        main(["estimate", "--model", "m", "--by", "outlet", "--label", "denial", "--project", str(project.root)])
    assert not code.value.code
    out, err = capsys.readouterr()
    assert "Harbour Post" in out
    assert "50.0%" in out
    assert "reports/estimate.csv" in err
    with (project.root / "reports" / "estimate.csv").open(newline="") as file:
        (post, courier) = csv.DictReader(file)
    assert (post["group"], float(post["share"]), post["labelled"]) == ("Harbour Post", 0.5, "40")
    assert courier["group"] == "Hill Courier"
    for wrong in (["--label", "lie"], ["--random", "nowhere.txt"]):
        with pytest.raises(SystemExit) as code:
            main(["estimate", "--model", "m", "--project", str(project.root), *wrong])
        assert code.value.code == 3


@pytest.mark.slow
def test_the_report_shows_the_shares_and_draws_them(project: Project) -> None:
    page, report = project.report()
    assert report.shares is None
    assert 'id="shares"' not in page.read_text()
    said = row(project.estimate("m").report, "denial")["said"]
    page, report = project.report()
    assert report.shares is not None
    assert said in page.read_text()
    assert "Share of the sentences that carry a label" in page.read_text()


def test_nothing_is_estimated_before_anything_is_decided(
    make_project: Callable[..., Workspace], tmp_path: Path
) -> None:
    workspace = make_project(["It rained."])
    (only,) = workspace.sentences()
    SuggestionLog(workspace).add([Suggestion(sentence_id=only.sentence_id, shown=None, model="m@1", labels=("none",))])
    with pytest.raises(InvalidInput, match="toolkit adjudicate"):
        Project(workspace.root).estimate("m")
