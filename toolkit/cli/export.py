"""`toolkit export`: a release in another format."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from toolkit.api import references
from toolkit.cli.options import Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_json, put_losses, say_next


class Format(StrEnum):
    """What a release can be exported as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    CONLL = "conll"
    CONLLU = "conllu"
    SPACY = "spacy"
    LABELSTUDIO = "labelstudio"
    BRAT = "brat"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    ARGILLA = "argilla"
    INCEPTION = "inception"
    WEB_ANNOTATION = "web-annotation"
    ANNOTATED_CSV = "annotated-csv"


def export(
    release_path: Annotated[str, typer.Argument(metavar="RELEASE", help="A release directory, a version, or newest.")],
    target: Annotated[Path, typer.Argument(help="The directory to make.")],
    kind: Annotated[Format, typer.Option("--format", help="The format.")] = Format.CSV,
    stories: Annotated[
        bool, typer.Option("--stories", help="Whole stories with the links between their sentences, as decided.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Write a release in another format.

    In conll a line is token, start, end and BIO tag; a comment begins with "# ", and a token may be "#". The formats of
    annotation tools have everybody's answers, and what was decided as those of `decided`; what a tool can't hold is
    listed. Links between sentences are comments in conllu, and relations in the formats of annotation tools with
    --stories.

    Example: toolkit export 1.0.0 out --format conll
    """
    from toolkit.exchange.catalogue import FORMATS

    with progress_bar("export"):
        found = references.export(release_path, target, kind.value, stories=stories, workspace=workspace_at(project))
    if as_json:
        put_json(found)
        return
    put("\n".join(map(str, found.files)))
    put_losses(found.losses)
    if kind.value in FORMATS:
        say_next(f"`toolkit import {kind.value} {target} --project NEW` reads it back")
