"""The pages of a file, one after the other; the kind of a page is decided here and nowhere else.

- A text or an HTML file is one page.
- JSON Lines: each line is a page, and its byte range is the line's. A JSON file: each element of its array, or of the
  array of articles in its object, such as {"status": "ok", "articles": […]}.
- Parquet, CSV: each row is a page. It reads as the line of JSON with the same values, and its byte range counts in the
  file of those lines; `RawPage.place` says where the row stands.
- WARC: each response, resource or conversion record is a page: its headers as they stand, then its payload without
  transfer and content encoding. Its byte range is the record's in the archive, after decompression. Records with
  another status than 200, or of another type than HTML or text, are marked as no pages.
- gzip of any of these; byte ranges count after decompression.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from operator import sub
from typing import Any, BinaryIO, cast

from toolkit.engine.foreign_file import Counted, Unpacked
from toolkit.engine.parquet_growth import stated_growth
from toolkit.errors import InvalidInput, border
from toolkit.ingest.exports.press_archive import documents
from toolkit.ingest.exports.telegram import chats_of, html_messages, json_messages
from toolkit.ingest.formats.delimited_table import delimited
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.file_type import NAMES, FileType, charset, essence, file_type
from toolkit.ingest.formats.json_page import oriented, rows_in, stream_of
from toolkit.ingest.formats.raw_page import RawPage, Rows
from toolkit.limits import Allowance, Budget, Limits, check_items, too_long
from toolkit.records import Page, PageKind, digest

_CHUNK, _PART = 1 << 20, 1 << 16
_HEAD = 4096


def pages(
    raw_file: bytes | BinaryIO,
    *,
    source: str,
    media_type: str | None = None,
    limits: Limits | None = None,
    allowance: Allowance | None = None,
) -> Iterator[RawPage]:
    """Yield the pages of a file, in order.

    Args:
        raw_file: The file's bytes, or the file, open for reading bytes.
        source: Its name.
        media_type: Counts more than what the name and the bytes say.
        limits: Files beyond them are refused; default: those that hold here.
        allowance: What this file and others may unpack to beyond the limits' ratio, altogether; default: no limit.

    Raises:
        InvalidInput: The file breaks its format or one of the limits; the message says which.
    """
    limits = limits or Limits.here()
    metered = _Metered(raw_file)
    budget = Budget(source, limits, metered.size, allowance)
    with border("not readable", where=source, remedy=_AGAIN):
        for page in _pages_of(metered.stream, source, media_type, limits):
            budget.take(_LEAST_PAGE + len(page.data))
            budget.count()
            yield page


_LEAST_PAGE = 64
"""Bytes that a page counts for beside its own: a file of nothing but empty rows would have no end."""


def _pages_of(stream: io.BufferedReader, source: str, media_type: str | None, limits: Limits) -> Iterator[RawPage]:
    holds = file_type(stream.peek(_HEAD), source=source, media_type=media_type)
    if holds == "gzip":
        stream = _buffered(cast("BinaryIO", Unpacked(stream, source, limits)))
        holds, media_type = file_type(stream.peek(_HEAD), source=source), None
        if holds == "gzip":
            raise InvalidInput("gzip within gzip", where=source, remedy="unpack it once")
    if holds in _READERS:
        yield from _labelled(_READERS[holds](stream, source, limits), holds, source)
        return
    raw = _whole(stream, source, limits)
    holds = file_type(raw, source=source, media_type=media_type, whole=True)  # it may begin with blanks
    if holds in _READERS:
        whole = _buffered(raw)
        yield from _labelled(_READERS[holds](whole, source, limits), holds, source)
        return
    kind: PageKind = "html" if holds == "html" else "markdown" if holds == "markdown" else "text"
    page = Page.of(raw, source=source, kind=kind)
    url = saved_from(raw) if kind == "html" else None
    yield RawPage(page, raw, charset=charset(media_type), url=url, form=NAMES[holds])


def _labelled(found: Iterator[RawPage], holds: FileType, source: str) -> Iterator[RawPage]:
    """Yield pages with the name of their file's type; what a library raises on a malformed file is told as a fault.

    Raises:
        InvalidInput: The file can't be read to its end.
    """
    with border(f"not readable as {NAMES[holds]}", where=source, remedy=_AGAIN):
        for page in found:
            yield page if page.form else replace(page, form=NAMES[holds])


_AGAIN = "fetch it again, or save it in another form"

_SAVED_FROM = re.compile(rb"<!--\s{0,9}saved from url=\(\d{1,6}\)(https?://[^\s<>]{1,2000}?)\s{0,9}-->", re.I)
_SINGLE_FILE = re.compile(rb"Page saved with SingleFile\s{1,9}url:\s{0,9}(https?://\S{1,2000})", re.I)


def saved_from(raw: bytes) -> str | None:
    """Return where a page was fetched that a browser has saved; None if it does not say."""
    found = _SAVED_FROM.search(raw, 0, _HEAD) or _SINGLE_FILE.search(raw, 0, _HEAD)
    return found[1].decode("utf-8", "replace") if found else None


def _buffered(raw_file: bytes | BinaryIO) -> io.BufferedReader:
    if isinstance(raw_file, bytes):
        return io.BufferedReader(cast("io.RawIOBase", io.BytesIO(raw_file)))
    if isinstance(raw_file, io.BufferedReader):
        return raw_file
    return io.BufferedReader(cast("io.RawIOBase", raw_file), _CHUNK)


def _whole(stream: io.BufferedReader, source: str, limits: Limits) -> bytes:
    parts, size = [], 0
    while part := stream.read1(_PART):  # reading up to the limit at once would allocate it for every small page
        parts.append(part)
        size += len(part)
        if size > limits.page_bytes:
            raise too_long("page", source, limits.page_bytes)
    return b"".join(parts)


def _object(raw: bytes, source: str, start: int) -> RawPage:
    return RawPage(Page.of(raw, source=source, start=start, kind="json"), raw)


def _lines(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    at, number = 0, 0
    while line := stream.readline(limits.page_bytes + 1):
        number += 1
        if len(line) > limits.page_bytes:
            raise too_long("line", f"{source}:{number}", limits.page_bytes)
        mark = 3 if at == 0 and line.startswith(b"\xef\xbb\xbf") else 0
        raw = line[mark:].rstrip(b"\r\n")
        if raw.strip():
            yield _object(raw, source, at + mark)
        at += len(line)


def _lines_or_values(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    """Yield the lines of a file, or its values if it is one JSON document in spite of its name."""
    first = stream.peek(_HEAD).removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0].strip()
    whole = first in (b"[", b"{") or _OPENS_ROWS.match(first)
    yield from (_values if whole else _lines)(stream, source, limits)


_OPENS_ROWS = re.compile(rb"\[\s*\{")


def _values(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    """Yield the rows of a JSON file: its only object, those of an array, or those that follow one another."""
    raw = _whole(stream, source, limits)
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):  # as PowerShell writes it; bytes count in UTF-8
        raw = raw.decode("utf-16", "replace").encode()
    mark = 3 if raw.startswith(codecs.BOM_UTF8) else 0
    try:
        text = raw[mark:].decode()
    except UnicodeDecodeError:
        text = decode(raw).text
        raw, mark = text.encode(), 0
    try:
        places = rows_in(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] != "{" or "\n" not in text.strip():
            raise InvalidInput(
                f"not JSON: {error}", where=source, remedy="mend the file, or write one object a line"
            ) from error
        yield from _several(text, raw, mark, source, limits)
        return
    if '"messages"' in text and (chats := chats_of(json.loads(text))):
        for found in json_messages(chats, source, limits.page_bytes):
            yield replace(found, form=NAMES["telegram"])
        return
    if len(places) == 1 and (table := oriented(json.loads(text))) is not None:
        rows = Rows(source, limits.page_bytes)
        for number, values in enumerate(table):
            yield rows.page(values, f"row {number}")
        return
    yield from _placed(text, places, mark, source)


def _several(text: str, raw: bytes, mark: int, source: str, limits: Limits) -> Iterator[RawPage]:
    """Yield objects that follow one another: over several lines each, or one a line."""
    try:
        places = list(stream_of(text))
    except (ValueError, RecursionError):
        yield from _lines(io.BufferedReader(cast("io.RawIOBase", io.BytesIO(raw))), source, limits)
        return
    yield from _placed(text, places, mark, source)


def _placed(text: str, places: Iterable[tuple[int, int]], mark: int, source: str) -> Iterator[RawPage]:
    """Yield the objects at places of a text, with their bytes."""
    at, byte = 0, mark
    for start, end in places:
        byte += len(text[at:start].encode())
        raw = text[start:end].encode()
        yield _object(raw, source, byte)
        at, byte = end, byte + len(raw)


def _rows(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    with _rewindable(stream) as whole:
        yield from _table_rows(whole, source, limits)


def _table_rows(stream: BinaryIO, source: str, limits: Limits) -> Iterator[RawPage]:
    import pyarrow.parquet as pq

    rows, number = Rows(source, limits.page_bytes), 0
    file = pq.ParquetFile(stream)
    check_items(file.metadata.num_columns, "a table of {} columns", source)
    packed, unpacked = stated_growth(file.metadata)
    Budget(source, limits, lambda: packed).check(unpacked)
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        for values, fault in _rows_of(batch):
            number += 1
            yield rows.page(values, f"row {number}", fault)


def _rows_of(batch: Any) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield the values of each row, and why it can't be read; a time beyond all years stops no other row."""
    try:
        with border("holds what can't be read"):
            found: list[dict[str, Any]] = batch.to_pylist()
    except InvalidInput as fault:
        if batch.num_rows == 1:
            yield {}, fault.what
            return
        for at in range(batch.num_rows):
            yield from _rows_of(batch.slice(at, 1))
        return
    yield from ((values, None) for values in found)


_BATCH_ROWS = 16  # a few, as each may be as long as the limit


def _records(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from warcio.archiveiterator import ArchiveIterator

    counted, end = Counted(stream), 0
    records = ArchiveIterator(counted, no_record_parse=False, ensure_http_headers=False)
    of_http = records.loader.load_http_headers
    records.loader.load_http_headers = lambda kind, uri, *rest: of_http(kind, uri or "http:", *rest)  # it may have none
    records.INC_RECORD = ""  # warcio would write it to stderr for a record with a wrong length
    for record in records:
        payload = b""
        if record.rec_type in _WITH_PAGES:
            payload = record.content_stream().read(limits.page_bytes + 1)
        if len(payload) > limits.page_bytes:
            raise too_long("record", f"{source} @ {records.get_record_offset()}", limits.page_bytes)
        start = records.get_record_offset()
        end = start + records.get_record_length()  # which reads the record to its end
        Budget(f"{source} @ {start}", limits, partial(sub, end, start)).check(len(payload))
        missing: int = getattr(record.raw_stream, "limit", 0)
        if record.length is None or missing:
            raise _cut_short(source, start)
        if record.rec_type in _WITH_PAGES:
            yield _record_or_fault(record, payload, source, start, end)
    if counted.read_bytes > end + _BETWEEN_RECORDS:
        raise _cut_short(source, end)


def _record_or_fault(record: Any, payload: bytes, source: str, start: int, end: int) -> RawPage:
    """Return the page of an archive's record; one that can't be read stops no other."""
    try:
        with border("its headers can't be read"):
            return _record(record, payload, source, start, end)
    except InvalidInput as fault:
        page = Page(source=source, sha256=digest(payload), start=start, end=end, kind="text")
        return RawPage(page, payload, fault=fault.what)


def _record(record: Any, payload: bytes, source: str, start: int, end: int) -> RawPage:
    """Return the page of an archive's record, from the headers as warcio has parsed them."""
    archive, http = _headers(record.rec_headers), _headers(record.http_headers)
    before = record.rec_headers.to_bytes() + (record.http_headers.to_bytes() if record.http_headers else b"")
    raw = before + payload
    media_type = http.get("content-type") or ("" if http else archive.get("content-type", ""))
    url = archive.get("warc-target-uri", "").strip("<>") or None
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    kind, aside = _kind_of_record(payload, status, essence(media_type), url or source)
    page = Page(source=source, sha256=digest(raw), start=start, end=end, kind=kind)
    if aside is not None:
        return RawPage(page, b"", url=url, place=url, aside=aside)
    coding = http.get("content-encoding", "").lower()
    fault = f"its content is packed with {coding}: {_UNPACKING}" if coding in _PACKED and _is_packed(payload) else None
    return RawPage(page, raw, len(before), charset(media_type), url, archive.get("warc-date"), fault=fault)


_PACKED = ("br", "zstd")
_UNPACKING = "install the library that unpacks it, such as `brotli`"


def _is_packed(payload: bytes) -> bool:
    """Return whether a payload was left as it was sent, for want of a library: text has no such bytes."""
    return sum(byte < 9 or 13 < byte < 32 for byte in payload[:200]) > 5


def _kind_of_record(payload: bytes, status: str, said: str, name: str) -> tuple[PageKind, str | None]:
    """Return the kind of a record, and why it is not a page; None for a page."""
    if status != "200":
        return "text", f"status {status}"
    if said not in _PAGE_TYPES:
        return "text", f"content type {said}"
    if (said in _HTML_TYPES and payload.lstrip()[:1] not in (b"{", b"[")) or not payload.strip():
        return "html", None
    try:
        found = file_type(payload, source=name, whole=True)
    except InvalidInput as error:
        return "text", error.what
    if found not in ("html", "text", "markdown"):
        return "text", f"{NAMES[found]} in an archive"
    return ("html" if found == "html" else "text"), None


def _headers(found: Any) -> dict[str, str]:
    """Return parsed headers, names in lower case; of two with one name the last."""
    return {name.strip().lower(): value.strip() for name, value in found.headers} if found else {}


_HTML_TYPES = ("text/html", "application/xhtml+xml")
_PAGE_TYPES = (*_HTML_TYPES, "text/plain", "")
_WITH_PAGES = ("response", "resource", "conversion")
_BETWEEN_RECORDS = 8  # bytes of blank lines at the end of an archive; usually four


def _cut_short(source: str, at: int) -> InvalidInput:
    return InvalidInput("a record is cut short", where=f"{source} @ {at}", remedy="fetch the archive again")


def _table(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    return delimited(stream, source, limits.page_bytes)


def _feed(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.exports.news_feed import items

    return items(_whole(stream, source, limits), source, limits.page_bytes)


def _mail(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.exports.mail import message

    return message(_whole(stream, source, limits), source, limits.page_bytes)


def _mailbox(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.exports.mail import mailbox

    return mailbox(stream, source, limits.page_bytes)


def _office(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.documents.office import office_document

    with _rewindable(stream) as whole:
        yield from office_document(whole, source, limits)


def _pdf(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.documents.pdf_document import pdf_pages

    with _rewindable(stream) as whole:
        yield from pdf_pages(whole, source, limits.page_bytes)


@contextmanager
def _rewindable(stream: io.BufferedReader) -> Iterator[BinaryIO]:
    """Yield a stream that can be rewound: itself, or a copy on the disk."""
    if stream.seekable():
        yield cast("BinaryIO", stream)
        return
    with tempfile.TemporaryFile() as whole:
        shutil.copyfileobj(stream, whole, _CHUNK)
        whole.seek(0)
        yield cast("BinaryIO", whole)


def _telegram(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    return html_messages(_whole(stream, source, limits), source, limits.page_bytes)


def _wiki(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.exports.wiki_dump import wiki_pages

    return wiki_pages(stream, source, limits.page_bytes)


def _subtitles(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from toolkit.ingest.documents.subtitles import transcript

    return transcript(_whole(stream, source, limits), source, limits.page_bytes)


def _press(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    return documents(_whole(stream, source, limits), source, limits.page_bytes)


_READERS: dict[FileType, Callable[[io.BufferedReader, str, Limits], Iterator[RawPage]]] = {
    "csv": _table,
    "feed": _feed,
    "mail": _mail,
    "mailbox": _mailbox,
    "press": _press,
    "office": _office,
    "pdf": _pdf,
    "subtitles": _subtitles,
    "telegram": _telegram,
    "wiki": _wiki,
    "jsonl": _lines_or_values,
    "json": _values,
    "parquet": _rows,
    "warc": _records,
}


class _Metered:
    """A file and its size; of what is only streamed, as much of it as was read."""

    def __init__(self, raw_file: bytes | BinaryIO) -> None:
        self._stated: int | None = None
        self._counted: _Streamed | None = None
        if isinstance(raw_file, bytes):
            self._stated = len(raw_file)
        elif raw_file.seekable():
            at = raw_file.tell()
            self._stated = raw_file.seek(0, io.SEEK_END)
            raw_file.seek(at)
        else:
            self._counted = _Streamed(raw_file)
        self.stream = _buffered(raw_file if self._counted is None else cast("BinaryIO", self._counted))

    def size(self) -> int:
        """Return the bytes of the file, or those that were read by now."""
        return self._counted.read_bytes if self._counted is not None else self._stated or 0


class _Streamed(io.RawIOBase):
    """A stream that can't be rewound, and how much of it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than any writable buffer
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.read_bytes += len(data)
        return len(data)
