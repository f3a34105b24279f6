"""The type of a file of pages: told by its media type, by its first bytes, or by the ending of its name.

Only what is known is read. Bytes that can only be one thing count more than the ending of the name, since scrapers
often name files wrongly; a file that is neither known by its bytes nor by its name is read if its bytes are prose.
"""

from __future__ import annotations

import re
from typing import Literal

from toolkit.errors import InvalidInput
from toolkit.ingest.documents.markdown_page import is_markdown
from toolkit.ingest.documents.subtitles import is_subtitles
from toolkit.ingest.exports.press_archive import archive_of
from toolkit.ingest.exports.telegram import is_telegram_html
from toolkit.ingest.formats.delimited_table import has_header
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.field_text import markup
from toolkit.ingest.formats.foreign_text import foreign, is_prose

FileType = Literal[
    "text",
    "html",
    "json",
    "jsonl",
    "parquet",
    "warc",
    "gzip",
    "csv",
    "feed",
    "mail",
    "mailbox",
    "press",
    "markdown",
    "office",
    "pdf",
    "subtitles",
    "telegram",
    "wiki",
]

NAMES: dict[str, str] = {
    "text": "plain text",
    "html": "HTML",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
    "warc": "WARC",
    "gzip": "gzip",
    "csv": "CSV",
    "feed": "RSS or Atom",
    "mail": "mail",
    "mailbox": "mailbox",
    "press": "press archive",
    "markdown": "Markdown",
    "office": "Office document",
    "pdf": "PDF",
    "subtitles": "subtitles",
    "telegram": "Telegram export",
    "wiki": "MediaWiki dump",
}
"""How each type is called in a report."""

_MEDIA_TYPES: dict[str, FileType] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/xhtml+xml": "html",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.apache.parquet": "parquet",
    "application/warc": "warc",
    "application/gzip": "gzip",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "message/rfc822": "mail",
    "multipart/related": "mail",
    "application/mbox": "mailbox",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "office",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "office",
    "application/vnd.oasis.opendocument.spreadsheet": "office",
    "application/vnd.ms-excel": "office",
}
_SUFFIXES: dict[str, FileType] = {
    "txt": "text",
    "text": "text",
    "md": "markdown",
    "markdown": "markdown",
    "mdown": "markdown",
    "qmd": "markdown",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "shtml": "html",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "rss": "feed",
    "atom": "feed",
    "eml": "mail",
    "mht": "mail",
    "mhtml": "mail",
    "mbox": "mailbox",
    **dict.fromkeys(("docx", "docm", "xlsx", "xlsm", "xlsb", "xls", "ods"), "office"),
    "pdf": "pdf",
    "srt": "subtitles",
    "vtt": "subtitles",
}
_MAGIC: tuple[tuple[bytes, FileType], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"WARC/", "warc"),
    (b"PK\x03\x04", "office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"%PDF-", "pdf"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|\?xml[^>]{0,200}\?>\s*<(?:!doctype\s+html|html))\b",
    re.I | re.S,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"[^"\r\n]{1,80}"\s*:')
_BOM = b"\xef\xbb\xbf"


def file_type(raw: bytes, *, source: str, media_type: str | None = None, whole: bool = False) -> FileType:
    """Return the type of a file.

    Args:
        raw: The first bytes, at least a few hundred.
        source: The file's name. Its ending counts where the bytes do not say otherwise; ".gz" is passed over.
        media_type: MIME type, parameters allowed; counts more than everything else.
        whole: `raw` is all of the file: a text must then have a line of prose.

    Raises:
        InvalidInput: `media_type` is not one that can be read, or the file is not one of pages: the message says what
            it is, and what to do.
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
    _refuse_by_bytes(raw, source)
    suffix = _suffix(source)
    found = _by_text(raw, source, suffix, _SUFFIXES.get(suffix))
    if found == "text" and whole:
        _check_prose(raw, source, suffix)
    return found


def _suffix(source: str) -> str:
    name = source.lower().rpartition("/")[2].removesuffix(".gz")
    return name.rpartition(".")[2] if "." in name.lstrip(".") else ""


def _by_text(raw: bytes, source: str, suffix: str, said: FileType | None) -> FileType:
    bare = raw.removeprefix(_BOM)
    if said == "html" and _JSON.match(bare):
        return "json"
    if said == "html" or _HTML.match(bare):
        return "telegram" if is_telegram_html(bare) else "html"
    if said == "json" and _is_prose_by_another_name(bare):
        said = "text"
    if said in ("json", "jsonl", "feed", "mail", "mailbox"):
        return said
    if said in ("office", "pdf"):
        said = None  # its bytes would have shown it: the name lies
    if found := _by_head(bare, source):
        return found
    if _JSON.match(bare):
        return "jsonl" if _is_lines(bare) else "json"
    if said is None:
        _refuse_by_name(source, suffix)
    return _by_lines(decode(raw[:_SAMPLE]).text, source, said)


def _by_lines(text: str, source: str, said: FileType | None) -> FileType:
    """Return the type of a file that is text, by the forms of its lines."""
    if said == "csv" or has_header(text):
        return "csv"
    if text.lstrip("\ufeff \t\r\n").startswith("<") and said in (None, "text"):
        return _by_tags(text, source)
    if said == "subtitles" or is_subtitles(text):
        return "subtitles"
    if said == "markdown" or is_markdown(text):
        return "markdown"
    return "press" if archive_of(text) else _prose(text, source)


def _by_tags(text: str, source: str) -> FileType:
    """Return the type of a text that begins with a tag: HTML without a head, or prose.

    Raises:
        InvalidInput: It is markup of another sort.
    """
    if markup(text) in ("page", "fragment"):
        return "html"
    if re.match(r"\s*<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>", text) and text.rstrip().endswith(">"):
        raise InvalidInput("markup that is not known", where=source, remedy="write its articles as HTML or text")
    return _prose(text, source)


def _prose(text: str, source: str) -> FileType:
    if what := foreign(text):
        raise InvalidInput(f"{what[0]}, not a page", where=source, remedy=_OF_TEXT[what[1]])
    return "text"


def _check_prose(raw: bytes, source: str, suffix: str) -> None:
    """Refuse a text without a sentence; what is empty or binary is told when it is read.

    Raises:
        InvalidInput: There is none.
    """
    text = decode(raw[:_SAMPLE]).text
    if not text.strip("\ufeff \t\r\n\f\v") or "\0" in text or is_prose(text):
        return
    unknown = f", and files that end in .{suffix} are not known" if suffix and suffix not in _SUFFIXES else ""
    raise InvalidInput(f"no prose{unknown}: not a line of it is a sentence", where=source, remedy="remove it")


def _is_prose_by_another_name(raw: bytes) -> bool:
    """Return whether a file that is called JSON has none of its marks, but sentences."""
    if not raw.strip() or re.search(rb"^\s*[\[{]", raw, re.M) or b"\0" in raw:
        return False
    return is_prose(decode(raw[:_SAMPLE]).text)


_SAMPLE = 65536
_XML = re.compile(
    rb"\s*(?:<\?xml\b[^>]{0,300}\?>\s*)?(?:<\?[^>]{0,300}\?>\s*|<!--.{0,4000}?-->\s*"
    rb"|<!DOCTYPE[^>\[]{0,300}(?:\[.{0,20000}?\]\s*)?>\s*)*<(?P<root>[\w.:-]+)[\s/>]",
    re.S,
)
_FEEDS = (b"rss", b"feed", b"rdf:rdf", b"atom:feed")
_HEADER = re.compile(rb"(?:[A-Za-z][\w-]{1,40}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2,}")
_MAIL_FIELD = re.compile(
    rb"^(?:MIME-Version|Message-ID|Received|Return-Path|Delivered-To|Content-Transfer-Encoding|Snapshot-Content-Location):",
    re.I | re.M,
)


def _by_head(raw: bytes, source: str) -> FileType | None:
    """Return the type of a file by what its first lines are: XML, mail, a mailbox.

    Raises:
        InvalidInput: It is XML of another sort.
    """
    xml = _XML.match(raw)
    if xml and (raw.lstrip().startswith(b"<?xml") or xml["root"].lower() in (*_FEEDS, b"mediawiki")):
        if xml["root"].lower() in _FEEDS:
            return "feed"
        if xml["root"].lower() == b"mediawiki":
            return "wiki"
        if xml["root"].lower() == b"html":
            return "html"
        what = f"XML of <{xml['root'].decode('ascii', 'replace')}>, which is not known"
        raise InvalidInput(what, where=source, remedy="write its articles as JSON Lines, CSV or HTML")
    if raw.lstrip().startswith(b"<?xml"):
        raise InvalidInput("XML without a root that is known", where=source, remedy="write its articles as JSON Lines")
    if re.match(rb"From \S+.*\d\d:\d\d", raw) and _HEADER.match(raw.partition(b"\n")[2]):
        return "mailbox"
    header = _HEADER.match(raw)
    return "mail" if header and _MAIL_FIELD.search(header[0]) else None


def _is_lines(raw: bytes) -> bool:
    """Return whether the first line is an object by itself, and another one follows."""
    first, _, rest = raw.lstrip().partition(b"\n")
    return first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "an image", "image"),
    (b"\xff\xd8\xff", "an image", "image"),
    (b"GIF8", "an image", "image"),
    (b"II*\0", "an image", "image"),
    (b"MM\0*", "an image", "image"),
    (b"BM\0", "an image", "image"),
    (b"\0\0\1\0", "an icon", "image"),
    (b"wOFF", "a font", "asset"),
    (b"wOF2", "a font", "asset"),
    (b"\0\1\0\0\0", "a font", "asset"),
    (b"OTTO", "a font", "asset"),
    (b"ID3", "a sound recording", "sound"),
    (b"OggS", "a sound recording", "sound"),
    (b"fLaC", "a sound recording", "sound"),
    (b"\x1aE\xdf\xa3", "a film", "sound"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "archive"),
    (b"Rar!\x1a\x07", "a RAR archive", "archive"),
    (b"BZh", "a bzip2 archive", "archive"),
    (b"\xfd7zXZ", "an xz archive", "archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "archive"),
    (b"PK\x05\x06", "an empty zip archive", "archive"),
    (b"%!PS", "PostScript", "document"),
    (b"{\\rtf", "a document in Rich Text Format", "document"),
    (b"SQLite format 3\0", "an SQLite database", "database"),
    (b"\x7fELF", "a program", "program"),
    (b"MZ\x90", "a program", "program"),
    (b"\xcf\xfa\xed\xfe", "a program", "program"),
    (b"\xca\xfe\xba\xbe", "a program", "program"),
    (b"ARROW1", "an Arrow file", "table"),
    (b"\x93NUMPY", "a NumPy array", "table"),
    (b"\x80\x04\x95", "a pickle", "table"),
    (b"Obj\1", "an Avro file", "table"),
)
"""First bytes, what they are, and the group of remedies."""

_REMEDIES = {
    "image": "text in images is not read: remove it, or save the text as .txt",
    "asset": "remove it",
    "sound": "remove it, or add its transcript as .txt",
    "archive": "unpack it, and copy what is in it",
    "document": "save its text as .txt, .html or .docx",
    "database": "export its table as CSV or JSON Lines",
    "table": "write it as Parquet, CSV or JSON Lines",
    "program": "remove it",
    "code": "remove it; if it is an article, name it .txt",
    "data": "write its articles as JSON Lines or CSV; if it is an article, name it .txt",
}


_OF_TEXT = {
    "code": "remove it; if it is an article, write it as HTML or JSON Lines",
    "data": "fetch what it names; if it is an article, write it as HTML or JSON Lines",
}


def _refused(source: str, what: str, group: str) -> InvalidInput:
    return InvalidInput(f"{what}, not a page", where=source, remedy=_REMEDIES[group])


def _refuse_by_bytes(raw: bytes, source: str) -> None:
    """Refuse what its first bytes show not to hold pages.

    Raises:
        InvalidInput: It is an image, an archive, a program and the like.
    """
    for magic, what, group in _BINARY:
        if raw.startswith(magic):
            raise _refused(source, what, group)
    if raw[4:8] == b"ftyp":
        raise _refused(source, "a film or an image", "image")
    if raw.startswith(b"RIFF"):
        raise _refused(source, "an image or a sound recording", "image")
    if raw[257:262] == b"ustar":
        raise _refused(source, "a tar archive", "archive")


_FOREIGN: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("css", "scss", "sass", "less"), ("a stylesheet", "code")),
    **dict.fromkeys(("js", "mjs", "cjs", "ts", "jsx", "tsx", "download", "map", "wasm"), ("a script", "code")),
    **dict.fromkeys(
        (
            *(
                "py",
                "pyc",
                "ipynb",
                "rb",
                "pl",
                "php",
                "java",
                "class",
                "jar",
                "c",
                "h",
                "cc",
                "cpp",
                "hpp",
                "cs",
                "go",
            ),
            *("rs", "swift", "kt", "scala", "r", "rmd", "jl", "lua", "sh", "bash", "zsh", "bat", "cmd", "ps1", "vbs"),
            *(
                "sql",
                "m",
                "mm",
                "hs",
                "ml",
                "ex",
                "erl",
                "clj",
                "lisp",
                "el",
                "vim",
                "asm",
                "f90",
                "tex",
                "bib",
                "diff",
            ),
            *("patch", "vue", "svelte", "dart", "gradle", "cmake", "mk", "proto", "graphql", "ino"),
        ),
        ("program code", "code"),
    ),
    **dict.fromkeys(
        ("yaml", "yml", "toml", "ini", "cfg", "conf", "env", "properties", "lock", "editorconfig", "plist", "reg"),
        ("settings", "code"),
    ),
    **dict.fromkeys(("log", "out", "err", "trace"), ("a log", "code")),
    **dict.fromkeys(
        ("svg", "ico", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "avif"), ("an image", "image")
    ),
    **dict.fromkeys(("woff", "woff2", "ttf", "otf", "eot"), ("a font", "asset")),
    **dict.fromkeys(("mp3", "wav", "ogg", "m4a", "mp4", "avi", "mov", "mkv", "webm"), ("a recording", "sound")),
    **dict.fromkeys(("zip", "rar", "7z", "tar", "tgz", "bz2", "xz", "zst", "lz4", "br"), ("an archive", "archive")),
    **dict.fromkeys(("db", "sqlite", "sqlite3", "mdb"), ("a database", "database")),
    **dict.fromkeys(
        ("pkl", "pickle", "npy", "npz", "feather", "arrow", "h5", "rds", "rdata", "sav", "dta"),
        ("a data file", "table"),
    ),
    **dict.fromkeys(("geojson", "topojson", "webmanifest", "har"), ("a data file", "data")),
}
"""Ending → what such a file is, and the group of remedies; such files are not read even if they look like prose."""


def _refuse_by_name(source: str, suffix: str) -> None:
    if suffix in _FOREIGN:
        raise _refused(source, *_FOREIGN[suffix])


def essence(media_type: str) -> str:
    """Return a MIME type without its parameters, such as "text/html" of "text/html; charset=utf-8"."""
    return media_type.split(";")[0].strip().lower()


def charset(media_type: str | None) -> str | None:
    """Return the charset parameter of a MIME type, such as "utf-8" of "text/html; charset=utf-8"."""
    found = _CHARSET.search(media_type or "")
    return found[1] if found else None
