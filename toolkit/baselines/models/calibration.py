"""Scores to probabilities, and probabilities to yes or no, both learned on held-out scores."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.encoders.single_thread import one_thread

_LEAST_SLOPE = 0.01  # log-odds a standard deviation of the scores
_MOST_GIVEN = 3  # times as many rows as carry the label
_RARE = 1 / 3  # of the rows
_SLACK = 0.005

Measure = Literal["macro_f1", "f1_positive"]
"""What the threshold of a two-label task is best for."""


def platt(scores: Floats, flags: Flags) -> tuple[float, float]:
    """Fit slope and intercept of P(yes | score) = 1 / (1 + exp(−(slope · score + intercept))).

    Platt (1999), with his smoothed targets, so that a label with few positives does not become certain. A slope below
    zero would say that the scores point the wrong way, which held-out scores of a label that can't be learned tend to
    do; it is held at a little above 0, which leaves the label's frequency and keeps the order of the rows.

    Args:
        scores: [N], held-out.
        flags: [N], the truth.
    """
    positives = int(flags.sum())
    negatives = len(flags) - positives
    wanted = np.where(flags, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    scale = float(scores.std()) or 1.0
    unit = scores / scale

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = parameters[0] * unit + parameters[1]
        residual = expit(logits) - wanted
        value = np.logaddexp(0.0, logits) - wanted * logits
        slope = float((residual * unit).sum())  # not @: BLAS rounds differently with the number of its threads
        return float(value.sum()), np.array([slope, residual.sum()])

    start = np.array([1.0, np.log((positives + 1) / (negatives + 1))])
    bounds = [(_LEAST_SLOPE, None), (None, None)]
    with one_thread():
        slope, intercept = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(slope / scale), float(intercept)


def f1_threshold(probabilities: Floats, flags: Flags, slack: float = 0.0) -> float:
    """Return the lowest probability from which saying yes gives an F1 of the yes within `slack` of the best.

    F1 is computed from counts that are half observed and half expected under the calibrated probabilities: the
    observed optimum alone jumps with a handful of positives. On 31 crisis labels with held-out thresholds it was
    worth .001 to .004 of macro F1 over the observed optimum.

    A label that can't be learned would have its best F1 when every row is given it (Lipton, Elkan and Naryanaswamy
    2014); yes is therefore said to at most three times as many rows as carry the label.
    """
    order, positives, hits, said = _running(probabilities, flags)
    f1 = np.where(said <= _MOST_GIVEN * flags.sum(), 2 * hits / (said + positives), 0.0)
    lowest = int(np.flatnonzero(f1 >= f1.max() - slack)[-1])
    return float(probabilities[order[lowest]]) if f1.max() > 0 else 1.0


def positive_threshold(probabilities: Floats, flags: Flags, measure: Measure | None = None) -> float:
    """Return the threshold of a two-label task: by F1 of the yes or by macro F1; left out, by the first for a rare yes.

    A yes is rare below a third of the rows. Its F1 hardly changes over a wide range of thresholds, but rows of other
    debates, years or sources get less probability of it than held-out rows of those that were learnt; so the lowest
    threshold is taken that costs at most .005 of F1. Of debates that none of the training rows of CheckThat 2024 came
    from, it gains .05 where yes was under-estimated, and costs nothing in the mean over the others.
    """
    rare = flags.mean() < _RARE if measure is None else measure == "f1_positive"
    if rare:
        return f1_threshold(probabilities, flags, slack=_SLACK)
    return macro_threshold(probabilities, flags)


def macro_threshold(probabilities: Floats, flags: Flags) -> float:
    """Return the probability of yes from which the mean F1 of yes and of no is best; counts as in `f1_threshold`."""
    order, positives, hits, said = _running(probabilities, flags)
    negatives = len(flags) - positives
    rejected = negatives - (said - hits)
    yes = 2 * hits / (said + positives)
    no = 2 * rejected / (len(flags) - said + negatives)
    return float(probabilities[order[np.argmax(yes + no)]])


def _running(probabilities: Floats, flags: Flags) -> tuple[Ints, float, Floats, Floats]:
    """Order by falling probability and count, for a cut after each row: true yeses and yeses said.

    A cut inside a run of equal probabilities cannot be made; its counts are those of the run's end.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    blended = 0.5 * flags[order] + 0.5 * ranked
    last = np.searchsorted(-ranked, -ranked, side="right") - 1
    return order, float(blended.sum()), np.cumsum(blended)[last], (last + 1).astype(np.float64)
