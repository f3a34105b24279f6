"""A project that version 0.1.0 made opens in this version, with everything in it.

project_of_0_1_0.tar.xz was made with the first four commands of the tutorial on three sample pages: pages, answers of
two annotators and an expert on a real server, decisions, a release and a model.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from toolkit import Project, load_model
from toolkit.exchange.released_documents import export_documents
from toolkit.release import diff
from toolkit.release.proof import proof

ARCHIVE = Path(__file__).with_name("project_of_0_1_0.tar.xz")


@pytest.fixture
def old(tmp_path: Path) -> Project:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path / "old", filter="data")
    return Project(tmp_path / "old")


def test_every_stage_is_known_and_nothing_is_asked_for_again(old: Project) -> None:
    stages = {stage.stage: stage for stage in old.overview().stages}
    assert {name for name, stage in stages.items() if stage.state == "not yet"} == set()
    assert stages["ingest"].counts["articles"] == 7
    assert stages["push"].counts["sentences sent"] == 84
    assert stages["pull"].counts == {"answers": 179, "annotators": 3}


def test_its_sentences_lead_back_to_the_bytes_of_its_pages(old: Project) -> None:
    proof = old.verify()
    assert (proof.articles, proof.sentences, proof.differences) == (7, 84, ())
    sentence = old.workspace.sentences()[5]
    assert len(old.trace(sentence.sentence_id).answers) >= 2


def test_reading_its_pages_again_keeps_every_id(old: Project) -> None:
    before = [each.sentence_id for each in old.workspace.sentences()]
    (old.root / "toolkit.lock").unlink()
    old.ingest()
    old.segment()
    assert [each.sentence_id for each in old.workspace.sentences()] == before


def test_its_decisions_follow_from_its_logs(old: Project) -> None:
    before = old.workspace.decisions()
    old.workspace.path("gold.parquet").unlink()
    old.adjudicate()
    assert old.workspace.decisions() == before


@pytest.mark.slow
def test_its_release_and_its_model_load(old: Project) -> None:
    release = old.release("1.0.0")
    assert release.counts["default"] == 83
    assert old.release().version == "1.0.0"
    metrics = json.loads((old.model().path / "metrics.json").read_bytes())
    assert metrics["test"]["rows"] == 9
    assert any("spans" in note for note in load_model(str(old.model().path)).notes)  # they are found otherwise now
    outcome = old.evaluate()
    assert outcome.counts["rows"] == 9
    assert old.report()[0].exists()


@pytest.mark.slow
def test_work_goes_on_in_it(old: Project) -> None:
    (old.root / "pages" / "more.txt").write_text(
        "A new page\n\nThe mayor said two people were hurt.\n", encoding="utf-8"
    )
    old.ingest()
    assert old.segment().counts["sentences"] > 84
    old.agreement()
    old.adjudicate()
    assert old.build("auto").version != "1.0.0"


@pytest.mark.slow
def test_its_release_is_proven_written_for_other_tools_and_compared_with_the_next(old: Project, tmp_path: Path) -> None:
    before = old.release("1.0.0")
    assert before.manifest["format"] == 1
    assert proof(before).rows["spans"] == 84
    files, losses = export_documents(before, "brat", tmp_path / "brat")
    assert len(files) > 83
    assert not any("attributes" in what for what, _, _ in losses.rows())
    old.agreement()
    old.adjudicate()
    old.build("auto")
    change = diff(before, old.release())
    assert (change.level, change.causes, change.scores.comparable) == ("major", {}, True)
    assert "attributes" in change.configs["spans"].gone
