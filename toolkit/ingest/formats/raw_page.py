"""One page as it lies in its file: its bytes, what the file says of them, and their characters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from toolkit.engine.arrow import arrow_schema, to_table
from toolkit.errors import InvalidInput, border
from toolkit.ingest.formats.encoding import Decoded, decode
from toolkit.ingest.traced_text import Traced
from toolkit.limits import check_items, too_long
from toolkit.records import Page


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page with its bytes, as `pages` takes it out of a file.

    Attributes:
        page: Where the bytes lie, and their kind.
        data: The bytes.
        body: The byte at which the page itself begins; the headers of an archive's record stand before it.
        charset: The encoding that a header or the media type names.
        url: Where the page was fetched, as an archive says.
        fetched_at: When, ISO 8601, as an archive says.
        place: Where it stands in its file, as people say it: "row 3"; None where its bytes say enough.
        form: The name of its file's type.
        aside: Why it is not a page of an article, such as "status 404"; None for a page.
        fault: Why it can't be read, as its file shows already.
    """

    page: Page
    data: bytes
    body: int = 0
    charset: str | None = None
    url: str | None = None
    fetched_at: str | None = None
    place: str | None = None
    form: str = ""
    aside: str | None = None
    fault: str | None = None

    @property
    def source(self) -> str:
        """The page's file."""
        return self.page.source

    @property
    def where(self) -> str:
        """The page's file, with its place there unless it begins the file; for messages."""
        page = self.page
        if self.place is not None:
            return f"{page.source} ({self.place})"
        return page.source if page.start == 0 else f"{page.source} (bytes {page.start}-{page.end})"

    def decoded(self) -> Decoded:
        """Return the page's characters; their byte offsets count from the first of `data`."""
        found = decode(self.data[self.body :], declared=self.charset, html=self.page.kind == "html")
        if not self.body:
            return found
        malformed = tuple((start + self.body, end + self.body) for start, end in found.malformed)
        return replace(found, bounds=found.bounds + self.body, malformed=malformed)

    def text(self) -> Traced:
        """Return the page's characters with their bytes."""
        return Traced.of(self.decoded())


_TABLE = pa.schema(
    [
        ("page", pa.struct(list(arrow_schema(Page)))),
        ("kind", pa.string()),
        ("data", pa.large_binary()),
        ("body", pa.int64()),
        ("charset", pa.string()),
        ("url", pa.string()),
        ("fetched_at", pa.string()),
        ("place", pa.string()),
        ("form", pa.string()),
        ("aside", pa.string()),
        ("fault", pa.string()),
    ]
)
TABLE_FORMAT = "pages-3"
"""Names the columns of `page_table`: what an interrupted run left in other columns is not read."""


def page_table(found: Sequence[RawPage]) -> pa.Table:
    """Return pages as an Arrow table, a page per row."""
    page = to_table(Page, [raw.page for raw in found]).to_struct_array().combine_chunks()
    kinds = pa.array([raw.page.kind for raw in found], pa.string())
    others = [pa.array([getattr(raw, name) for raw in found], _TABLE.field(name).type) for name in _TABLE.names[2:]]
    return pa.Table.from_arrays([page, kinds, *others], schema=_TABLE)


def pages_in(table: pa.Table) -> Iterator[RawPage]:
    """Yield the pages of a table that `page_table` made; further columns are passed over."""
    for row in table.select(_TABLE.names).to_pylist():
        page = Page(**row.pop("page"), kind=row.pop("kind"))
        yield RawPage(page, **row)


class Rows:
    """Makes a page of each row of a table: the line of JSON with the row's values, as if they all stood in one file."""

    def __init__(self, source: str, most_bytes: int) -> None:
        self._source = source
        self._most_bytes = most_bytes
        self._at = 0

    def page(
        self,
        values: Mapping[str, Any],
        place: str | None = None,
        fault: str | None = None,
        *,
        aside: str | None = None,
    ) -> RawPage:
        """Return the page of the next row.

        Args:
            values: Name of a column → value.
            place: Where the row stands in its file.
            fault: Why it can't be read.
            aside: Why it is not an article.

        Raises:
            InvalidInput: It is longer than the limit, or has more columns.
        """
        where = f"{self._source} ({place})" if place else self._source
        check_items(len(values), "a row of {} columns", where)
        raw = json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace")
        if len(raw) > self._most_bytes:
            raise too_long("row", where, self._most_bytes)
        page = Page.of(raw, source=self._source, start=self._at, kind="json")
        self._at += len(raw) + 1
        return RawPage(page, raw, place=place, fault=fault, aside=aside)

    def guarded(self, place: str | None, make: Callable[[], RawPage]) -> RawPage:
        """Return the page that `make` makes of a record; a record that can't be read stops no other.

        Args:
            place: Where the record stands in its file.
            make: Reads it, and calls `page`.
        """
        try:
            with border("can't be read"):
                return make()
        except InvalidInput as fault:
            return self.page({}, place, fault.what)
