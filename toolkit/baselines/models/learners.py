"""One yes/no question to one weight a feature: scikit-learn's linear classifiers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.svm import LinearSVC

from toolkit.baselines.data.targets import Flags, Floats
from toolkit.baselines.models.features import Sparse
from toolkit.baselines.models.ladder import Learner, Setting
from toolkit.encoders.single_thread import one_thread


def fit_linear(features: Sparse, flags: Flags, learner: Learner, setting: Setting, seed: int) -> tuple[Floats, float]:
    """Fit weights [features] and an intercept whose sum over a row is larger the more it looks like a yes.

    Args:
        features: [N, features].
        flags: [N]; if all are the same, the weights are 0 and the intercept says which.
        learner: The classifier.
        setting: Its strength is C, or alpha for "sgd"; balanced, yes and no weigh as much as each other in all.
        seed: For the order in which rows are visited.
    """
    if features.shape[1] == 0 or flags.all() or not flags.any():
        return np.zeros(features.shape[1]), 1.0 if flags.mean() > 0.5 else -1.0
    if learner == "nb-svm":
        ratio = _log_count_ratio(features, flags)
        weights, intercept = _fit(_classifier("svm", setting, seed), features.multiply(ratio).tocsr(), flags)
        return weights * ratio, intercept
    return _fit(_classifier(learner, setting, seed), features, flags)


def rule_weights(terms: Sequence[str], words: Mapping[str, Sequence[str]], questions: Sequence[str]) -> Floats:
    """Return weights [questions, terms] that count the words of each label's rule."""
    return np.array([[float(term in words.get(name, ())) for term in terms] for name in questions])


def _classifier(learner: Learner, setting: Setting, seed: int) -> Any:
    strength, weight = setting.strength, "balanced" if setting.balanced else None
    if learner == "logistic":
        return LogisticRegression(C=strength, class_weight=weight, solver="liblinear", random_state=seed)
    if learner == "sgd":
        return SGDClassifier(
            loss="log_loss",
            alpha=strength,
            class_weight="balanced",
            average=True,
            max_iter=20,
            tol=1e-3,
            random_state=seed,
        )
    return LinearSVC(C=strength, class_weight=weight, random_state=seed)


def _fit(classifier: Any, features: Sparse, flags: Flags) -> tuple[Floats, float]:
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # held-out scores judge the weights, converged or not
        classifier.fit(features, flags)
    return np.asarray(classifier.coef_[0], dtype=np.float64), float(classifier.intercept_[0])


def _log_count_ratio(features: Sparse, flags: Flags) -> Floats:
    """Return log(p / q) [features]: how much more frequent a term is in yes rows; counts smoothed by one."""
    yes = 1.0 + np.asarray(features[flags].sum(axis=0)).ravel()
    no = 1.0 + np.asarray(features[~flags].sum(axis=0)).ravel()
    return np.asarray(np.log((yes / yes.sum()) / (no / no.sum())))
