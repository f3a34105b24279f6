"""`toolkit verify`: prove that nothing changed between raw pages and sentences, or in a release."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.api import references
from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_counts, put_json, say_next
from toolkit.errors import GateFailed


def verify(
    release: Annotated[
        str | None,
        typer.Argument(metavar="[RELEASE]", help="A release directory, a version, newest, or hub:OWNER/NAME@TAG."),
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Rebuild every sentence from the raw bytes of its page and list every difference.

    Rows of the logs of answers that are not those that were written are listed too.
    With a RELEASE: hash its files and rows, and make again what its manifest, card, licence and croissant.json say.

    Example: toolkit verify 1.0.0
    """
    if release is not None:
        _verify_release(release, project, as_json)
        return
    with progress_bar("verify"):
        found = Project.find(project).verify()
    if as_json:
        put_json(found)
    else:
        put_counts("verify", {"articles": found.articles, "sentences": found.sentences})
        for difference in (*found.differences, *found.log_rows):
            put(f"{difference.record}: {difference.what}")
    if found.differences:
        raise GateFailed(
            f"{len(found.differences)} records differ from their raw pages",
            remedy="run `toolkit ingest` and `toolkit segment`",
        )
    if found.log_rows:
        raise GateFailed(
            f"{len(found.log_rows)} rows of logs are not those that were written",
            remedy="bring the logs back from a backup; docs/how-to/team.md says how to accept a change",
        )
    if not as_json:
        say_next("`toolkit` shows what is to be done; `toolkit trace SENTENCE` shows where one comes from")


def _verify_release(reference: str, project: ProjectDir, as_json: bool) -> None:
    with progress_bar("verify"):
        found = references.verify(reference, workspace=workspace_at(project))
    if as_json:
        put_json(found)
    else:
        put_counts("verify", {"files": found.files, **found.rows})
        put(f"release {found.version} is whole: {', '.join(found.checks)}")
        say_next(f"`toolkit publish {reference} --repo OWNER/NAME`, or `toolkit export {reference} DIR`")
