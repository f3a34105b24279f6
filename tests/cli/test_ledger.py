"""What `toolkit ledger` prints of a project, of one story and of a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builders import article, decision, lines_of, span

from toolkit import Project
from toolkit.cli import main
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.records import Article, Decision, Relation, Sentence

EARLY = "Shells hit Arlo\nThe governor said at least 14 people were killed."
LATE = "Toll rises in Arlo\nThe governor said the toll had risen to 36.\nThe rebels say 9 died."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.init(tmp_path / "project")
    articles = [
        article(EARLY, source="a.txt", title=EARLY.split("\n")[0], published_at="2026-03-12", language="en"),
        article(LATE, source="b.txt", title=LATE.split("\n")[0], published_at="2026-03-13", language="en"),
    ]
    story = min(each.article_id for each in articles)
    articles = [Article(**{**_fields(each), "story_id": story}) for each in articles]
    sentences = [line for each in articles for line in lines_of(each)]
    decisions = [_decided(each) for each in sentences]
    for name, cls, rows in (
        ("articles.parquet", Article, articles),
        ("sentences.parquet", Sentence, sentences),
        ("gold.parquet", Decision, sorted(decisions, key=lambda each: each.sentence_id)),
    ):
        made.workspace.write(name, parquet_bytes(to_table(cls, rows)))  # type: ignore[type-var]
    made.add_page("a.txt", EARLY.encode())
    made.add_page("b.txt", LATE.encode())
    return made


def _fields(each: Article) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Article.__dataclass_fields__}


def _decided(sentence: Sentence) -> Decision:
    figures = {
        "at least 14": {"low": 14, "qualifier": "at_least"},
        "36": {"low": 36, "high": 36},
        "9": {"low": 9, "high": 9},
    }
    found = next((words for words in figures if f" {words}" in sentence.text), None)
    if found is None:
        return decision(sentence.sentence_id, "none")
    who = "The governor" if "governor" in sentence.text else "The rebels"
    spans = (
        span(sentence.text, who, "SOURCE", span_id="s", type="military"),
        span(sentence.text, found, span_id="f", harm="killed", **({"qualifier": "exact"} | figures[found])),
    )
    drawn = (Relation(label="figure_source", head="f", tail="s"),)
    return decision(sentence.sentence_id, "casualty_figure", "claim", spans=spans, relations=drawn)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["ledger", *map(str, arguments)])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_the_overview_and_a_story(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--project", project.root)
    assert code == 0
    line = out.splitlines()[-1].split()
    assert line[1:] == ["2", "3", "1", "9–36", "1"]
    code, out, _ = run(capsys, line[0], "--project", project.root)
    assert code == 0
    toll = out.splitlines()[-1]
    assert "at least 14 → 36; contradiction" in toll
    assert toll.split()[1:6] == ["9", "9", "9", "36", "9–36"]
    told = next(row for row in out.splitlines() if "at least 14" in row)
    start = EARLY.encode().index(b"The governor")
    assert f"a.txt:{start}-{len(EARLY)}" in told


def test_json_has_each_number_with_its_place(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--project", project.root, "--json")
    (story,) = json.loads(out)["stories"]
    (toll,) = story["tolls"]
    (place,) = toll["high_from"]
    raw = project.workspace.path("pages", place["page"]).read_bytes()
    assert raw[place["byte_start"] : place["byte_end"]].decode() == "The governor said the toll had risen to 36."


def test_an_unknown_story_and_an_unknown_field_are_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "zzz", "--project", project.root)
    assert (code, "no story" in err) == (2, True)
    code, _, err = run(capsys, "--per", "place", "--project", project.root)
    assert (code, "take some of harm, status, scope, affected_party" in err) == (2, True)
