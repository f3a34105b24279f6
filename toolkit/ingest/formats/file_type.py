"""What kind of page some bytes are: by the media type given, the file's suffix, then the bytes.

What a page's bytes are, seen from outside: its kind, its characters and what its envelope says of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.encoding import Decoded, decode
from toolkit.ingest.traced_text import Traced

Kind = Literal["text", "html", "json", "jsonl", "parquet", "warc", "gzip"]

_TYPES: dict[str, Kind] = {
    "text/plain": "text",
    "text/markdown": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.apache.parquet": "parquet",
    "application/warc": "warc",
    "application/gzip": "gzip",
}
_SUFFIXES: dict[str, Kind] = {
    "txt": "text",
    "md": "text",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "warc": "warc",
    "gz": "gzip",
}
_MAGIC: tuple[tuple[bytes, Kind], ...] = ((b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"), (b"WARC/", "warc"))
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|\?xml[^>]{0,200}\?>\s*<!doctype\s+html)\b",
    re.I | re.S,
)
CONTAINERS: frozenset[Kind] = frozenset({"json", "jsonl", "parquet", "warc", "gzip"})
"""Kinds of files that hold pages; of a text or an HTML file, the file is the page."""
SUFFIXES: tuple[str, ...] = tuple(_SUFFIXES)
"""File name endings that say what a page is; others are judged by their bytes."""


def kind_of(raw: bytes, *, source: str, media_type: str | None = None) -> Kind:
    """Return the kind of a page or of a file of pages.

    Bytes that can only be one thing (gzip, Parquet, WARC) win over a suffix: scrapers often name files wrongly.

    Args:
        raw: The first bytes, at least a few hundred.
        source: File name, whose suffix is believed where the bytes don't contradict it.
        media_type: MIME type, parameters allowed; wins over everything else.

    Raises:
        InvalidInput: `media_type` is none of those that can be read.
    """
    if media_type is not None:
        name = media_type.split(";")[0].strip().lower()
        if name not in _TYPES:
            raise InvalidInput(
                f"media type {name!r} can't be read", where=source, remedy="use one of " + ", ".join(sorted(_TYPES))
            )
        return _TYPES[name]
    for magic, kind in _MAGIC:
        if raw.startswith(magic):
            return kind
    suffix = _SUFFIXES.get(source.lower().removesuffix(".gz").rpartition(".")[2])
    if suffix in ("html", "json", "jsonl", "text"):
        return suffix
    return "html" if _HTML.match(raw, 3 if raw.startswith(b"\xef\xbb\xbf") else 0) else "text"


def charset_of(media_type: str | None) -> str | None:
    """Return the charset parameter of a MIME type, such as "utf-8" of "text/html; charset=utf-8"."""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", media_type or "", re.I)
    return found[1] if found else None


_HTTP_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, decoded.

    Attributes:
        kind: "text", "html" or "json".
        decoded: Its characters; byte offsets count from the page's first byte, headers of an archive record included.
        url: Where an archive says that it was fetched.
        fetched_at: When, ISO 8601.
    """

    kind: Kind
    decoded: Decoded
    url: str | None = None
    fetched_at: str | None = None

    @property
    def text(self) -> Traced:
        """The characters with their bytes."""
        return Traced.of(self.decoded)


def open_page(raw: bytes, *, source: str, media_type: str | None = None) -> Opened:
    """Open one page: a text, an HTML page, a JSON object or an archive's record.

    Raises:
        InvalidInput: `media_type` can't be read.
    """
    kind = kind_of(raw, source=source, media_type=media_type)
    if kind == "warc":
        return _open_record(raw, source)
    if kind in ("jsonl", "parquet") or (kind == "text" and _is_row(raw, source)):
        kind = "json"
    elif kind == "gzip":
        kind = kind_of(raw, source=source.removesuffix(".gz"))
    return Opened(kind, decode(raw, declared=charset_of(media_type), html=kind == "html"))


def _is_row(raw: bytes, source: str) -> bool:
    """Whether a page is a row of a table: bytes of an object in a file that says it holds rows."""
    inner = source.lower().removesuffix(".gz").rpartition(".")[2]
    return inner in ("jsonl", "ndjson", "json", "parquet") and raw.lstrip()[:1] == b"{"


def _open_record(raw: bytes, source: str) -> Opened:
    archive, http_at = headers_of(raw, 0)
    http, body_at = headers_of(raw, http_at) if raw.startswith(b"HTTP/", http_at) else ({}, http_at)
    media_type = http.get("content-type") or ("" if http else archive.get("content-type", ""))
    url = archive.get("warc-target-uri", "").strip("<>") or None
    body = raw[body_at:]
    kind: Kind = (
        "html" if media_type.split(";")[0].strip().lower() in _HTTP_HTML else kind_of(body, source=url or source)
    )
    decoded = decode(body, declared=charset_of(media_type), html=kind == "html")
    shifted = replace(
        decoded,
        bounds=decoded.bounds + body_at,
        malformed=tuple((start + body_at, end + body_at) for start, end in decoded.malformed),
    )
    return Opened("html" if kind == "html" else "text", shifted, url, archive.get("warc-date"))


def headers_of(raw: bytes, at: int) -> tuple[dict[str, str], int]:
    """Return a block of headers after its first line, names in lower case, and where the block ends."""
    end = raw.find(b"\r\n\r\n", at)
    end = end if end >= 0 else len(raw)
    headers = {}
    for line in raw[at:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        headers[name.decode("latin-1").strip().lower()] = value.decode("utf-8", "replace").strip()
    return headers, min(end + 4, len(raw))
