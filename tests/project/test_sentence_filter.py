"""Which sentences go, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.project.sentence_filter import read_order, selected, where

TEXTS = ["Ferry\nThe ferry left.\nIt rained.", "Market\nPeople came.", "Storm\nTrees fell.\nRoofs flew.\nIt ended."]


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    return make_project(TEXTS)


@pytest.mark.parametrize(
    ("conditions", "texts"),
    [
        (["text~FERRY"], ["Ferry", "The ferry left."]),
        (["title=Market", "paragraph>0"], ["People came."]),
        (["paragraph>=3"], ["It ended."]),
        (["source!=test.txt"], []),
        (["title<G", "kind=body", "paragraph = 2"], ["It rained."]),
        (["publisher="], "\n".join(TEXTS).split("\n")),
    ],
)
def test_conditions_hold_together(workspace: Workspace, conditions: list[str], texts: list[str]) -> None:
    test = where(workspace, conditions)
    assert test is not None
    assert [sentence.text for sentence in workspace.sentences() if test(sentence)] == texts
    assert where(workspace, []) is None


@pytest.mark.parametrize("condition", ["", "colour=red", "text", "paragraph=two", "paragraph=²", "paragraph~2", "=x"])
def test_what_is_no_condition_is_named_with_the_fields(workspace: Workspace, condition: str) -> None:
    with pytest.raises(UsageError, match="--where"):
        where(workspace, [condition])


def test_whole_articles_stay_together_and_no_limit_cuts_them(workspace: Workspace) -> None:
    sentences = workspace.sentences()
    order = [sentences[7].sentence_id, sentences[1].sentence_id]
    assert selected(sentences, order=order) == [7, 1, 0, 2, 3, 4, 5, 6, 8]
    assert selected(sentences, order=order, whole_articles=True) == [5, 6, 7, 8, 0, 1, 2, 3, 4]
    for limit, number in ((3, 0), (4, 4), (6, 4), (7, 7), (8, 7), (9, 9), (20, 9)):
        found = selected(sentences, order=order, whole_articles=True, limit=limit)
        assert found == [5, 6, 7, 8, 0, 1, 2, 3, 4][:number]
    with pytest.raises(InvalidInput, match="no sentence ffff"):
        selected(sentences, order=["f" * 24])


def test_an_order_is_read_from_ids_or_from_what_select_wrote(tmp_path: Path) -> None:
    path = tmp_path / "order.jsonl"
    path.write_text(f'{"a" * 24}\n\n{{"sentence_id": "{"b" * 24}", "score": 1}}\n')
    assert read_order(path) == ["a" * 24, "b" * 24]
    for line in ("hello", "{}", '{"sentence_id": 3}', "{"):
        path.write_text(f"{'a' * 24}\n{line}\n")
        with pytest.raises(InvalidInput, match=r"order\.jsonl:2: holds no sentence_id"):
            read_order(path)
    with pytest.raises(InvalidInput, match="no such file"):
        read_order(tmp_path / "nowhere")
