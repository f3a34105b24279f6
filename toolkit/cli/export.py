"""`toolkit export`: a release in another format."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from toolkit.api import references
from toolkit.cli.options import Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_json


class Format(StrEnum):
    """What a release can be exported as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    CONLL = "conll"
    SPACY = "spacy"
    LABELSTUDIO = "labelstudio"


def export(
    release_path: Annotated[str, typer.Argument(metavar="RELEASE", help="A release directory, a version, or newest.")],
    target: Annotated[Path, typer.Argument(help="The directory to make.")],
    kind: Annotated[Format, typer.Option("--format", help="The format.")] = Format.CSV,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Write a release in another format.

    In conll a line is token, start, end and BIO tag; a comment begins with "# ", and a token may be "#".

    Example: toolkit export 1.0.0 out --format conll
    """
    with progress_bar("export"):
        files = references.export(release_path, target, kind.value, workspace=workspace_at(project))
    if as_json:
        put_json({"files": files})
    else:
        put("\n".join(map(str, files)))
