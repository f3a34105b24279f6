"""The stages of the corpus: each derives files of the project from other files of it.

ingest       pages/                        → articles.parquet, rejects.jsonl
segment      articles.parquet              → sentences.parquet
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial

from toolkit.engine import Chunk, run
from toolkit.errors import InvalidInput
from toolkit.workspace.cutting import article_chunks, by_default_rules, cut, number_of_rows, write_sentences
from toolkit.workspace.derive import Made, Outcome, derive, read_lock
from toolkit.workspace.files import file_digest
from toolkit.workspace.intake import IngestConfig, described
from toolkit.workspace.merging import collect, merge
from toolkit.workspace.pagefile import PageFile, on_its_line
from toolkit.workspace.progress import Progress, silent
from toolkit.workspace.project import ARTICLES, REJECTS, SENTENCES, Workspace
from toolkit.workspace.reading import read_pages, spool
from toolkit.workspace.recurring import count_lines, recurring
from toolkit.workspace.scratch import Scratch, scratch
from toolkit.workspace.store import Store


def ingest(
    workspace: Workspace,
    *,
    skip_unreadable: bool = False,
    how: IngestConfig | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Read every page of the project into articles, near-duplicates marked by their story_id.

    What was cut from a page goes to rejects.jsonl with its reason.

    Args:
        workspace: The project.
        skip_unreadable: Put pages that can't be read among the rejects instead of stopping.
        how: How to read them; default: as toolkit.yaml says.
        progress: Called with (pages read, pages to read), as near as the chunks in which they are read tell.

    Raises:
        InvalidInput: There are no pages, or some can't be read (all of them are named); nothing is written.
    """
    how = how or workspace.config.ingest
    how.settings(workspace.root)  # a profile with a fault is told before the pages are looked at
    parameters = {"skip_unreadable": skip_unreadable, **({"how": said} if (said := described(how)) else {})}
    with workspace.lock():
        files = workspace.page_files()
        inputs: dict[str, str | None] = {
            found.source if "://" in found.url else f"pages/{found.source}": found.digest() for found in files
        }
        inputs |= {name: file_digest(workspace.root / name) for name in how.profiles}
        store = workspace.store()
        with scratch(workspace.root, "ingest", inputs, json.dumps(parameters, sort_keys=True), store=store) as work:
            outcome = derive(
                workspace.root,
                "ingest",
                inputs=inputs,
                parameters=parameters,
                make=partial(_ingest, workspace, files, work, how, skip_unreadable, progress),
            )
            _leave(workspace, store, "ingest")
            return outcome


def skips_unreadable(workspace: Workspace) -> bool:
    """Return whether the last `ingest` left out what could not be read."""
    entry = read_lock(workspace.root).get("ingest")
    return bool(entry and entry["because"]["parameters"].get("skip_unreadable"))


def _ingest(
    workspace: Workspace,
    files: Sequence[PageFile],
    work: Scratch,
    how: IngestConfig,
    skip_unreadable: bool,
    progress: Progress,
) -> Made:
    engine = workspace.config.engine
    folder = work.folder
    spooled = spool(files, f"{work.chunks}/pages")
    lines: frozenset[str] = frozenset()
    if how.recurring and spooled.speaking:
        count = partial(count_lines, columns=how.named_columns())
        lines = recurring(run(count, spooled.speaking, into=f"{work.chunks}/lines", engine=engine), how.recurring)
    stage = partial(read_pages, settings=how.settings(workspace.root, lines))
    chunks = run(stage, spooled.chunks, into=f"{work.chunks}/read", engine=engine)
    chunks = _telling(chunks, len(spooled.chunks), spooled.pages, progress)
    readings = collect(chunks, spooled.unopened, folder / REJECTS, folder / "texts.arrow")
    faults = [*spooled.unopened, *readings.faults]
    if faults and not skip_unreadable:
        for fault in readings.faults:
            fault.where = on_its_line(fault.where or "", files)
        remedy = faults[-1].remedy or "remove it"
        faults[-1].remedy = f"{remedy}, or leave such pages out with `toolkit ingest --skip-unreadable`"
        raise InvalidInput.all_of(faults)
    articles = merge(readings, folder / ARTICLES)
    return Made(
        files={ARTICLES: folder / ARTICLES, REJECTS: folder / REJECTS},
        counts={"pages": spooled.pages, **articles, "rejects": readings.rejects},
    )


def segment(workspace: Workspace, *, splitter: str | None = None, progress: Progress = silent) -> Outcome:
    """Cut every article into sentences.

    Args:
        workspace: The project.
        splitter: Name of the splitter; None: the one that toolkit.yaml names.
        progress: Called with (articles cut, articles to cut), as for `ingest`.

    Raises:
        InvalidInput: There are no articles yet, or the splitter breaks a rule of offsets.
        UsageError: There is no such splitter.
    """
    splitter = splitter or workspace.config.splitter
    path = workspace.path(ARTICLES)
    with workspace.lock():
        if not path.exists():
            raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit ingest`")
        inputs = {ARTICLES: file_digest(path) or ""}
        store = workspace.store()
        if store is not None:
            store.keep(workspace.root, inputs)  # where workers read it; it may have been made before the store was
        with scratch(workspace.root, "segment", inputs, splitter, store=store) as work:
            outcome = derive(
                workspace.root,
                "segment",
                inputs=inputs,
                parameters={"splitter": splitter},
                make=partial(_segment, workspace, work, splitter, progress),
            )
            _leave(workspace, store, "segment")
            return outcome


def _segment(workspace: Workspace, work: Scratch, splitter: str, progress: Progress) -> Made:
    path, store = workspace.path(ARTICLES), workspace.store()
    rows = number_of_rows(path)
    articles = article_chunks(path, url=store.path(ARTICLES) if store else None)
    chunks = run(partial(cut, splitter=splitter), articles, into=f"{work.chunks}/cut", engine=workspace.config.engine)
    sentences = write_sentences(_telling(chunks, len(articles), rows, progress), work.folder / SENTENCES)
    defaults = by_default_rules(articles)
    return Made(
        files={SENTENCES: work.folder / SENTENCES},
        counts={
            "articles": rows,
            "sentences": sentences,
            **({"articles cut by the default rules": defaults} if defaults else {}),
        },
    )


def _telling(chunks: Iterator[Chunk], number: int, rows: int, progress: Progress) -> Iterator[Chunk]:
    """Pass results on and tell which share of the rows is done."""
    for done, chunk in enumerate(chunks, start=1):
        progress(rows * done // number, rows)
        yield chunk


def _leave(workspace: Workspace, store: Store | None, stage: str) -> None:
    """Copy what a stage made to the project's store, if it has one."""
    if store is not None:
        store.keep(workspace.root, read_lock(workspace.root)[stage]["outputs"])
