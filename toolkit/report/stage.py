"""The page as a file of the project."""

from __future__ import annotations

from pathlib import Path

from toolkit.project import Workspace, write_atomic
from toolkit.report.collection import gather
from toolkit.report.contents import Report
from toolkit.report.html_page_file import render

PAGE = "reports/report.html"


def write(workspace: Workspace, output: Path | None = None) -> tuple[Path, Report]:
    """Gather, render and write the page; the same project gives the same bytes.

    Args:
        workspace: The project; nobody else may be at work on it.
        output: Where to write; default: reports/report.html.

    Returns:
        Where it is, and what it says.

    Raises:
        Locked: Another command is at work on the project.
        InvalidInput: A file of the project is damaged.
    """
    path = output or workspace.path(PAGE)
    with workspace.lock():
        report = gather(workspace)
        write_atomic(path, render(report))
    return path, report
