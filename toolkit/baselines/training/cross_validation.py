"""Held-out rows: what scores of rows that training did not see say about calibration, thresholds and quality.

Baselines under grouped cross-validation: held-out scores, calibration, thresholds and one number to choose by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit

from toolkit.baselines.data.folds import Folds, grouped_folds
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Flags, Floats, Ints, Targets, flags_of
from toolkit.baselines.evaluation.metrics import counts, macro_f1
from toolkit.baselines.models.calibration import Measure, f1_threshold, platt, positive_threshold
from toolkit.baselines.models.features import FeatureTable, Sparse
from toolkit.baselines.models.ladder import Baseline, Part, Setting
from toolkit.baselines.models.learners import fit_linear, rule_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """The truth of held-out rows.

    Attributes:
        targets: The labels.
        truth: [N, labels].
        asked: [N, questions].
        learnable: [questions], whether a question's scores mean anything; else its frequency is the answer.
        frequencies: [questions], how often yes is the answer, away from 0 and 1.
        measure: What the threshold of a two-label task is best for; None where that depends on how rare yes is.
    """

    targets: Targets
    truth: Flags
    asked: Flags
    learnable: Flags
    frequencies: Floats
    measure: Measure | None = None

    def calibrate(self, scores: Floats) -> tuple[Floats, Floats]:
        """Return Platt's slopes and intercepts, [questions] each, for scores [N, questions]."""
        pairs = [platt(scores[:, number], flags) for number, flags in enumerate(self.asked.T)]
        return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

    def judge(self, logits: Floats) -> tuple[Floats, float]:
        """Return the best thresholds [questions] for log-odds [N, questions], and the macro F1 that they reach."""
        probabilities = np.where(self.learnable, expit(logits), self.frequencies)
        if not self.targets.multi and self.targets.positive is None:
            probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
        two = self.targets.positive is not None
        best = partial(positive_threshold, measure=self.measure) if two else f1_threshold
        thresholds = np.array(
            [
                best(probabilities[:, number], flags) if self.learnable[number] else 0.5
                for number, flags in enumerate(self.asked.T)
            ]
        )
        return thresholds, self.score(probabilities, thresholds)

    def score(self, probabilities: Floats, thresholds: Floats) -> float:
        """Return the macro F1 of probabilities [N, questions] under thresholds [questions]."""
        return float(macro_f1(counts(self.truth, self.targets.decide(probabilities, thresholds))))


def frequencies(yeses: Floats, rows: int) -> Floats:
    """Return yeses / rows [questions], held away from 0 and 1 by half a row."""
    half = 0.5 / rows
    return np.asarray(np.clip(yeses / rows, half, 1.0 - half))


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPart:
    """A part with the setting that was chosen for it.

    Attributes:
        part: Its settings.
        setting: One of the part's settings.
        logits: [N, questions], held-out calibrated log-odds.
        slopes: [questions], Platt's slope.
        intercepts: [questions], Platt's intercept.
    """

    part: Part
    setting: Setting
    logits: Floats
    slopes: Floats
    intercepts: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A baseline as cross-validation sees it.

    Attributes:
        baseline: The rung.
        parts: What has to be fitted on all rows; none for a rung that reads no text.
        logits: [N, questions], held-out calibrated log-odds; none of a rung that reads no text.
        slopes: [questions], Platt's slope over the weighted mean of the parts' log-odds.
        intercepts: [questions], Platt's intercept over it.
        thresholds: [questions].
        score: Macro F1 of the held-out answers.
    """

    baseline: Baseline
    parts: tuple[FittedPart, ...]
    logits: Floats
    slopes: Floats
    intercepts: Floats
    thresholds: Floats
    score: float


class CrossValidation:
    """Training rows with their folds; features and held-out scores are shared by all baselines that are tried.

    Attributes:
        rows: The training rows.
        targets: The labels.
        table: Their features.
        folds: Who is held out when.
        asked: [N, questions], the truth.
        learnable: [questions], whether yes and no both occur in two folds, so that each can be held out.
        frequencies: [questions], how often yes is the answer, away from 0 and 1.
    """

    def __init__(
        self,
        rows: Rows,
        targets: Targets,
        *,
        folds: int,
        seed: int,
        rules: Mapping[str, Sequence[str]],
        measure: Measure | None = None,
    ) -> None:
        self.rows = rows
        self.targets = targets
        self.table = FeatureTable(rows.texts)
        truth, self.asked = flags_of(rows.labels, targets.names), targets.asked(rows.labels)
        self.folds = grouped_folds(truth, rows.groups, count=folds, seed=seed)
        self.learnable = _learnable(self.asked, self.folds)
        self.frequencies = frequencies(self.asked.sum(axis=0), len(rows))
        self._held = HeldOut(
            targets=targets,
            truth=truth,
            asked=self.asked,
            learnable=self.learnable,
            frequencies=self.frequencies,
            measure=measure,
        )
        self._seed = seed
        self._rules = rules
        self._parts: dict[Part, FittedPart] = {}

    def trial(self, baseline: Baseline) -> Trial:
        """Cross-validate one baseline."""
        parts = tuple(self._part(part) for part in baseline.parts)
        questions = len(self.frequencies)
        slopes, intercepts, logits = np.ones(questions), np.zeros(questions), np.zeros((0, questions))
        if parts:
            logits = np.average([part.logits for part in parts], axis=0, weights=baseline.shares)
            if len(parts) > 1:
                slopes, intercepts = self._held.calibrate(logits)
            logits = slopes * logits + intercepts
            thresholds, score = self._held.judge(logits)
        else:
            thresholds = np.full(questions, 0.5)
            score = self._held.score(np.tile(self.frequencies, (len(self.rows), 1)), thresholds)
        return Trial(
            baseline=baseline,
            parts=parts,
            logits=logits,
            slopes=slopes,
            intercepts=intercepts,
            thresholds=thresholds,
            score=score,
        )

    def fit(self, part: Part, setting: Setting, fitted: Ints, features: Sparse) -> tuple[Floats, Floats]:
        """Fit a part on the rows `fitted`; return weights [questions, features] and intercepts [questions]."""
        if part.learner == "rules":
            terms = part.blocks[0].terms or ()
            return rule_weights(terms, self._rules, self.targets.questions), np.zeros(self.asked.shape[1])
        pairs = [fit_linear(features, flags[fitted], part.learner, setting, self._seed) for flags in self.asked.T]
        return np.stack([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

    def _part(self, part: Part) -> FittedPart:
        """Return the part with the setting whose held-out answers have the best macro F1, the first of equals."""
        if part not in self._parts:
            options = [
                self._calibrated(part, setting, scores)
                for setting, scores in zip(part.settings, self._held_out(part), strict=True)
            ]
            self._parts[part] = max(options, key=lambda option: self._held.judge(option.logits)[1])
        return self._parts[part]

    def _calibrated(self, part: Part, setting: Setting, scores: Floats) -> FittedPart:
        slopes, intercepts = self._held.calibrate(scores)
        logits = slopes * scores + intercepts
        return FittedPart(part=part, setting=setting, logits=logits, slopes=slopes, intercepts=intercepts)

    def _held_out(self, part: Part) -> Floats:
        """Return [settings, N, questions]: every row's scores under the models that did not see its fold."""
        scores = np.zeros((len(part.settings), *self.asked.shape))
        for fold in range(self.folds.count):
            fitted, held = np.flatnonzero(self.folds.number != fold), np.flatnonzero(self.folds.number == fold)
            seen, unseen = self.table.split(part.blocks, fitted, held)
            for number, setting in enumerate(part.settings):
                weights, intercepts = self.fit(part, setting, fitted, seen)
                scores[number, held] = unseen @ weights.T + intercepts
        return scores


def _learnable(asked: Flags, folds: Folds) -> Flags:
    """Return [questions]: a yes and a no can each be held out while another stays in."""
    if not folds.count:
        return np.zeros(asked.shape[1], dtype=bool)
    both = [_folds_with(asked, folds), _folds_with(~asked, folds)]
    return np.asarray(np.min(both, axis=0) > 1)


def _folds_with(flags: Flags, folds: Folds) -> Ints:
    return np.asarray(np.sum([flags[folds.number == fold].any(axis=0) for fold in range(folds.count)], axis=0))
