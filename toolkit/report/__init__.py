"""The report of a project: numbers, one HTML page, where it stands, and what may be in its way.

Names are loaded when they are asked for, so that asking where a project stands loads no plots.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.report.doctor import Check, checkup
    from toolkit.report.gathering import gather
    from toolkit.report.rendering import render
    from toolkit.report.report import Report
    from toolkit.report.stages import Standing, Step, standing
    from toolkit.report.writing import write

__all__ = ["Check", "Report", "Standing", "Step", "checkup", "gather", "render", "standing", "write"]

_HOMES = {
    "Check": "doctor",
    "Report": "report",
    "Standing": "stages",
    "Step": "stages",
    "checkup": "doctor",
    "gather": "gathering",
    "render": "rendering",
    "standing": "stages",
    "write": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
