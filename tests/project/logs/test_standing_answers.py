"""Answers as they stand: on sentences that exist, of people and not of accounts, whole or accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from builders import answer, write_corpus

from toolkit.adjudicate.stage import SILENT, accept_answers, adjudicate
from toolkit.agreement.stage import agreement
from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.standing_answers import GONE, PARTIAL
from toolkit.records import Annotation, digest
from toolkit.release.stage import build

TEXTS = ["Nine drowned.\nBoats sank.", "Two fled.\nNobody knows why."]


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(TEXTS)


def log(workspace: Workspace, answers: Iterable[Annotation]) -> None:
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    workspace.annotations.append(
        revision(each, {"id": 1}) | {"text_sha256": digest(texts[each.sentence_id].encode())} for each in answers
    )


def answered(workspace: Workspace, *people: str, **how: int) -> None:
    log(workspace, [answer(each.sentence_id, who, "claim", **how) for each in workspace.sentences() for who in people])


@pytest.mark.slow
def test_a_corrected_page_keeps_its_answers_where_the_words_are_the_same(workspace: Workspace) -> None:
    answered(workspace, "ada", "ben")
    adjudicate(workspace)
    agreement(workspace)
    write_corpus(workspace, [TEXTS[0].replace("Nine", "Ten"), TEXTS[1]])
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    outcome = adjudicate(workspace)
    assert outcome.counts[GONE] == 2
    assert sorted(texts[each.sentence_id] for each in workspace.decisions()) == [
        "Boats sank.",
        "Nobody knows why.",
        "Two fled.",
    ]
    assert agreement(workspace).counts[GONE] == 2
    listed = workspace.path(SILENT).read_text().splitlines()
    assert [json.loads(line)["reason"] for line in listed] == [GONE] * 2
    release = build(workspace, "1.0.0").release
    assert release.manifest["left_out"]["annotations_of_sentences_that_are_gone"] == 2
    assert "Left out: 2 answers to sentences that are gone" in (release.path / "README.md").read_text()


def test_words_that_stand_in_several_places_are_not_guessed(make_project: Callable[..., Workspace]) -> None:
    workspace = make_project(["Boats sank.\nNine drowned."])
    answered(workspace, "ada")
    write_corpus(workspace, ["Boats sank.", "Rain fell.\nBoats sank.\nNine drowned."])
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    assert sorted(texts.get(each.sentence_id, "gone") for each in workspace.answers()) == ["Nine drowned.", "gone"]


def test_accounts_of_one_person_are_joined(workspace: Workspace) -> None:
    answered(workspace, "ada", "ben")
    workspace.path("same_person.yaml").write_text("- [ada, ben]\n")
    assert {each.annotator for each in workspace.answers()} == {"ada"}
    assert {each.annotator for each in workspace.stream_answers()} == {"ada"}
    workspace.path("same_person.yaml").write_text("- [ada, ben]\n- [cora, ben]\n")
    with pytest.raises(InvalidInput, match="ben is two people"):
        workspace.answers()
    workspace.path("same_person.yaml").write_text("ada: ben\n")
    with pytest.raises(InvalidInput, match="no list of lists"):
        workspace.answers()


@pytest.mark.slow
def test_an_answer_that_lost_a_part_votes_once_a_person_says_so(workspace: Workspace, tmp_path: Path) -> None:
    answered(workspace, "ada")
    log(workspace, [answer(workspace.sentences()[0].sentence_id, "ben", "denial", rejected=1)])
    outcome = adjudicate(workspace)
    assert (outcome.counts["decided"], outcome.counts[PARTIAL]) == (4, 1)
    release = build(workspace, "1.0.0").release
    assert release.manifest["left_out"]["annotations_of_which_a_part_was_lost"] == 1
    with pytest.raises(InvalidInput, match="no answer nobody"):
        accept_answers(workspace, ["nobody"])
    assert accept_answers(workspace, ["all"]) == 1
    assert accept_answers(workspace, ["all"]) == 0
    assert adjudicate(workspace).counts["queued for an expert"] == 1
