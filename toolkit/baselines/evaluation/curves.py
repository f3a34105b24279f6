"""Curves of a label's probabilities: precision over recall, and how often it is right where it is so sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.agreement.intervals import cluster_numbers, estimate, proportion, too_few
from toolkit.baselines.data.targets import Flags, Floats, Ints
from toolkit.baselines.evaluation.reliability import BINS, bin_of
from toolkit.records import Estimate

_POINTS = 40  # of a curve: more can't be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """The rows to which a label was given with about the same probability.

    Attributes:
        probability: Their mean probability.
        frequency: Share of them that carry the label, with its interval over stories; `n` counts them.
    """

    probability: float
    frequency: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCurve:
    """The curves of one label.

    Attributes:
        label: Its name.
        recall: Of thresholds that fall, shape (points,); empty where no row carries the label.
        precision: At the same thresholds.
        bins: By probability, the lowest first; bins without a row are left out.
    """

    label: str
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    bins: tuple[ReliabilityBin, ...]


def label_curves(
    names: Sequence[str], gold: Flags, probabilities: Floats, groups: Sequence[str]
) -> tuple[LabelCurve, ...]:
    """Return the curves of each label.

    Args:
        names: Labels.
        gold: The true labels, shape (rows, names).
        probabilities: Shape (rows, names).
        groups: Group id of each row.

    Examples:
        >>> gold, sure = np.array([[True], [False], [True]]), np.array([[0.9], [0.6], [0.4]])
        >>> (curve,) = label_curves(["denial"], gold, sure, ["a", "b", "c"])
        >>> curve.recall, curve.precision
        ((0.5, 0.5, 1.0), (1.0, 0.5, 0.6667))
    """
    member = cluster_numbers(groups, by_name=True)
    curves = []
    for name, flags, column in zip(names, gold.T, probabilities.T, strict=True):
        recall, precision = _precision_over_recall(flags, column)
        bins = _bins(flags, column, member)
        curves.append(LabelCurve(label=name, recall=recall, precision=precision, bins=bins))
    return tuple(curves)


def _precision_over_recall(gold: Flags, probabilities: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    positives = int(gold.sum())
    if not positives:
        return (), ()
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # ties share a step
    hits = np.cumsum(gold[order])[ends]
    recall, precision = hits / positives, hits / (ends + 1)
    shown = np.unique(np.linspace(0, len(ends) - 1, _POINTS).round().astype(int))
    return tuple(recall[shown].round(4).tolist()), tuple(precision[shown].round(4).tolist())


def _bins(gold: Flags, probabilities: Floats, member: Ints) -> tuple[ReliabilityBin, ...]:
    place, stories = bin_of(probabilities, BINS), int(member.max(initial=-1)) + 1
    found = []
    for number in np.unique(place):
        there = place == number
        trials = np.bincount(member[there], minlength=stories)
        hits = np.bincount(member[there], gold[there], minlength=stories)
        n, of = int(trials.sum()), int((trials > 0).sum())
        share = estimate(hits.sum() / n, proportion(hits, trials), n=n, reason=too_few(n, of))
        found.append(ReliabilityBin(probability=round(float(probabilities[there].mean()), 4), frequency=share))
    return tuple(found)
