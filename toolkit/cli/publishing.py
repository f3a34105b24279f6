"""Commands that make and compare releases: build, audit-leakage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Json, Project
from toolkit.cli.output import put, put_counts, put_json, put_outcome
from toolkit.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(build)
    app.command("audit-leakage")(audit_leakage)


def build(
    version: Annotated[str | None, typer.Argument(help="Semantic version, such as 1.0.0.")] = None,
    bump: Annotated[str | None, typer.Option(metavar="auto", help="Let what changed decide the version.")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Freeze gold, answers and articles as releases/VERSION, which `datasets.load_dataset` reads.

    Example: toolkit build 1.0.0
    """
    from toolkit import release
    from toolkit.workspace import Outcome, Workspace

    if (version is None) == (bump is None) or bump not in (None, "auto"):
        raise UsageError("give either a VERSION or --bump auto")
    workspace, wanted, started = Workspace.find(project), version or "auto", time.perf_counter()
    standing = release.standing(workspace, wanted)
    built = standing or release.build(workspace, wanted)
    seconds = time.perf_counter() - started
    put_outcome(Outcome("build", built.counts, up_to_date=standing is not None, seconds=seconds), as_json)


def audit_leakage(
    files: Annotated[list[Path], typer.Argument(help="Files in the order train, dev, test; or a directory.")],
    as_json: Json = False,
    project: Project = None,
) -> None:
    """Find rows of a later file that stand, exactly or nearly, in an earlier one.

    Example: toolkit audit-leakage train.jsonl dev.jsonl --json
    """
    from toolkit.release import audit_files

    leakage = audit_files(files)
    if as_json:
        put_json(leakage.as_dict())
        return
    put_counts("leakage", {"exact": leakage.exact, "near": leakage.near})
    for pair in leakage.pairs:
        put(f"{pair.kind:<6} {pair.similarity:.2f}  {pair.later} ← {pair.earlier}  {pair.text}")
