"""Models as voters of their own class: heard where people differ, weighed by people, and told apart everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest
from builders import answer, write_corpus

from toolkit.adjudicate import decide
from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.adjudicate.model_voice import PEOPLE_AND_MODELS, model_votes
from toolkit.api.facade import Project
from toolkit.errors import UsageError
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Annotation, Suggestion
from toolkit.schema import Schema, load

Answers = dict[str, tuple[Annotation, ...]]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load("claims@1.0.0")


def planted(
    seed: int, *, people: float, model: float, copies: int = 1
) -> tuple[dict[str, bool], list[Annotation], Answers]:
    """Return the truth of 300 sentences, two people's answers and a model's, right with these probabilities."""
    random = np.random.default_rng(seed)
    truth = {f"s{at:03}": bool(random.random() < 0.4) for at in range(300)}

    def says(yes: bool, right: float) -> str:
        return "claim" if yes == bool(random.random() < right) else "none"

    given = [answer(name, who, says(yes, people), schema="claims@1.0.0") for name, yes in truth.items() for who in "ab"]
    said = {name: says(yes, model) for name, yes in truth.items()}
    votes = {
        name: tuple(answer(name, f"m{copy}@1", label, schema="claims@1.0.0") for copy in range(copies))
        for name, label in said.items()
    }
    return truth, given, votes


@pytest.mark.parametrize("right", [0.9, 0.1])
def test_a_model_breaks_even_splits_as_far_as_people_show_it_to_be_right(schema: Schema, right: float) -> None:
    truth, given, votes = planted(1, people=0.8, model=right)
    alone = decide(given, schema)
    found = decide(given, schema, method=PEOPLE_AND_MODELS, models=votes)
    before = {each.sentence_id: each for each in alone.decided}
    new = [each for each in found.decided if each.sentence_id not in before]
    assert len(new) > 60, "most sentences on which two people differ"
    assert {each.method for each in new} == {PEOPLE_AND_MODELS}
    assert np.mean([("claim" in each.labels) == truth[each.sentence_id] for each in new]) > 0.85, "a liar too"
    kept = [each for each in found.decided if each.sentence_id in before]
    assert kept == [each for each in alone.decided if each.sentence_id in {one.sentence_id for one in kept}]
    assert all({"single", "unanimous"} >= {each.method} for each in kept), "what people agree on is theirs"
    assert all({one.annotation_id for one in votes[each.sentence_id]} <= set(each.votes) for each in new)


@pytest.mark.slow
def test_a_model_that_answers_by_chance_decides_nothing(schema: Schema) -> None:
    _, given, votes = planted(2, people=0.8, model=0.5)
    found = decide(given, schema, method=PEOPLE_AND_MODELS, models=votes)
    assert found.decided == decide(given, schema).decided


@pytest.mark.slow
def test_ten_copies_of_a_model_say_what_one_does(schema: Schema) -> None:
    outcomes = []
    for copies in (1, 10):
        _, given, votes = planted(3, people=0.75, model=0.8, copies=copies)
        found = decide(given, schema, method=PEOPLE_AND_MODELS, models=votes)
        outcomes.append([(each.sentence_id, each.labels, dict(each.soft_labels)) for each in found.decided])
    assert outcomes[0] == outcomes[1]


def test_only_answers_of_the_schema_to_sentences_that_nobody_saw_it_on_vote(schema: Schema) -> None:
    said = Suggestion(sentence_id="s1", shown=None, model="m@1", labels=("claim",), schema="claims@1.0.0")
    rows = [
        said,
        replace(said, model="m@2", labels=("none",)),
        replace(said, sentence_id="s2", model="m@2"),
        replace(said, sentence_id="s3", model="m@2", schema="other@1.0.0"),
        replace(said, sentence_id="s4", model="m@2", labels=("claim", "none")),
        replace(said, model="figures@1", labels=()),
    ]
    found = model_votes(rows, schema, swayed={"s2"})
    assert {name: [(each.annotator, each.labels) for each in votes] for name, votes in found.items()} == {
        "s1": [("m@2", ("none",))]
    }


@pytest.mark.slow
def test_people_alone_is_what_other_methods_know(schema: Schema) -> None:
    _, given, votes = planted(4, people=0.8, model=0.9)
    assert decide(given, schema, models=votes).decided == decide(given, schema).decided
    from toolkit.adjudicate import aggregate

    with pytest.raises(UsageError, match=r"there is no method 'people\+models'"):
        aggregate([("s", "ada", "x")], PEOPLE_AND_MODELS)  # type: ignore[arg-type]  # what is tried


@pytest.fixture
def project(make_project: Callable[..., Workspace]) -> Workspace:
    """Thirty sentences that two people and a model answered; on ten the people differ. One that nobody answered."""
    workspace = make_project(["It rained."])
    write_corpus(
        workspace, [f"Town {at} is quiet.\nIt rained on town {at}." for at in range(15)] + ["Nobody was asked."]
    )
    sentences = [each.sentence_id for each in workspace.sentences()]
    asked = [each.sentence_id for each in workspace.sentences() if each.text != "Nobody was asked."]
    log = []
    for at, sentence_id in enumerate(asked):
        label = "claim" if at % 2 else "none"
        other = ("none" if at % 2 else "claim") if at < 10 else label
        log += [answer(sentence_id, "ada", label), answer(sentence_id, "ben", other)]
    workspace.annotations.append(revision(each, {}) for each in log)
    truth = {sentence_id: "claim" if at % 2 else "none" for at, sentence_id in enumerate(asked)}
    SuggestionLog(workspace).add(
        Suggestion(sentence_id=name, shown=None, model="m@1", labels=(truth.get(name, "claim"),)) for name in sentences
    )
    return workspace


@pytest.mark.slow
def test_a_project_turns_it_on_and_a_release_tells_people_and_models_apart(project: Workspace) -> None:
    first = adjudicate_stage.adjudicate(project)
    assert (first.counts["decided"], first.counts["queued for an expert"]) == (20, 10), "off by default"
    path = project.path("toolkit.yaml")
    path.write_text(path.read_text() + "\naggregation: people+models\n")
    workspace = Workspace(project.root)
    second = adjudicate_stage.adjudicate(workspace)
    assert second.counts["by people+models"] == 10
    assert second.counts["decided"] == 30, "the sentence that nobody answered is not decided"
    assert adjudicate_stage.adjudicate(workspace).up_to_date
    release = Project(workspace.root).build("1.0.0").path
    from toolkit.release import load as load_release

    table = load_release(release).table("annotations")
    assert table.filter(pc.equal(table["role"], "model"))["annotator"].unique().to_pylist() == ["m@1"]
    assert pc.sum(pc.equal(table["role"], "model")).as_py() == 10, "on the others it was not heard"
    assert pc.all(table["counted"]).as_py()
    rows = load_release(release).table("default").to_pylist()
    assert {row["n_annotators"] for row in rows} == {2}
    assert sum(row["method"] == PEOPLE_AND_MODELS for row in rows) == 10
    card = (release / "README.md").read_text()
    assert "people+models" in card
    SuggestionLog(workspace).add([Suggestion(sentence_id="x", shown=None, model="m@2", labels=("claim",))])
    assert not adjudicate_stage.adjudicate(workspace).up_to_date, "the newest version votes"
