"""The baseline in a project: it learns from the links that hold there, and suggests others with their probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from tests.labelstudio.links.stories import story
from toolkit.baselines.links.stage import guessed_links, suggested_links
from toolkit.ledger import Statement
from toolkit.ledger.stage import decided_statements, ledger
from toolkit.project import Workspace
from toolkit.records import Link


def test_the_denial_of_a_story_is_linked_to_its_claim(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    found = {each.link.label: each for each in suggested_links(workspace)}
    link = found["denies"].link
    assert link.head.text == "The navy denied that its mines were in the strait."
    assert link.tail.text == "The coast guard said a mine had sunk the ferry."
    assert 0 < found["denies"].probability < 1


def test_a_guess_is_as_sure_as_the_link_and_both_its_sentences(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)
    decided = list(decided_statements(workspace))
    (sure,) = (each for each in guessed_links(workspace, decided) if each.link.label == "denies")
    unsure = [replace(each, probability=0.5) if "denial" in each.labels else each for each in decided]
    (halved,) = (each for each in guessed_links(workspace, unsure) if each.link.label == "denies")
    assert halved.probability == pytest.approx(sure.probability / 2)


def test_the_ledger_of_a_project_shows_what_is_suggested(make_project: Callable[..., Workspace]) -> None:
    workspace = story(make_project)

    def guess(statements: Sequence[Statement]) -> list[tuple[Link, float]]:
        return [(each.link, each.probability) for each in guessed_links(workspace, statements)]

    outcome = ledger(workspace, lambda wanted: {each.sentence_id: () for each in wanted}, guess=guess)
    (found,) = outcome.report["stories"]
    guessed = {row["text"][:8]: [each["link"] for each in row["guessed"]] for row in found["claims"]}
    assert "denies" in guessed["The navy"]
    assert "denied_by" in guessed["The coas"]
    assert not any(row["denies"] or row["denied_by"] for row in found["claims"]), "nobody has drawn it"
    table = pq.read_table(workspace.path("ledger/claims.parquet"))
    assert table["guessed"].to_pylist() == [row["guessed"] for row in found["claims"]]
