"""What kind of page some bytes are: by the media type given, the file's suffix, then the bytes."""

from __future__ import annotations

import re
from typing import Literal

from toolkit.errors import InvalidInput

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
