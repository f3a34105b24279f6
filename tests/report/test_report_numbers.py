"""The report says what the files say, the same way every time, and says what is not there yet."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from builders import write_corpus

from tests.report.conftest import ARABIC, CLOSING, SCRIPT, answer, texts
from toolkit import release
from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.baselines.training import stage as training_stage
from toolkit.cli import main
from toolkit.project import Workspace
from toolkit.project.annotation_log import revision
from toolkit.project.suggestion_log import SuggestionLog
from toolkit.records import Suggestion
from toolkit.report import gather, render, write
from toolkit.report.html_page_file import embedded
from toolkit.segment import stage as segment_stage

SENTENCES = 11 * 4 + 4


class Elements(HTMLParser):
    """Counts elements, gathers attributes, and keeps the JSON block."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and self.scripts:
            self.scripts[-1] += data


def test_the_numbers_are_those_of_the_answers(project: Workspace) -> None:
    report = gather(project)
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
    training_stage.train(project, baseline="words-lr", resamples=20)
    training_stage.learning_curve(project, resamples=20)
    report = gather(project)
    assert [curve["of"] for curve in report.curves] == ["sentences", "annotators"]
    page = render(report)
    assert "Learning curve over sentences" in page
    assert report.curves[0]["summary"] in html.unescape(page)


def test_a_model_is_judged_beside_what_changed_since_an_older_release(
    project: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    training_stage.train(project, baseline="words-lr", resamples=20)
    first = project.release_path("1.0.0")
    compared = ("--since", str(first), "--against", str(training_stage.trained_model(project)))
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *compared, "--project", str(project.root), "--resamples", "20"])
    assert ended.value.code == 0
    rows = release.load(first).table("default", "test").num_rows
    assert re.search(rf"^since: unchanged +{rows} ", capsys.readouterr().out, flags=re.MULTILINE)
    evaluation = gather(project).evaluation
    assert evaluation is not None
    assert [part["rows"] for part in evaluation["slices"] if part["column"] == "since"] == [rows]
    page = html.unescape(render(gather(project)))
    assert re.search(r"[a-z-]+-1\.0\.0 on test of 1\.0\.0: macro F1 [\d.]+", page)
    for cause in ("Rows removed", "Labels changed", "Rows added"):
        assert f"{cause} (0 rows): macro F1 changed by 0.00" in page
    assert re.search(r"[a-z-]+-1\.0\.0 less [a-z-]+-1\.0\.0: 0\.00[^<]* macro F1, p = 1 by swapping", page)


def test_json_has_the_same_numbers_and_no_rows(project: Workspace) -> None:
    said = json.loads(json.dumps(gather(project).as_dict()))
    assert said["corpus"]["counts"]["sentences"] == said["table"]["shown"] == SENTENCES
    assert "rows" not in said["table"]


def test_the_same_project_gives_the_same_bytes(project: Workspace) -> None:
    first, _ = write(project)
    before = first.read_bytes()
    os.utime(project.path("gold.parquet"), (0, 0))
    assert write(project, project.path("other.html"))[0].read_bytes() == before
    assert first == project.path("reports", "report.html")


def test_hostile_words_are_data(project: Workspace) -> None:
    page = render(gather(project))
    elements = Elements(page)
    assert elements.tags.count("script") == 2
    assert "img" not in elements.tags
    assert not {name for name in elements.attributes if name.startswith("on") or name == "style"}
    data = json.loads(elements.scripts[0])
    shown = {line[2] for line in data["lines"]}
    assert {SCRIPT, CLOSING, ARABIC} <= shown
    assert re.findall(r"(?:src|href)=\"(?!#|data:,)[^\"]*", page) == []
    assert "<title>Words &lt;b&gt;as&lt;/b&gt; data" in page


def test_the_policy_lets_nothing_else_run(project: Workspace) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', render(gather(project)))
    assert policy is not None
    said = html.unescape(policy[1])
    assert "unsafe" not in said
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "require-trusted-types-for 'script'" in said


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028\u2029", "&lt;", "]]>"])
def test_nothing_ends_the_block(text: str) -> None:
    written = embedded({"text": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": text}


def test_an_empty_project_says_what_to_run(tmp_path: Path) -> None:
    path, report = write(Workspace.create(tmp_path / "empty"))
    page = path.read_text(encoding="utf-8")
    assert report.missing["corpus"] == "toolkit ingest"
    assert "Not yet: run <code>toolkit ingest</code>" in page
    assert "Not yet: run <code>toolkit pull</code>" in page
    assert "<svg" not in page


def test_half_a_project_is_shown(tmp_path: Path, label: Callable[[Workspace], None]) -> None:
    workspace = Workspace.create(tmp_path / "half")
    write_corpus(workspace, texts(3))
    workspace.path("sentences.parquet").unlink()
    assert gather(workspace).missing["sentences"] == "toolkit segment"
    segment_stage.segment(workspace)
    label(workspace)
    report = gather(workspace)
    assert {"agreement", "decisions", "releases", "baselines"} == set(report.missing)
    assert render(report).count("<svg") > 3


def test_more_sentences_than_are_shown_are_sampled_and_said(project: Workspace) -> None:
    report = gather(project, shown=10)
    assert report.table is not None
    assert (report.table.total, report.table.shown, len(report.table.rows["rows"])) == (SENTENCES, 10, 10)
    assert report.table.sampled is not None
    assert f"10 of {SENTENCES} sentences" in render(report)
    assert gather(project, shown=10) == report


def test_every_plot_is_told_in_a_table_and_named(project: Workspace) -> None:
    page = render(gather(project))
    drawn = page.count("<svg")
    assert drawn >= 10
    assert page.count("<summary>The numbers</summary>") == drawn
    assert len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]+"', page)) == drawn
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_ten_thousand_sentences_stay_below_ten_megabytes(tmp_path: Path, label: Callable[[Workspace], None]) -> None:
    workspace = Workspace.create(tmp_path / "large")
    write_corpus(workspace, texts(2500))
    label(workspace)
    page = render(gather(workspace))
    assert len(page.encode()) < 10_000_000
    assert "All 10,000 sentences." in page


def test_what_suggestions_did_stands_there_once_some_were_made(project: Workspace) -> None:
    assert 'id="suggestions"' not in render(gather(project))
    answered = {answer.sentence_id for answer in project.answers()}
    offered = [
        Suggestion(sentence_id=sentence_id, shown=number % 3 > 0, model="guess-1", labels=("claim",))
        for number, sentence_id in enumerate(sorted(answered))
    ]
    SuggestionLog(project).note(offered)
    report = gather(project)
    assert report.head_start is not None
    assert report.head_start.sentences_shown == sum(each.shown for each in offered)
    page = render(report)
    assert f"to {report.head_start.sentences_held_back} whose suggestion was held back by lot" in page
    first = report.head_start.measures[0]
    assert f"labels as suggested: {first.shown:.2f} with, {first.held_back:.2f} without" in page
    assert report.as_dict()["head_start"]["measures"][0]["name"] == "labels as suggested"


def test_suggestions_that_nobody_has_answered_are_said_to_wait(project: Workspace) -> None:
    SuggestionLog(project).note([Suggestion(sentence_id="f" * 24, shown=True, model="guess-1", labels=("claim",))])
    assert "No sentence that something was suggested for has an answer yet." in render(gather(project))
