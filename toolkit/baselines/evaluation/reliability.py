"""Calibration error: how far probabilities are from frequencies, without what chance adds, and with its interval.

The usual estimate of the expected calibration error can't come out at zero, as chance alone moves frequencies away from
probabilities: a calibrated model on a hundred rows shows .05. Here the error is the one that would show, on average,
what was seen. Its interval holds all errors for which that would be no surprise; what is one near zero is decided as by
Feldman & Cousins (1998, Physical Review D 57:3873), so that the interval of a calibrated model begins at 0.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

from toolkit.agreement.intervals import inflation, plain
from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.records import Estimate

BINS = 5
STORIES = 10
"""Stories that an interval rests on, at least."""

_SHARED = 1.2  # of the variance: what stories add within bins, which the sum over bins does not show
_GRID = 160  # errors that are tried
_FARTHEST = 6.0  # standard errors


def calibration_error(gold: Flags, probabilities: Floats, *, bins: int = BINS) -> float:
    """Return the expected calibration error of one label, in [0, 1]; 0 is best. Without rows it is NaN.

    The mean over equal-width bins, weighted by rows, of |frequency of yes − mean probability| (Naeini et al. 2015).
    What chance adds is in it; see `calibration_estimate`.

    Args:
        gold: [N].
        probabilities: [N].
        bins: Number of bins.
    """
    if not len(gold):
        return float("nan")
    gap = np.bincount(bin_of(probabilities, bins), weights=gold - probabilities, minlength=bins)
    return float(np.abs(gap).sum() / len(gold))


def bin_of(probabilities: Floats, bins: int) -> Ints:
    """Return the number of each probability's bin, both of shape (N,). Bins are equally wide; 1 is in the last."""
    return np.asarray(np.minimum((probabilities * bins).astype(np.int64), bins - 1))


def calibration_estimate(gold: Flags, probabilities: Floats, member: Ints) -> Estimate:
    """Return the calibration error of one label less what chance adds, with its interval.

    Args:
        gold: Shape (rows,).
        probabilities: Shape (rows,).
        member: Number of each row's story, shape (rows,).
    """
    rows, stories = len(gold), int(member.max(initial=-1)) + 1
    if not rows:
        return Estimate(value=None, n=0, reason="it is undefined on these rows")
    place = bin_of(probabilities, BINS)
    gap = np.bincount(place, weights=gold - probabilities, minlength=BINS) / rows
    own = np.bincount(place, weights=probabilities * (1 - probabilities), minlength=BINS) / rows**2
    share = np.bincount(member, minlength=stories) / rows
    sign = np.where(gap >= 0, 1.0, -1.0)
    moved = np.bincount(member, (gold - probabilities) * sign[place], minlength=stories) / rows
    factor, freedom = inflation(own.sum(), moved - np.abs(gap).sum() * share, share)
    if not own.sum():
        reason = "all probabilities are 0 or 1, which says nothing about chance"
        return Estimate(value=plain(np.abs(gap).sum()), n=rows, reason=reason)
    found = _errors(gap, own * factor * _SHARED, float(freedom))
    if stories < STORIES:
        reason = f"too few stories ({stories}, at least {STORIES} are needed) for an interval"
        return Estimate(value=plain(found.value), n=rows, reason=reason)
    low, high = min(found.low, found.value), max(found.high, found.value)
    return Estimate(value=plain(found.value), low=plain(low), high=plain(min(high, 1.0)), n=rows, method="inverted")


class _Errors(NamedTuple):
    value: float
    low: float
    high: float


def _errors(gap: Floats, variance: Floats, freedom: float) -> _Errors:
    """Return the error whose expected gaps are the gaps that were seen, shape (bins,), and its interval."""
    spread, seen = np.sqrt(variance), float(np.abs(gap).sum())
    # an error is spread over the bins as chance is: that shows it least, and favours no bin
    tried = np.linspace(0, 1, _GRID) ** 2 * (seen + _FARTHEST * float(np.sqrt(variance.sum())))
    mean, deviation = _folded(tried[:, None] * spread / spread.sum(), spread)
    deviation = deviation * stdtrit(freedom, 0.975) / stdtrit(np.inf, 0.975)
    above, surprise = (mean - mean[0]) / deviation, (seen - mean) / deviation
    reach = np.interp(above, *_reach())
    below = np.where(above >= reach, -reach, -(above**2 + reach**2) / (2 * np.maximum(above, 1e-9)))
    held = tried[(surprise <= reach) & (surprise >= below)]
    value = float(np.interp(seen, mean, tried)) if seen > mean[0] else 0.0
    return _Errors(value, *((float(held.min()), float(held.max())) if len(held) else (value, value)))


def _folded(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation [tried] of Σ |normal with these means [tried, bins] and spreads [bins]|."""
    wide = np.maximum(spread, 1e-12)
    part = wide * np.sqrt(2 / np.pi) * np.exp(-((mean / wide) ** 2) / 2) + mean * (1 - 2 * ndtr(-mean / wide))
    return part.sum(axis=-1), np.sqrt(np.maximum(mean**2 + wide**2 - part**2, 1e-24).sum(axis=-1))


@cache
def _reach() -> tuple[Floats, Floats]:
    """Return how far above its mean, in standard errors, a value that can't be below 0 may be seen: for means 0 to 6.

    The likeliest 95 % by their likelihood over that of the mean which explains them best: 1.64 at 0, 1.96 far away.
    """
    mean = np.linspace(0, 6, 601)
    low, high = np.full_like(mean, 1.6), np.full_like(mean, 2.0)
    for _ in range(40):
        reach = (low + high) / 2
        below = np.where(mean >= reach, -reach, -(mean**2 + reach**2) / (2 * np.maximum(mean, 1e-9)))
        short = ndtr(reach) - ndtr(below) < 0.95
        low, high = np.where(short, reach, low), np.where(short, high, reach)
    return mean, (low + high) / 2
