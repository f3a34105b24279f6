"""The decided sentences of a release as the statements that a ledger is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from toolkit.errors import UsageError
from toolkit.ledger import Statement
from toolkit.ledger.ledger_tables import Row
from toolkit.records import Anchor, Link
from toolkit.release.reader import Release
from toolkit.release.tables.story_tables import statement, table_ledgers


def statements(release: Release, split: str | None = None) -> Iterator[Statement]:
    """Yield the decided sentences of a release.

    Their place is the bytes of their whole page: a release does not hold those of a sentence.

    Args:
        release: The release.
        split: One of its splits; None: of all.

    Raises:
        UsageError: The release has no text.

    Examples:
        >>> from toolkit.release import load
        >>> found = list(statements(load("releases/1.0.0")))
        >>> found[3].text[:48], found[3].labels
        ('Curator Hanne Rook said the glass had been clean', ('claim',))
    """
    if release.manifest["text"] != "full":
        raise UsageError("has no text to tell copies by", where=str(release.path), remedy="run `toolkit hydrate` first")
    yield from _reader(release)(_sentences(release, split))


def split_ledgers(release: Release, split: str) -> Iterator[dict[str, list[Row]]]:
    """Yield the rows of `claims` and `tolls` of a split as its sentences and links say them, some stories at a time."""
    yield from table_ledgers(_sentences(release, split), _reader(release), list(links(release, split)), split)


_COLUMNS: Final = (
    *("sentence_id", "article_id", "start", "text", "story_id", "language", "publisher", "published_at"),
    *("labels", "spans", "page_sha256"),
)


def _sentences(release: Release, split: str | None) -> pa.Table:
    """Return what statements are made of; a schema without spans has none of them."""
    there = release.columns("default", split).names
    return release.table("default", split, columns=[each for each in _COLUMNS if each in there])


def _reader(release: Release) -> Callable[[pa.Table], Iterator[Statement]]:
    """Return what makes statements of rows of `default`."""
    pages = _pages(release)
    relations = _relations(release)

    def read(table: pa.Table) -> Iterator[Statement]:
        for batch in table.to_batches(max_chunksize=_ROWS):
            for row in batch.to_pylist():
                page = pages[row["article_id"]]
                yield statement(row | page, row["labels"], row.get("spans", ()), relations.get(row["sentence_id"], ()))

    return read


_ROWS: Final = 2_000  # rows that are Python objects at a time


def links(release: Release, split: str | None = None) -> Iterator[Link]:
    """Yield the links between sentences of a release, which must have its text.

    Args:
        release: The release.
        split: One of its splits; None: of all.
    """
    for part in (split,) if split else release.splits():
        if release.has_rows("links", part):
            for row in release.table("links", part).to_pylist():
                yield Link(label=row["label"], head=_end(row, "head"), tail=_end(row, "tail"))


def _end(row: Mapping[str, Any], side: str) -> Anchor:
    start, end = row[f"{side}_start"], row[f"{side}_end"]
    return Anchor(sentence_id=row[side], label=row[f"{side}_label"], start=start, end=end, text=row[f"{side}_text"])


def _pages(release: Release) -> dict[str, dict[str, Any]]:
    columns = ["article_id", "page_source", "page_start", "page_end"]
    return {row["article_id"]: row for row in release.table("articles", columns=columns).to_pylist()}


def _relations(release: Release) -> dict[str, list[dict[str, str]]]:
    """Return sentence_id → the links between its spans."""
    found: dict[str, list[dict[str, str]]] = {}
    if "spans" in release.configs:
        for span in release.table("spans", columns=["sentence_id", "span_id", "relations"]).to_pylist():
            drawn = ({**to, "head": span["span_id"]} for to in span["relations"] or ())
            found.setdefault(span["sentence_id"], []).extend(drawn)
    return found
