"""The stage segment: articles.parquet → sentences.parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.engine import Chunk, run
from toolkit.engine.arrow import arrow_schema, parquet_border, to_table, write_parquet
from toolkit.engine.executor import counted
from toolkit.errors import InvalidInput
from toolkit.project.files import file_digest
from toolkit.project.scratch import Scratch, scratch
from toolkit.project.stage import Made, Outcome, Progress, derive, silent
from toolkit.project.workspace import ARTICLES, SENTENCES, Workspace
from toolkit.records import Sentence, content_id
from toolkit.records.page import IMPORTED
from toolkit.segment.language import is_known
from toolkit.segment.units import sentences as sentences_of

_COLUMNS = ["article_id", "text", "title", "language", "page"]
_PART_ROWS = 2_500
_MOST_IN_PARTS = 200_000  # rows: each part reads its row group, which more would do more often than it is worth


class _Row(NamedTuple):
    """The columns of an article that its sentences depend on."""

    article_id: str
    text: str
    title: str | None
    language: str
    page: Mapping[str, str]


def article_chunks(path: Path, *, url: str | None = None) -> list[Chunk]:
    """Return the row groups of articles.parquet; those of a small file in parts, so that every processor has some.

    Args:
        path: The file.
        url: Address of a copy that workers read; None: the file itself.

    Raises:
        InvalidInput: It is not a Parquet file, or lacks a column.
    """
    with parquet_border(path), pq.ParquetFile(path) as file:
        missing = [name for name in _COLUMNS if name not in file.schema_arrow.names]
        groups = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    if missing:
        raise InvalidInput(f"lacks the column {missing[0]}", where=str(path), remedy="run `toolkit ingest` again")
    place, columns = url or str(path), tuple(_COLUMNS)
    most = _PART_ROWS if sum(groups) <= _MOST_IN_PARTS else max(groups)
    return [
        Chunk(place, group, columns=columns, rows=(start, min(most, rows - start)))
        for group, rows in enumerate(groups)
        for start in range(0, max(rows, 1), most)
    ]


def cut(table: pa.Table, *, splitter: str) -> list[pa.Table]:
    """Cut articles into a table of sentences, in their order.

    Raises:
        InvalidInput: A row is not one that ingest wrote, or the splitter breaks a rule of offsets.
        UsageError: There is no such splitter.
    """
    with parquet_border(ARTICLES):
        rows = [_Row(*values) for values in zip(*(table.column(name).to_pylist() for name in _COLUMNS), strict=True)]
    faults = [InvalidInput(fault, where=row.article_id) for row in rows if (fault := _fault(row))]
    if faults:
        raise InvalidInput.all_of(faults)
    return [to_table(Sentence, (found for row in rows for found in _units(row, splitter)))]


def _units(row: _Row, splitter: str) -> list[Sentence]:
    """Return the units of an article; a text that was labelled elsewhere stays one unit."""
    if row.page["source"].startswith(IMPORTED):
        return [Sentence.of(row, 0, len(row.text), paragraph=0)]
    return sentences_of(row, splitter=splitter)


def _fault(row: _Row) -> str | None:
    """Return which rule of `Article` a row breaks, among those that its sentences need; None for none."""
    if row.article_id != content_id(row.text):
        return "article_id is not the content id of the text; run `toolkit ingest` again"
    if row.title is not None and not (row.text == row.title or row.text.startswith(row.title + "\n")):
        return "the title is not the first line of the text; run `toolkit ingest` again"
    return None


def write_sentences(chunks: Iterable[Chunk], path: Path) -> int:
    """Write the sentences of all chunks as one file and return their number."""
    return write_parquet(path, arrow_schema(Sentence), (chunk.read() for chunk in chunks))


def without_lists(chunks: Sequence[Chunk]) -> dict[str, int]:
    """Return how many articles are in each language without word lists of its own, by its code."""
    counts: Counter[str] = Counter()
    for chunk in chunks:
        for row in pc.value_counts(chunk.read(columns=["language"]).column("language")).to_pylist():
            if not is_known(row["values"]):
                counts[row["values"]] += row["counts"]
    return dict(sorted(counts.items()))


def number_of_rows(path: Path) -> int:
    """Return how many rows a Parquet file has."""
    with parquet_border(path):
        return int(pq.read_metadata(path).num_rows)


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
            store.keep(workspace.root, inputs)  # workers read it there, and it may be older than the store
        with scratch(workspace.root, "segment", inputs, splitter, store=store) as work:
            outcome = derive(
                workspace.root,
                "segment",
                inputs=inputs,
                parameters={"splitter": splitter},
                make=partial(_segment, workspace, work, splitter, progress),
            )
            workspace.copy_to_store("segment")
            return outcome


def _segment(workspace: Workspace, work: Scratch, splitter: str, progress: Progress) -> Made:
    path, store = workspace.path(ARTICLES), workspace.store()
    rows = number_of_rows(path)
    articles = article_chunks(path, url=store.path(ARTICLES) if store else None)
    chunks = run(partial(cut, splitter=splitter), articles, into=f"{work.chunks}/cut", engine=workspace.config.engine)
    sizes = [chunk.rows[1] if chunk.rows else 0 for chunk in articles]
    sentences = write_sentences(counted(chunks, sizes, progress), work.folder / SENTENCES)
    unlisted = without_lists(articles)
    told = f"articles cut by the default rules, without word lists of {', '.join(unlisted)}"
    return Made(
        files={SENTENCES: work.folder / SENTENCES},
        counts={
            "articles": rows,
            "sentences": sentences,
            **({told: sum(unlisted.values())} if unlisted else {}),
        },
    )
