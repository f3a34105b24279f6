"""The whole job through the command line, against a real Label Studio server; and once more, doing nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.cli import main

pytestmark = [pytest.mark.studio, pytest.mark.slow]


def files(project: Path) -> dict[str, bytes]:
    """Return every file of the project by its relative path, the lock aside."""
    found = (path for path in sorted(project.rglob("*")) if path.is_file() and path.parent.name != ".toolkit")
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that succeeds, and return what it prints."""
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0
    return capsys.readouterr().out


def test_every_stage_hands_on_what_it_got(first: dict[str, Any], project: Path) -> None:
    sentences = first["segment"]["counts"]["sentences"]
    assert first["ingest"]["counts"]["articles"] >= 15
    assert first["push"]["counts"]["sent"] == sentences
    assert first["pull"]["counts"]["new"] == 2 * sentences
    assert first["agreement"]["counts"]["annotators"] == 2
    decided = first["adjudicate"]["counts"]["decided"]
    queued = first["adjudicate"]["counts"]["queued for an expert"]
    skipped_by_both = sentences - decided - queued
    assert skipped_by_both == 0
    assert first["build"]["counts"]["default"] == decided
    assert (first["build"]["version"], first["train"]["metrics_of"]) == ("1.0.0", "test")
    assert 0 < first["train"]["metrics"]["macro_f1"] <= 1
    assert 0 < queued < sentences / 4


def test_spans_are_learnt_beside_labels_and_judged(
    first: dict[str, Any], project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tagger,) = project.glob("models/*/spans/config.json")
    assert json.loads(tagger.read_text())["labels"] == ["CUE", "FIGURE", "SOURCE"]
    judged = {(each["label"], each["by"]): each["support"] for each in first["evaluate"]["spans"]["scores"]}
    assert judged["FIGURE", "exact"] > 0
    monkeypatch.chdir(project.parent)  # no project is needed to judge spans, only a release
    model, release = str(tagger.parents[1]), str(project / "releases" / "1.0.0")
    alone = json.loads(printed(capsys, "evaluate", model, release, "--json"))
    assert all(alone[name] == first["evaluate"][name] for name in ("spans", "span_ceiling", "ceiling"))


def test_full_agreement_shows_every_part_with_its_n_and_interval(
    first: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief, shown = (printed(capsys, "agreement", "--project", str(project), *more) for more in ((), ("--full",)))
    assert "FIGURE.harm" in shown
    assert "FIGURE.harm" not in brief
    tables = {table.partition("  ")[0]: table.splitlines() for table in shown.split("\n\n")}
    figure = next(line.split() for line in tables["span"] if line.startswith("FIGURE"))
    assert int(figure[1]) > 0
    people, articles, value, low, high = (float(figure[at].strip("[],")) for at in (2, 3, 5, 6, 7))
    assert people == 2
    assert articles > 10
    assert low < value < high
    claim = next(line for line in shown.splitlines() if line.startswith("claim "))
    assert claim.count("[") == 5, "prevalence, percent, positive, α and AC1, each with its interval"
    assert "α of FIGURE.high_open: every pairable rating is no: without variation there is nothing to agree on" in shown
    assert {"span, by token", "attribute", "pair", "annotator", "most disputed sentence"} <= set(tables)
    assert all("; 22 articles" in each for each in (brief, shown))


def test_nothing_is_done_twice(first: dict[str, Any], run_all: Callable[[], dict[str, Any]], project: Path) -> None:
    before = files(project)
    second = run_all()
    assert {name: outcome["up_to_date"] for name, outcome in second.items()} == dict.fromkeys(second, True)
    assert files(project) == before


def test_the_release_loads_in_one_line(first: dict[str, Any], project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "from datasets import load_dataset; import json, sys\n"
        "data = load_dataset(sys.argv[1])\n"
        "names = {split: rows.features['labels'].feature.names for split, rows in data.items()}\n"
        "print(json.dumps({split: [rows.num_rows, names[split]] for split, rows in data.items()}))\n"
    )
    environment = os.environ | {"HF_HOME": str(project.parent / "fresh"), "HF_HUB_OFFLINE": "1"}
    release = str(project / "releases" / "1.0.0")
    done = subprocess.run(
        [sys.executable, "-c", program, release], env=environment, capture_output=True, text=True, check=True
    )
    assert "Ignoring" not in done.stderr, "datasets takes the card's features as they are"
    splits = json.loads(done.stdout)
    assert set(splits) == {"train", "validation", "test"}
    assert sum(count for count, _ in splits.values()) == first["adjudicate"]["counts"]["decided"]
    assert splits["train"][1][:2] == ["claim", "denial"]


def test_every_sentence_comes_back_from_raw_bytes(first: dict[str, Any], toolkit: Any) -> None:
    verified = toolkit("verify")
    assert verified["sentences"] == first["segment"]["counts"]["sentences"]
    assert verified["differences"] == []


def test_a_row_is_traced_to_its_page_and_its_people(first: dict[str, Any], toolkit: Any, project: Path) -> None:
    from toolkit.release import load

    row = load(project / "releases" / "1.0.0").table("default", "train").to_pylist()[0]
    chain = toolkit("trace", row["sentence_id"])
    assert chain["sentence"]["text"] == row["text"]
    assert len(chain["answers"]) == 2
    assert chain["decision"]["labels"] == row["labels"]
    page = (project / "pages" / chain["article"]["page"]["source"]).read_bytes()
    assert all(page[piece["byte_start"] : piece["byte_end"]] for piece in chain["pieces"])


def test_the_scores_have_intervals(first: dict[str, Any]) -> None:
    assert first["evaluate"]["rows"] > 0
    macro = first["evaluate"]["macro_f1"]
    assert 0 <= macro["low"] <= macro["value"] <= macro["high"] <= 1
