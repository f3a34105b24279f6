"""Commands for looking: report, doctor, and where a project stands when no command is given."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import Json, Project
from toolkit.cli.output import coloured, progress_bar, put, put_json, say

if TYPE_CHECKING:
    from toolkit.report import Check, StageStatus

_COLOURS = {"done": "green", "ok": "green", "out of date": "red", "fault": "red", "not yet": "dim", "note": "dim"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(report)
    app.command()(doctor)


def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: reports/report.html.")
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Write one HTML page to look at: corpus, progress, agreement, decisions, splits, baselines, sentences.

    Example: toolkit report --output report.html
    """
    from toolkit.project import Workspace
    from toolkit.report import write

    with progress_bar("report"):
        path, found = write(Workspace.find(project), output)
    if as_json:
        put_json({"page": path, **found.as_dict()})
        return
    put(str(path))
    for part, command in found.missing.items():
        say(f"{part}: not yet, run `{command}`")


def doctor(project: Project = None, as_json: Json = False) -> None:
    """Check versions, tokens, the server, the disk and the lock, and say what mends what is wrong.

    Example: toolkit doctor
    """
    from toolkit.report import checkup

    checks = checkup(project)
    if as_json:
        put_json({"ok": _well(checks), "checks": checks})
    else:
        for check in checks:
            put(f"{_coloured(check.state, 6)}{check.name:<20}{check.said}")
            if check.remedy:
                put(f"{'':<26}→ {check.remedy}")
    if not _well(checks):
        raise typer.Exit(1)


def _well(checks: tuple[Check, ...]) -> bool:
    return all(check.state != "fault" for check in checks)


def in_project() -> bool:
    """Tell whether there is a toolkit.yaml here or above, without loading anything."""
    here = Path.cwd()
    return any((folder / "toolkit.yaml").is_file() for folder in (here, *here.parents))


def put_standing() -> None:
    """Print each stage of the project here with its counts and age, and the next command."""
    from toolkit.project import Workspace
    from toolkit.report import project_status

    workspace = Workspace.find()
    found, now = project_status(workspace), time.time()
    put(f"{workspace.config.release.title}   {workspace.root}")
    for stage in found.stages:
        put(_line(stage, now))
    following = found.next_stage
    put("")
    put(f"next: {following.command}" if following else "everything is up to date; look at it with `toolkit report`")


def _line(stage: StageStatus, now: float) -> str:
    counts = " · ".join(f"{number:,} {what}" for what, number in stage.counts.items())
    age = "" if stage.changed_at is None else f"   [{_age(now - stage.changed_at)}]"
    more = f", and {len(stage.because) - 2} more" if len(stage.because) > 2 else ""
    because = f"   ({', '.join(stage.because[:2])}{more})" if stage.because else ""
    return f"{stage.stage:<12}{_coloured(stage.state, 13)}{counts}{age}{because}".rstrip()


def _coloured(state: str, width: int) -> str:
    return coloured(state.ljust(width), _COLOURS[state])  # type: ignore[arg-type]  # every value is a style


def _age(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {name}{'s' if number > 1 else ''} ago"
    return "just now"
