from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from toolkit.baselines import Rows, annotator_curve, sentence_curve
from toolkit.baselines.training.curve import expected_gain, extrapolate
from toolkit.cli import main
from toolkit.errors import InvalidInput

pytestmark = pytest.mark.slow

AMOUNTS = np.array([50.0, 100.0, 200.0, 400.0])


def test_a_curve_of_the_form_itself_is_carried_on_exactly() -> None:
    curves = np.array([0.8 - 1.5 * AMOUNTS**-0.5, 0.9 - 0.4 * AMOUNTS**-0.1])
    wanted = np.array([400.0, 900.0])
    expected = np.array([0.8 - 1.5 * wanted**-0.5, 0.9 - 0.4 * wanted**-0.1])
    assert extrapolate(AMOUNTS, curves, wanted) == pytest.approx(expected, abs=1e-9)


def test_a_falling_curve_promises_nothing_and_no_score_passes_one() -> None:
    read = extrapolate(AMOUNTS, np.array([[0.8, 0.7, 0.6, 0.5], [0.2, 0.5, 0.8, 0.999]]), np.array([400.0, 1e9]))
    assert read[0, 0] == read[0, 1]
    assert read[1, 1] <= 1.0


def test_more_sentences_score_higher_and_the_gain_has_an_interval(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows(400, multi=False, noise=0.1)
    curve = sentence_curve(rows, more=100, resamples=100)
    scores = [point.macro_f1.value or 0.0 for point in curve.points]
    assert scores[-1] > scores[0]
    assert [point.amount for point in curve.points] == pytest.approx([37.5, 75, 150, 225, 300], abs=0.5)
    assert curve.gain.low is not None
    assert curve.gain.high is not None
    assert 0.0 <= curve.gain.low <= curve.gain.high
    assert curve == sentence_curve(rows, more=100, resamples=100)
    assert "another 100 sentences are worth about" in curve.summary


def test_a_second_careless_annotator_is_worth_something(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows(300, multi=False, noise=0.0)
    chance = np.random.default_rng(0)
    answers = {
        name: {
            row_id: given if chance.random() > 0.3 else ("other",)
            for row_id, given in zip(rows.ids, rows.labels, strict=True)
        }
        for name in ("a", "b", "c")
    }
    curve = annotator_curve(rows, answers, resamples=50)
    assert [point.amount for point in curve.points] == [1, 2, 3]
    scores = [point.macro_f1.value or 0.0 for point in curve.points]
    assert scores[2] > scores[0]


def test_too_few_stories_or_people_are_named(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows(40)
    with pytest.raises(InvalidInput, match="a learning curve needs 10 stories, and there"):
        sentence_curve(rows.take(range(6)))
    alone = {"a": dict(zip(rows.ids, rows.labels, strict=True))}
    with pytest.raises(InvalidInput, match="answered by one person"):
        annotator_curve(rows, alone)


def test_a_gain_ends_where_no_score_is_better(make_rows: Callable[..., Rows]) -> None:
    curve = sentence_curve(make_rows(400, multi=False, noise=0.0, rare=100), more=1000, resamples=50)
    best = curve.points[-1].macro_f1.value
    assert best is not None
    assert curve.gain.value is not None
    assert best + curve.gain.value <= 1.0 + 1e-6


def test_a_curve_that_goes_up_and_down_has_a_wider_interval_than_one_that_rises_evenly() -> None:
    amounts, draws = np.array([50.0, 100.0, 200.0, 300.0, 400.0]), np.zeros((200, 5))
    even = 0.8 - 1.5 * amounts**-0.5
    uneven = even + np.array([0.05, -0.05, 0.05, -0.05, 0.05])
    narrow, wide = (expected_gain(amounts, whole, draws + whole, more=400, seed=0) for whole in (even, uneven))
    for found in (narrow, wide):
        assert found.low is not None
        assert found.high is not None
    assert narrow.high - narrow.low < 1e-6  # type: ignore[operator]
    assert wide.high - wide.low > 0.05  # type: ignore[operator]


def test_a_curve_is_not_carried_on_far_beyond_what_is_labelled(make_rows: Callable[..., Rows]) -> None:
    curve = sentence_curve(make_rows(60, multi=False), more=600, resamples=20)
    assert curve.gain.value is None
    assert curve.summary == "what another 600 sentences are worth can't be told from so few"


def test_where_everybody_says_the_same_there_is_no_curve(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows(80, multi=False)
    with pytest.raises(InvalidInput, match="every row is labelled 'other': there is nothing to learn"):
        sentence_curve(replace(rows, labels=(("other",),) * len(rows)))
    with pytest.raises(InvalidInput, match="every row is labelled with nothing"):
        sentence_curve(replace(rows, labels=((),) * len(rows), multi=True))
    said = dict(zip(rows.ids, rows.labels, strict=True))
    with pytest.raises(InvalidInput, match="people agree on every sentence that was decided"):
        annotator_curve(rows, {"a": said, "b": said})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--more", "7"], "No such option: --more"),
        (["--curve", "--more", "0"], "--more"),
        (["--curve", "-o", "model"], "No such option: -o"),
        (["--curve", "--test", "rows.jsonl"], "No such option: --test"),
    ],
)
def test_options_that_a_curve_or_a_model_has_no_use_for_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "a", "label": "b"}\n')
    with pytest.raises(SystemExit) as left:
        main(["train", "--train", str(rows), *arguments])
    assert left.value.code == 2
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]
