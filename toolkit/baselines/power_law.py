"""Score as a function of how much was labelled: a − b · n^−c, and what more would add."""

from __future__ import annotations

import numpy as np

from toolkit.baselines.targets import Floats

PARAMETERS = 3
"""What is fitted: a, b and c."""

_EXPONENTS = np.linspace(0.1, 1.5, 29)


def extrapolate(amounts: Floats, scores: Floats, wanted: Floats) -> Floats:
    """Fit a − b · n^−c with b ≥ 0 and a ≤ 1 to each row of scores and read it at other amounts.

    The form is that of Figueroa et al. (2012, "Predicting sample size required for classification performance");
    c is taken from a grid, where the rest is linear least squares, so that equal input gives equal output. A curve
    that does not rise is flat: more adds nothing. Later points weigh more, since they are what is carried on from.

    Args:
        amounts: [P], how much each point was trained on, rising, above 0.
        scores: [R, P], a row for each resample.
        wanted: [W], amounts to read the curve at.

    Returns:
        [R, W].
    """
    weights = amounts / amounts.sum()
    best = np.full(len(scores), np.inf)
    found = np.zeros((len(scores), len(wanted)))
    for exponent in _EXPONENTS:
        ceiling, slope = _line(amounts**-exponent, scores, weights)
        error = (weights * (ceiling[:, None] - slope[:, None] * amounts**-exponent - scores) ** 2).sum(axis=1)
        better = error < best - 1e-12
        best[better] = error[better]
        found[better] = ceiling[better, None] - slope[better, None] * wanted**-exponent
    return found


def _line(shape: Floats, scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return ceilings and slopes [R] of scores = ceiling − slope · shape, by weighted least squares."""
    middle, means = float((weights * shape).sum()), (weights * scores).sum(axis=1)
    spread = float((weights * (shape - middle) ** 2).sum())
    slope = -(weights * (shape - middle) * (scores - means[:, None])).sum(axis=1) / spread
    slope = np.maximum(slope, 0.0)
    ceiling = means + slope * middle
    over = ceiling > 1.0  # no score is above 1: hold the ceiling there and fit the slope alone
    through = ((1.0 - scores) * weights * shape).sum(axis=1) / float((weights * shape**2).sum())
    return np.where(over, 1.0, ceiling), np.where(over, through, slope)
