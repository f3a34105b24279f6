"""The first screen answers how far, how good and what next from what is known, and says what is not."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.report.contents import AnnotatorWork, Disagreement, LabellingWork, Origin, Releases, Report
from toolkit.report.first_screen import first_screen

COUNTS = {"articles": 2, "stories": 1, "sentences": 10, "publishers": 1}
CORPUS = Origin(counts=COUNTS, publishers={}, languages={}, months={}, rejects={})
WORK = LabellingWork(
    people=(AnnotatorWork("annotator-a", 8, 0, None, "2026-01-01", "2026-01-02"),),
    coverage={"0": 2, "1": 8},
    days={"2026-01-01": 8},
)


def report(**known: Any) -> Report:
    return Report(title="News", schema="claims@1.0.0", toolkit="0.1.0", labels={"claim": "Claim"}, **known)


def agreed(low: float | None) -> dict[str, Any]:
    return {"layers": [{"name": "all", "alpha": {"value": 0.9, "low": low, "high": 0.95}}]}


def test_an_empty_project_is_told_what_to_begin_with() -> None:
    far, good, following = first_screen(report(missing={"corpus": "toolkit ingest", "sentences": "toolkit segment"}))
    assert far.said == ("No page has been read yet.",)
    assert "answers of two people" in good.said[0]
    assert [command for command, _ in following.commands] == ["toolkit ingest", "toolkit segment"]


def test_shares_are_of_all_sentences() -> None:
    far, *_ = first_screen(report(corpus=CORPUS, progress=WORK, decisions={"single": 5}))
    assert far.said == (
        "10 sentences of 2 articles, which tell 1 story.",
        "1 person has answered 8 of them (80%).",
        "5 are decided (50%).",
    )


@pytest.mark.parametrize(
    ("low", "reading"),
    [(0.8, "reliable"), (0.667, "tentative conclusions"), (0.5, "too low"), (None, "too few sentences")],
)
def test_agreement_is_read_by_its_lower_bound(low: float | None, reading: str) -> None:
    _, good, _ = first_screen(report(agreement=agreed(low)))
    assert reading in good.said[0]


def test_a_whole_project_is_led_to_its_expert_and_to_the_next_batch() -> None:
    known = report(
        corpus=CORPUS,
        disagreement=Disagreement(doubled=9, differing=3, labels={}, pairs=(), causes=3),
        evaluation={"model": "m", "rows": 4, "macro_f1": {"value": 0.5, "low": 0.4, "high": 0.6}},
        releases=Releases("1.0.0", {"train": {"sentences": 7}}, None),
    )
    far, good, following = first_screen(known)
    assert "Release 1.0.0 holds 7." in far.said
    assert "macro F1 0.50 (0.40 to 0.60) on 4 sentences" in good.said[0]
    commands = dict(following.commands)
    assert commands["toolkit adjudicate --push"] == "asks an expert about 3 sentences that people disagree on"
    assert list(commands)[-1] == "toolkit publish 1.0.0 --repo OWNER/NAME"


def test_sentences_that_repeat_the_training_are_not_called_unseen() -> None:
    parts = [{"column": "training", "value": value, "rows": 2} for value in ("seen", "nearly seen", "new")]
    macro = {"value": 1.0, "low": 0.9, "high": 1.0}
    known = report(evaluation={"model": "m", "rows": 6, "macro_f1": macro, "slices": parts})
    said = first_screen(known)[1].said[-1]
    assert "6 sentences of stories that it has not seen; 4 of them repeat a sentence of the training" in said
