"""The page of one evaluation: every score with its interval, curves, and the mistakes to browse in a real browser."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from browser import new_page

from toolkit.baselines import Rows, evaluate, train
from toolkit.report import evaluation_page
from toolkit.report.html_document import embedded

NAMES = ("denial", "claim $x$ <b>", "数える")


def rows(number: int, seed: int) -> Rows:
    """Sentences of twenty stories of three labels, each told by a word that is right three times in four."""
    chance = random.Random(seed)
    marks = dict(zip(NAMES, ("denied", "claimed", "counted"), strict=True))
    labels = [chance.choice(NAMES) for _ in range(number)]
    said = [marks[name if chance.random() < 0.75 else chance.choice(NAMES)] for name in labels]
    return Rows(
        texts=tuple(f"The mayor {word} it in case {chance.randrange(9_999)} </script>" for word in said),
        labels=tuple((name,) for name in labels),
        multi=False,
        groups=tuple(str(at % 20) for at in range(number)),
        columns={"source": tuple(f"paper {at % 2}" for at in range(number))},
    )


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    model = train(rows(240, 1), baseline="words-lr")
    return {"model": "words-lr", "split": "test.jsonl", **evaluate(model, rows(160, 2)).to_dict()}


@pytest.mark.slow
def test_every_part_is_on_the_page_and_names_are_text(report: dict[str, Any]) -> None:
    page = evaluation_page(report)
    for heading in ("Scores", "Confusion", "Precision and recall", "Reliability of the probabilities", "Mistakes"):
        assert f">{heading}</h2>" in page
    assert "claim $x$ &lt;b&gt;" in page
    assert "claim $x$ <b>" not in page
    assert "数える" in page
    assert embedded(report["errors"]) in page
    assert evaluation_page(report) == page
    first = report["labels"][0]
    low, high = first["intervals"]["average_precision"]
    assert f"{first['average_precision']:.2f} ({low:.2f} to {high:.2f})" in page


def test_curves_end_at_full_recall_and_bins_hold_every_row(report: dict[str, Any]) -> None:
    for curve in report["curves"]:
        assert curve["recall"][-1] == 1.0
        assert sum(each["frequency"]["n"] for each in curve["bins"]) == report["rows"]


def test_a_model_without_a_mistake_has_a_page_without_a_script(report: dict[str, Any]) -> None:
    page = evaluation_page({**report, "errors": [], "curves": [], "slices": []})
    assert "<script" not in page
    assert 'id="mistakes"' not in page


@pytest.mark.slow
def test_a_score_that_rests_on_too_little_says_so(report: dict[str, Any]) -> None:
    few = json.loads(json.dumps(report))
    few["labels"][0]["f1"] |= {"low": None, "high": None}
    assert "(too few)" in evaluation_page(few)


MARKS = (
    ("The north said no, and no more.", "no", ["no", "no"]),
    ("He denied: it was “his”.", "denied :", ["denied:"]),
    ("外務省は否定した。", "否 定", ["否定"]),
    ("İzmir'de hiç kimse ölmedi", "ölmedi", ["ölmedi"]),
    ("They were wounded and undone.", "oun", ["oun"]),
    ("An undone deed, undone again", " un", ["un", "un"]),
    ("(a+b) costs $5 [sic]", "$", ["$"]),
    ("हिन्दी में हिन्द नहीं", "हिन्द", ["हिन्द"]),
)


@pytest.mark.slow
def test_words_that_decided_are_marked_where_they_stand_and_not_within_others(
    report: dict[str, Any], tmp_path: Path
) -> None:
    one = {"label": "denial", "fault": "missed", "probability": 0.5, "gold": ["denial"], "given": []}
    errors = [{**one, "id": text, "text": text, "words": [[word, 1.0], ["The", -1.0]]} for text, word, _ in MARKS]
    file = tmp_path / "evaluation.html"
    file.write_text(evaluation_page({**report, "errors": errors}), encoding="utf-8")
    with new_page("THE MARKS OF AN EVALUATION ARE") as page:
        page.goto(file.as_uri())
        cards = page.locator("#list article").all()
        assert [card.locator("mark").all_inner_texts() for card in cards] == [marks for *_, marks in MARKS]


@pytest.mark.slow
def test_mistakes_are_browsed_in_light_and_dark_and_on_a_telephone(report: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "evaluation.html"
    file.write_text(evaluation_page(report), encoding="utf-8")
    said: list[str] = []
    with new_page("THE EVALUATION IS") as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        cards = page.locator("#list article")
        total = len(report["errors"])
        assert cards.count() == min(20, total)
        assert page.locator("#list mark").count() > 0
        page.select_option("#f-label", "denial")
        asked = sum(error["label"] == "denial" for error in report["errors"])
        assert page.locator("#found").inner_text() == f"{asked} of {total} mistakes"
        page.fill("#f-words", "no such word")
        assert page.locator("#found").inner_text() == f"0 of {total} mistakes"
        page.click("button[type=reset]")
        page.wait_for_function(f"document.getElementById('found').textContent === '{total} of {total} mistakes'")
        inks = set()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            inks.add(page.evaluate("getComputedStyle(document.body).color"))
            page.screenshot(path=str(tmp_path / f"{scheme}.png"), full_page=True)
        assert len(inks) == 2
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=str(tmp_path / "telephone.png"), full_page=True)
    assert said == []
