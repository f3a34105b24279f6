"""`toolkit build`: freeze a release."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_json, put_outcome, say, say_next
from toolkit.errors import UsageError


def build(
    version: Annotated[str | None, typer.Argument(help="Semantic version, such as 1.0.0.")] = None,
    bump: Annotated[str | None, typer.Option(metavar="auto", help="The version follows from what changed.")] = None,
    text: Annotated[str | None, typer.Option(help="How much text is released: full, offsets or snippet:N.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the splits; default: that of toolkit.yaml.")] = None,
    released_on: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Date for changelog and citation; default: none.")
    ] = None,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Freeze what is there though out of date.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Freeze gold, answers and articles as releases/VERSION, which `datasets.load_dataset` reads.

    Example: toolkit build 1.0.0
    """
    from toolkit.release import is_pattern
    from toolkit.release.repeats import told

    if (version is None) == (bump is None) or bump not in (None, "auto"):
        raise UsageError("give either a VERSION or --bump auto")
    if released_on is not None and not _is_date(released_on):
        raise UsageError(f"--released-on {released_on!r} is not a date", remedy="write it as 2026-01-31")
    opened = Project.find(project)
    with progress_bar("build"):
        built = opened.build(version or "auto", text=text, seed=seed, released_on=released_on, allow_stale=allow_stale)
    if as_json:
        put_json(built)
        return
    put_outcome(built, as_json=False)
    say(f"release     {built.path}")
    for line in told(built.release):
        say(f"note        {line}")
    say_next(f"`toolkit train {built.version}`, or `toolkit publish {built.version} --repo OWNER/NAME`")
    if is_pattern(built.path):
        say("`datasets` takes a path with * ? or [ for a pattern: copy the release elsewhere to load it")


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
