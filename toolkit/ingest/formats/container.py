"""The pages of a file, one after the other; the kind of a page is decided here and nowhere else.

- A text or an HTML file is one page.
- JSON Lines: each line is a page, and its byte range is the line's. A JSON array: each element.
- Parquet: each row is a page. It reads as the line of JSON with the same values, and its byte range counts in the file
  of those lines.
- WARC: each response, resource or conversion record is a page: its headers as they stand, then its payload without
  transfer and content encoding. Its byte range is the record's in the archive, after decompression.
- gzip of any of these; byte ranges count after decompression.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.file_type import FileType, charset, essence, file_type
from toolkit.ingest.formats.raw_page import RawPage
from toolkit.records import Page, digest

_CHUNK, _PART = 1 << 20, 1 << 16
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for files, so that one bad file can't exhaust a machine.

    Attributes:
        page_bytes: Bytes of the longest page, line, row or record payload.
        gzip_ratio: Bytes that one byte of a gzip or Parquet file may unpack to, over the whole file; text has 3 to 20.
    """

    page_bytes: int = 64 << 20
    gzip_ratio: int = 200


def pages(
    raw_file: bytes | BinaryIO, *, source: str, media_type: str | None = None, limits: Limits | None = None
) -> Iterator[RawPage]:
    """Yield the pages of a file, in order.

    Args:
        raw_file: The file's bytes, or the file, open for reading bytes.
        source: Its name.
        media_type: Counts more than what the name and the bytes say.
        limits: Files beyond them are refused.

    Raises:
        InvalidInput: The file breaks its format or one of the limits; the message says which.
    """
    limits = limits or Limits()
    stream = _buffered(raw_file)
    holds = file_type(stream.peek(_HEAD), source=source, media_type=media_type)
    if holds == "gzip":
        stream = io.BufferedReader(_Unpacked(stream, source, limits), _CHUNK)
        holds, media_type = file_type(stream.peek(_HEAD), source=source), None
        if holds == "gzip":
            raise InvalidInput("gzip within gzip", where=source, remedy="unpack it once")
    if holds in _READERS:
        yield from _READERS[holds](stream, source, limits)
        return
    raw = _whole(stream, source, limits)
    html = file_type(raw, source=source, media_type=media_type) == "html"  # asked again: a page may begin with blanks
    page = Page.of(raw, source=source, kind="html" if html else "text")
    yield RawPage(page, raw, charset=charset(media_type))


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
            raise _too_long("page", source, limits)
    return b"".join(parts)


def _too_long(what: str, where: str, limits: Limits) -> InvalidInput:
    return InvalidInput(
        f"a {what} of more than {limits.page_bytes:,} bytes, the limit",
        where=where,
        remedy="split it",
    )


def _object(raw: bytes, source: str, start: int) -> RawPage:
    return RawPage(Page.of(raw, source=source, start=start, kind="json"), raw)


def _lines(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    at, number = 0, 0
    while line := stream.readline(limits.page_bytes + 1):
        number += 1
        if len(line) > limits.page_bytes:
            raise _too_long("line", f"{source}:{number}", limits)
        mark = 3 if at == 0 and line.startswith(b"\xef\xbb\xbf") else 0
        raw = line[mark:].rstrip(b"\r\n")
        if raw.strip():
            yield _object(raw, source, at + mark)
        at += len(line)


def _values(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    """Yield the objects of a JSON file: the only one, the elements of an array, or those on its lines."""
    raw = _whole(stream, source, limits)
    mark = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    try:
        text = raw[mark:].decode()
        value = json.loads(text) if text.strip()[:1] == "[" else None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"not JSON: {error}", where=source, remedy="mend the file, or write one object a line"
        ) from error
    if value is not None:
        yield from _elements(text, mark, source)
    elif _is_one_value(text):
        start = mark + len(text[: len(text) - len(text.lstrip())].encode())
        yield _object(raw[start:], source, start)
    else:
        yield from _lines(io.BufferedReader(io.BytesIO(raw)), source, limits)


def _is_one_value(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "\n" not in text.strip()
    return True


def _elements(text: str, mark: int, source: str) -> Iterator[RawPage]:
    decoder = json.JSONDecoder()
    at, byte = text.index("[") + 1, mark + len(text[: text.index("[") + 1].encode())
    while True:
        start = at
        while text[start] in " \t\r\n,":
            start += 1
        if text[start] == "]":
            return
        _, end = decoder.raw_decode(text, start)
        byte += len(text[at:start].encode())
        raw = text[start:end].encode()
        yield _object(raw, source, byte)
        at, byte = end, byte + len(raw)


def _rows(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    if not stream.seekable():
        with tempfile.TemporaryFile() as whole:
            shutil.copyfileobj(stream, whole, _CHUNK)
            whole.seek(0)
            yield from _rows(io.BufferedReader(whole), source, limits)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    at = 0
    try:
        file = pq.ParquetFile(stream)
        _check_growth(file.metadata, source, limits)
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            for row in batch.to_pylist():
                raw = json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "replace")
                if len(raw) > limits.page_bytes:
                    raise _too_long("row", source, limits)
                yield _object(raw, source, at)
                at += len(raw) + 1
    except (pa.ArrowException, OSError, ValueError) as error:
        what = " ".join(str(error).split())
        raise InvalidInput(f"not readable as Parquet: {what}", where=source, remedy="write the file again") from error


_BATCH_ROWS = 16  # a few, as each may be as long as the limit


def _check_growth(metadata: Any, source: str, limits: Limits) -> None:
    """Refuse a table if its own metadata say that it unpacks to more than the limit."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    chunks = [group.column(place) for group in groups for place in range(group.num_columns)]
    packed, unpacked = (
        sum(getattr(c, f"total_{what}_size") for c in chunks) for what in ("compressed", "uncompressed")
    )
    if unpacked > max(limits.page_bytes, limits.gzip_ratio * packed):
        raise _grown(source, limits)


def _grown(source: str, limits: Limits) -> InvalidInput:
    return InvalidInput(
        f"unpacks to more than {limits.gzip_ratio} times its size, the limit",
        where=source,
        remedy="check what it is; unpack it yourself",
    )


def _records(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[RawPage]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    counted, end = _Counted(stream), 0
    records = ArchiveIterator(counted, no_record_parse=False, ensure_http_headers=False)
    records.INC_RECORD = ""  # warcio would write it to stderr for a record with a wrong length
    try:
        for record in records:
            payload = b""
            if record.rec_type in _WITH_PAGES:
                payload = record.content_stream().read(limits.page_bytes + 1)
            if len(payload) > limits.page_bytes:
                raise _too_long("record", f"{source} @ {records.get_record_offset()}", limits)
            start = records.get_record_offset()
            end = start + records.get_record_length()  # which reads the record to its end
            missing: int = getattr(record.raw_stream, "limit", 0)
            if record.length is None or missing:
                raise _cut_short(source, start)
            if record.rec_type in _WITH_PAGES:
                yield _record(record, payload, source, start, end)
        if counted.read_bytes > end + _BETWEEN_RECORDS:
            raise _cut_short(source, end)
    except (ArchiveLoadFailed, zlib.error, EOFError, OSError, ValueError, AttributeError) as error:
        # AttributeError: raised within warcio if the header of a record has no type
        raise InvalidInput(f"not readable as WARC: {error}", where=source, remedy="fetch the archive again") from error


def _record(record: Any, payload: bytes, source: str, start: int, end: int) -> RawPage:
    """Return the page of an archive's record, from the headers as warcio has parsed them."""
    archive, http = _headers(record.rec_headers), _headers(record.http_headers)
    before = record.rec_headers.to_bytes() + (record.http_headers.to_bytes() if record.http_headers else b"")
    raw = before + payload
    media_type = http.get("content-type") or ("" if http else archive.get("content-type", ""))
    url = archive.get("warc-target-uri", "").strip("<>") or None
    html = essence(media_type) in _HTML_TYPES or file_type(payload, source=url or source) == "html"
    page = Page(source=source, sha256=digest(raw), start=start, end=end, kind="html" if html else "text")
    return RawPage(page, raw, len(before), charset(media_type), url, archive.get("warc-date"))


def _headers(found: Any) -> dict[str, str]:
    """Return parsed headers, names in lower case; of two with one name the last."""
    return {name.strip().lower(): value.strip() for name, value in found.headers} if found else {}


_HTML_TYPES = ("text/html", "application/xhtml+xml")
_WITH_PAGES = ("response", "resource", "conversion")
_BETWEEN_RECORDS = 8  # bytes of blank lines at the end of an archive; usually four


def _cut_short(source: str, at: int) -> InvalidInput:
    return InvalidInput("a record is cut short", where=f"{source} @ {at}", remedy="fetch the archive again")


_READERS: dict[FileType, Callable[[io.BufferedReader, str, Limits], Iterator[RawPage]]] = {
    "jsonl": _lines,
    "json": _values,
    "parquet": _rows,
    "warc": _records,
}


class _Unpacked(io.RawIOBase):
    """A gzip stream that refuses to grow beyond the limits."""

    def __init__(self, packed: io.BufferedReader, source: str, limits: Limits) -> None:
        self._counted = _Counted(packed)
        self._inner = gzip.GzipFile(fileobj=cast("BinaryIO", self._counted))
        self._source = source
        self._limits = limits
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than any writable buffer
        try:
            data = self._inner.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise InvalidInput(f"not readable as gzip: {error}", where=self._source, remedy="fetch it again") from error
        buffer[: len(data)] = data
        self._given += len(data)
        ratio = self._limits.gzip_ratio
        if self._given > self._limits.page_bytes and self._given > ratio * max(self._counted.read_bytes, 1):
            raise _grown(self._source, self._limits)
        return len(data)


class _Counted:
    """A stream that counts the bytes that were read from it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.read_bytes += len(data)
        return data
