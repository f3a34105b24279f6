"""The fall of a score from stories drawn at random to a harder test: later days, other publishers, other languages.

The two tests have other rows, so that their difference has no pairs. Its interval is made of those of the two scores,
each bound from the nearer ones (Zou & Donner 2008, "Construction of confidence limits about effect measures", MOVER).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.baselines.training.model_card import METRICS
from toolkit.baselines.training.stage import HARDER
from toolkit.records import Estimate, from_row, to_row

_SCORES: Final = ("macro_f1", "micro_f1")


def fall(before: Estimate, after: Estimate) -> Estimate:
    """Return by how much a score is lower, with its interval where both have one.

    Examples:
        >>> near = Estimate(value=0.88, low=0.84, high=0.91, n=400, method="wilson")
        >>> far = Estimate(value=0.65, low=0.60, high=0.70, n=300, method="wilson")
        >>> str(fall(near, far))
        '0.23 (0.17 to 0.29)'
    """
    if before.value is None or after.value is None:
        return Estimate(value=None, reason=before.reason or after.reason)
    value, n = before.value - after.value, min(before.n or 0, after.n or 0) or None
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return Estimate(value=value, n=n, reason="one of the two scores has no interval")
    low = value - math.hypot(before.value - before.low, after.high - after.value)
    high = value + math.hypot(before.high - before.value, after.value - after.low)
    return Estimate(value=value, low=low, high=high, n=n, method="mover")


def harder_models(models: Path, baseline: str, version: str) -> dict[str, Path]:
    """Return harder split → the metrics of the model of this baseline and release that was trained on it."""
    found = {by: models / f"{baseline}-{version}-{by}" / METRICS for by in HARDER}
    return {by: path for by, path in found.items() if path.is_file()}


def falls(report: Mapping[str, Any], models: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Return a row per harder split and score: the score there, and the fall to it.

    Args:
        report: The evaluation on random stories, as `Evaluation.to_dict` gives it.
        models: From `harder_models`.
    """
    rows = []
    for by, path in models.items():
        there = json.loads(path.read_bytes()).get("test", {})
        for name in _SCORES:
            if report.get(name) and there.get(name):
                before, after = (from_row(Estimate, each[name], where=str(path)) for each in (report, there))
                rows.append({"split": by, "score": name, "there": to_row(after), "fall": to_row(fall(before, after))})
    return rows
