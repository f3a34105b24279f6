"""The type of a file of pages: told by its media type, by its first bytes, or by the ending of its name."""

from __future__ import annotations

import re
from typing import Literal

from toolkit.errors import InvalidInput

FileType = Literal["text", "html", "json", "jsonl", "parquet", "warc", "gzip"]

_MEDIA_TYPES: dict[str, FileType] = {
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
_SUFFIXES: dict[str, FileType] = {
    "txt": "text",
    "md": "text",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
}
_MAGIC: tuple[tuple[bytes, FileType], ...] = ((b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"), (b"WARC/", "warc"))
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|\?xml[^>]{0,200}\?>\s*<!doctype\s+html)\b",
    re.I | re.S,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def file_type(raw: bytes, *, source: str, media_type: str | None = None) -> FileType:
    """Return the type of a file.

    Bytes that can only be one thing (gzip, Parquet, WARC) count more than the ending of the name: scrapers often name
    files wrongly.

    Args:
        raw: The first bytes, at least a few hundred.
        source: The file's name. Its ending counts where the bytes do not say otherwise; ".gz" is passed over.
        media_type: MIME type, parameters allowed; counts more than everything else.

    Raises:
        InvalidInput: `media_type` is not one that can be read.
    """
    if media_type is not None:
        name = essence(media_type)
        if name not in _MEDIA_TYPES:
            known = ", ".join(sorted(_MEDIA_TYPES))
            raise InvalidInput(f"media type {name!r} can't be read", where=source, remedy=f"use one of {known}")
        return _MEDIA_TYPES[name]
    for magic, found in _MAGIC:
        if raw.startswith(magic):
            return found
    suffix = source.lower().removesuffix(".gz").rpartition(".")[2]
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return "html" if _HTML.match(raw, 3 if raw.startswith(b"\xef\xbb\xbf") else 0) else "text"


def essence(media_type: str) -> str:
    """Return a MIME type without its parameters, such as "text/html" of "text/html; charset=utf-8"."""
    return media_type.split(";")[0].strip().lower()


def charset(media_type: str | None) -> str | None:
    """Return the charset parameter of a MIME type, such as "utf-8" of "text/html; charset=utf-8"."""
    found = _CHARSET.search(media_type or "")
    return found[1] if found else None
