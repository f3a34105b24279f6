"""The report says what the files say, the same way every time, and says what is not there yet."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from builders import write_corpus

from tests.report.conftest import answer, texts
from toolkit import release
from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.baselines.training import stage as training_stage
from toolkit.cli import main
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Reject, Suggestion, to_json
from toolkit.report import project_report, report_page, write_report
from toolkit.segment import stage as segment_stage

pytestmark = pytest.mark.slow

SENTENCES = 11 * 4 + 4


def test_the_numbers_are_those_of_the_answers(project: Workspace) -> None:
    report = project_report(project)
    assert report.corpus is not None
    assert (report.corpus.counts["articles"], report.corpus.counts["sentences"]) == (12, SENTENCES)
    assert report.progress is not None
    ann, ben = report.progress.people
    assert (ann.annotator, ann.answers, ann.skipped, ann.seconds) == ("ann", SENTENCES, 0, 12.0)
    assert (ben.annotator, ben.answers, ben.skipped, ben.seconds) == ("ben", SENTENCES - 1, 1, 20.0)
    assert report.progress.coverage == {"0": 0, "1": 1, "2": SENTENCES - 1}
    assert report.progress.days == {"2031-03-12": 2 * SENTENCES}
    order = [number for number in range(SENTENCES) if number % 10 == 1]
    assert report.disagreement is not None
    assert (report.disagreement.doubled, report.disagreement.differing) == (SENTENCES - 1, len(order))
    claims = sum(number % 3 != 0 for number in order)
    assert report.disagreement.labels == {
        "denial": len(order),
        "claim": claims,
        "none": len(order) - claims,
    }
    assert set(report.disagreement.pairs) == {
        ("claim", "denial", claims),
        ("denial", "none", len(order) - claims),
    }
    assert report.decisions is not None
    assert sum(report.decisions.values()) + report.disagreement.causes == SENTENCES
    assert report.prevalence is not None
    decided = project.decisions()
    assert report.prevalence.decided == len(decided)
    assert report.prevalence.labels["claim"] == sum("claim" in decision.labels for decision in decided)
    assert report.prevalence.groups == {"source": {"unknown": len(decided)}, "month": {"unknown": len(decided)}}
    assert report.releases is not None
    assert report.releases.version == "1.0.0"
    assert sum(split["sentences"] for split in report.releases.splits.values()) == len(decided)
    assert report.missing == {"baselines": "toolkit train"}


def test_a_model_and_what_more_sentences_are_worth_are_drawn(tmp_path: Path) -> None:
    project = Workspace.create(tmp_path / "project", title="Enough stories for a curve")
    write_corpus(project, texts(20))
    project.annotations.append(
        revision(answer(sentence.sentence_id, who, ("none",) if number % turn else ("denial",), sentence.text), {})
        for number, sentence in enumerate(project.sentences())
        for who, turn in (("ann", 2), ("ben", 2), ("cem", 4))
    )
    adjudicate_stage.adjudicate(project)
    release.build(project, "1.0.0")
    training_stage.train(project, baseline="words-lr")
    training_stage.learning_curve(project, resamples=20)
    report = project_report(project)
    assert [curve["of"] for curve in report.curves] == ["sentences", "annotators"]
    page = report_page(report)
    assert "Learning curve over sentences" in page
    assert report.curves[0]["summary"] in html.unescape(page)


def test_a_model_is_judged_beside_what_changed_since_an_older_release(
    project: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    training_stage.train(project, baseline="words-lr")
    first = project.release_path("1.0.0")
    compared = ("--since", str(first), "--against", str(training_stage.trained_model(project)))
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *compared, "--project", str(project.root)])
    assert ended.value.code == 0
    rows = release.load(first).table("default", "test").num_rows
    assert re.search(rf"^since: unchanged +{rows} ", capsys.readouterr().out, flags=re.MULTILINE)
    evaluation = project_report(project).evaluation
    assert evaluation is not None
    assert [part["rows"] for part in evaluation["slices"] if part["column"] == "since"] == [rows]
    page = html.unescape(report_page(project_report(project)))
    assert re.search(r"[a-z-]+-1\.0\.0 on test of 1\.0\.0: macro F1 [\d.]+", page)
    for cause in ("Rows removed", "Labels changed", "Rows added"):
        assert f"{cause} (0 rows): macro F1 changed by 0.00" in page
    assert re.search(r"[a-z-]+-1\.0\.0 minus [a-z-]+-1\.0\.0: 0\.00[^<]* macro F1, p = 1 by swapping", page)


def test_json_has_the_same_numbers_and_no_rows(project: Workspace) -> None:
    said = json.loads(json.dumps(project_report(project).as_dict()))
    assert said["corpus"]["counts"]["sentences"] == said["table"]["shown"] == SENTENCES
    assert "rows" not in said["table"]


def test_the_same_project_gives_the_same_bytes(project: Workspace) -> None:
    first, _ = write_report(project)
    before = first.read_bytes()
    os.utime(project.path("gold.parquet"), (0, 0))
    assert write_report(project, project.path("other.html"))[0].read_bytes() == before
    assert first == project.path("reports", "report.html")


def test_an_empty_project_says_what_to_run(tmp_path: Path) -> None:
    path, report = write_report(Workspace.create(tmp_path / "empty"))
    page = path.read_text(encoding="utf-8")
    assert report.missing["corpus"] == "toolkit ingest"
    assert "<code>toolkit ingest</code> reads the pages" in page
    assert "<code>toolkit pull</code>" in page
    assert "<svg" not in page
    assert '<section id="' not in page  # a section that has nothing to say is not there


def test_half_a_project_is_shown(tmp_path: Path, label: Callable[[Workspace], None]) -> None:
    workspace = Workspace.create(tmp_path / "half")
    write_corpus(workspace, texts(3))
    workspace.path("sentences.parquet").unlink()
    assert project_report(workspace).missing["sentences"] == "toolkit segment"
    segment_stage.segment(workspace)
    label(workspace)
    report = project_report(workspace)
    assert {"agreement", "decisions", "releases", "baselines"} == set(report.missing)
    assert report_page(report).count("<svg") > 3


def test_more_sentences_than_are_shown_are_sampled_and_said(project: Workspace) -> None:
    report = project_report(project, shown=10)
    assert report.table is not None
    assert (report.table.total, report.table.shown, len(report.table.rows["rows"])) == (SENTENCES, 10, 10)
    assert report.table.sampled is not None
    assert f"10 of {SENTENCES} sentences" in report_page(report)
    assert project_report(project, shown=10) == report


def test_what_suggestions_did_stands_there_once_some_were_made(project: Workspace) -> None:
    assert 'id="suggestions"' not in report_page(project_report(project))
    answered = {answer.sentence_id for answer in project.answers()}
    offered = [
        Suggestion(sentence_id=sentence_id, shown=number % 3 > 0, model="guess-1", labels=("claim",))
        for number, sentence_id in enumerate(sorted(answered))
    ]
    SuggestionLog(project).note(offered)
    report = project_report(project)
    assert report.head_start is not None
    assert report.head_start.sentences_shown == sum(each.shown for each in offered)
    page = report_page(report)
    assert f"to {report.head_start.sentences_held_back} sentences of the hold-out" in page
    first = report.head_start.measures[0]
    assert f"labels as suggested: {first.shown:.2f} with, {first.held_back:.2f} without" in page
    assert report.as_dict()["head_start"]["measures"][0]["name"] == "labels as suggested"


def test_suggestions_that_nobody_has_answered_are_said_to_wait(project: Workspace) -> None:
    SuggestionLog(project).note([Suggestion(sentence_id="f" * 24, shown=True, model="guess-1", labels=("claim",))])
    assert "No sentence that something was suggested for has an answer yet." in report_page(project_report(project))


def test_pages_that_could_not_be_read_are_named_and_are_not_lines(project: Workspace) -> None:
    rejects = [Reject(stage="ingest", reason="unreadable", source=f"{number}.html") for number in range(12)]
    rejects += [Reject(stage="ingest", reason="advert", source="a.html", start=0, end=4, text="Buy!")]
    project.write("rejects.jsonl", "".join(to_json(each) + "\n" for each in rejects))
    report = project_report(project)
    assert report.corpus is not None
    assert report.corpus.rejects == {"advert": 1}
    assert report.corpus.counts["lines cut from pages"] == 1
    page = report_page(report)
    assert "12 pages or files could not be read: 0.html, 1.html" in page
    assert "9.html and 2 more, see rejects.jsonl" in page


def test_labels_are_called_by_their_titles_and_numbers_agree_with_their_words(project: Workspace) -> None:
    report = project_report(project)
    page = report_page(report)
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert "Claim" in drawn
    assert "claim" not in drawn
    assert "12 articles of 0 named publishers tell" in page
    only = replace(report, labels={"claim": "Claim", "denial": "Claim"})
    assert {"Claim (claim)", "Claim (denial)"} <= set(re.findall(r"<text[^>]*>([^<]*)</text>", report_page(only)))
