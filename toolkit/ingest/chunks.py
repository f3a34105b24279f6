"""Pages into articles as pure functions over Arrow tables; a worker needs nothing but its chunk.

    spool    pages of any files → chunks of (page, raw)
    run      read_pages on each chunk, by the engine → a table of its articles, and one of rejects and faults

What is done over all chunks stands in `merging`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.engine import Chunk, ahead, storage, write_chunk
from toolkit.engine.arrow import arrow_schema, to_table
from toolkit.engine.page_source import PageFile
from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, is_silent, page_order, pages, read, read_whole, signature
from toolkit.records import Article, Page, Reject, from_row, to_json
from toolkit.records.page import IMPORTED

_CHUNK_PAGES, _CHUNK_BYTES = 2000, 16 << 20
_PAGE_TABLE = pa.schema([("page", pa.struct(list(arrow_schema(Page)))), ("raw", pa.large_binary())])
FOUND, OUTSIDE = 0, 1  # the tables of a chunk that was read
_ARTICLES = arrow_schema(Article)
_READ_TABLE = pa.schema(
    [*_ARTICLES, ("signature", pa.binary()), ("reject", pa.string()), ("fault", pa.list_(pa.string()))]
)


@dataclass(frozen=True)
class Spooled:
    """The pages of a project, cut into chunks.

    Attributes:
        chunks: Tables of (page, raw), pages in their order.
        speaking: Those of the chunks whose pages may say something for the statistics of lines.
        pages: How many there are.
        unopened: A fault for each file that can't be opened, or not to its end.
    """

    chunks: Sequence[Chunk]
    speaking: Sequence[Chunk]
    pages: int
    unopened: Sequence[InvalidInput]


def spool(files: Iterable[PageFile], folder: str) -> Spooled:
    """Cut the pages of files into chunks: in memory when they fit into one, else written to a folder.

    What an earlier run has written whole is taken as it is.

    Args:
        files: What to cut.
        folder: A path, or any URL that fsspec knows.
    """
    index = f"{folder}/index.json"
    if storage.exists(index):
        said = json.loads(storage.read_bytes(index))
        chunks = [Chunk(_spooled(folder, number)) for number in range(said["chunks"])]
        unopened = [InvalidInput(what, where=where, remedy=remedy) for what, where, remedy in said["unopened"]]
        return Spooled(chunks, [chunks[number] for number in said["speaking"]], said["pages"], unopened)
    unopened = []
    tables = _tables(_opened(files, unopened))
    first, second = next(tables, _PAGE_TABLE.empty_table()), next(tables, None)
    if second is None:
        only = [Chunk(held=(first,))]
        return Spooled(only, only if _speaks(first) else [], first.num_rows, unopened)
    puts = (
        partial(_put, table, _spooled(folder, number))
        for number, table in enumerate(itertools.chain([first, second], tables))
    )
    done = list(ahead(puts))
    chunks, count = [Chunk(_spooled(folder, number)) for number in range(len(done))], sum(rows for rows, _ in done)
    speaking = [number for number, (_, speaks) in enumerate(done) if speaks]
    faults = [(fault.what, fault.where, fault.remedy) for fault in unopened]
    said = {"chunks": len(chunks), "speaking": speaking, "pages": count, "unopened": faults}
    with storage.writing(index) as file:
        file.write(json.dumps(said).encode())
    return Spooled(chunks, [chunks[number] for number in speaking], count, unopened)


def _put(table: pa.Table, url: str) -> tuple[int, bool]:
    """Write a table as a chunk and return its rows and whether it speaks."""
    return write_chunk([table], url), _speaks(table)


def _speaks(table: pa.Table) -> bool:
    """Tell whether a page of a table may say something for the statistics of lines."""
    sources, raws = pc.struct_field(table.column("page"), "source"), table.column("raw")
    return not all(map(is_silent, raws.to_pylist(), sources.to_pylist()))


def _spooled(folder: str, number: int) -> str:
    return f"{folder}/{number:06}.parquet"


def _opened(files: Iterable[PageFile], faults: list[InvalidInput]) -> Iterator[tuple[Page, bytes]]:
    for found in files:
        try:
            with found.open() as file:
                some = False
                for opened in pages(file, source=found.source):
                    yield opened
                    some = True
            if not some:
                faults.append(InvalidInput("the file holds no page", where=found.source, remedy="remove it"))
        except InvalidInput as fault:
            faults += fault.faults


def _tables(opened: Iterator[tuple[Page, bytes]]) -> Iterator[pa.Table]:
    found: list[Page] = []
    raws: list[bytes] = []
    size = 0
    for page, raw in opened:
        found.append(page)
        raws.append(raw)
        size += len(raw)
        if len(found) == _CHUNK_PAGES or size >= _CHUNK_BYTES:
            yield _page_table(found, raws)
            found, raws, size = [], [], 0
    if found:
        yield _page_table(found, raws)


def _page_table(found: Sequence[Page], raws: Sequence[bytes]) -> pa.Table:
    page = to_table(Page, found).to_struct_array().combine_chunks()
    return pa.Table.from_arrays([page, pa.array(raws, pa.large_binary())], schema=_PAGE_TABLE)


def read_pages(table: pa.Table, *, settings: Settings | None = None) -> list[pa.Table]:
    """Read a table of (page, raw): a table of articles in the order of the pages, then one of rejects and faults."""
    articles: list[Article] = []
    rejects: list[str] = []
    faults: list[list[str | None]] = []
    for item in table.to_pylist():
        page = from_row(Page, item["page"])
        try:
            if page.source.startswith(IMPORTED):
                found = read_whole(item["raw"], page=page)
            else:
                found = read(item["raw"], source=page.source, page=page, settings=settings)
        except InvalidInput as error:
            rejects.append(to_json(unreadable(error)))
            faults += [[fault.what, fault.where, fault.remedy] for fault in error.faults]
            continue
        articles += sorted(found.articles, key=page_order)
        rejects += map(to_json, found.rejects)
    signatures = pa.array([signature(article.text) for article in articles], pa.binary())
    outside = {"reject": [*rejects, *[None] * len(faults)], "fault": [*[None] * len(rejects), *faults]}
    return [
        _widened(to_table(Article, articles).append_column("signature", signatures)),
        _widened(pa.table(outside)),
    ]


def _widened(table: pa.Table) -> pa.Table:
    """Return a table with all columns of `_READ_TABLE`, null where it has none."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in _READ_TABLE
    ]
    return pa.Table.from_arrays(columns, schema=_READ_TABLE)


def unreadable(fault: InvalidInput) -> Reject:
    """Return the reject that stands for a page or a file that can't be read."""
    return Reject(stage="ingest", reason="unreadable", source=fault.where or "", detail=fault.what)
