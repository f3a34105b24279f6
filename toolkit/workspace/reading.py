"""Pages into articles as pure functions over Arrow tables, for corpora that no memory holds.

    spool    pages of any files → chunks of (page, raw)
    run      read_pages on each chunk, by the engine → its articles in `_PARTS` tables by the first digit of their id,
             and a table of rejects and faults
    merge    part after part over all chunks: copies merged, stories found → articles.parquet, by article_id

Of the whole corpus only ids and signatures are held in memory, of the rest one part or one chunk at a time.
"""

from __future__ import annotations

import itertools
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from toolkit.engine import Chunk, write_chunk
from toolkit.errors import InvalidInput
from toolkit.ingest import merge_copies, pages, read, read_whole, signature, story_ids
from toolkit.records import Article, Page, Reject, from_row, to_json
from toolkit.workspace.project import IMPORTED
from toolkit.workspace.tables import arrow_schema, from_table, to_table, write_parquet

_CHUNK_PAGES, _CHUNK_BYTES = 2000, 16 << 20
_PAGE_TABLE = pa.schema([("page", pa.struct(list(arrow_schema(Page)))), ("raw", pa.large_binary())])
_DIGITS = "0123456789abcdef"
_PARTS = len(_DIGITS)
_ARTICLES = arrow_schema(Article)
_READ_TABLE = pa.schema(
    [*_ARTICLES, ("signature", pa.binary()), ("reject", pa.string()), ("fault", pa.list_(pa.string()))]
)


@dataclass(frozen=True)
class Spooled:
    """The pages of a project, cut into chunks.

    Attributes:
        chunks: Tables of (page, raw), pages in their order.
        pages: How many there are.
        unopened: A fault for each file that can't be opened, or not to its end.
    """

    chunks: Sequence[Chunk]
    pages: int
    unopened: Sequence[InvalidInput]


def spool(files: Iterable[tuple[str, Path]], folder: Path) -> Spooled:
    """Cut the pages of files into chunks: written to `folder`, or in memory when they fit into one.

    What an earlier run has written whole is taken as it is.
    """
    index = folder / "index.json"
    if index.exists():
        said = json.loads(index.read_bytes())
        chunks = [Chunk(_spooled(folder, number)) for number in range(said["chunks"])]
        return Spooled(chunks, said["pages"], [InvalidInput(w, where=at, remedy=r) for w, at, r in said["unopened"]])
    unopened: list[InvalidInput] = []
    tables = _tables(_opened(files, unopened))
    first, second = next(tables, _PAGE_TABLE.empty_table()), next(tables, None)
    if second is None:
        return Spooled([Chunk(held=(first,))], first.num_rows, unopened)
    chunks, count = [], 0
    for number, table in enumerate(itertools.chain([first, second], tables)):
        chunks.append(Chunk(_spooled(folder, number)))
        count += write_chunk([table], chunks[-1].url)
    faults = [(fault.what, fault.where, fault.remedy) for fault in unopened]
    index.write_text(json.dumps({"chunks": len(chunks), "pages": count, "unopened": faults}))
    return Spooled(chunks, count, unopened)


def _spooled(folder: Path, number: int) -> str:
    return str(folder / f"{number:06}.parquet")


def _opened(files: Iterable[tuple[str, Path]], faults: list[InvalidInput]) -> Iterator[tuple[Page, bytes]]:
    for source, path in files:
        try:
            with path.open("rb") as file:
                yield from pages(file, source=source)
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


def read_pages(table: pa.Table) -> list[pa.Table]:
    """Read a table of (page, raw): a table of articles a part, by article_id, then one of rejects and faults."""
    articles: list[Article] = []
    rejects: list[str] = []
    faults: list[list[str | None]] = []
    for item in table.to_pylist():
        page = from_row(Page, item["page"])
        try:
            if page.source.startswith(IMPORTED):
                found = read_whole(item["raw"], page=page)
            else:
                found = read(item["raw"], source=page.source, page=page)
        except InvalidInput as error:
            rejects.append(to_json(unreadable(error)))
            faults += [[fault.what, fault.where, fault.remedy] for fault in error.faults]
            continue
        articles += found.articles
        rejects += map(to_json, found.rejects)
    articles.sort(key=lambda article: article.article_id)
    parts = {
        digit: list(part) for digit, part in itertools.groupby(articles, key=lambda article: article.article_id[0])
    }
    outside = {"reject": [*rejects, *[None] * len(faults)], "fault": [*[None] * len(rejects), *faults]}
    return [*(_part(parts.get(digit, [])) for digit in _DIGITS), _widened(pa.table(outside))]


def _part(articles: Sequence[Article]) -> pa.Table:
    signatures = pa.array([signature(article.text) for article in articles], pa.binary())
    return _widened(to_table(Article, articles).append_column("signature", signatures))


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
    """Return why pages can't be read, in their order."""
    rows = (row for chunk in chunks for row in chunk.read(_PARTS, ["fault"]).column("fault").to_pylist() if row)
    return [InvalidInput(what, where=where, remedy=remedy) for what, where, remedy in rows]


def write_rejects(chunks: Sequence[Chunk], unopened: Sequence[InvalidInput], path: Path) -> int:
    """Write the rejects as JSON Lines, by page, files that can't be opened last, and return their number."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        kept = (line for chunk in chunks for line in chunk.read(_PARTS, ["reject"]).column("reject").to_pylist())
        for line in itertools.chain(filter(None, kept), (to_json(unreadable(fault)) for fault in unopened)):
            file.write(line + "\n")
            count += 1
    return count


def merge(chunks: Sequence[Chunk], path: Path) -> dict[str, int]:
    """Merge copies, find stories and write the articles by article_id.

    Args:
        chunks: What `read_pages` made.
        path: The Parquet file to write; its folder holds the texts until the stories are found.

    Returns:
        How many articles, stories and exact copies there are.
    """
    ids, stories = _stories(chunks, path.with_suffix(".texts"))
    story_of = pa.array(stories, pa.string())
    starts = [bisect_left(ids, digit) for digit in _DIGITS] + [len(ids)]
    read_rows = 0

    def parts() -> Iterator[pa.Table]:
        nonlocal read_rows
        for part in range(_PARTS):
            table = _sorted(_gathered(chunks, part, _ARTICLES.names))
            read_rows += table.num_rows
            merged = _merged(table)
            place = merged.schema.get_field_index("story_id")
            yield merged.set_column(place, _ARTICLES.field("story_id"), story_of[starts[part] : starts[part + 1]])

    count = write_parquet(path, _ARTICLES, parts())
    return {"articles": count, "stories": len(set(stories)), "exact copies": read_rows - count}


def _stories(chunks: Sequence[Chunk], spill: Path) -> tuple[list[str], list[str]]:
    """Return the article_ids, sorted, each once, and their stories.

    The texts, of which the clustering looks at some, wait in an Arrow file that is mapped and not read.
    """
    ids: list[str] = []
    signatures: list[bytes] = []
    ends: list[int] = []
    schema = pa.schema([("text", pa.string())])
    with pa.OSFile(str(spill), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for part in range(_PARTS):
            table = _first_of_each(_sorted(_gathered(chunks, part, ["article_id", "signature", "text"])))
            ids += table.column("article_id").to_pylist()
            signatures += table.column("signature").to_pylist()
            for batch in table.select(["text"]).combine_chunks().to_batches():
                writer.write_batch(batch)
                ends.append(len(batch) + (ends[-1] if ends else 0))
    with pa.memory_map(str(spill)) as source:
        file = pa.ipc.open_file(source)
        columns = [file.get_batch(number).column(0) for number in range(file.num_record_batches)]
        limits = np.array(ends)

        def text_of(place: int) -> str:
            number = int(np.searchsorted(limits, place, side="right"))
            text: str = columns[number][place - (ends[number - 1] if number else 0)].as_py()
            return text

        stories = story_ids(ids, signatures, text_of)
    spill.unlink()
    return ids, stories


def _gathered(chunks: Sequence[Chunk], part: int, columns: Sequence[str]) -> pa.Table:
    return pa.concat_tables([chunk.read(part, columns) for chunk in chunks]).combine_chunks()


def _sorted(table: pa.Table) -> pa.Table:
    order = np.argsort(table.column("article_id").to_numpy().astype("S24"), kind="stable")
    return table.take(pa.array(order))


def _first_of_each(table: pa.Table) -> pa.Table:
    return table.filter(pa.array(~_repeats(table)))


def _repeats(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Tell of each row of a table by article_id whether it has the id of the row before."""
    ids = table.column("article_id").to_numpy().astype("S24")
    return np.concatenate([np.zeros(min(1, len(ids)), bool), ids[1:] == ids[:-1]])


def _merged(table: pa.Table) -> pa.Table:
    """Merge the rows of a table by article_id that share one; the others stay as they are."""
    repeats = _repeats(table)
    if not repeats.any():
        return table
    shared = repeats | np.append(repeats[1:], False)
    merged = to_table(Article, merge_copies(from_table(Article, table.filter(pa.array(shared)))))
    return _sorted(pa.concat_tables([table.filter(pa.array(~shared)), merged]).combine_chunks())
