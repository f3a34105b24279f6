"""Commands from raw pages to sentences and back: init, ingest, segment, trace, verify."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import Json, Project
from toolkit.cli.output import coloured, progress_bar, put, put_counts, put_json, put_outcome, say
from toolkit.errors import GateFailed

if TYPE_CHECKING:
    from toolkit.ingest.extraction import Passage


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(ingest)
    app.command()(segment)
    app.command()(trace)
    app.command()(verify)


def init(
    directory: Annotated[Path | None, typer.Argument(help="The project directory to make; default: here.")] = None,
    schema: Annotated[str, typer.Option(help="A shipped schema, or the path of one.")] = "news_events@1.0.0",
    title: Annotated[
        str, typer.Option(help="Title of the dataset and of the Label Studio project.")
    ] = "News sentences",
    samples: Annotated[bool, typer.Option("--samples", help="Fill pages/ with the sample pages.")] = False,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make a project directory.

    Example: toolkit init my-project --samples
    """
    from toolkit import samples as shipped
    from toolkit.project import Workspace

    licence = shipped.LICENCE if samples else None
    workspace = Workspace.create(directory or project or Path(), schema=schema, title=title, licence=licence)
    copied = workspace.add_pages(shipped.pages()) if samples else 0
    if as_json:
        put_json({"project": workspace.root, "pages": copied})
    say(f"made {workspace.root}/toolkit.yaml and pages/ with {copied} pages")
    say("next: " + ("" if samples else f"copy raw pages into {workspace.root}/pages, then ") + "`toolkit ingest`")


def ingest(
    project: Project = None,
    as_json: Json = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Put unreadable pages among the rejects and go on.")
    ] = False,
    explain: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Show what is kept and what is cut of a page; write nothing.")
    ] = None,
    stdin: Annotated[
        str | None, typer.Option(metavar="NAME", help="First put what comes from stdin into pages/NAME.")
    ] = None,
    fetched_at: Annotated[
        str | None, typer.Option(metavar="TIME", help='When the pages were fetched, for times such as "2 hours ago".')
    ] = None,
    profile: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Rules of your own for a site; may be repeated.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=NAME", help="Which column of JSON and Parquet is what.")
    ] = None,
) -> None:
    """Read raw pages into articles; what is cut goes to rejects.jsonl.

    Example: toolkit ingest --explain pages/front.html
    """
    from toolkit.ingest import stage as ingest_stage
    from toolkit.ingest.stage import explain_page
    from toolkit.project import Workspace
    from toolkit.project.config import IngestConfig

    workspace = Workspace.find(project) if explain is None or project else Workspace.nearest()
    how = workspace.config.ingest if workspace else IngestConfig()
    how = how.with_flags(profiles=profile or (), fetched_at=fetched_at, columns=column or ())
    if workspace is None or explain is not None:
        _put_passages(explain_page(explain or Path(), how, workspace), as_json)
        return
    if stdin is not None:
        workspace.add_page(stdin, sys.stdin.buffer)
    with progress_bar("ingest") as progress:
        outcome = ingest_stage.ingest(workspace, skip_unreadable=skip_unreadable, how=how, progress=progress)
    put_outcome(outcome, as_json)


def _put_passages(passages: Sequence[Passage], as_json: bool) -> None:
    if as_json:
        put_json(passages)
        return
    for passage in passages:
        if passage.reason is None:
            put(coloured(f"{passage.start:>8} │ {passage.text}", "green"))
        else:
            put(coloured(f"{passage.start:>8} ╳ {passage.text}", "red") + coloured(f"   ← {passage.reason}", "dim"))


def segment(
    project: Project = None,
    as_json: Json = False,
    splitter: Annotated[
        str | None, typer.Option(metavar="NAME", help="nupunkt, spacy …; default: toolkit.yaml's, or the own rules.")
    ] = None,
) -> None:
    """Cut articles into sentences with exact offsets.

    Example: toolkit segment --splitter nupunkt
    """
    from toolkit.project import Workspace
    from toolkit.segment import stage as segment_stage

    workspace = Workspace.find(project)
    with progress_bar("segment") as progress:
        outcome = segment_stage.segment(workspace, splitter=splitter, progress=progress)
    put_outcome(outcome, as_json)


def trace(
    sentence_id: Annotated[str, typer.Argument(help="The id, or enough of its beginning.")],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Print the chain from a sentence back to bytes of its raw page, and forward to what people said of it.

    Example: toolkit trace 3f9c2a
    """
    from toolkit.ingest import stage as ingest_stage
    from toolkit.project import Workspace

    found = ingest_stage.trace(Workspace.find(project), sentence_id)
    if as_json:
        put_json(found)
        return
    sentence, page = found.sentence, found.article.page
    put(f"sentence  {sentence.sentence_id}  {sentence.text!r}")
    put(f"article   {sentence.article_id}  characters {sentence.start}-{sentence.end} of {found.article.title!r}")
    for piece in found.pieces:
        put(f"page      {page.source}  bytes {page.start + piece.byte_start}-{page.start + piece.byte_end}")
    put(f"sha256    {page.sha256}")
    for answer in found.answers:
        put(
            f"answer    {answer.annotator}  {', '.join(answer.labels) or ('skipped' if answer.skipped else 'no label')}"
        )
    if found.decision is not None:
        put(f"decision  {found.decision.method}  {', '.join(found.decision.labels)}")


def verify(project: Project = None, as_json: Json = False) -> None:
    """Rebuild every sentence from the raw bytes of its page and report any difference.

    Example: toolkit verify
    """
    from toolkit.ingest import stage as ingest_stage
    from toolkit.project import Workspace

    with progress_bar("verify"):
        found = ingest_stage.verify(Workspace.find(project))
    if as_json:
        put_json(found)
    else:
        put_counts("verify", {"articles": found.articles, "sentences": found.sentences})
        for difference in found.differences:
            put(f"{difference.record}: {difference.what}")
    if found.differences:
        raise GateFailed(
            f"{len(found.differences)} records differ from their raw pages",
            remedy="run `toolkit ingest` and `toolkit segment`",
        )
