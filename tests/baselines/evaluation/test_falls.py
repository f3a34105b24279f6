"""The fall of a score from random stories to harder tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit import Project
from toolkit.baselines.evaluation.falls import fall
from toolkit.cli import main
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.records import Estimate
from toolkit.release import Release


@pytest.fixture
def project(tmp_path: Path, make_release: Callable[..., Release]) -> Project:
    workspace = Workspace.create(tmp_path / "project", title="Two years")
    make_release(workspace.path("releases"))
    return Project(workspace.root)


@pytest.mark.slow
def test_training_on_a_harder_split_lets_evaluate_say_the_fall(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    first = project.train(baseline="words-lr")
    harder = project.train(by="by_time")
    assert harder.path.name == "words-lr-1.0.0-by_time"
    assert project.model().path == first.path  # the last model without a harder split stays the one that is taken
    assert project.train(by="by_time").up_to_date
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "--project", str(project.root)])
    assert ended.value.code == 0
    assert "from random stories to" in capsys.readouterr().out
    rows = json.loads(project.workspace.path("reports/evaluation.json").read_bytes())["falls"]
    assert [(row["split"], row["score"]) for row in rows] == [("by_time", "macro_f1"), ("by_time", "micro_f1")]
    report = project.evaluate().report
    assert rows[0]["fall"]["value"] == pytest.approx(report["macro_f1"]["value"] - rows[0]["there"]["value"])
    assert rows[0]["fall"]["low"] <= rows[0]["fall"]["value"] <= rows[0]["fall"]["high"]


@pytest.mark.slow
def test_a_release_of_one_language_has_nothing_to_divide_by(project: Project) -> None:
    with pytest.raises(InvalidInput, match="fewer than two languages"):
        project.train(by="by_language")
    with pytest.raises(UsageError, match="by_publisher"):
        project.train(by="by_weather")


@pytest.mark.slow
def test_the_interval_of_a_fall_covers_the_difference_as_often_as_it_says() -> None:
    import numpy as np
    from scipy.stats import binomtest

    chance = np.random.default_rng(0)

    def drawn(rate: float, n: int) -> Estimate:
        hits = int(chance.binomial(n, rate))
        low, high = binomtest(hits, n).proportion_ci(method="wilson")
        return Estimate(value=hits / n, low=float(low), high=float(high), n=n, method="wilson")

    inside = 0
    for _ in range(2_000):
        found = fall(drawn(0.85, 120), drawn(0.65, 80))
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.2 <= found.high
    assert 0.93 <= inside / 2_000 <= 0.97
