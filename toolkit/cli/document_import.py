"""`toolkit import`: annotated documents of other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_counts, put_json, put_losses, put_section, say, say_next
from toolkit.cli.pull import put_lost


class DocumentFormat(StrEnum):
    """The formats that documents can be read from."""

    BRAT = "brat"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    ARGILLA = "argilla"
    INCEPTION = "inception"
    CONLL = "conll"
    WEB_ANNOTATION = "web-annotation"
    ANNOTATED_CSV = "annotated-csv"


class Offsets(StrEnum):
    """The units in which a file may count its offsets."""

    CODE_POINTS = "code-points"
    UTF_16 = "utf-16"
    BYTES = "bytes"
    LINE_FEEDS = "line-feeds"


def import_(
    kind: Annotated[DocumentFormat, typer.Argument(metavar="FORMAT", help="The tool or format they come from.")],
    path: Annotated[Path, typer.Argument(help="A file, a folder, or a zip archive.")],
    project: ProjectDir = None,
    title: Annotated[str | None, typer.Option(help="Title of a project that is made.")] = None,
    offsets: Annotated[
        Offsets | None, typer.Option(help="What offsets count, where the file does not show it.")
    ] = None,
    judge: Annotated[bool, typer.Option(help="Say what the answers are worth.")] = True,
    as_json: Json = False,
) -> None:
    """Read annotated documents of another tool into a project, and say what they are worth.

    With --project DIR and no project there, one is made, with a schema inferred from the answers. Annotators get
    pseudonyms. What has no place is listed.

    Example: toolkit import brat corpus --project news
    """
    unit: Any = None if offsets is None else offsets.value
    with progress_bar("import"):
        found = Project.import_documents(kind.value, path, project, offsets=unit, title=title, judge=judge)
    if as_json:
        put_json(found)
        return
    put_counts("import", {"answers": found.documents, "annotators": found.annotators, **found.result.counts})
    put_losses(found.losses)
    put_lost(found.result.values)
    put_section(("topic", "what", "found"), [[row.topic, row.what, row.said] for row in found.verdict])
    if found.made:
        say(f"made {found.root}; its schema says in every rule that a person has to write it")
    if found.result.partial:
        say(f"{found.result.partial} answers lost a part and have no vote: see annotations/rejects.jsonl")
    say_next("`toolkit adjudicate`, then `toolkit build`")
