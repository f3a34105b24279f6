from __future__ import annotations

import numpy as np

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
