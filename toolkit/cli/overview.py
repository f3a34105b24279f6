"""`toolkit` without a command, in a project: each stage, what is out of date, and the next command."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.api.facade import Project
from toolkit.cli.output import counted, put, state_word

if TYPE_CHECKING:
    from toolkit.report import StageStatus


def in_project() -> bool:
    """Tell whether there is a toolkit.yaml here or above, without loading anything."""
    here = Path.cwd()
    return any((folder / "toolkit.yaml").is_file() for folder in (here, *here.parents))


def put_first_steps() -> None:
    """Print four lines: there is no project here, and three ways to go on."""
    put("there is no project here: no toolkit.yaml in this directory or above")
    put("see it work           toolkit demo")
    put("begin with your own   toolkit init my-project --from FOLDER")
    put("every command         toolkit --help")


def put_overview() -> None:
    """Print each stage of the project here with its counts and age, and the next command."""
    opened = Project.find()
    found, now = opened.overview(), time.time()
    put(f"{opened.config.release.title}   {opened.root}")
    for stage in found.stages:
        put(_line(stage, now))
    following = found.next_stage
    put("")
    put(f"next: {following.command}" if following else "everything is up to date; look at it with `toolkit report`")


def _line(stage: StageStatus, now: float) -> str:
    counts = counted(stage.counts)
    age = "" if stage.changed_at is None else f"   [{_age(now - stage.changed_at)}]"
    more = f", and {len(stage.because) - 2} more" if len(stage.because) > 2 else ""
    because = f"   ({', '.join(stage.because[:2])}{more})" if stage.because else ""
    return f"{stage.stage:<12}{state_word(stage.state, 13)}{counts}{age}{because}".rstrip()


def _age(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {name}{'s' if number > 1 else ''} ago"
    return "just now"
