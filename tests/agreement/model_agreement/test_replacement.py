"""A model may stand in for a person where people differ from each other as much as it differs from them."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from builders import answer, span

from toolkit.agreement.model_agreement.replacement import ReplacementReport, ReplacementRow, measure_replacement
from toolkit.cli.app import main
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Annotation, Suggestion
from toolkit.schema import load

SCHEMA = load("news_events@1.0.1")
PEOPLE = ("ada", "ben", "cem")
TEXT = "About 14 or 15 died."
IDS = [f"s{n}" for n in range(200)]
STORIES = {key: f"story {int(key[1:]) // 2}" for key in IDS}


def labels(key: str, errs: float, who: str, rare: float = 0.3) -> tuple[str, ...]:
    """Return the labels that somebody gives who errs so often, the same every time."""
    true = random.Random(key).random() < rare
    wrong = random.Random(f"{key} {who}").random() < errs
    return ("denial",) if true != wrong else ("none",)


def people(errs: float = 0.1, rare: float = 0.3, **more: object) -> list[Annotation]:
    return [answer(key, who, *labels(key, errs, who, rare), **more) for key in IDS for who in PEOPLE]


def model(give: Callable[[str], tuple[str, ...]]) -> dict[str, Suggestion]:
    return {key: Suggestion(sentence_id=key, shown=None, model="m@1", labels=give(key)) for key in IDS}


def measured(answers: list[Annotation], said: dict[str, Suggestion], **more: object) -> ReplacementReport:
    how: dict[str, object] = {"model": "m@1", "annotators": "crowd"} | more
    return measure_replacement(answers, said, SCHEMA, STORIES, **how)  # type: ignore[arg-type]


def row(report: ReplacementReport, kind: str, name: str) -> ReplacementRow:
    (found,) = (each for each in report.rows if (each.kind, each.name) == (kind, name))
    return found


@pytest.mark.slow
def test_a_model_as_good_as_people_may_and_a_poor_one_may_not() -> None:
    good = measured(people(), model(lambda key: labels(key, 0.05, "m")))
    poor = measured(people(), model(lambda key: labels(key, 0.5, "m")))
    for kind in ("label", "label given"):
        assert row(good, kind, "denial").passed
        assert not row(poor, kind, "denial").passed
    assert "denial: may stand in for a person (it wins over 3 of 3 people)" in {each.verdict for each in good.rows}
    assert "denial" in good.verdict
    assert "on 0 of" in poor.verdict


@pytest.mark.slow
def test_a_model_that_never_gives_a_rare_label_does_not_pass_for_it() -> None:
    mute = measured(people(0.02, rare=0.2), model(lambda key: ("none",)), annotators="experts")
    assert not row(mute, "label given", "denial").passed
    assert "denial" not in mute.verdict
    very_rare = measured(people(0.0, rare=0.05), model(lambda key: ("none",)))
    assert row(very_rare, "label", "denial").passed, "over all sentences it hardly ever errs"
    assert row(very_rare, "label given", "denial").missing == 30 - row(very_rare, "label given", "denial").sentences > 0
    assert "denial" not in very_rare.verdict.partition(";")[0]


@pytest.mark.slow
def test_answers_that_a_suggestion_could_have_swayed_take_no_part() -> None:
    said = model(lambda key: labels(key, 0.05, "m"))
    shown = set(IDS[:120])
    report = measured(people(), said, shown=shown)
    assert (report.sentences, report.swayed) == (80, 120)
    assert row(report, "label", "denial").sentences == 80
    began = [answer(key, who, "none", origin="prediction") for key in IDS[:150] for who in PEOPLE]
    rest = [each for each in people() if int(each.sentence_id[1:]) >= 150]
    assert measured(began + rest, said).sentences == 50


def test_it_says_how_many_sentences_are_missing() -> None:
    few = [each for each in people() if int(each.sentence_id[1:]) < 12]
    report = measured(few, model(lambda key: ("none",)))
    found = row(report, "labels", "")
    assert (found.sentences, found.missing, found.passed) == (12, 18, False)
    assert found.verdict == "all labels together: can't be said yet, 18 more sentences must be answered by two people"
    alone = [each for each in people() if each.annotator == "ada"]
    assert row(measured(alone, model(lambda key: ("none",))), "labels", "").missing == 30


def test_sentences_without_an_answer_of_the_model_are_counted() -> None:
    said = model(lambda key: ("none",))
    assert measured(people(), {key: said[key] for key in IDS[:150]}).unanswered == 50


@pytest.mark.slow
def test_spans_and_their_values_are_tests_of_their_own() -> None:
    right = span(TEXT, "14", "FIGURE", low=14, harm="killed")
    other = span(TEXT, "14", "FIGURE", low=41, harm="killed")
    answers = [
        answer(key, who, "casualty_figure", spans=(right,)) if int(key[1:]) % 2 else answer(key, who, "none")
        for key in IDS
        for who in PEOPLE
    ]
    said = {
        key: Suggestion(sentence_id=key, shown=None, model="m@1", labels=("casualty_figure",), spans=(other,))
        if int(key[1:]) % 2
        else Suggestion(sentence_id=key, shown=None, model="m@1", labels=("none",))
        for key in IDS
    }
    report = measured(answers, said)
    assert row(report, "span", "FIGURE").passed
    assert row(report, "span", "FIGURE").sentences == 100, "where nobody marks one, nothing is compared"
    assert row(report, "value", "FIGURE.harm").passed
    assert not row(report, "value", "FIGURE.low").passed


def test_the_command_says_it_of_a_model_in_the_log(
    make_project: Callable[..., Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_project([f"The mayor of town {at} said so.\nTown {at} is quiet." for at in range(20)])
    sentences = [each.sentence_id for each in workspace.sentences()]
    for key in sentences:
        workspace.annotations.append([revision(answer(key, who, "none"), {}) for who in PEOPLE[:2]])
    SuggestionLog(workspace).add(
        Suggestion(sentence_id=key, shown=None, model="theirs@1", labels=("none",)) for key in sentences
    )
    with pytest.raises(SystemExit) as code:
        main(["agreement", "--model", "theirs", "--project", str(workspace.root)])
    assert not code.value.code
    out = capsys.readouterr().out
    assert "theirs@1 may stand in for a person on 1 of 11 labels (none); of 10 it can't be said yet" in out
    with pytest.raises(SystemExit) as code:
        main(["agreement", "--model", "nobody", "--project", str(workspace.root)])
    assert code.value.code == 3
    assert "there are those of theirs@1" in capsys.readouterr().err
