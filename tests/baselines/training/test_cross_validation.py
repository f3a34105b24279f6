from __future__ import annotations

import pytest

from toolkit.baselines import Rows, train
from toolkit.baselines.models.learners import fit_linear


def test_class_balance_is_chosen_by_cross_validation_and_plain_where_it_makes_no_difference(
    binary: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []

    def watched(*arguments: object) -> tuple[object, float]:
        tried.append(arguments[3].balanced)  # type: ignore[attr-defined]
        return fit_linear(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("toolkit.baselines.training.cross_validation.fit_linear", watched)
    model = train(binary, baseline="words-chars-svm")
    assert tried.count(True) == tried.count(False) - 1 == 5 * 2, (
        "five folds, two strengths; then the choice on all rows"
    )
    assert model.facts["balanced"] == [False]
