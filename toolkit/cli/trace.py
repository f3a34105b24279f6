"""`toolkit trace`: from a sentence back to the bytes of its page."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import put, put_json, say_next


def trace(
    sentence_id: Annotated[str, typer.Argument(help="The id, or enough of its beginning.")],
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Show where a sentence comes from (page and bytes) and what people answered.

    Example: toolkit trace 3f9c2a
    """
    found = Project.find(project).trace(sentence_id)
    if as_json:
        put_json(found)
        return
    sentence, page = found.sentence, found.article.page
    put(f"sentence  {sentence.sentence_id}  {sentence.text!r}")
    put(f"article   {sentence.article_id}  characters {sentence.start}-{sentence.end} of {found.article.title!r}")
    for cell in found.cells:
        put(f"page      {page.source}  {cell}")
    for piece in () if found.cells else found.pieces:
        put(f"page      {page.source}  bytes {page.start + piece.byte_start}-{page.start + piece.byte_end}")
    put(f"sha256    {page.sha256}")
    for answer in found.answers:
        put(
            f"answer    {answer.annotator}  {', '.join(answer.labels) or ('skipped' if answer.skipped else 'no label')}"
        )
    if found.decision is not None:
        put(f"decision  {found.decision.method}  {', '.join(found.decision.labels)}")
    if "://" not in page.source:
        say_next(f"`toolkit ingest --explain pages/{page.source}` shows what was cut around it")
