"""The stages of the corpus: each derives files of the project from other files of it.

ingest       pages/                        → articles.parquet, rejects.jsonl
segment      articles.parquet              → sentences.parquet
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pyarrow as pa

from toolkit import segment as segment_room
from toolkit.engine import run
from toolkit.errors import InvalidInput
from toolkit.ingest import assign_stories, pages, read
from toolkit.records import Article, Page, Reject, Sentence, from_row, to_json, to_row
from toolkit.workspace.derive import Made, Outcome, derive
from toolkit.workspace.files import file_digest
from toolkit.workspace.project import ARTICLES, REJECTS, SENTENCES, Workspace
from toolkit.workspace.tables import arrow_schema, from_table, parquet_bytes, to_table

_PAGE_TABLE = pa.schema([("page", pa.struct(list(arrow_schema(Page)))), ("raw", pa.binary())])
_READ_TABLE = pa.schema(
    [
        ("article", pa.struct(list(arrow_schema(Article)))),
        ("reject", pa.struct(list(arrow_schema(Reject)))),
        ("fault", pa.string()),
    ]
)


def ingest(workspace: Workspace, *, skip_unreadable: bool = False) -> Outcome:
    """Read every page below pages/ into articles, near-duplicates marked by their story_id.

    What was cut from a page goes to rejects.jsonl with its reason.

    Args:
        workspace: The project.
        skip_unreadable: Put pages that can't be read among the rejects instead of stopping.

    Raises:
        InvalidInput: There are no pages, or some can't be read (all of them are named); nothing is written.
    """
    with workspace.lock():
        files = list(workspace.page_files())
        return derive(
            workspace.root,
            "ingest",
            inputs={f"pages/{source}": file_digest(path) for source, path in files},
            parameters={"skip_unreadable": skip_unreadable},
            make=partial(_ingest, workspace, skip_unreadable),
        )


def _ingest(workspace: Workspace, skip_unreadable: bool) -> Made:
    raw_pages, unopened = _open_pages(workspace)
    table = run(_read_pages, pa.Table.from_pylist(raw_pages, schema=_PAGE_TABLE), engine=workspace.config.engine)
    faults = unopened + [InvalidInput(fault) for fault in table.column("fault").to_pylist() if fault is not None]
    if faults and not skip_unreadable:
        faults[-1].remedy = "remove it, or leave such pages out with `toolkit ingest --skip-unreadable`"
        raise InvalidInput.all_of(faults)
    found = [from_row(Article, row) for row in table.column("article").to_pylist() if row is not None]
    rejects = [from_row(Reject, row) for row in table.column("reject").to_pylist() if row is not None]
    rejects += [_unreadable(fault) for fault in unopened]
    articles = assign_stories(found)
    return Made(
        files={ARTICLES: parquet_bytes(to_table(Article, articles)), REJECTS: _lines(rejects)},
        counts={
            "pages": len(raw_pages),
            "articles": len(articles),
            "stories": len({article.story_id for article in articles}),
            "exact copies": len(found) - len(articles),
            "rejects": len(rejects),
        },
    )


def _open_pages(workspace: Workspace) -> tuple[list[dict[str, object]], list[InvalidInput]]:
    """Return (page, raw) of every page of every file, and a fault for each file that can't be opened."""
    raw_pages: list[dict[str, object]] = []
    faults: list[InvalidInput] = []
    for source, path in workspace.page_files():
        try:
            with path.open("rb") as file:
                raw_pages += [{"page": to_row(page), "raw": raw} for page, raw in pages(file, source=source)]
        except InvalidInput as fault:
            faults += fault.faults
    return raw_pages, faults


def _unreadable(fault: InvalidInput) -> Reject:
    return Reject(stage="ingest", reason="unreadable", source=fault.where or "", detail=fault.what)


def _read_pages(table: pa.Table) -> pa.Table:
    """Read a table of (page, raw) into rows that hold an article, a reject or a fault each."""
    rows: list[dict[str, object]] = []
    for item in table.to_pylist():
        page = from_row(Page, item["page"])
        try:
            extraction = read(item["raw"], source=page.source, page=page)
        except InvalidInput as error:
            rows.append({"reject": to_row(_unreadable(error)), "fault": str(error)})
            continue
        rows += [{"article": to_row(article)} for article in extraction.articles]
        rows += [{"reject": to_row(reject)} for reject in extraction.rejects]
    return pa.Table.from_pylist(rows, schema=_READ_TABLE)


def segment(workspace: Workspace) -> Outcome:
    """Cut every article into sentences.

    Raises:
        InvalidInput: There are no articles yet, or the configured splitter breaks a rule of offsets.
    """
    splitter = workspace.config.splitter
    with workspace.lock():
        workspace.articles()
        return derive(
            workspace.root,
            "segment",
            inputs={ARTICLES: file_digest(workspace.path(ARTICLES))},
            parameters={"splitter": splitter},
            make=partial(_segment, workspace, splitter),
        )


def _segment(workspace: Workspace, splitter: str) -> Made:
    articles = workspace.articles()
    table = run(partial(_cut, splitter=splitter), to_table(Article, articles), engine=workspace.config.engine)
    defaults = sum(not segment_room.is_known(article.language) for article in articles)
    return Made(
        files={SENTENCES: parquet_bytes(table)},
        counts={
            "articles": len(articles),
            "sentences": table.num_rows,
            **({"articles cut by the default rules": defaults} if defaults else {}),
        },
    )


def _cut(table: pa.Table, *, splitter: str) -> pa.Table:
    articles = from_table(Article, table)
    cut = (segment_room.sentences(article, splitter=splitter) for article in articles)
    return to_table(Sentence, (sentence for sentences in cut for sentence in sentences))


def _lines(records: Iterable[object]) -> bytes:
    return "".join(to_json(record) + "\n" for record in records).encode()
