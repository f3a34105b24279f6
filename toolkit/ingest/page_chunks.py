"""The pages of a corpus in chunks, and the pure function that reads a chunk; a worker needs nothing but its chunk.

    Spool        the pages of all files → chunks of raw pages, as they are asked for
    read_pages   a chunk of raw pages → a table of its articles, and one of its rejects and faults

The engine runs `read_pages` on every chunk; `article_table` puts the results together.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from toolkit.engine import Chunk, storage, write_chunk
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


_ROWS, _SILENT, _SPEAKING = "rows of one line", "no lines to count", "perhaps lines to count"


class LinesToCount(Exception):
    """The pages of a chunk may have lines for the statistics of boilerplate, which needs all pages of the corpus."""


class Spool:
    """The pages of a project, cut into chunks: in memory if one chunk holds them all, else in a folder.

    Chunks are cut as they are asked for, so that workers read the first ones meanwhile; those that an earlier run has
    cut to the end are taken as they are.

    Args:
        files: The files of pages.
        folder: A path, or any URL that fsspec knows.

    Attributes:
        sizes: Pages of each chunk that was cut.
        unopened: A fault for each file that can't be opened, or can't be read to its end.
        forms: Name of a type of file → numbers of files and of pages.
        files: File → name of its type, of every file with a page.
    """

    def __init__(self, files: Iterable[PageFile], folder: str) -> None:
        self._folder, self._index = folder, f"{folder}/chunks.json"
        self._chunks: list[Chunk] = []
        self._kinds: list[str] = []  # of each chunk
        self.sizes: list[int] = []
        self.unopened: list[InvalidInput] = []
        self.forms: dict[str, list[int]] = {}
        self.files: dict[str, str] = {}
        self._cutting = self._found() if storage.exists(self._index) else self._cut(files)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks: tables of raw pages, see `page_table`, in the order of the pages."""
        return (self._chunks[number] for number in self._numbers())

    def rows(self) -> Iterator[Chunk]:
        """Yield the chunks as long as they hold rows of one line.

        Raises:
            LinesToCount: One holds other pages.
        """
        for number in self._numbers():
            if self._kinds[number] != _ROWS:
                raise LinesToCount
            yield self._chunks[number]

    def speaking(self) -> list[Chunk]:
        """Return those of all chunks that may have lines for the statistics of boilerplate."""
        return [self._chunks[number] for number in self._numbers() if self._kinds[number] == _SPEAKING]

    def _numbers(self) -> Iterator[int]:
        for number in itertools.count():
            if number == len(self._chunks) and next(self._cutting, None) is None:
                return
            yield number

    def _cut(self, files: Iterable[PageFile]) -> Iterator[bool]:
        """Cut chunk after chunk."""
        batches = _batches(_opened(files, self.unopened, self.forms, self.files))
        first, second = next(batches, []), next(batches, None)
        if second is None:
            self._add(Chunk(held=(page_table(first),)), first)
            yield True
            return
        for number, batch in enumerate(itertools.chain([first, second], batches)):
            chunk = Chunk(_spooled(self._folder, number))
            write_chunk([page_table(batch)], chunk.url)
            self._add(chunk, batch)
            yield True
        said = {
            "sizes": self.sizes,
            "kinds": self._kinds,
            "unopened": [(fault.what, fault.where, fault.remedy) for fault in self.unopened],
            "forms": self.forms,
            "files": self.files,
        }
        with storage.writing(self._index) as file:
            file.write(json.dumps(said).encode())

    def _add(self, chunk: Chunk, batch: Sequence[RawPage]) -> None:
        rows = all(raw.page.kind == "json" for raw in batch)
        self._kinds.append(_SPEAKING if not all(map(is_silent, batch)) else _ROWS if rows else _SILENT)
        self.sizes.append(len(batch))
        self._chunks.append(chunk)

    def _found(self) -> Iterator[bool]:
        """Take the chunks of an earlier run."""
        said = json.loads(storage.read_bytes(self._index))
        self.unopened += (InvalidInput(what, where=where, remedy=remedy) for what, where, remedy in said["unopened"])
        self.forms, self.files = said["forms"], said["files"]
        self.sizes += said["sizes"]
        self._kinds += said["kinds"]
        self._chunks += (Chunk(_spooled(self._folder, number)) for number in range(len(self.sizes)))
        yield True


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
