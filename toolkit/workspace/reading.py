"""Pages into articles as pure functions over Arrow tables, for corpora that no memory holds.

    spool    pages of any files → chunks of (page, raw)
    run      read_pages on each chunk, by the engine → a table of its articles, and one of rejects and faults
    merge    over all chunks: copies merged, stories found → articles.parquet, in the order of the pages

Of the whole corpus only ids, signatures and the articles that have copies are held in memory, of the rest one chunk at
a time.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.engine import Chunk, place, write_chunk
from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, is_silent, merge_copies, page_order, pages, read, read_whole, signature, story_ids
from toolkit.records import Article, Page, Reject, from_row, to_json
from toolkit.workspace.pagefile import PageFile
from toolkit.workspace.project import IMPORTED
from toolkit.workspace.tables import arrow_schema, from_table, to_table, write_parquet

_CHUNK_PAGES, _CHUNK_BYTES = 2000, 16 << 20
_PAGE_TABLE = pa.schema([("page", pa.struct(list(arrow_schema(Page)))), ("raw", pa.large_binary())])
_FOUND, _OUTSIDE = 0, 1  # the tables of a chunk that was read
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
    if place.exists(index):
        said = json.loads(place.read_bytes(index))
        chunks = [Chunk(_spooled(folder, number)) for number in range(said["chunks"])]
        unopened = [InvalidInput(what, where=where, remedy=remedy) for what, where, remedy in said["unopened"]]
        return Spooled(chunks, [chunks[number] for number in said["speaking"]], said["pages"], unopened)
    unopened = []
    tables = _tables(_opened(files, unopened))
    first, second = next(tables, _PAGE_TABLE.empty_table()), next(tables, None)
    if second is None:
        only = [Chunk(held=(first,))]
        return Spooled(only, only if _speaks(first) else [], first.num_rows, unopened)
    chunks, speaking, count = [], [], 0
    for number, table in enumerate(itertools.chain([first, second], tables)):
        chunks.append(Chunk(_spooled(folder, number)))
        count += write_chunk([table], chunks[-1].url)
        speaking += [number] if _speaks(table) else []
    faults = [(fault.what, fault.where, fault.remedy) for fault in unopened]
    said = {"chunks": len(chunks), "speaking": speaking, "pages": count, "unopened": faults}
    with place.writing(index) as file:
        file.write(json.dumps(said).encode())
    return Spooled(chunks, [chunks[number] for number in speaking], count, unopened)


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


def faults_of(chunks: Sequence[Chunk]) -> list[InvalidInput]:
    """Return why pages can't be read, in their order; what many pages of a file lack is said once."""
    rows = (row for chunk in chunks for row in chunk.read(_OUTSIDE, ["fault"]).column("fault").to_pylist() if row)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for what, where, remedy in rows:
        alike.setdefault((what, where.partition(" (bytes ")[0], remedy), []).append(where)
    return [
        InvalidInput(
            what, where=places[0] if len(places) == 1 else f"{file} ({len(places)} of its pages)", remedy=remedy
        )
        for (what, file, remedy), places in alike.items()
    ]


def write_rejects(chunks: Sequence[Chunk], unopened: Sequence[InvalidInput], path: Path) -> int:
    """Write the rejects as JSON Lines, by page, files that can't be opened last, and return their number."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        kept = (line for chunk in chunks for line in chunk.read(_OUTSIDE, ["reject"]).column("reject").to_pylist())
        for line in itertools.chain(filter(None, kept), (to_json(unreadable(fault)) for fault in unopened)):
            file.write(line + "\n")
            count += 1
    return count


def merge(chunks: Sequence[Chunk], path: Path) -> dict[str, int]:
    """Merge copies, find stories and write the articles in the order of their pages.

    Args:
        chunks: What `read_pages` made.
        path: The Parquet file to write; its folder holds the texts until the stories are found.

    Returns:
        How many articles, stories and exact copies there are.
    """
    ids, stories = _stories(chunks, path.with_suffix(".texts"))
    kept, shared = first_and_shared(ids)
    copies = Copies(chunks, shared)

    def parts() -> Iterator[pa.Table]:
        row, written = 0, 0
        for chunk in chunks:
            table = chunk.read(_FOUND, _ARTICLES.names)
            here = slice(row, row + table.num_rows)
            merged = copies.merged_into(table.filter(pa.array(kept[here])))
            story = stories.slice(written, merged.num_rows)
            row, written = here.stop, written + merged.num_rows
            yield merged.set_column(merged.schema.get_field_index("story_id"), _ARTICLES.field("story_id"), story)

    count = write_parquet(path, _ARTICLES, parts())
    return {"articles": count, "stories": len(stories.unique()), "exact copies": len(ids) - count}


_Ids = npt.NDArray[np.bytes_]
_Mask = npt.NDArray[np.bool_]


def _ids_of(table: pa.Table) -> _Ids:
    ids: _Ids = table.column("article_id").to_numpy().astype("S24")
    return ids


def first_and_shared(ids: _Ids) -> tuple[_Mask, _Mask]:
    """Tell of each row whether it is the first with its id, and whether others have it too."""
    order = np.argsort(ids, kind="stable")
    repeats = np.concatenate([np.zeros(min(1, len(ids)), bool), ids[order][1:] == ids[order][:-1]])
    kept, shared = np.empty(len(ids), bool), np.empty(len(ids), bool)
    kept[order] = ~repeats
    shared[order] = repeats | np.append(repeats[1:], np.zeros(min(1, len(ids)), bool))
    return kept, shared


def _stories(chunks: Sequence[Chunk], spill: Path) -> tuple[_Ids, pa.Array]:
    """Return the article_ids of all rows, and the stories of those that are the first with their id.

    The texts, of which the clustering looks at some, wait in an Arrow file that is mapped and not read.
    """
    ids: list[_Ids] = []
    signatures: list[bytes] = []
    schema = pa.schema([("text", pa.string())])
    with pa.OSFile(str(spill), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for chunk in chunks:
            table = chunk.read(_FOUND, ["article_id", "signature", "text"])
            ids.append(_ids_of(table))
            signatures += table.column("signature").to_pylist()
            writer.write_batch(pa.record_batch([table.column("text").combine_chunks()], schema=schema))
    limits = np.cumsum([len(part) for part in ids])
    every: _Ids = np.concatenate(ids) if ids else np.zeros(0, "S24")
    rows = np.flatnonzero(first_and_shared(every)[0])
    with pa.memory_map(str(spill)) as source:
        file = pa.ipc.open_file(source)
        columns = [file.get_batch(number).column(0) for number in range(file.num_record_batches)]

        def text_of(place: int) -> str:
            row = int(rows[place])
            number = int(np.searchsorted(limits, row, side="right"))
            text: str = columns[number][row - (int(limits[number - 1]) if number else 0)].as_py()
            return text

        names = [name.decode() for name in every[rows].tolist()]
        stories = story_ids(names, [signatures[row] for row in rows.tolist()], text_of)
    spill.unlink()
    return every, pa.array(stories, pa.string())


class Copies:
    """The articles of which there are several, by article_id."""

    def __init__(self, chunks: Sequence[Chunk], shared: _Mask) -> None:
        found, row = [_ARTICLES.empty_table()], 0
        for chunk in chunks if shared.any() else ():
            table = chunk.read(_FOUND, _ARTICLES.names)
            found.append(table.filter(pa.array(shared[row : row + table.num_rows])))
            row += table.num_rows
        table = pa.concat_tables(found).combine_chunks()
        order = np.argsort(_ids_of(table), kind="stable")
        self._table = table.take(pa.array(order))
        self._ids = _ids_of(self._table)

    def merged_into(self, table: pa.Table) -> pa.Table:
        """Return a table in which each article that has copies is what `merge_copies` makes of all of them."""
        ids = _ids_of(table)
        starts, ends = (np.searchsorted(self._ids, ids, side=side) for side in ("left", "right"))
        several = np.flatnonzero(ends > starts)
        if not len(several):
            return table
        rows = np.concatenate([np.arange(starts[place], ends[place]) for place in several])
        merged = {article.article_id: article for article in merge_copies(from_table(Article, self._table.take(rows)))}
        fresh = to_table(Article, [merged[ids[place].decode()] for place in several])
        source = np.arange(len(ids))
        source[several] = len(ids) + np.arange(len(several))
        return pa.concat_tables([table, fresh]).take(pa.array(source)).combine_chunks()
