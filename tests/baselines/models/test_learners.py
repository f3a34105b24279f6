from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.baselines import Rows
from toolkit.baselines.models.features import FeatureTable
from toolkit.baselines.models.ladder import WORDS, Setting
from toolkit.baselines.models.learners import fit_linear


def test_balanced_classes_weigh_the_rare_answer_more(binary: Rows) -> None:
    features = FeatureTable(binary.texts).whole((WORDS,))
    yes = np.array([given == ("yes",) for given in binary.labels])
    for learner in ("logistic", "svm", "nb-svm"):
        (plain, even), (heavy, raised) = (
            fit_linear(features, yes, learner, Setting(0.1, balanced), 0)  # type: ignore[arg-type]
            for balanced in (False, True)
        )
        assert (features @ heavy + raised).mean() > (features @ plain + even).mean()


def test_naive_bayes_weighs_terms_by_how_much_more_often_a_yes_has_them() -> None:
    features = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 2.0, 1.0]])
    yes = np.array([True, True, False])
    weights, intercept = fit_linear(csr_matrix(features), yes, "nb", Setting(0.5), 0)
    shares = np.array([2.5, 0.5, 2.5]) / 5.5 / (np.array([0.5, 2.5, 1.5]) / 4.5)
    assert np.allclose(weights, np.log(shares))
    assert intercept == 0.0
