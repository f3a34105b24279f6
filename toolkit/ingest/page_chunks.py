"""The pages of a corpus in chunks, and the pure function that reads a chunk; a worker needs nothing but its chunk.

    spool        the pages of all files → chunks of raw pages
    read_pages   a chunk of raw pages → a table of its articles, and one of its rejects and faults

The engine runs `read_pages` on every chunk; `article_table` puts the results together.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from toolkit.engine import Chunk, ahead, storage, write_chunk
from toolkit.engine.arrow import arrow_schema, to_table
from toolkit.engine.page_source import PageFile
from toolkit.errors import InvalidInput
from toolkit.ingest.extraction import Settings, read_labelled, read_page
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.raw_page import RawPage, page_table, pages_in
from toolkit.ingest.layout.boilerplate import is_silent
from toolkit.ingest.stories import page_order, signature
from toolkit.limits import Allowance, Limits, under
from toolkit.records import IMPORTED, Article, Reject, to_json

_CHUNK_PAGES, _CHUNK_BYTES = 2000, 16 << 20
FOUND, OUTSIDE = 0, 1  # the tables of a chunk that was read
_ARTICLES = arrow_schema(Article)
_READ_TABLE = pa.schema(
    [
        *_ARTICLES,
        ("signature", pa.binary()),
        ("reject", pa.string()),
        ("reason", pa.string()),
        ("fault", pa.list_(pa.string())),
        ("note", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class Spooled:
    """The pages of a project, cut into chunks.

    Attributes:
        chunks: Tables of raw pages, see `page_table`, in the order of the pages.
        speaking: Those of the chunks that may have lines for the statistics of boilerplate.
        pages: Number of pages.
        unopened: A fault for each file that can't be opened, or can't be read to its end.
        forms: Name of a type of file → numbers of files and of pages.
        files: File → name of its type, of every file with a page.
    """

    chunks: Sequence[Chunk]
    speaking: Sequence[Chunk]
    pages: int
    unopened: Sequence[InvalidInput]
    forms: Mapping[str, Sequence[int]]
    files: Mapping[str, str]


def spool(files: Iterable[PageFile], folder: str) -> Spooled:
    """Cut the pages of files into chunks: in memory if one chunk holds them all, else in a folder.

    Chunks that an earlier run has finished there are taken as they are.

    Args:
        files: The files of pages.
        folder: A path, or any URL that fsspec knows.
    """
    index = f"{folder}/index.json"
    if storage.exists(index):
        said = json.loads(storage.read_bytes(index))
        chunks = [Chunk(_spooled(folder, number)) for number in range(said["chunks"])]
        unopened = [InvalidInput(what, where=where, remedy=remedy) for what, where, remedy in said["unopened"]]
        speaking = [chunks[number] for number in said["speaking"]]
        return Spooled(chunks, speaking, said["pages"], unopened, said["forms"], said["files"])
    unopened = []
    forms: dict[str, list[int]] = {}
    types: dict[str, str] = {}
    batches = _batches(_opened(files, unopened, forms, types))
    first, second = next(batches, []), next(batches, None)
    if second is None:
        only = [Chunk(held=(page_table(first),))]
        return Spooled(only, only if _speaks(first) else [], len(first), unopened, forms, types)
    puts = (
        partial(_put, batch, _spooled(folder, number))
        for number, batch in enumerate(itertools.chain([first, second], batches))
    )
    done = list(ahead(puts))
    chunks, count = [Chunk(_spooled(folder, number)) for number in range(len(done))], sum(rows for rows, _ in done)
    talks = [number for number, (_, speaks) in enumerate(done) if speaks]
    faults = [(fault.what, fault.where, fault.remedy) for fault in unopened]
    said = {
        "chunks": len(chunks),
        "speaking": talks,
        "pages": count,
        "unopened": faults,
        "forms": forms,
        "files": types,
    }
    with storage.writing(index) as file:
        file.write(json.dumps(said).encode())
    return Spooled(chunks, [chunks[number] for number in talks], count, unopened, forms, types)


def _put(batch: Sequence[RawPage], url: str) -> tuple[int, bool]:
    """Write pages as a chunk; return their number and whether they speak."""
    return write_chunk([page_table(batch)], url), _speaks(batch)


def _speaks(batch: Iterable[RawPage]) -> bool:
    """Tell whether one of the pages may have lines for the statistics of boilerplate."""
    return not all(map(is_silent, batch))


def _spooled(folder: str, number: int) -> str:
    return f"{folder}/{number:06}.parquet"


def _opened(
    files: Iterable[PageFile], faults: list[InvalidInput], forms: dict[str, list[int]], types: dict[str, str]
) -> Iterator[RawPage]:
    """Yield the pages of files; add up their faults, the files and pages of each form, and the form of each file."""
    allowance = Allowance()
    for found in files:
        try:
            allowance.count(1, found.source)
            with found.open() as file:
                form = None
                for raw in pages(file, source=found.source, allowance=allowance):
                    if form is None:
                        form = types[found.source] = raw.form
                        forms.setdefault(form, [0, 0])[0] += 1
                    forms[form][1] += 1
                    yield raw
            if form is None:
                faults.append(InvalidInput("the file holds no page", where=found.source, remedy="remove it"))
        except InvalidInput as fault:
            faults += fault.faults


def _batches(opened: Iterable[RawPage]) -> Iterator[list[RawPage]]:
    batch: list[RawPage] = []
    size = 0
    for raw in opened:
        batch.append(raw)
        size += len(raw.data)
        if len(batch) == _CHUNK_PAGES or size >= _CHUNK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_pages(table: pa.Table, *, settings: Settings | None = None, most: Limits | None = None) -> list[pa.Table]:
    """Read a table of raw pages: a table of articles in the order of the pages, then one of rejects and faults.

    Args:
        table: The pages, see `page_table`.
        settings: See `read_page`.
        most: The limits of whoever sends the pages; default: those that hold here.
    """
    with under(most):
        return _read_pages(table, settings)


def _read_pages(table: pa.Table, settings: Settings | None) -> list[pa.Table]:
    articles: list[Article] = []
    rejects: list[Reject] = []
    faults: list[list[str | None]] = []
    notes: dict[tuple[str, str], None] = {}
    for raw in pages_in(table):
        try:
            found = read_labelled(raw) if raw.source.startswith(IMPORTED) else read_page(raw, settings=settings)
        except InvalidInput as error:
            rejects.append(unreadable(error))
            faults += [[fault.what, fault.where, fault.remedy] for fault in error.faults]
            continue
        articles += sorted(found.articles, key=page_order)
        rejects += found.rejects
        notes |= dict.fromkeys((raw.source, note) for note in found.notes)
    signatures = pa.array([signature(article.text) for article in articles], pa.binary())
    outside: dict[str, list[object]] = {
        "reject": list(map(to_json, rejects)),
        "reason": [reject.reason for reject in rejects],
        "fault": list(faults),
        "note": list(map(list, notes)),
    }
    length = max(map(len, outside.values()))
    return [
        _widened(to_table(Article, articles).append_column("signature", signatures)),
        _widened(pa.table({name: _filled(values, name, length) for name, values in outside.items()})),
    ]


def _filled(values: list[object], name: str, length: int) -> pa.Array:
    return pa.array([*values, *[None] * (length - len(values))], _READ_TABLE.field(name).type)


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
