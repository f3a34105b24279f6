"""The table of all articles, articles.parquet, for a corpus that is larger than the memory.

    collect          each chunk of read pages as it comes → rejects.jsonl, and ids and signatures of all articles
    write_articles   copies merged, stories found → articles.parquet, in the order of the pages

Memory holds ids and signatures of the whole corpus, the articles that have copies, and one chunk of the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.engine import Chunk, ahead
from toolkit.engine.arrow import arrow_schema, from_table, to_table, write_parquet
from toolkit.errors import InvalidInput
from toolkit.ingest.page_chunks import FOUND, OUTSIDE, unreadable
from toolkit.ingest.stories import merge_copies, story_ids
from toolkit.ingest.translations.translated_copies import BEGINNING, Beginning, Embed, translated_copies
from toolkit.records import Article, Reject, to_json

_ARTICLES = arrow_schema(Article)
_COLLECTED = {FOUND: ["article_id", "signature", "text"], OUTSIDE: ["reject", "reason", "fault", "note"]}

_Ids = npt.NDArray[np.bytes_]
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Readings:
    """All pages of a corpus once they are read, as much of them as memory holds.

    Attributes:
        chunks: The chunks that `read_pages` made.
        ids: The article_ids of each chunk.
        signatures: One per article, in the same order.
        texts: An Arrow file with the texts of each chunk; it is mapped into memory, not read.
        reasons: Reason → number of rejects that were written.
        faults: Why pages can't be read, in the order of the pages; a fault that many pages of a file share stands once.
        notes: File → what was noticed of its pages, such as their encoding, or the columns that were taken.
    """

    chunks: Sequence[Chunk]
    ids: Sequence[_Ids]
    signatures: Sequence[bytes]
    texts: Path
    reasons: Mapping[str, int]
    faults: Sequence[InvalidInput]
    notes: Mapping[str, Sequence[str]]


def collect(
    chunks: Iterable[Chunk],
    unopened: Sequence[InvalidInput],
    rejects: Path,
    texts: Path,
    *,
    aside: Iterable[Reject] = (),
) -> Readings:
    """Take in each chunk that `read_pages` made, while workers are still busy with the next ones.

    Args:
        chunks: The chunks, in their order.
        unopened: Why files can't be opened.
        rejects: The JSON Lines file to write: rejects in the order of the pages, then files that can't be opened.
        texts: The Arrow file to write.
        aside: Rejects of files that were not opened.
    """
    found: list[Chunk] = []
    ids: list[_Ids] = []
    signatures: list[bytes] = []
    faults: list[tuple[str, str, str]] = []
    notes: dict[str, list[str]] = {}
    reasons: Counter[str] = Counter()
    schema = pa.schema([("text", pa.string())])
    with (
        rejects.open("w", encoding="utf-8") as file,
        pa.OSFile(str(texts), "wb") as sink,
        pa.ipc.new_file(sink, schema) as writer,
    ):
        for chunk in chunks:
            table, outside = (chunk.read(group, columns) for group, columns in _COLLECTED.items())
            found.append(chunk)
            ids.append(_ids_of(table))
            signatures += table.column("signature").to_pylist()
            writer.write_batch(pa.record_batch([table.column("text").combine_chunks()], schema=schema))
            faults += filter(None, outside.column("fault").to_pylist())
            for line in filter(None, outside.column("reject").to_pylist()):
                file.write(line + "\n")
            reasons.update(filter(None, outside.column("reason").to_pylist()))
            for source, note in filter(None, outside.column("note").to_pylist()):
                known = notes.setdefault(source, [])
                if note not in known:
                    known.append(note)
        for reject in (*map(unreadable, unopened), *aside):
            file.write(to_json(reject) + "\n")
            reasons[reject.reason] += 1
    return Readings(found, ids, signatures, texts, reasons, _grouped(faults), notes)


_PLACE = re.compile(r" \((?:bytes|document|entry|item|message|page|post|row|sheet) [^()]*\)$")


def _grouped(faults: Iterable[tuple[str, str, str]]) -> list[InvalidInput]:
    alike: dict[tuple[str, str, str], list[str]] = {}
    for what, where, remedy in faults:
        alike.setdefault((what, _PLACE.sub("", where), remedy), []).append(where)
    return [
        InvalidInput(
            what, where=places[0] if len(places) == 1 else f"{file} ({len(places)} of its pages)", remedy=remedy
        )
        for (what, file, remedy), places in alike.items()
    ]


def write_articles(readings: Readings, path: Path, embed: Embed | None = None) -> dict[str, int]:
    """Merge copies, find stories and write the articles in the order of their pages.

    Args:
        readings: All pages.
        path: The Parquet file to write.
        embed: Joins translated copies to one story; None: they stay apart.

    Returns:
        The numbers of articles, stories and exact copies.
    """
    kept, shared = first_and_shared(np.concatenate(readings.ids))
    stories = _stories(readings, kept, embed)
    copies = Copies(readings.chunks, shared)
    ends = np.cumsum([len(ids) for ids in readings.ids]).tolist()
    written = np.concatenate([[0], np.cumsum(kept)])

    beginnings: list[int] = []

    def part(number: int) -> pa.Table:
        table = readings.chunks[number].read(FOUND, _ARTICLES.names)
        start, end = ends[number] - table.num_rows, ends[number]
        merged = copies.merged_into(table.filter(pa.array(kept[start:end])))
        story = stories.slice(written[start], merged.num_rows)
        beginnings.append(pc.sum(merged["truncated"]).as_py() or 0)
        return merged.set_column(merged.schema.get_field_index("story_id"), _ARTICLES.field("story_id"), story)

    count = write_parquet(path, _ARTICLES, ahead(partial(part, number) for number in range(len(ends))))
    cut_short = {"truncated articles": sum(beginnings)} if any(beginnings) else {}
    return {"articles": count, **cut_short, "stories": len(stories.unique()), "exact copies": len(kept) - count}


def _ids_of(table: pa.Table) -> _Ids:
    ids: _Ids = table.column("article_id").to_numpy().astype("S24")
    return ids


def first_and_shared(ids: _Ids) -> tuple[_Mask, _Mask]:
    """Return two masks of rows: the first row with each id, and the rows whose id occurs several times."""
    order = np.argsort(ids, kind="stable")
    repeats = np.concatenate([np.zeros(min(1, len(ids)), bool), ids[order][1:] == ids[order][:-1]])
    kept, shared = np.empty(len(ids), bool), np.empty(len(ids), bool)
    kept[order] = ~repeats
    shared[order] = repeats | np.append(repeats[1:], np.zeros(min(1, len(ids)), bool))
    return kept, shared


def _stories(readings: Readings, kept: _Mask, embed: Embed | None) -> pa.Array:
    """Return the story of each row that is kept; the clustering reads some of their texts."""
    rows = np.flatnonzero(kept)
    ends = np.cumsum([len(part) for part in readings.ids])
    with pa.memory_map(str(readings.texts)) as source:
        file = pa.ipc.open_file(source)
        columns = [file.get_batch(number).column(0) for number in range(file.num_record_batches)]

        def text_of(place: int) -> str:
            number = int(np.searchsorted(ends, rows[place], side="right"))
            text: str = columns[number][int(rows[place] - ends[number])].as_py()
            return text

        names = [name.decode() for name in np.concatenate(readings.ids)[rows].tolist()]
        stories = story_ids(names, [readings.signatures[row] for row in rows.tolist()], text_of)
        if embed is not None:
            facts = pa.concat_tables([chunk.read(FOUND, ["language", "published_at"]) for chunk in readings.chunks])
            first = [place for place, name in enumerate(names) if stories[place] == name]
            shown = zip(first, facts.take(pa.array(rows[first])).to_pylist(), strict=True)
            beginnings = [Beginning(names[place], text_of(place)[:BEGINNING], **fact) for place, fact in shown]
            joined = translated_copies(beginnings, embed)
            stories = [joined.get(story, story) for story in stories]
    readings.texts.unlink()
    return pa.array(stories, pa.string())


class Copies:
    """The articles that occur several times, by article_id."""

    def __init__(self, chunks: Sequence[Chunk], shared: _Mask) -> None:
        found, row = [_ARTICLES.empty_table()], 0
        for chunk in chunks if shared.any() else ():
            table = chunk.read(FOUND, _ARTICLES.names)
            found.append(table.filter(pa.array(shared[row : row + table.num_rows])))
            row += table.num_rows
        table = pa.concat_tables(found).combine_chunks()
        order = np.argsort(_ids_of(table), kind="stable")
        self._table = table.take(pa.array(order))
        self._ids = _ids_of(self._table)

    def merged_into(self, table: pa.Table) -> pa.Table:
        """Return the table with each article that has copies replaced by what `merge_copies` makes of them all."""
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
