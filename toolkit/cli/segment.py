"""`toolkit segment`: articles into sentences."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_outcome, say_next


def segment(
    project: ProjectDir = None,
    as_json: Json = False,
    splitter: Annotated[
        str | None, typer.Option(metavar="NAME", help="nupunkt, spacy …; default: toolkit.yaml's, or the own rules.")
    ] = None,
) -> None:
    """Cut articles into sentences with exact offsets.

    Example: toolkit segment --splitter nupunkt
    """
    opened = Project.find(project)
    with progress_bar("segment") as progress:
        outcome = opened.segment(splitter=splitter, progress=progress)
    put_outcome(outcome, as_json)
    say_next("`toolkit push` sends the sentences to Label Studio; `toolkit studio start` starts one here")
