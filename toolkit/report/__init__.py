"""The report of a project: numbers, one HTML page, where it stands, and what may be in its way.

Names are loaded when they are asked for, so that asking where a project stands loads no plots.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.report.collection import gather
    from toolkit.report.contents import Report
    from toolkit.report.doctor import Check, checkup
    from toolkit.report.html_page_file import render
    from toolkit.report.stage import write
    from toolkit.report.status import Standing, Step, standing

__all__ = ["Check", "Report", "Standing", "Step", "checkup", "gather", "render", "standing", "write"]

_HOMES = {
    "Check": "doctor",
    "Report": "contents",
    "Standing": "status",
    "Step": "status",
    "checkup": "doctor",
    "gather": "collection",
    "render": "html_page_file",
    "standing": "status",
    "write": "stage",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
