"""Office documents: which one a file is, told by what it holds, and whether it is safe to unpack.

A new one is a zip archive of XML; an old one, or one with a password, a compound file of Microsoft.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import BinaryIO, Literal

from toolkit.errors import InvalidInput, border
from toolkit.ingest.formats.raw_page import RawPage
from toolkit.limits import Budget, Limits
from toolkit.version import add_command

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_Kind = Literal["word", "sheet", "other"]


def office_document(stream: BinaryIO, source: str, limits: Limits) -> Iterator[RawPage]:
    """Yield the pages of an office document.

    Args:
        stream: The file; it can be rewound.
        source: Its name.
        limits: Those of its pages, and of what it unpacks to.

    Raises:
        InvalidInput: It is another archive, damaged, has a password, or unpacks to more than the limit.
    """
    old = stream.read(8) == OLD_OFFICE
    stream.seek(0)
    kind = _old_kind(stream, source) if old else _kind(stream, source, limits)
    stream.seek(0)
    if kind == "sheet":
        from toolkit.ingest.documents.spreadsheet import sheet_rows

        yield from sheet_rows(stream, source, limits.page_bytes)
    else:
        from toolkit.ingest.documents.word_document import word_pages

        yield from word_pages(stream, source, limits.page_bytes)


def _old_kind(stream: BinaryIO, source: str) -> _Kind:
    """Return the kind of a compound file, by the names of its streams, which are UTF-16."""
    raw = stream.read(1 << 22)
    if "EncryptedPackage".encode("utf-16-le") in raw:
        what = "protected with a password"
        raise InvalidInput(what, where=source, remedy="open it with its password, and save it without one")
    if "Workbook".encode("utf-16-le") in raw:
        return "sheet"
    if "WordDocument".encode("utf-16-le") in raw:
        raise InvalidInput("a document of an old Word", where=source, remedy="save it as .docx")
    if "__substg1.0".encode("utf-16-le") in raw:
        raise InvalidInput("a message of Outlook", where=source, remedy="save it as .eml")
    raise InvalidInput("a document of an old Office", where=source, remedy="save it as .docx, .xlsx or .txt")


def _kind(stream: BinaryIO, source: str, limits: Limits) -> _Kind:
    with border("a damaged archive", where=source, remedy="fetch it again"), zipfile.ZipFile(stream) as package:
        members = package.infolist()
        names = {member.filename for member in members}
        said = ""
        if "mimetype" in names:
            with package.open("mimetype") as kind:
                said = kind.read(200).decode("ascii", "replace")
    packed, unpacked = (sum(getattr(member, name) for member in members) for name in ("compress_size", "file_size"))
    Budget(source, limits, lambda: packed).check(unpacked)
    if "word/document.xml" in names:
        return "word"
    if {"xl/workbook.xml", "xl/workbook.bin"} & names or said.endswith(".spreadsheet"):
        return "sheet"
    if said.endswith("opendocument.text"):
        raise InvalidInput("an OpenDocument text", where=source, remedy="save it as .docx")
    if said.endswith("epub+zip"):
        raise InvalidInput("an e-book", where=source, remedy="unpack it, and copy its HTML")
    if "ppt/presentation.xml" in names:
        raise InvalidInput("slides", where=source, remedy="save their text as .txt")
    raise InvalidInput("a zip archive, not a page", where=source, remedy="unpack it, and copy what is in it")


_NEEDS = "reading it needs the library "


def is_installed(what: str) -> bool:
    """Tell whether a fault of `missing` is none any more: what it says of a library, and that is there."""
    return what.startswith(_NEEDS) and find_spec(what.removeprefix(_NEEDS).partition(".")[0]) is not None


def missing(library: str, source: str, error: ImportError) -> InvalidInput:
    """Return the fault of a file whose library is not installed."""
    what = f"{_NEEDS}{error.name or library}"
    return InvalidInput(what, where=source, remedy=f"install it with `{add_command('documents')}`")


def damaged(what: str, source: str) -> AbstractContextManager[None]:
    """Return the border around what a library reads of a document."""
    return border(f"not readable as {what}", where=source, remedy="save it again, or fetch it again")
