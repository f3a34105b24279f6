"""Held-out rows: what scores of rows that training did not see say about calibration, thresholds and quality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit

from toolkit.baselines.calibration import Measure, f1_threshold, platt, positive_threshold
from toolkit.baselines.metrics import counts, macro_f1
from toolkit.baselines.targets import Flags, Floats, Targets


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
