"""When the stages of people's judgement run again, and when a gate holds them up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from builders import answer

from toolkit.agreement import stage as agreement_stage
from toolkit.cli.app import main
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.records import Annotation, content_id

WHEN = "2026-01-01T00:00:00Z"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    """Eight articles of two sentences, which two people answer alike but for one."""
    made = make_project([f"The mayor of town {at} said so.\nTown {at} is quiet." for at in range(8)])
    for at, sentence in enumerate(made.sentences()):
        for who in ("ada", "ben"):
            made.annotations.append(
                [
                    revision(
                        Annotation(
                            annotation_id=content_id(sentence.sentence_id, who),
                            sentence_id=sentence.sentence_id,
                            annotator=who,
                            labels=("claim",) if (at % 2 == 0) != (at == 3 and who == "ben") else ("none",),
                            schema="news_events@1.0.0",
                            created_at=WHEN,
                            updated_at=WHEN,
                        ),
                        {},
                    )
                ]
            )
    return made


@pytest.mark.parametrize(("what", "then"), [("INTERVAL", "BCa over articles"), ("REVISION", 1)])
def test_a_report_that_was_made_otherwise_is_not_up_to_date(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, what: str, then: object
) -> None:
    with monkeypatch.context() as older:
        older.setattr(agreement_stage, what, then)
        assert not agreement_stage.agreement(workspace).up_to_date
        assert agreement_stage.agreement(workspace).up_to_date
    assert not agreement_stage.agreement(workspace).up_to_date
    assert agreement_stage.agreement(workspace).up_to_date


@pytest.mark.slow
def test_rounds_are_measured_on_their_own(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [sentence.sentence_id for sentence in workspace.sentences()]
    pilot, main_round = workspace.path("pilot.jsonl"), workspace.path("main.txt")
    pilot.write_text("".join(json.dumps({"sentence_id": each}) + "\n" for each in ids[:4]))
    main_round.write_text("\n".join(ids[4:10]))

    def agreement_of(*options: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["agreement", "--project", str(workspace.root), *options])
        return end.value.code or 0, *capsys.readouterr()

    code, out, _ = agreement_of("--round", "pilot=pilot.jsonl", "--round", f"main={main_round}", "--json")
    parts = {(each["kind"], each["name"]): each["row"] for each in json.loads(out)["report"]["slices"]}
    assert code == 0
    assert {key: row["n_units"] for key, row in parts.items()} == {("round", "main"): 6, ("round", "pilot"): 4}
    assert parts["round", "pilot"]["percent"]["value"] == 0.75
    assert re.search("^pilot +4 ", agreement_of("--round", "pilot=pilot.jsonl")[1], re.MULTILINE)
    assert json.loads(agreement_of("--json")[1])["report"]["slices"] == []

    code, _, err = agreement_of("--round", "pilot=pilot.jsonl", "--round", "again=pilot.jsonl")
    assert (code, err.count("is in the rounds pilot and again")) == (3, 4)
    assert agreement_of("--round", "pilot.jsonl")[0] == 2
    assert agreement_of("--round", "pilot=none.jsonl")[0] == 3


@pytest.mark.slow
def test_the_gate_looks_at_the_lower_bound(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    def ends_with(*options: str) -> object:
        with pytest.raises(SystemExit) as end:
            main(["agreement", "--project", str(workspace.root), *options])
        return end.value.code

    assert not ends_with("--json")
    layers = {row["name"]: row["alpha"] for row in json.loads(capsys.readouterr().out)["report"]["layers"]}
    assert layers["all"]["low"] < 0.667 < layers["all"]["value"]
    assert layers["content"]["low"] is None, "nobody gives a label of it"
    assert ends_with("--gate", "alpha=0.667") == 4
    assert re.search(
        r"error: the lower bound of α is below 0.667, or undefined, for .*content.*, all; ", capsys.readouterr().err
    )
    assert ends_with("--gate", "alpha=2") == 2
    assert ends_with("--gate", "kappa=0.5") == 2


def test_one_annotator_gets_a_sentence_and_not_a_table(
    make_project: Callable[..., Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_project(["The mayor said so.\nThe town is quiet."])
    made.annotations.append(
        revision(answer(sentence.sentence_id, "ada", "claim", schema="news_events@1.0.0"), {})
        for sentence in made.sentences()
    )
    with pytest.raises(SystemExit):
        main(["agreement", "--project", str(made.root)])
    told = capsys.readouterr().out
    assert "one annotator has given 2 answers, and no sentence has been answered by two people yet" in told
    assert "–" not in told
