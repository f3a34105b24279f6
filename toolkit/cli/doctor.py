"""`toolkit doctor`: what may stand in the way of work on this machine."""

from __future__ import annotations

import typer

from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import put, put_json, say_next, state_word


def doctor(project: ProjectDir = None, as_json: Json = False) -> None:
    """Check versions, tokens, server, disk and lock file, and say how to mend what is wrong.

    Example: toolkit doctor
    """
    from toolkit.report import checkup

    checks = checkup(project)
    well = all(check.state != "fault" for check in checks)
    if as_json:
        put_json({"ok": well, "checks": checks})
    else:
        for check in checks:
            put(f"{state_word(check.state, 6)}{check.name:<20}{check.said}")
            if check.remedy:
                put(f"{'':<26}→ {check.remedy}")
    if well:
        say_next("`toolkit` shows the stages of a project and the next command")
    else:
        say_next("mend what stands behind → and run `toolkit doctor` again")
        raise typer.Exit(1)
