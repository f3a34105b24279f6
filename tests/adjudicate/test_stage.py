"""What was decided stands while its own answers do, and can be told from the logs alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import pytest

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.cli.app import main
from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.records import Annotation, Decision, content_id

Word = tuple[int, str, str]  # sentence, annotator, label

FIRST: list[Word] = [
    *((at, who, "claim") for at in range(2) for who in ("ada", "ben")),
    *((at, "cleo", "none") for at in range(2)),
    *((at, who, "none") for at in range(2, 4) for who in ("ada", "ben")),
]
AGAINST = [(at, name, "none" if name == who else "claim") for at, who in enumerate(("ada", "ben") * 9, 4) for name in (
    who, "dan", "eve", "fay"
)]  # fmt: skip


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    """Two sentences that two call a claim and one does not; two that two call none; eighteen that nobody answered."""
    made = make_project([f"The mayor of town {at} said so.\nTown {at} is quiet." for at in range(11)])
    answers(made, FIRST)
    adjudicate_stage.adjudicate(made)
    return made


def answers(workspace: Workspace, words: Iterable[Word], when: str = "2026-01-01T00:00:00Z") -> None:
    ids = [sentence.sentence_id for sentence in workspace.sentences()]
    workspace.annotations.append(
        revision(
            Annotation(
                annotation_id=content_id(ids[at], who),
                sentence_id=ids[at],
                annotator=who,
                labels=(label,),
                schema="news_events@1.0.0",
                created_at=when,
                updated_at=when,
            ),
            {},
        )
        for at, who, label in words
    )


def decided(workspace: Workspace) -> Mapping[str, Decision]:
    return {decision.sentence_id: decision for decision in workspace.decisions()}


def made(workspace: Workspace) -> dict[str, bytes]:
    return {
        name: workspace.path(name).read_bytes()
        for name in ("gold.parquet", "adjudications/queue.jsonl", "adjudications/verdicts.jsonl")
    }


def test_new_answers_change_only_what_they_touch(workspace: Workspace) -> None:
    close = [sentence.sentence_id for sentence in workspace.sentences()][:2]
    before = decided(workspace)
    assert {before[key].labels for key in close} == {("claim",)}
    answers(workspace, AGAINST)
    second = adjudicate_stage.adjudicate(workspace)
    after = decided(workspace)
    assert {key: after[key] for key in before} == before
    assert {change.cause for change in second.changes} == {"4 new among its answers"}
    assert second.counts["would change with --afresh"] == 2
    assert adjudicate_stage.adjudicate(workspace).up_to_date

    answers(workspace, [(0, "dan", "claim")])
    adjudicate_stage.adjudicate(workspace)
    assert decided(workspace)[close[0]] != before[close[0]]
    assert decided(workspace)[close[1]] == before[close[1]]


@pytest.mark.slow
def test_afresh_asks_all_answers_again_and_says_so(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    def adjudicate(*options: str) -> tuple[str, str]:
        with pytest.raises(SystemExit) as end:
            main(["adjudicate", "--project", str(workspace.root), *options])
        assert not end.value.code
        return capsys.readouterr()

    answers(workspace, AGAINST)
    out, err = adjudicate()
    assert "2 would change with --afresh" in out
    assert "run `toolkit adjudicate --afresh`" in err
    assert "run `toolkit adjudicate --afresh`" in adjudicate()[1], "told again while it is so"
    out, err = adjudicate("--afresh")
    assert out.count("other answers or settings") == 2
    assert "--afresh" not in out + err
    assert "up to date" in adjudicate()[0]
    kept = made(workspace)
    adjudicate("--afresh")
    assert made(workspace) == kept


def test_the_same_logs_give_the_same_bytes(workspace: Workspace, make_project: Callable[..., Workspace]) -> None:
    first = made(workspace)
    workspace.path("toolkit.lock").unlink()
    adjudicate_stage.adjudicate(workspace)
    assert made(workspace) == first
    answers(workspace, AGAINST)
    adjudicate_stage.adjudicate(workspace)
    second = made(workspace)
    assert second["adjudications/verdicts.jsonl"].startswith(first["adjudications/verdicts.jsonl"])
    for name in ("gold.parquet", "adjudications/queue.jsonl", "toolkit.lock"):
        workspace.path(name).unlink()
    adjudicate_stage.adjudicate(workspace)
    assert made(workspace) == second

    elsewhere = make_project([f"The mayor of town {at} said so.\nTown {at} is quiet." for at in range(11)], name="copy")
    for name in ("annotations/log.jsonl", "adjudications/verdicts.jsonl"):
        elsewhere.write(name, workspace.path(name).read_bytes())
    adjudicate_stage.adjudicate(elsewhere)
    assert made(elsewhere) == second


def test_an_answer_that_is_taken_back_brings_the_verdict_of_now(workspace: Workspace) -> None:
    before = decided(workspace)
    answers(workspace, [(0, "ada", "none")], when="2026-01-02T00:00:00Z")
    adjudicate_stage.adjudicate(workspace)
    assert decided(workspace) != before
    answers(workspace, [(0, "ada", "claim")], when="2026-01-03T00:00:00Z")
    adjudicate_stage.adjudicate(workspace)
    assert decided(workspace) == before
    lines = workspace.path("adjudications/verdicts.jsonl").read_text().splitlines()
    assert len(lines) == 4, "two at first, one for each change"


@pytest.mark.slow
def test_of_many_changes_twenty_are_shown_with_their_words(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(workspace, [(at, "ada", "claim") for at in range(22)], when="2026-02-01T00:00:00Z")
    with pytest.raises(SystemExit):
        main(["adjudicate", "--project", str(workspace.root)])
    told = capsys.readouterr()
    changed = [line for line in told.out.splitlines() if line.startswith(tuple(each for each in decided(workspace)))]
    assert len(changed) == 18
    assert all("town" in line or "Town" in line for line in changed)


def test_answers_that_a_decision_needs_are_a_setting(workspace: Workspace) -> None:
    answers(workspace, [(5, "ada", "claim")])
    adjudicate_stage.adjudicate(workspace)
    before = len(decided(workspace))
    config = workspace.path("toolkit.yaml")
    config.write_text(config.read_text() + "\nleast_answers: 2\n")
    held = adjudicate_stage.adjudicate(Workspace(workspace.root))
    assert not held.up_to_date
    assert held.counts["decided"] == before - 1
    assert held.counts["queued for an expert"] >= 1


def test_other_rules_decide_anew(workspace: Workspace) -> None:
    config = workspace.path("toolkit.yaml")
    config.write_text(config.read_text() + "\naggregation: majority\n")
    again = adjudicate_stage.adjudicate(Workspace(workspace.root))
    assert {decision.method for decision in workspace.decisions()} == {"unanimous", "majority"}
    assert again.changes == ()


def test_a_damaged_line_is_named(workspace: Workspace) -> None:
    path = workspace.path("adjudications/verdicts.jsonl")
    path.write_text(path.read_text() + json.dumps({"sentence_id": "x"}) + "\n")
    with pytest.raises(InvalidInput, match=r"verdicts\.jsonl:3: is not a logged decision; restore"):
        adjudicate_stage.adjudicate(workspace)
